/* SPDX-License-Identifier: ISC */
/* The worker that sends: one thread, one epoll loop, nothing that blocks but
 * the store.  All events that are ready are handled before a turn, so that
 * one commit carries many rows.
 *
 * It never has a byte of a letter's body on the wire whose row does not say so
 * (its commands may be out before: they deliver nothing), and never tells the
 * store of a delivery that the relay has not confirmed.  When the store cannot
 * be written, nothing new goes, and what came back is kept until it can. */
#include "daemon/sender.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>
#include "daemon/crash.h"
#include "daemon/dkim_keys.h"
#include "daemon/log.h"
#include "lists/store.h"

enum {
    EVENTS_MAX = 256,
    EVENT_DOORBELL = 1,
    EVENT_STOP = 2,
    ROUNDS = 4 /* of epoll before a turn */
};

static enum result begin(struct sender *s, struct fault *f);
static enum result
watch_fd(struct sender *s, int fd, uint64_t data, struct fault *f);
static int loop(struct sender *s);
static void well(struct sender *s);
static void show(struct sender *s);
static void handle_all(struct sender *s);
static void handle(struct sender *s, const struct epoll_event *ev);
static int wait_ms(const struct sender *s);
static bool wire_empty(const struct sender *s);
static void end(struct sender *s);

int
sender_main(struct worker *w)
{
    struct sender *s = fault_calloc(1, sizeof *s);
    struct fault f;
    int status = 1;

    s->worker = w;
    sender_share(w->conf, w->sender, &s->share);
    s->conf = &s->share;
    s->epoll_fd = -1;
    crash_generation(w->generation);
    if (begin(s, &f) == RES_OK)
        status = loop(s);
    else
        log_error("cannot begin: %s", f.text);
    end(s);
    return status;
}

static enum result
begin(struct sender *s, struct fault *f)
{
    char path[4096];
    enum result r;
    unsigned long n;

    sender_clocks(s);
    s->dice = (uint32_t)s->now_ms ^ ((uint32_t)getpid() << 16);
    s->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (s->epoll_fd < 0)
        return fault_set(f, RES_STOP, "epoll: %s", strerror(errno));
    worker_token_key_path(s->conf, path);
    r = token_key_open(path, &s->key, f);
    if (r == RES_OK)
        r = store_open(s->conf->store, &s->store, f);
    for (int i = 0; r == RES_OK && i < s->conf->n_lists; i++)
        r = dkim_keys_open(&s->conf->list[i], &s->dkim[i], f);
    if (r == RES_OK)
        r = relay_pool_open(s->conf, s->epoll_fd, &s->pool, f);
    if (r == RES_OK)
        r = watch_fd(s, s->worker->doorbell_fd, EVENT_DOORBELL, f);
    if (r == RES_OK)
        r = watch_fd(s, s->worker->stop_fd, EVENT_STOP, f);
    if (r != RES_OK)
        return r;
    s->most = relay_pool_size(s->pool);
    n = (unsigned long)s->most;
    s->letter = fault_calloc(n, sizeof *s->letter);
    s->next = fault_calloc(n, sizeof *s->next);
    s->back = fault_calloc(2 * n, sizeof *s->back);
    s->outcome = fault_calloc(2 * n, sizeof *s->outcome);
    s->going = fault_calloc(n, sizeof *s->going);
    s->going_on = fault_calloc(n, sizeof(struct relay_conn *));
    s->fresh = fault_calloc(n, sizeof(struct relay_conn *));
    s->chosen = fault_calloc(n, sizeof(struct relay_conn *));
    s->look = true;
    r = relay_pool_remember(s->pool, s->store, s->worker->sender, s->wall_s, f);
    return r == RES_OK ? sender_take_over(s, f) : r;
}

static enum result
watch_fd(struct sender *s, int fd, uint64_t data, struct fault *f)
{
    struct epoll_event ev = {.events = EPOLLIN, .data.u64 = data};

    if (epoll_ctl(s->epoll_fd, EPOLL_CTL_ADD, fd, &ev) != 0)
        return fault_set(f, RES_STOP, "epoll: %s", strerror(errno));
    return RES_OK;
}

