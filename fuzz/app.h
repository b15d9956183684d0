/* SPDX-License-Identifier: MIT */
/* fuzz/app.h - a tiny application over the engine: answers by plan, and remembers what it did. */
#ifndef WEIR_FUZZ_APP_H
#define WEIR_FUZZ_APP_H

#include "support.h"

#include "weir/conn.h"

#define APP_FIELDS 24
#define APP_TASKS 8

/*
 * How a request is answered, a letter each:
 *
 *   l  when it is complete, with a length      c  chunked, with a trailer where that can be
 *   z  with no payload                         p  by weir_conn_splice
 *   n  204                                     m  304 that announces a length
 *   k  with a length, and close                b  like l, after and between calls that are wrong
 *   x  the head at once, the rest at the end   s  each piece of payload sent back as it comes
 *   i  after 100 and 103                       e  at once and finished, whatever is still to come
 *   d  like l, and drains the connection       D  drains, then answers at once
 *   u  by a tunnel where one is asked for      q  reset in the middle of the answer
 *   r  reset at once                           R  reset when the request is complete
 */
#define APP_LETTERS "lczpnmkbxsiedDuqrR"

/* What the application did about one exchange, and so what the peer should see. */
typedef struct {
    char how;
    weir_method method;
    unsigned minor;
    uint16_t status; /* of the final response; 0: none was sent */
    size_t interims; /* responses before it */
    text payload;
    weir_framing asked;            /* of the request */
    bool must_close, must_persist; /* what the response has to say of the connection */
    bool is_complete, is_finished, has_trailer, is_tunnel;
} app_answer;

typedef enum {
    APP_RESPOND,
    APP_SEND,
    APP_SPLICE,
    APP_FINISH,
    APP_WRONG,
    APP_SWITCH_EARLY,
    APP_DRAIN,
    APP_RESET
} app_verb;

/* Something still to be done: a call that may find no room in `out`. */
typedef struct {
    app_verb verb;
    uint16_t status;
    uint64_t length; /* of the response, or how much to splice */
    bool close;
    weir_str data; /* to send */
} app_task;

/* What the loop around the engine does next. */
typedef enum {
    APP_GO,
    APP_READ,
    APP_OVER
} app_next_step;

typedef struct {
    weir_conn conn;
    weir_conn_options options;
    weir_limits limits;
    weir_field fields[APP_FIELDS];
    const uint8_t *plan;
    size_t plan_len;
    app_answer *answers; /* of exchange 1, 2, ... */
    size_t answer_count;
    app_task tasks[APP_TASKS];
    size_t task_at, task_count;
    text trace;          /* events, one a line; payload joined */
    size_t trace_agreed; /* of it, what came before an error */
    bool is_in_payload, is_stopped, is_reset, is_drained;
    bool must_fail;   /* the input was cut off inside a message */
    weir_error error; /* of the peer, told by next */
    weir_event failure;
    size_t events, used;
} app;

/* A server's side. `plan` lives as long. */
void app_init(app *a, const uint8_t *plan, size_t plan_len, bool is_tight);
void app_free(app *a);

/* One call of weir_conn_next, its contract checked, its event dealt with. `used` octets are to be
 * dropped once no task is left. Not while tasks are left. */
app_next_step app_next(app *a, const char *in, size_t len, size_t *used);

/* weir_conn_stop, where next has just asked for more and there is none. */
void app_stop(app *a, weir_error why);

bool app_has_tasks(const app *a);

/* Works at the first task. False: `out` has no room for it, or it asks for an empty one. */
bool app_work(app *a, weir_buf *out);

/*
 * Reads the output back as a client would, strictly: the answers in order, each as it was given,
 * with nothing before, between or behind them. `summary` gets what was read, chunks joined.
 */
void app_check_output(const app *a, const text *output, text *summary);

#endif
