/* SPDX-License-Identifier: MIT */
/* bench.h - what the parts of weir-bench share. */
#ifndef WEIR_BENCH_H
#define WEIR_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "adaptor.h"
#include "weir/isa.h"

enum {
    BENCH_PARSERS_MAX = 24,
    BENCH_INPUTS_MAX = 64,
    BENCH_ROUNDS_MAX = 199,
    BENCH_HEADS_MAX = 4096
};

/* Exit statuses, as those of weir. */
enum {
    BENCH_OK = 0,
    BENCH_FAILED = 1, /* a parser does not read what it is to be timed with */
    BENCH_USAGE = 64, /* the command line is wrong */
    BENCH_INPUT = 66, /* a file of heads or a peer cannot be read */
    BENCH_OUTPUT = 74 /* what was to be printed could not be written */
};

/* Ends the program with that exit status and a message. */
_Noreturn void bench_die(int status, const char *what, const char *about);

/* ---- input.c: heads ---- */

typedef struct {
    const char *at;
    size_t len;
} bench_head;

/* Heads of one kind. A pass takes each once; copies of a single head at several alignments are passes. */
typedef struct {
    char name[64];
    bool response;
    size_t heads, octets, passes;
    bench_head *head; /* passes * heads of them */
    char *memory;     /* their octets */
} bench_input;

/* A file with one or more heads back to back. */
bench_input bench_input_read(const char *path);

/* 512 requests, no two alike, which no branch predictor has by heart. The same each time. */
bench_input bench_input_mix(void);

/* One request of about `octets` octets, as a browser would send it. */
bench_input bench_input_long(size_t octets);

/* The heads of `text`, which stays the caller's, are copied. */
bench_input bench_input_split(const char *name, const char *text, size_t len);

void bench_input_free(bench_input *input);

/* ---- parser.c: who reads them ---- */

typedef int bench_parse(const char *buf, size_t len);
typedef int bench_feed(const char *buf, size_t len, size_t last);

typedef struct {
    const char *name, *isa;
    weir_isa use;  /* weir: what it reads with */
    bool is_limit; /* no parser: what none can be faster than */
    bench_parse *parse, *parse_response;
    bench_feed *feed, *feed_response;
    void (*facts)(struct adapt_head *out);
    void (*facts_response)(struct adapt_head *out);
    long (*chunked)(char *buf, size_t len);
} bench_parser;

bench_parser bench_weir(weir_isa isa);
bench_parser bench_memcpy(void);
bench_parser bench_pass(void);

/* "NAME=FILE.so" with its "="; `argument` is changed and kept. */
bench_parser bench_peer(char *argument);

/* Call it before a parser is used: weir has one head for all instruction sets. */
void bench_choose(const bench_parser *p);

/* ---- run.c: the timing ---- */

enum bench_mode {
    BENCH_WHOLE,
    BENCH_TWO,
    BENCH_16,
    BENCH_1,
    BENCH_MODES
};

extern const char *const bench_mode_names[BENCH_MODES];

typedef struct {
    int rounds;
    double milliseconds; /* of each measurement */
} bench_effort;

/* Of a head, or of whatever the unit is. NaN where there is none. */
typedef struct {
    double min, median;
} bench_ns;

/* True where the parser takes the input in that mode, and its facts are those of `reference`. */
bool bench_agrees(const bench_parser *p, const bench_parser *reference, const bench_input *input,
                  enum bench_mode mode);

/* Times each parser on the input, in turns; ns[i] is a head's. Those that `runs` has as false are left
 * out. */
void bench_time(const bench_parser *parsers, size_t count, const bool *runs,
                const bench_input *input, enum bench_mode mode, bench_effort effort, bench_ns *ns);

/* The same for anything: `work` does `n` units. */
typedef void bench_work(void *context, size_t n);
void bench_time_work(bench_work *const *work, void *const *context, size_t count,
                     bench_effort effort, bench_ns *ns);

/* ---- the commands ---- */

typedef struct {
    bench_effort effort;
    bool json, limits;
    unsigned modes; /* bits 1 << bench_mode */
    bench_parser parsers[BENCH_PARSERS_MAX];
    size_t parser_count; /* weir first, in each instruction set that was asked for */
    bench_input inputs[BENCH_INPUTS_MAX];
    size_t input_count;
} bench_options;

int bench_heads(const bench_options *o);
int bench_linear(const bench_options *o);
int bench_chunked(const bench_options *o);
int bench_engine(const bench_options *o);

#endif