static int
loop(struct sender *s)
{
    const char *refused;

    log_gather(true);
    while (!s->stopping || !wire_empty(s)) {
        log_flush();
        handle_all(s);
        relay_pool_turn(s->pool, s->now_ms, sender_late, s);
        if (s->stopping && s->now_ms >= s->stop_ms)
            sender_abandon(s);
        refused = relay_pool_trouble(s->pool);
        if (refused != NULL)
            sender_hold_all(s, refused);
        if (s->now_ms < s->retry_ms) {
            if (s->stopping && s->now_ms >= s->stop_ms + SENDER_RETRY_MS)
                break; /* the store does not take what we know */
            continue;
        }
        if (s->stopping) {
            sender_give_back(s, true);
        } else {
            if (s->look || s->now_s >= s->look_s)
                sender_look(s);
            sender_supply(s);
        }
        sender_choose(s);
        if (s->outlived)
            return 1; /* the next life begins with what is left */
        sender_turn(s);
        if (s->stored && s->now_ms >= s->retry_ms)
            well(s);
        s->stored = false;
        show(s);
    }
    log_gather(false);
    sender_say_turns(s);
    if (!wire_empty(s)) {
        log_error("ends with %d outcomes unwritten; they will be in doubt",
            s->n_back);
        return 1;
    }
    return 0;
}

/* The store takes again what we write. */
static void
well(struct sender *s)
{
    int64_t ms = log_repeat_over(&s->trouble, s->now_ms);

    if (ms >= 0)
        log_info("the store can be written again, after %lld s",
            (long long)(ms + 999) / 1000);
}

/* How the relays stand matters less than what they carry: a store that is
 * busy is asked again next time. */
static void
show(struct sender *s)
{
    struct fault f;

    if (s->now_ms >= s->retry_ms &&
        relay_pool_show(s->pool, s->store, s->now_ms, s->wall_s, &f) != RES_OK)
        log_debug("how the relays stand could not be written: %s", f.text);
}

/* Waits for events and handles them, and those that became ready meanwhile:
 * more rows in one commit are worth more than the sooner start of a few. */
static void
handle_all(struct sender *s)
{
    static struct epoll_event ev[EVENTS_MAX];
    int n;

    if (s->wrote)
        turn_times_note(&s->times, sender_clock_us() - s->woke_us);
    s->wrote = false;
    n = epoll_wait(s->epoll_fd, ev, EVENTS_MAX, wait_ms(s));
    s->woke_us = sender_clock_us();
    sender_clocks(s);
    worker_alive(s->worker);
    for (int round = 1; n > 0; round++) {
        for (int i = 0; i < n; i++)
            handle(s, &ev[i]);
        n = round < ROUNDS ? epoll_wait(s->epoll_fd, ev, EVENTS_MAX, 0) : 0;
    }
}

static void
handle(struct sender *s, const struct epoll_event *ev)
{
    struct relay_conn *c;

    if (ev->data.u64 >= RELAY_EVENTS) {
        c = relay_pool_event(s->pool, ev->data.u64, ev->events);
        if (c != NULL)
            sender_ready(s, c);
    } else if (ev->data.u64 == EVENT_DOORBELL) {
        worker_hush(s->worker);
        s->look = true;
    } else if (!s->stopping && worker_stopping(s->worker)) {
        s->stopping = true;
        s->stop_ms = s->now_ms + (int64_t)s->conf->drain_s * 1000;
        (void)epoll_ctl(s->epoll_fd, EPOLL_CTL_DEL, s->worker->stop_fd, NULL);
        log_info("stopping: waits at most %d s for what is on the wire",
            s->conf->drain_s);
    }
}

static int
wait_ms(const struct sender *s)
{
    int64_t most = (int64_t)s->conf->worker_silence_s * 1000 / 3;
    int64_t pool = relay_pool_wait_ms(s->pool, s->now_ms);
    int64_t look = (s->look_s - s->now_s) * 1000;

    if (s->retry_ms > s->now_ms)
        return (int)(s->retry_ms - s->now_ms);
    if (pool >= 0 && pool < most)
        most = pool;
    if (s->look || s->again || s->n_back > 0)
        return 0;
    if (!s->stopping && look < most)
        most = look > 0 ? look : 0;
    return (int)most;
}

static bool
wire_empty(const struct sender *s)
{
    for (int i = 0; i < SENDER_SLOTS; i++)
        if (s->slot[i].out > 0 || s->slot[i].n > 0)
            return false;
    return true;
}

static void
end(struct sender *s)
{
    relay_pool_close(s->pool);
    for (int i = 0; i < SENDER_SLOTS; i++) {
        letter_mold_free(s->slot[i].mold);
        free(s->slot[i].queue);
    }
    for (int i = 0; s->letter != NULL && i < s->most; i++)
        free(s->letter[i].rest);
    free(s->letter);
    free(s->next);
    free(s->back);
    free(s->outcome);
    free(s->going);
    free(s->going_on);
    free(s->fresh);
    free(s->chosen);
    store_close(s->store);
    token_key_free(s->key);
    for (int i = 0; i < CONF_LISTS_MAX; i++)
        dkim_free(s->dkim[i]);
    if (s->epoll_fd >= 0)
        (void)close(s->epoll_fd);
    free(s);
}
