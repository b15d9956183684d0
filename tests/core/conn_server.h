/* SPDX-License-Identifier: MIT */
/* conn_server.h - a small application behind the engine, fed in steps; what happened, as text. */
#ifndef WEIR_TEST_CONN_SERVER_H
#define WEIR_TEST_CONN_SERVER_H

#include "weir/conn.h"

/* How the wire arrives, and how much room there is for answers. */
typedef struct {
    const char *wire;
    size_t len, first, step; /* octets offered first, and how many more each time */
    size_t room;             /* of the output buffer */
    weir_error stop;         /* why the input ends behind the wire */
} server_feed;

typedef struct {
    char events[512]; /* "1 GET / none,=payload,end,over" */
    char answers[1024];
} server_trace;

/*
 * The path chooses the answer: "/early" 403 at once, "/first" 403 with the first octets, "/100" with 100
 * before, "/chunks" chunked with
 * a trailer, "/204", "/close", "/up" 101, "/drain", "/reset"; CONNECT to port 1 is taken; all else
 * "hi" behind the END. A tunnel sends back what comes. Limits: payload 20, unread 8.
 */
void server_run(const server_feed *feed, server_trace *trace);

#endif
