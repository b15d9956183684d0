/* SPDX-License-Identifier: MIT */
/* client.h - simulated clients: what they say, how they misbehave, what they must be answered. */
#ifndef WEIR_SIM_CLIENT_H
#define WEIR_SIM_CLIENT_H

#include "server.h"
#include "weir/name.h"
#include "world_sim.h"

enum {
    CLIENT_REQUESTS = 8,
    CLIENT_WIRE = 160 * 1024,
};

/* How a client behaves. ORDER client_names. */
typedef enum {
    CLIENT_PLAIN,      /* asks, the last time with Connection: close, and waits for the end */
    CLIENT_HALF,       /* asks, ends its half, and waits for the answers */
    CLIENT_BAD,        /* the last thing that it says breaks a rule */
    CLIENT_CUT,        /* ends its half in the middle of a message */
    CLIENT_RESET,      /* resets the connection somewhere */
    CLIENT_IDLE,       /* asks and then keeps silent */
    CLIENT_SLOW_HEAD,  /* an octet of a head a second */
    CLIENT_STALL_BODY, /* stops in the middle of a payload */
    CLIENT_SLOW_BODY,  /* an octet of a payload every ten seconds */
    CLIENT_STALL_READ, /* asks for something huge and never reads */
    CLIENT_SLOW_READ,  /* reads slowly, but reads */
    CLIENT_KINDS,
} client_kind;

/* What an answer must be. */
typedef struct {
    weir_method method;
    uint16_t status;
    bool may_be_busy;    /* 503 is as good: it opens a file */
    bool is_parts;       /* CLIENT_RANGES of a file of that length, by octets */
    bool is_listing;     /* a page, whatever its length */
    const char *content; /* what must come back; NULL: octets of a file */
    uint64_t length;
    size_t end; /* where the request ends in the wire */
} client_request;

typedef struct {
    size_t number;
    client_kind kind;
    sim_link *link; /* NULL: not connected */
    char *wire;
    size_t wire_len, sent;
    size_t reset_at; /* octets sent and received until it resets */
    size_t write_max, read_max;
    bool is_shut, is_over, has_end, has_reset, is_done;
    client_request requests[CLIENT_REQUESTS];
    size_t request_count;
    size_t last_complete; /* requests that were sent whole */
    char *received;
    size_t received_len, received_cap;
    uint64_t first_ms, last_ms; /* first octet sent; last octet moved */
    uint64_t accepted_ms;
    uint64_t act_ms; /* does nothing before */
} client;

extern const sim_file client_files[];
extern const size_t client_file_count;

/* Writes what it is going to say. `c->wire` has room for CLIENT_WIRE octets. */
void client_plan(sim *s, client *c, client_kind kind, size_t number);

/* Faults for a connection of that client. */
weir_memory_faults client_faults(sim *s, const client *c, bool is_server);

/* Does what it can now. True: something happened. */
bool client_step(sim *s, client *c);

/* It is over: checks what came against what was said, and how long it took. */
void client_check(const sim *s, const client *c, const weir_server_timeouts *t);

/* All that is known of it, on standard error. */
void client_print(const client *c);

#endif
