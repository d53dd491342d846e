/* SPDX-License-Identifier: ISC */
/* Tests of relays on request.  A test runs in a process of its own (see
 * relay_probe.h) and is asked for again until its report is there: the control
 * worker waits for nothing. */
#include <errno.h>
#include <microhttpd.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/control.h"
#include "daemon/relay_probe.h"

static int relay_index(const struct control *c, const char *name);
static json_t *report_read(int fd);

enum result
relays_test(struct request *rq, struct fault *f)
{
    struct control *c = rq->c;
    int i = relay_index(c, rq->argument);
    enum result r;

    if (i < 0)
        return fault_set(f, RES_NONE, "no relay %.60s", rq->argument);
    /* One that nobody came for any more says how it was, not how it is. */
    if (c->test[i].pid != 0 && waitpid(c->test[i].pid, NULL, WNOHANG) != 0) {
        c->test[i].pid = 0;
        (void)close(c->test[i].fd);
    }
    if (c->test[i].pid == 0) {
        r = relay_probe_start(
            &c->conf->relay[i], &c->test[i].pid, &c->test[i].fd, f);
        if (r != RES_OK)
            return r;
        request_did(rq, "relay=%s test", c->conf->relay[i].name);
    }
    answer_json(rq, MHD_HTTP_ACCEPTED, json_pack("{s:b}", "done", 0));
    return RES_OK;
}

enum result
relays_test_result(struct request *rq, struct fault *f)
{
    struct control *c = rq->c;
    int i = relay_index(c, rq->argument);
    json_t *report;
    pid_t pid;

    if (i < 0 || c->test[i].pid == 0)
        return fault_set(
            f, RES_NONE, "no test of a relay %.60s is under way", rq->argument);
    pid = waitpid(c->test[i].pid, NULL, WNOHANG);
    if (pid == 0) {
        answer_json(rq, MHD_HTTP_OK, json_pack("{s:b}", "done", 0));
        return RES_OK;
    }
    c->test[i].pid = 0;
    report = report_read(c->test[i].fd);
    (void)close(c->test[i].fd);
    json_object_set_new(report, "done", json_true());
    json_object_set_new(report, "name", json_words(c->conf->relay[i].name));
    answer_json(rq, MHD_HTTP_OK, report);
    return RES_OK;
}

static int
relay_index(const struct control *c, const char *name)
{
    for (int i = 0; i < c->conf->n_relays; i++)
        if (strcmp(c->conf->relay[i].name, name) == 0)
            return i;
    return -1;
}

/* It has ended: what it wrote is all there. */
static json_t *
report_read(int fd)
{
    static char text[RELAY_PROBE_BYTES];
    ssize_t n = read(fd, text, sizeof text);
    json_t *report = n > 0 ? json_loadb(text, (size_t)n, 0, NULL) : NULL;

    if (json_is_object(report))
        return report;
    json_decref(report);
    return json_pack("{s:s}", "error",
        "no report within 30 s: the relay does not answer, or too slowly");
}
