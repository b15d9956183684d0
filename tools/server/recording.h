/* SPDX-License-Identifier: MIT */
/* recording.h - the form of a recorded connection, written and read. Pure: no I/O, no allocation. */
#ifndef WEIR_RECORDING_H
#define WEIR_RECORDING_H

#include "weir/base.h"

/*
 * Lines of text that end by LF, first what the connection was:
 *
 *     weir recording 1
 *     scheme https             http or https
 *     began 86400000           milliseconds of the server's clock at the beginning
 *     allow 0                  leniencies, bits WEIR_ALLOW_*
 *     payload-max 67108864     octets
 *     listing yes              folders are listed
 *     demo no                  the resources of demo.h are there
 *     secrets blanked          blanked or kept
 *
 * and behind an empty line what happened to it, in that order, a line each: a letter, milliseconds
 * since the beginning, the clock's seconds since 1970 UTC, and
 *
 *     r MS S COUNT             a read gave COUNT octets; they follow, and LF behind them
 *     w MS S COUNT SUM         a write took COUNT octets (0: it would have blocked). SUM is that of
 *                              all octets written so far, 16 hexadecimal digits
 *     e MS S                   reading came to a clean end
 *     t MS S                   TLS: to an end without its close_notify
 *     x MS S                   the connection was gone
 *     d MS S                   the server was asked to stop
 *     c MS S                   the server closed the connection; the last line
 *     f MS S                   the recording is as long as it may be; the last line
 */
#define WEIR_RECORDING_MAGIC "weir recording 1\n"

enum {
    WEIR_RECORDING_BYTES_MAX = 1 << 20, /* of one file */
    WEIR_RECORDING_LINE_MAX = 96,       /* of a line of the second kind, its LF included */
    WEIR_RECORDING_HEAD_MAX = 256,      /* of all lines of the first kind */
};
#define WEIR_RECORDING_CLOCK_MAX ((uint64_t)1 << 62)

typedef struct {
    uint64_t began_ms; /* at most WEIR_RECORDING_CLOCK_MAX */
    uint64_t payload_bytes_max;
    uint32_t allow;
    bool is_secure, with_listing, with_demo, has_secrets;
} weir_recording_facts;

typedef enum {
    WEIR_RECORD_READ = 'r',
    WEIR_RECORD_WRITE = 'w',
    WEIR_RECORD_END = 'e',
    WEIR_RECORD_TRUNCATED = 't',
    WEIR_RECORD_RESET = 'x',
    WEIR_RECORD_DRAIN = 'd',
    WEIR_RECORD_CLOSE = 'c',
    WEIR_RECORD_FULL = 'f',
} weir_record_kind;

typedef struct {
    weir_record_kind kind;
    uint64_t ms;     /* since the beginning; never less than of the one before */
    int64_t wall_s;  /* from 0 to WEIR_DATE_MAX */
    uint64_t count;  /* READ, WRITE */
    uint64_t sum;    /* WRITE */
    weir_str octets; /* READ, when it is read: `count` of them */
} weir_record;

/* The sum of no octets, and of some behind those that were summed before: FNV-1a, 64 bits. It finds
 * mistakes; it hides nothing, and proves nothing. */
#define WEIR_RECORDING_SUM_NONE 0xcbf29ce484222325U
uint64_t weir_recording_sum(uint64_t sum, const void *octets, size_t len);

/* Write all lines of the first kind, or one of the second without the octets of a read. They return
 * how many octets that is. */
size_t weir_recording_write_head(char out[WEIR_RECORDING_HEAD_MAX], const weir_recording_facts *f);
size_t weir_recording_write_line(char out[WEIR_RECORDING_LINE_MAX], const weir_record *record);

/* A recording being read. */
typedef struct {
    weir_recording_facts facts;
    /* When the result was WRONG: what is wrong with the octet at `at`, such as "no number". */
    const char *problem;
    size_t at;
    /* private */
    const char *in;
    size_t len;
    uint64_t last_ms;
    bool is_over;
} weir_recording;

typedef enum {
    WEIR_RECORDING_OK,
    WEIR_RECORDING_END,
    WEIR_RECORDING_WRONG, /* and every time again */
} weir_recording_result;

/* Does it begin like one? */
bool weir_recording_is(const char *in, size_t len);

/* Reads the lines of the first kind; `in` must live as long as the recording. OK or WRONG. */
weir_recording_result weir_recording_open(weir_recording *r, const char *in, size_t len);

/* Reads one line of the second kind. OK: *record is filled. A recording may lack its last line, as
 * one of a server that crashed does, but ends behind a whole one. */
weir_recording_result weir_recording_next(weir_recording *r, weir_record *record);

#endif
