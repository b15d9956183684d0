/* SPDX-License-Identifier: MIT */
/* world_sim.h - a world in one process: memory transports, files in memory, a clock that is set
 * forward when nobody has anything to do. A seed chooses schedule and faults; nothing else does. */
#ifndef WEIR_WORLD_SIM_H
#define WEIR_WORLD_SIM_H

#include "weir/acceptor.h"
#include "weir/memory.h"
#include "world.h"

enum {
    SIM_LINKS = 64,          /* connections at a time, at most */
    SIM_RING = 16384,        /* octets under way in one direction, at most */
    SIM_CHUNKS = 32,         /* writes under way where there is latency */
    SIM_WALL_S = 1700000000, /* what the wall clock says at the beginning */
};

/* A file or a folder of the tree. Content is sim_octet(i) for each i < size. */
typedef struct {
    const char *path; /* relative, no slash at its ends; "" is the root */
    bool is_folder;
    uint64_t size;
    uint64_t real_size; /* what can be read of it: less than `size` is a file that shrank */
} sim_file;

/* One connection, both ends. */
typedef struct {
    weir_memory_end server, client;
    bool is_used, is_accepted, is_watched;
    unsigned interest;
    uint32_t token;
    uint64_t accepted_ms;
    void *owner; /* the client that made it */
} sim_link;

/* What a connection has under way. Never cleared: only what was written is ever read. */
typedef struct {
    unsigned char up[SIM_RING], down[SIM_RING];
    weir_memory_chunk up_chunks[SIM_CHUNKS], down_chunks[SIM_CHUNKS];
} sim_rings;

typedef struct sim sim;

/* What drives a simulation from outside of the server. */
typedef struct {
    /* Lets the clients do something. True: something happened. */
    bool (*step)(sim *s);
    /* When a client has something to do by the clock; UINT64_MAX: never. */
    uint64_t (*next_ms)(sim *s);
    /* Nothing more will come: the server may be asked to stop. */
    bool (*is_over)(const sim *s);
} sim_driver;

/* The parts of a simulation's faults that are the world's. */
typedef struct {
    unsigned lost_percent;      /* of accepts: the connection went before it was accepted */
    unsigned file_full_percent; /* of opens: out of descriptors */
    unsigned watch_percent;     /* of what is to be watched: out of watches */
    size_t open_max;            /* connections the server may have; more: out of descriptors */
    bool accept_failed;         /* the acceptor will never accept again */
} sim_faults;

/* Where lines about all that happens go, in order. */
typedef struct {
    void (*line)(void *data, const char *text);
    void *data;
} sim_trace_sink;

struct sim {
    weir_world world; /* pass &sim.world */
    weir_acceptor acceptor;
    const sim_driver *driver;
    void *driver_data;
    const sim_file *files;
    size_t file_count;
    size_t links_used;     /* ever; those behind are free */
    size_t link_count;     /* connections at a time; SIM_LINKS, unless the driver wants fewer */
    size_t idle_waits_max; /* waits in a row after which nothing has happened: more is a spin */
    sim_faults faults;
    const sim_trace_sink *trace; /* NULL: nobody listens */
    uint64_t now_ms, random;
    uint64_t hash;     /* of all that happened, in order */
    uint64_t activity; /* counts what happened: a world in which nothing happens for long spins */
    uint64_t octets_moved; /* by the server, as the last wait had it */
    unsigned stop;
    uint64_t stop_at_ms; /* 0: when the driver is over */
    bool is_acceptor_watched;
    uint32_t acceptor_token;
    size_t files_open, accepted, waits, idle_waits;
    size_t short_reads; /* of files that shrank, where something is missing */
    size_t listing;     /* index into files, while a folder is listed */
    const sim_file *listed;
    sim_link links[SIM_LINKS];
    sim_rings rings[SIM_LINKS]; /* last: all before it is cleared */
};

void sim_init(sim *s, uint64_t seed, const sim_file *files, size_t file_count);

/* A number below `n`, n > 0, of the seed's sequence. */
uint64_t sim_roll(sim *s, uint64_t n);
bool sim_chance(sim *s, unsigned percent);

/* Octet `at` of every file. */
static inline char sim_octet(uint64_t at)
{
    return (char)('a' + (at * 7 + (at >> 8)) % 26);
}

/* Octets [at, at + len) of every file. */
void sim_octets(uint64_t at, char *out, size_t len);

/* Something happened: goes into the hash. */
void sim_note(sim *s, const void *data, size_t len);
void sim_note_number(sim *s, uint64_t n);

/* Tells whoever listens, with the time before it. Cut at 500 octets. */
void sim_trace(const sim *s, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A connection that waits to be accepted. NULL: there are link_count already. */
sim_link *sim_connect(sim *s, void *owner, const weir_memory_faults *server,
                      const weir_memory_faults *client);

/* The client's end is closed; the link is free when the server has closed its own. */
void sim_hang_up(sim *s, sim_link *link);

/* Links that are not free, and accepted ends that the server has not closed. */
size_t sim_links_open(const sim *s);

/* Stops the test with a message that names the seed. */
_Noreturn void sim_fail(const sim *s, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
