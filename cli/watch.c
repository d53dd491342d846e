/* SPDX-License-Identifier: ISC */
/* cli/watch.c - how far an issue is.
 *
 * Only looks: the daemon does not know that anyone watches, and Ctrl-C ends
 * nothing but the looking. SIGINT is blocked and let in only while we wait, so
 * it can neither be missed nor tear a line; a daemon that is being restarted
 * is waited for. */
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include "cli/client.h"
#include "cli/command.h"
#include "cli/field.h"
#include "cli/term.h"
#include "cli/text.h"
#include "cli/watch.h"
#include "cli/when.h"

enum {
    POLL_LEAST_MS = 200, /* something moves */
    POLL_MOST_MS = 1000, /* nothing does */
    LINE_MS = 1000,      /* between plain lines of one state */
    GONE_MAX_MS = 30000, /* how long the daemon may be away */
    BAR_MOST = 30
};

/* One look at a time. */
struct watching {
    struct cli *cli;
    int64_t id;
    char *path;
    struct pace pace;
    int64_t gone_ms, line_ms;
    int wait_ms;
    char *last;  /* what was shown, without the rate */
    char *state; /* the state it was in */
    bool bar_on; /* the cursor stands behind a bar */
};

static void look(struct watching *w, int *code, bool *over);
static bool is_over(const json_t *issue);
static bool waits_for_word(const json_t *issue);
static int64_t newest(struct cli *c, int *code);
static void changed(struct watching *w, const json_t *issue, int64_t now_ms);
static void show_bar(struct watching *w, const json_t *issue);
static int say_end(struct watching *w, const json_t *issue);
static void clear_bar(struct watching *w);
static int64_t count_done(const json_t *counts);
static int64_t clock_ms(void);
static bool interrupted(void);
static bool wait_ms(int ms, const sigset_t *open);
static void on_signal(int number);

int
watch_run(struct cli *c)
{
    int64_t id;
    int code = 0;

    if (c->args->n_words == 0)
        id = newest(c, &code);
    else
        id = command_id(c, 0);
    if (id == 0)
        return code == 0 ? EX_USAGE : code;
    return watch_issue(c, id);
}

/* The newest issue that is under way, 0: none, which is said. */
static int64_t
newest(struct cli *c, int *code)
{
    json_t *answer = NULL, *issue;
    int64_t id = 0;
    size_t i;

    *code = client_get(c->client, "/v1/issues?limit=50", &answer);
    if (*code != 0)
        return 0;
    json_array_foreach(json_object_get(answer, "issues"), i, issue)
    {
        const char *state = field_text(issue, "state");

        if (strcmp(state, "finished") != 0 && strcmp(state, "cancelled") != 0) {
            id = field_int(issue, "id");
            break;
        }
    }
    json_decref(answer);
    if (id == 0)
        *code = term_fault(EX_NOINPUT, "All issues: rummelig-mail issues",
            "no issue is under way");
    return id;
}

int
watch_issue(struct cli *c, int64_t id)
{
    struct watching w = {.cli = c, .id = id, .wait_ms = POLL_LEAST_MS};
    struct sigaction act = {.sa_handler = on_signal}, before;
    sigset_t shut, open;
    bool over = false;
    int code = 0;

    sigemptyset(&shut);
    sigaddset(&shut, SIGINT);
    sigprocmask(SIG_BLOCK, &shut, &open);
    sigdelset(&open, SIGINT);
    sigaction(SIGINT, &act, &before);
    client_on_interrupt(c->client, interrupted);
    w.path = text_format("/v1/issues/%lld", (long long)id);
    for (;;) {
        look(&w, &code, &over);
        if (over)
            break;
        if (!wait_ms(w.wait_ms, &open)) {
            code = CLIENT_INTERRUPTED;
            break;
        }
    }
    if (code == CLIENT_INTERRUPTED) {
        if (w.bar_on)
            fputs("\n", stdout);
        fflush(stdout);
        fprintf(stderr,
            "The daemon goes on. To look again: rummelig-mail watch %lld\n",
            (long long)id);
    }
    client_on_interrupt(c->client, NULL);
    sigaction(SIGINT, &before, NULL);
    sigprocmask(SIG_SETMASK, &open, NULL);
    free(w.path);
    free(w.last);
    free(w.state);
    return code;
}

static void
look(struct watching *w, int *code, bool *over)
{
    struct request r = {.method = "GET", .path = w->path};
    struct answer a;
    int64_t now_ms;

    client_ask(w->cli->client, &r, &a);
    now_ms = clock_ms();
    if (a.status == 0 && a.fault_code == CLIENT_INTERRUPTED) {
        *code = CLIENT_INTERRUPTED;
        *over = true;
    } else if ((a.status == 0 || a.status == 503) && w->last != NULL &&
               (w->gone_ms == 0 || now_ms - w->gone_ms < GONE_MAX_MS)) {
        /* It was there: it is being restarted, or busy. */
        if (w->gone_ms == 0) {
            w->gone_ms = now_ms;
            clear_bar(w);
            fprintf(stderr, "rummelig-maild does not answer, waiting for"
                            " it.\n");
        }
        w->wait_ms = POLL_MOST_MS;
    } else if (a.status != 200) {
        clear_bar(w);
        *code = client_judge(&a);
        *over = true;
    } else {
        w->gone_ms = 0;
        changed(w, a.json, now_ms);
        *over = is_over(a.json);
        if (*over)
            *code = say_end(w, a.json);
    }
    client_clear(&a);
}

