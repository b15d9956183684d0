/* SPDX-License-Identifier: MIT */
/* fuzz/world_client.h - a client of server_world: what it says, what it hears, what must be so. */
#ifndef WEIR_FUZZ_WORLD_CLIENT_H
#define WEIR_FUZZ_WORLD_CLIENT_H

#include "support.h"
#include "weir/framing.h"
#include "world_script.h"
#include "world_sim.h"

enum {
    WORLD_ASKS = 24, /* requests of a client that are looked at; what follows is not said */
    WORLD_LATENCY_MAX = 400,
};

/* The tree that is served. */
extern const sim_file world_files[];
extern const size_t world_file_count;

/* A request as the client's octets have it. */
typedef struct {
    weir_method method;
    weir_str target, content; /* content: as framed */
    weir_framing framing;
    size_t at, head_end, end; /* offsets in the stream; end SIZE_MAX: not all of it is there */
    bool is_plain;            /* HTTP/1.1 and nothing in it that asks for another status */
    bool is_huge;             /* more content than the server takes */
    uint64_t said_ms;         /* when the last octet left */
} world_ask;

typedef struct {
    size_t number;
    sim_link *link; /* NULL: not connected yet, or not any more */
    weir_str wire;
    size_t sent;
    world_ask asks[WORLD_ASKS];
    size_t ask_count;       /* the last may be incomplete */
    bool ends_badly;        /* behind the asks comes what is no request */
    weir_method bad_method; /* of a whole start line there: HEAD is refused without content, too */
    text received;          /* its memory is used again by the next input */
    uint64_t latency;       /* of each way, at most */
    uint64_t moved_ms;      /* when octets last moved, or the client did something */
    uint64_t shut_ms;       /* when the server ended its half; UINT64_MAX: it has not */
    uint64_t heard_ms;      /* when it last heard something */
    uint64_t head_ms;       /* when it began the head that begins at head_at */
    size_t head_at;         /* SIZE_MAX: it is not in the middle of one */
    bool was_opened, is_shut, is_deaf, is_lingering;
    bool is_foreign;         /* speaks no TLS where it is spoken */
    size_t hello_len;        /* what comes before the first request, and before the first answer */
    bool has_end, has_reset; /* heard */
    bool was_accepted;
    bool was_shut;             /* the server has ended its half before it was gone */
    bool has_left;             /* by itself: what it did not hear is its own fault */
    bool was_deaf, was_jumped; /* deadlines may have passed through no fault of the server's */
} world_client;

/* What the whole run adds to what may be expected of one client. */
typedef struct {
    weir_isa isa;  /* asked of the machine once: that takes longer than many a run */
    bool is_tls;   /* the port speaks it, or what stands in for it */
    bool may_lose; /* connections that cannot be watched */
    uint64_t payload_max;
    bool may_be_busy;        /* files cannot be opened at times */
    bool has_shrunk;         /* a file ended before its length, and so did its answer */
    uint64_t stopped_ms;     /* UINT64_MAX: no stop was asked for */
    bool is_stopped_at_once; /* twice */
} world_rules;

/* `wire`: what it is going to say. The memory of `received` is used again. */
void world_client_init(world_client *c, size_t number, weir_str wire);

/* What commands do. Each is nothing where it makes no sense. False: it was not opened. */
bool world_client_open(world_client *c, sim *s, const world_rules *rules, const world_command *how);
void world_client_write(world_client *c, sim *s, size_t most);
void world_client_shut(world_client *c, sim *s);
void world_client_reset(world_client *c, sim *s);
void world_client_close(world_client *c, sim *s);

/* The clock has jumped: what is under way is seen by the server only now. */
void world_client_jumped(world_client *c, const sim *s);

/* Hears what there is. True: something happened. */
bool world_client_listen(world_client *c, sim *s);

/* The server has had its turn: are all deadlines kept so far? */
void world_client_check_time(const world_client *c, const sim *s, const world_rules *rules);

/* It is over: what was heard is what it must be (world_answers.c). */
void world_client_check(const world_client *c, const world_rules *rules);

#endif
