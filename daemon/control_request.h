/* SPDX-License-Identifier: ISC */
/* daemon/control_request.h - what libmicrohttpd calls while a client speaks;
 * cls is the struct control. */
#ifndef DAEMON_CONTROL_REQUEST_H
#define DAEMON_CONTROL_REQUEST_H
#include <microhttpd.h>

/* A connection came (its peer is asked for once) or went. */
void request_connection(void *cls, struct MHD_Connection *connection,
    void **state, enum MHD_ConnectionNotificationCode what);
/* Its head, then its body in pieces, then its end. */
enum MHD_Result request_come(void *cls, struct MHD_Connection *connection,
    const char *url, const char *method, const char *version, const char *data,
    size_t *n, void **state);
/* Answered, or broken off: everything of it is freed. */
void request_completed(void *cls, struct MHD_Connection *connection,
    void **state, enum MHD_RequestTerminationCode how);

#endif