/* Nothing moves any more without a person. */
static bool
is_over(const json_t *issue)
{
    const char *state = field_text(issue, "state");

    return strcmp(state, "finished") == 0 || strcmp(state, "held") == 0 ||
           strcmp(state, "overdue") == 0 || strcmp(state, "cancelled") == 0 ||
           waits_for_word(issue);
}

/* All that is left may have arrived, and goes no more by itself. */
static bool
waits_for_word(const json_t *issue)
{
    static const char *const moving[] = {
        "waiting", "leased", "sending", "deferred"};
    const json_t *counts = json_object_get(issue, "counts");
    int64_t undecided = field_int(issue, "undecided");

    for (size_t i = 0; i < sizeof moving / sizeof moving[0]; i++)
        if (field_int(counts, moving[i]) > 0)
            return false;
    return undecided > 0 && undecided == field_int(counts, "doubt") &&
           !json_is_false(json_object_get(issue, "filled"));
}

/* Shows what is new; looks more often while things move. */
static void
changed(struct watching *w, const json_t *issue, int64_t now_ms)
{
    const json_t *counts = json_object_get(issue, "counts");
    const char *state = field_text(issue, "state");
    char *words = watch_counts(counts);
    char *now = text_format("%s %s", state, words);
    bool same = w->last != NULL && strcmp(w->last, now) == 0;
    bool same_state = w->state != NULL && strcmp(w->state, state) == 0;

    pace_add(&w->pace, now_ms, count_done(counts));
    w->wait_ms = same ? w->wait_ms * 3 / 2 : POLL_LEAST_MS;
    if (w->wait_ms > POLL_MOST_MS)
        w->wait_ms = POLL_MOST_MS;
    if (term_json() || !term_is_screen(stdout)) {
        if (!same && (!same_state || now_ms - w->line_ms >= LINE_MS)) {
            if (term_json())
                field_print(issue);
            else if (!is_over(issue)) /* say_end() says that */
                term_say("%lld %s: %s\n", (long long)w->id, state, words);
            w->line_ms = now_ms;
        } else if (!same) {
            /* Not shown: it still counts as new at the next look. */
            free(now);
            now = text_copy(w->last);
        }
        fflush(stdout);
    } else {
        show_bar(w, issue);
    }
    free(words);
    free(w->last);
    w->last = now;
    free(w->state);
    w->state = text_copy(state);
}

/* One line that is written over: as much as the screen is wide. */
static void
show_bar(struct watching *w, const json_t *issue)
{
    const json_t *counts = json_object_get(issue, "counts");
    const char *state = field_text(issue, "state");
    int64_t all = field_int(issue, "audience"), done = count_done(counts);
    int64_t due_s = field_int(issue, "due_s"), now_s = time(NULL);
    int64_t left_s = pace_left_s(&w->pace, all - done);
    int screen = term_columns() - 1, width;
    char *counted = watch_counts(counts), *span, *tail, *bar;

    if (field_int(issue, "goes_on_s") > now_s) {
        span = when_span(field_int(issue, "goes_on_s") - now_s);
        tail = text_format(" %s  its list sends again in %s", counted, span);
        free(span);
    } else if (strcmp(state, "scheduled") == 0 && due_s > now_s) {
        span = when_span(due_s - now_s);
        tail = text_format(" goes out in %s, to %lld", span, (long long)all);
        free(span);
    } else if (strcmp(state, "sending") == 0 && left_s >= 0 && done < all) {
        span = when_span(left_s);
        tail = text_format(" %3lld %%  %s  %.0f/s, %s left",
            (long long)(done * 100 / all), counted, w->pace.per_s, span);
        free(span);
    } else {
        tail = text_format(" %3lld %%  %s  %s",
            (long long)(all == 0 ? 0 : done * 100 / all), counted,
            strcmp(state, "sending") == 0 ? "" : state);
    }
    width = screen - text_columns(tail);
    width = width > BAR_MOST ? BAR_MOST : width < 0 ? 0 : width;
    bar = watch_bar(width, done, all);
    printf("\r%s%s%s%.*s\033[K", term_on(stdout, STYLE_GOOD), bar,
        term_off(stdout, STYLE_GOOD), (int)text_fit(tail, screen - width),
        tail);
    fflush(stdout);
    w->bar_on = true;
    free(bar);
    free(tail);
    free(counted);
}

