/* SPDX-License-Identifier: MIT */
/* fuzz/support.h - what the harnesses share: reports, exact copies, cuts, growing texts, checks. */
#ifndef WEIR_FUZZ_SUPPORT_H
#define WEIR_FUZZ_SUPPORT_H

#include "weir/body.h"

/* What a fuzz engine calls; defined once in each harness. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the program with the sentence that no longer holds, and the instruction set heads were read with. */
void require(bool holds, const char *invariant);

/*
 * A copy with nothing around it, so that a sanitizer sees a read too far, at an address that no copy
 * still has, nor had the one before. Give the same length back.
 */
char *copy_exact(const void *data, size_t len);
void copy_free(char *copy, size_t len);

/* Choices that need no control from the fuzz engine, such as where to cut: drawn from the input's
 * own octets, so that an input alone decides what happens. */
typedef struct {
    uint64_t state;
} dice;

dice dice_from(const void *data, size_t len);
size_t dice_roll(dice *d, size_t sides); /* 0 .. sides - 1 */

/*
 * Is a dear check made? Of one input in `sides`, chosen by its octets; of every input where files are
 * replayed, which sets `every_check`.
 */
extern bool every_check;
bool is_due(dice *d, size_t sides);

/* The instruction sets that run here, named on stderr once, and one of them. Where the environment has
 * WEIR_FUZZ_ISA, such as "avx2", it is the only one. */
const weir_isa *isa_all(size_t *count);
weir_isa isa_pick(dice *d);

/* The best one. */
weir_isa isa_any(void);

/* Ways to cut a stream: an octet at a time, equal steps, uneven ones, in two, not at all. */
typedef struct {
    dice dice;
    unsigned way;
    size_t step;
} cuts;

cuts cuts_from(dice *d, size_t len);
size_t cuts_next(cuts *c, size_t left); /* 1 .. left; left is not 0 */

/* A text that grows, for traces and joined payloads. Zero-initialised it is empty. Its memory is kept
 * for the next one. */
typedef struct {
    char *p;
    size_t len, cap;
} text;

void text_add(text *t, const void *data, size_t len);
void text_word(text *t, const char *word);
void text_span(text *t, weir_str s);
void text_number(text *t, uint64_t n);
void text_zeros(text *t, size_t len); /* octets of value 0 */
bool text_equal(const text *a, const text *b);
void text_free(text *t);

/* Prints it to stderr, control octets as \xNN. */
void text_show(const char *title, const text *t);

/* The span is empty, or lies inside [in, in + len). */
bool span_inside(weir_str s, const char *in, size_t len);

/* Both are the same octets at the same offset, each in its own copy of the input. */
bool span_same(weir_str a, const char *in_a, weir_str b, const char *in_b);

/*
 * Every octet of a field section is accounted for: each line is name, colon, blanks, value, blanks,
 * CR LF, in order, without a gap, beginning at in[at]; then the empty line, which ends at in[end].
 * Names are tokens, values hold no control octet and no blank at an end, ids are those of the
 * names.
 */
void check_fields(const char *in, size_t at, size_t end, const weir_field *fields, size_t count);
void check_fields_same(const weir_field *a, const char *in_a, const weir_field *b, const char *in_b,
                       size_t count);

/* The same framing, or the same fault. */
bool framing_same(weir_error err, const weir_framing *a, const weir_framing *b);

/* A framing that was accepted is what the fields say, read naively: at most one reading. */
void check_framing(const weir_framing *f, const weir_field *fields, size_t count, unsigned minor);

#endif
