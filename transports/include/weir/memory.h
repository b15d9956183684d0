/* SPDX-License-Identifier: MIT */
/* weir/memory.h - two ends of a stream in one process, with a script of faults. Deterministic. */
#ifndef WEIR_MEMORY_H
#define WEIR_MEMORY_H

#include <stdint.h>

#include "weir/transport.h"

#ifdef __cplusplus
extern "C" {
#endif

#define WEIR_MEMORY_NEVER UINT64_MAX

/*
 * What goes wrong at one end. Zero-initialised: nothing. A script, where there is one, says it all
 * about sizes and blocking; else the seed does.
 */
typedef struct weir_memory_faults {
    uint64_t seed;          /* of sizes, blocking and latency; 0 is a seed like any other */
    size_t read_max;        /* read() gives from 1 to that many octets a call; 0: all there are */
    size_t write_max;       /* write() takes from 1 to that many a call; 0: all there is room for */
    unsigned block_percent; /* of the calls: answered by a WANT for no reason; at most 90 */
    /*
     * For each read() and write() of this end in turn: how many octets at most, 0: a WANT for no
     * reason. Begins anew at its end, so at least one entry is not 0. NULL: none.
     */
    const unsigned char *script;
    size_t script_len;
    uint64_t reset_after; /* octets sent by this end until the connection is reset; 0: never */
    uint64_t cut_after;   /* octets sent by this end until its sending half ends by itself, as an
                             attacker may cut it; what is sent after that is lost; 0: never */
    uint64_t latency_min, latency_max; /* of each chunk sent, in units of the virtual clock */
} weir_memory_faults;

/* Octets sent in one call and when the other end sees them. Fields are private. */
typedef struct weir_memory_chunk {
    uint64_t visible_at;
    size_t len;
} weir_memory_chunk;

/* One end as the caller wants it. Memory and clock are lent until both ends are closed. */
typedef struct weir_memory_options {
    unsigned char *buffer;     /* what this end has sent and the other has not yet read */
    size_t buffer_size;        /* at least 1 */
    weir_memory_chunk *chunks; /* needed with latency alone: as many writes can be under way */
    size_t chunk_count;
    const uint64_t *now; /* the virtual clock, read at every call; NULL: it is always 0 */
    weir_memory_faults faults;
    int handle;           /* what weir_transport_handle() answers */
    weir_address address; /* of this end; the other one sees it as its remote */
} weir_memory_options;

/* Fields are private. */
typedef struct weir_memory_end weir_memory_end;
struct weir_memory_end {
    weir_transport transport; /* pass &end.transport to the calls of weir/transport.h */
    weir_memory_end *peer;    /* open or closed */
    weir_memory_options options;
    weir_address remote;
    uint64_t random;
    size_t script_at;
    /* The ring of what this end has sent; it lives on when this end is closed. */
    size_t ring_at, ring_len;
    size_t chunk_at, chunk_len;
    uint64_t sent;
    uint64_t last_at; /* when the last octet sent is seen: none overtakes another */
    uint64_t fin_at;  /* when the other end sees that this half has ended; NEVER: it has not */
    bool is_reset, is_open, is_shut, is_cut;
    unsigned armed;
};

/*
 * Joins two ends. Each `options` is copied; the two structs stay where they are until both ends are
 * closed and after that are free for reuse. Closing one end leaves what it sent to be read by the
 * other, as with TCP; also as with TCP, closing an end with octets unread resets the connection,
 * and so does writing to an end that is closed. A reset throws away what is under way.
 */
void weir_memory_join(weir_memory_end *a, const weir_memory_options *a_options, weir_memory_end *b,
                      const weir_memory_options *b_options);

/* Resets the connection now: both ends answer RESET from here on. */
void weir_memory_reset(weir_memory_end *end);

enum {
    WEIR_MEMORY_READABLE = 1, /* octets, the end of the stream or a reset is there to be read */
    WEIR_MEMORY_WRITABLE = 2, /* room, or a reset */
};

/* Level-triggered readiness, as poll(2) has it, at a time: bits of the enum above. */
unsigned weir_memory_readiness(const weir_memory_end *end, uint64_t now);

/*
 * Edge-triggered readiness in its strictest reading: the bits of weir_memory_readiness() for which
 * this end has answered a WANT since they were last told here; at first, all. Who stops before a
 * WANT hears nothing, and hangs in a simulation as it one day would in the field.
 */
unsigned weir_memory_edges(weir_memory_end *end, uint64_t now);

/*
 * When this end becomes readable by what is already under way to it: WEIR_MEMORY_NEVER where
 * nothing is, a time <= now where it is readable already.
 */
uint64_t weir_memory_readable_at(const weir_memory_end *end);

#ifdef __cplusplus
}
#endif

#endif
