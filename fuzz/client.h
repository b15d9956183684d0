/* SPDX-License-Identifier: MIT */
/* fuzz/client.h - a tiny program over the engine that asks by plan, and remembers what it heard. */
#ifndef WEIR_FUZZ_CLIENT_H
#define WEIR_FUZZ_CLIENT_H

#include "support.h"

#include "weir/conn.h"

#define CLIENT_FIELDS 24
#define CLIENT_OUT 512
#define CLIENT_REQUESTS 16

/*
 * What is asked, a letter a request:
 *
 *   g  GET                    h  HEAD              k  GET and close      r  GET, then reset
 *   p  POST with a length     c  POST chunked, with a trailer
 *   u  GET and Upgrade        t  CONNECT
 *   e  POST that expects 100: the payload follows whatever comes first
 */
#define CLIENT_LETTERS "ghpckutre"

/* What came back in one exchange. */
typedef struct {
    uint16_t status; /* of the final response; 0: there was none */
    size_t interims, trailers;
    bool is_complete;
    text payload;
} client_heard;

typedef struct {
    weir_conn conn;
    weir_conn_options options;
    weir_limits limits;
    weir_field fields[CLIENT_FIELDS];
    const uint8_t *plan;
    size_t plan_len;
    char asked[CLIENT_REQUESTS]; /* the letters of the requests that went out */
    client_heard heard[CLIENT_REQUESTS];
    size_t count;    /* of them, and so the number of the exchange under way */
    bool is_sent;    /* the request under way is finished */
    bool must_close; /* one of the messages has said that the connection ends */
    bool must_fail;  /* the input was cut off inside a message */
    bool is_answered, is_in_payload, is_stopped, is_reset, is_tunnel;
    weir_error error;
    text trace, sent;
    char memory[CLIENT_OUT];
    weir_buf out;
} client;

/* What the loop around the engine does next. */
typedef enum {
    CLIENT_GO,
    CLIENT_READ,
    CLIENT_OVER
} client_step;

/* `plan` lives as long. */
void client_init(client *c, const uint8_t *plan, size_t plan_len);
void client_free(client *c);

/* Moves what is in `out` to `sent`. */
void client_flush(client *c);

/* The next request of the plan; nothing where there is none, or the connection takes none. */
void client_ask(client *c);

/* Sends the payload that waits for 100, as a client does after a while. */
void client_go_on(client *c);

/* One call of weir_conn_next, its contract checked, its event dealt with, the next request sent. */
client_step client_next(client *c, const char *in, size_t len, size_t *used);

/* weir_conn_stop, where next has just asked for more and there is none. */
void client_stop(client *c, weir_error why);

/* Reads the output back as a server would: the requests that were made, and nothing else. */
void client_check_output(const client *c);

#endif
