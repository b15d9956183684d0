/* SPDX-License-Identifier: MIT */
/* scan.h - passes over many octets at once: whole lines of a head, and spans of one class. */
#ifndef WEIR__SCAN_H
#define WEIR__SCAN_H

#include "ascii.h"
#include "head_state.h"
#include "isa.h"

/*
 * The first octet in [p, end) that belongs to none of the productions in `bits` (WEIR__TCHAR and
 * the like, of ascii.h), or `end`. Reads nothing at or behind `end`; p == end is an empty span.
 */
const char *weir__scan_while(const char *p, const char *end, unsigned bits);

/* The same for WEIR__FIELD, eight octets or more at a time. */
const char *weir__scan_field(weir_isa isa, const char *p, const char *end);

/* Field lines can be read behind so many octets of the head: a name is looked up by the sixteen
 * octets before its end. Only the shortest start lines are shorter, and have a shorter name. */
enum {
    WEIR__LINES_BEHIND = 15
};

/* What the first of the lines is. */
enum weir__first {
    WEIR__FIRST_REQUEST,  /* a request line, at h->at == its offset */
    WEIR__FIRST_RESPONSE, /* a status line */
    WEIR__FIRST_FIELD,    /* a field line, or the empty line */
};

enum weir__lines {
    WEIR__LINES_NONE, /* nothing is taken */
    WEIR__LINES_SOME, /* h->at is behind a line */
    WEIR__LINES_ALL,  /* h->at is behind the empty line */
};

/*
 * Takes whole lines from h->at on, as many as lie in [in, in + end). Start lines fill the members for
 * them in `h`, field lines the lent fields, with spans into `in`. It takes what every strict reader
 * takes; a line that is anything else, or not complete, or over a limit, is left with all that follow to
 * the octet machine of head.c, which says what is wrong with it. `h->plain` is set when there is no
 * point in asking again for this head.
 */
typedef enum weir__lines weir__line_reader(weir_head *h, const char *in, uint32_t end,
                                           enum weir__first first);
weir__line_reader weir__read_lines_scalar, weir__read_lines_sse42, weir__read_lines_avx2,
    weir__read_lines_avx512, weir__read_lines_avx512vbmi, weir__read_lines_neon;

/* The one for h->isa. */
weir__line_reader weir__read_lines;

#if WEIR__BUILT(AVX2) && !defined(__OPTIMIZE_SIZE__)
#define WEIR__HAS_SHORT 1
#else
#define WEIR__HAS_SHORT 0
#endif

/* As weir__request_any(), for a fresh head of 32 to 128 octets; sooner if all of it is as most are, else that
 * goes on. */
weir_error weir__request_short_avx2(weir_head *h, const char *in, size_t len, weir_request *req,
                                    size_t *used);

/* The same for a fresh head. */
static inline weir_error weir__request_fresh(weir_head *h, const char *in, size_t len,
                                             weir_request *req, size_t *used)
{
#if WEIR__HAS_SHORT
    bool can = h->isa >= WEIR_ISA_AVX2 && h->isa <= WEIR_ISA_AVX512VBMI;
    if (can && len - 32 <= 96) return weir__request_short_avx2(h, in, len, req, used);
#endif
    return weir__request_any(h, in, len, req, used);
}

#endif