static void
clear_bar(struct watching *w)
{
    if (w->bar_on)
        fputs("\r\033[K", stdout);
    w->bar_on = false;
    fflush(stdout);
}

static int
say_end(struct watching *w, const json_t *issue)
{
    const char *state = field_text(issue, "state");
    const char *reason = field_text(issue, "reason");
    const json_t *counts = json_object_get(issue, "counts");
    long long id = field_int(issue, "id");
    bool finished = strcmp(state, "finished") == 0;
    int64_t took_s = field_int(issue, "changed_s") - field_int(issue, "due_s");
    char *words = watch_counts(counts), *took;

    if (term_json()) {
        free(words);
        return finished ? 0 : EX_TEMPFAIL;
    }
    clear_bar(w);
    took = when_span(took_s < 1 ? 1 : took_s);
    term_style(field_style(state), "%lld %s", id, state);
    term_say(": \"%s\", %s", field_text(issue, "subject"), words);
    if (finished)
        term_say(" in %s", took);
    term_say("%s%s.\n", *reason == '\0' ? "" : ". Why: ", reason);
    if (strcmp(state, "held") == 0 || strcmp(state, "overdue") == 0)
        term_say("To let it go on: rummelig-mail release %lld    To stop it"
                 " for good: rummelig-mail cancel %lld\n",
            id, id);
    if (waits_for_word(issue))
        term_say("These wait for your word: rummelig-mail doubt %lld\n", id);
    if (field_int(counts, "failed") > 0)
        term_say(
            "Who did not get it: rummelig-mail who %lld --state failed\n", id);
    if (field_int(issue, "doubted") > 0)
        term_say("Who may have got it twice: rummelig-mail who %lld"
                 " --doubtful\n",
            id);
    free(took);
    free(words);
    return finished ? 0 : EX_TEMPFAIL;
}

char *
watch_counts(const json_t *counts)
{
    static const char *const names[] = {"sent", "sending", "leased", "waiting",
        "deferred", "doubt", "failed", "cancelled"};
    char *s = NULL;
    size_t n;
    FILE *out = text_open(&s, &n);
    bool any = false;

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        long long count = field_int(counts, names[i]);

        /* Under way is under way: what a worker has leased waits as well. */
        if (strcmp(names[i], "leased") == 0)
            continue;
        if (strcmp(names[i], "waiting") == 0)
            count += field_int(counts, "leased");
        if (count == 0 && i > 0)
            continue;
        fprintf(out, "%s%lld %s", any ? ", " : "", count,
            strcmp(names[i], "doubt") == 0 ? "in doubt" : names[i]);
        any = true;
    }
    text_close(out);
    return s;
}

char *
watch_bar(int columns, int64_t done, int64_t all)
{
    char *s = NULL;
    size_t n;
    FILE *out = text_open(&s, &n);
    int64_t full = all <= 0 ? 0 : done * columns / all;

    for (int i = 0; i < columns; i++)
        fputs(i < full ? "\xe2\x96\x88" : "\xe2\x96\x91", out);
    text_close(out);
    return s;
}

/* What will not move any more. */
static int64_t
count_done(const json_t *counts)
{
    return field_int(counts, "sent") + field_int(counts, "failed") +
           field_int(counts, "cancelled");
}

void
pace_add(struct pace *p, int64_t at_ms, int64_t done)
{
    int64_t passed_ms = at_ms - p->at_ms;

    if (p->samples > 0 && passed_ms <= 0)
        return;
    if (p->samples > 0) {
        double per_s = (double)(done - p->done) * 1000 / (double)passed_ms;
        /* Half of what is known is forgotten in about two seconds. */
        double weight = (double)passed_ms / (double)(passed_ms + 2000);

        p->per_s =
            p->samples == 1 ? per_s : p->per_s + (per_s - p->per_s) * weight;
    }
    /* Before anything was sent there is no pace to speak of. */
    if (p->samples == 0 || done > 0)
        p->samples++;
    p->at_ms = at_ms;
    p->done = done;
}

int64_t
pace_left_s(const struct pace *p, int64_t left)
{
    if (p->samples < 3 || p->per_s < 0.01)
        return -1;
    return (int64_t)((double)left / p->per_s) + 1;
}

static int64_t
clock_ms(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* SIGINT is blocked while a request runs: it waits here. */
static bool
interrupted(void)
{
    sigset_t pending;

    return sigpending(&pending) == 0 && sigismember(&pending, SIGINT) == 1;
}

static volatile sig_atomic_t caught;

/* False: a SIGINT came. */
static bool
wait_ms(int ms, const sigset_t *open)
{
    struct timespec ts = {ms / 1000, (long)(ms % 1000) * 1000000};

    caught = 0;
    (void)ppoll(NULL, 0, &ts, open);
    return !caught;
}

static void
on_signal(int number)
{
    (void)number;
    caught = 1;
}
