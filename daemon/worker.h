/* SPDX-License-Identifier: ISC */
/* daemon/worker.h - what every worker process is given and owes: it rings and
 * is rung by doorbells, gives signs of life, and ends when it is told to. */
#ifndef DAEMON_WORKER_H
#define DAEMON_WORKER_H
#include <stdbool.h>
#include <stdint.h>
#include "daemon/conf.h"

/* Whom a doorbell wakes. A ring says "look at the store again", no more. */
enum doorbell {
    DOORBELL_CONTROL,
    DOORBELL_SENDER,
    DOORBELL_INBOX,
    DOORBELLS
};

struct roll;

struct worker {
    const struct conf *conf; /* borrowed for the process's life */
    char name[80];           /* "control", "sender", "inbox tg/INBOX"... */
    int64_t since_s;         /* when the daemon started */
    int generation;          /* how often it was started before */
    const struct roll *roll; /* of all workers; NULL: nobody keeps one */
    int doorbell_fd;         /* eventfd: readable when it was rung */
    int stop_fd;             /* signalfd: readable when it shall end */
    int listen_fd;           /* control: the bound socket; others -1 */
    int life_fd;             /* worker_alive() writes here; -1: nowhere */
    int sender;              /* senders: which of them, from 0 */
    const struct conf_inbox *inbox; /* inbox workers */
    int folder;                     /* likewise: index into inbox->folder */
    int64_t next_sign_ms;           /* worker_alive()'s own */
    bool stopping;                  /* worker_stopping()'s own */
};

/* "I live": to be called at least every conf->worker_silence_s / 3; cheap. */
void worker_alive(struct worker *w);
/* True once SIGTERM or SIGINT came: take nothing new, end soon. */
bool worker_stopping(struct worker *w);
/* In a child, between fork and exec: signals as a program expects them and no
 * descriptor above stderr but those moved below it.  Async-signal-safe. */
void worker_before_exec(void);
/* Empties the own doorbell: before looking at the store. */
void worker_hush(struct worker *w);
void doorbell_ring(enum doorbell whom);
/* For the supervisor, before it forks: a new bell (-1: errno says why), and
 * all of them away. */
int doorbell_make(enum doorbell whose);
void doorbells_close(void);

/* The name of the sender with that index: "sender" where it is the only one,
 * else "sender-1" and so on. */
void worker_sender_name(const struct conf *c, int index, char out[80]);

/* Where the worker's own files stand in conf->state_dir. */
void worker_token_key_path(const struct conf *c, char out[4096]);
/* The boot of this machine (/proc/sys/kernel/random/boot_id). */
const char *worker_boot_id(void);

/* The workers: each runs until it shall stop and returns an exit status. */
int control_main(struct worker *w);
int sender_main(struct worker *w);
int inbox_main(struct worker *w);

#endif
