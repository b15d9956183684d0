/* SPDX-License-Identifier: MIT */
/*
 * scan_lines.h - where the delimiters of lines are known, what the lines say. Shared by the readers
 * for all instruction sets, which only differ in how they find the delimiters: scan_blocks.h.
 */
#ifndef WEIR__SCAN_LINES_H
#define WEIR__SCAN_LINES_H

#include "name_find.h"
#include "scan.h"

#define SCAN_ALWAYS static inline __attribute__((always_inline))
#define SCAN_LIKELY(x) __builtin_expect(!!(x), 1)
#define SCAN_UNLIKELY(x) __builtin_expect(!!(x), 0)
#if defined(__clang__)
#define SCAN_UNPREDICTABLE(x) \
    __builtin_unpredictable(x) /* a choice between two values, no branch */
#else
#define SCAN_UNPREDICTABLE(x) (x)
#endif

enum {
    SCAN_BLOCK = 64,         /* octets that are looked at together: a bit each of a word */
    SCAN_BLOCK_MARKS = 48,   /* delimiters of a block, at most: two in three octets, as "a" CR LF */
    SCAN_WINDOW = 0xff00,    /* octets that are looked at in one go: offsets have 16 bits */
    SCAN_MARKS = 2 * 128 + 2 /* delimiters that are found in one go, about: two a line */
};

/*
 * The delimiters of whole lines: the end of the token that the line begins with (a field's colon, the
 * space behind a method), and its LF. A mark is the offset from `base`, which is at the first line, of
 * the octet behind it: so marks[0], 0, is where the first line begins, marks[2] the second.
 */
typedef struct {
    const char *base;
    uint32_t base_at; /* offset of `base` in the head */
    uint64_t uri;     /* a bit each of the first 64 octets: those of a URI, but for "%" */
    uint64_t query;   /* likewise: "?" */
    uint16_t marks[1 + SCAN_MARKS + SCAN_BLOCK_MARKS];
} scan_lines;

/* Of 64 octets: a bit each. */
typedef struct {
    uint64_t tchar;      /* of tokens */
    uint64_t ctl;        /* controls but for HTAB */
    uint64_t uri, query; /* as in scan_lines; only where they are asked for */
} scan_classes;

/* A search for delimiters: what was found, and what a block leaves to the next one, 0 or 1. */
typedef struct {
    uint16_t *out;      /* behind the last mark */
    size_t controls;    /* in the octets that were looked at; SIZE_MAX: the empty line is none */
    uint64_t after_ctl; /* the octet before is a control */
    uint64_t at_line;   /* the octet before ends a line */
    uint64_t in_token;  /* the token that a line begins with goes on */
    bool blank;         /* the empty line was found */
} scan_search;

SCAN_ALWAYS uint32_t scan_pair(const char *p)
{
    return (uint32_t)(unsigned char)p[0] | (uint32_t)(unsigned char)p[1] << 8;
}

enum {
    SCAN_CRLF = '\r' | '\n' << 8,
    SCAN_COLON_SP = ':' | ' ' << 8
};

/* "HTTP/1.0", and the bit in which "HTTP/1.1" differs. */
#define SCAN_VERSION UINT64_C(0x302e312f50545448)
#define SCAN_VERSION_MINOR (UINT64_C(1) << 56)

/* The lowest `n` bits; n is below 64. */
SCAN_ALWAYS uint64_t scan_low_bits(uint64_t bits, unsigned n)
{
    return bits & ((UINT64_C(1) << n) - 1);
}

/* ---- what the instruction sets share ---- */

/* The bits of a block that begins `n` octets too early. */
SCAN_ALWAYS scan_classes scan_shift(scan_classes k, unsigned n)
{
    return (scan_classes){k.tchar >> n, k.ctl >> n, k.uri >> n, k.query >> n};
}

/* The bits of octets 0 to 31, and of n - 32 to n - 1, put together. */
SCAN_ALWAYS uint64_t scan_join32(uint64_t bits, unsigned n)
{
    return (uint32_t)bits | bits >> 32 << (n - 32);
}

SCAN_ALWAYS scan_classes scan_join(scan_classes k, unsigned n)
{
    return (scan_classes){scan_join32(k.tchar, n), scan_join32(k.ctl, n), scan_join32(k.uri, n),
                          scan_join32(k.query, n)};
}

/* A copy of fewer than 64 octets, filled up with SP, which is in no class. */
SCAN_ALWAYS void scan_copy_short(char *copy, const char *p, unsigned n)
{
    memset(copy, ' ', SCAN_BLOCK);
    if (n >= 32) {
        memcpy(copy, p, 32);
        memcpy(copy + n - 32, p + n - 32, 32);
    } else if (n >= 16) {
        memcpy(copy, p, 16);
        memcpy(copy + n - 16, p + n - 16, 16);
    } else {
        for (unsigned i = 0; i < n; i++)
            copy[i] = p[i];
    }
}

/* The marks of the bits, four at a time, so that there is one branch for most blocks. */
SCAN_ALWAYS void scan_marks_by_fours(uint16_t *out, uint64_t bits, size_t at)
{
    do {
        for (unsigned i = 0; i < 4; i++, bits &= bits - 1)
            out[i] = (uint16_t)(at + 1 + (unsigned)(bits != 0 ? __builtin_ctzll(bits) : 64));
        out += 4;
    } while (SCAN_UNLIKELY(bits != 0));
}

/* A line that begins with no token: the empty line, if both its octets are there. */
SCAN_ALWAYS size_t scan_blank(scan_search *s, const char *base, size_t at, size_t len)
{
    if (SCAN_UNLIKELY(len - at < 2)) return at;
    s->blank = true;
    if (SCAN_UNLIKELY(scan_pair(base + at) != SCAN_CRLF)) s->controls = SIZE_MAX;
    return at + 2;
}

/* ---- start lines ---- */

/* An origin-form target that lies in the first block. False: it has to be looked at more closely. */
SCAN_ALWAYS bool scan_target_near(weir_head *h, const scan_lines *l, unsigned begin)
{
    unsigned end = begin + h->target_len;
    if (SCAN_UNLIKELY(end >= SCAN_BLOCK || l->base[begin] != '/')) return false;
    if (SCAN_UNLIKELY(scan_low_bits(~l->uri, end) >> begin != 0)) return false;
    uint64_t query = scan_low_bits(l->query, end) >> begin;
    h->path_len = query != 0 ? (uint32_t)__builtin_ctzll(query) : h->target_len;
    return true;
}

/* A target of any form. */
static bool scan_target_other(weir_head *h, const char *in)
{
    weir_target parts;
    size_t at;
    weir_str text = {in + h->target_at, h->target_len};
    if (weir_target_parse(text, (weir_method)h->method_id, &parts, &at) != WEIR_OK) return false;
    h->path_len = parts.form == WEIR_TARGET_ORIGIN ? (uint32_t)parts.path.len : 0;
    return true;
}

/* A method, of a line that is longer than eight octets. */
SCAN_ALWAYS weir_method scan_method(const char *p, unsigned len)
{
    if (SCAN_UNLIKELY(len > 8)) return weir_method_find((weir_str){p, len});
    uint64_t last = weir__word(p) << (64 - 8 * len);
    unsigned id = weir__method_slot(last, len);
    uint64_t differ = (weir__method_ends[id] ^ last) | (weir__method_lengths[id] ^ len);
    return SCAN_UNPREDICTABLE(differ == 0) ? (weir_method)id : WEIR_METHOD_OTHER;
}

/* RFC 9112 §3: method SP target SP "HTTP/1." ( "0" / "1" ) CRLF. `sp` and `lf` are its delimiters. */
SCAN_ALWAYS bool scan_request_line(weir_head *h, const scan_lines *l, unsigned sp, unsigned lf)
{
    const char *p = l->base;
    sp--; /* marks are one octet further */
    lf--;
    if (SCAN_UNLIKELY(lf < sp + 12)) return false;
    uint64_t version = weir__word(p + lf - 9) ^ SCAN_VERSION;
    unsigned begin = sp + 1, end = lf - 10;
    if (SCAN_UNLIKELY((version & ~SCAN_VERSION_MINOR) != 0 || p[sp] != ' ' || p[end] != ' ' ||
                      scan_pair(p + lf - 1) != SCAN_CRLF))
        return false;
    if (SCAN_UNLIKELY(sp > h->limits->method_bytes_max ||
                      end - begin > h->limits->target_bytes_max))
        return false;
    h->method_id = (uint8_t)scan_method(p, sp);
    h->minor = (uint8_t)(version >> 56);
    h->method_at = l->base_at;
    h->method_len = sp;
    h->target_at = l->base_at + begin;
    h->target_len = end - begin;
    return true;
}

/* RFC 9112 §4: "HTTP/1." ( "0" / "1" ) SP status SP [ reason ] CRLF */
SCAN_ALWAYS bool scan_status_line(weir_head *h, const scan_lines *l, unsigned lf)
{
    const char *p = l->base;
    lf--;
    if (SCAN_UNLIKELY(lf < 14)) return false;
    uint64_t version = weir__word(p) ^ SCAN_VERSION;
    unsigned hundreds = (unsigned)(p[9] - '0'), tens = (unsigned)(p[10] - '0');
    unsigned ones = (unsigned)(p[11] - '0');
    if (SCAN_UNLIKELY((version & ~SCAN_VERSION_MINOR) != 0 || p[8] != ' ' || p[12] != ' ' ||
                      scan_pair(p + lf - 1) != SCAN_CRLF || hundreds - 1 > 8 || tens > 9 ||
                      ones > 9))
        return false;
    h->minor = (uint8_t)(version >> 56);
    h->status = (uint16_t)(hundreds * 100 + tens * 10 + ones);
    h->reason_at = l->base_at + 13;
    h->reason_len = lf - 1 - 13;
    return true;
}

/* ---- field lines ---- */

/* "name: value" with one space and a value that is not empty, as nearly all are; `lf` is behind it. */
SCAN_ALWAYS bool scan_is_usual(const char *colon, const char *lf)
{
    return scan_pair(colon) == SCAN_COLON_SP && (unsigned char)colon[2] > ' ' &&
           scan_pair(lf - 2) == SCAN_CRLF && (unsigned char)lf[-3] > ' ';
}

/* The spans of such a line, which begins at marks[0]. */
SCAN_ALWAYS void scan_spans(weir_field *f, const char *base, const uint16_t *marks)
{
    unsigned line = marks[0], colon = marks[1], lf = marks[2];
    f->name = (weir_str){base + line, colon - line - 1};
    f->value = (weir_str){base + colon + 1, lf - colon - 3};
}

/* Another one: other whitespace around the value (RFC 9110 §5.5), or none. False: refused. */
static bool scan_unusual(weir_field *f, const scan_lines *l, const uint16_t *marks)
{
    const char *p = l->base;
    unsigned line = marks[0], begin = marks[1], end = marks[2] - 2u;
    if (p[begin - 1] != ':' || end < begin || scan_pair(p + end) != SCAN_CRLF) return false;
    while (begin < end && (p[begin] == ' ' || p[begin] == '\t'))
        begin++;
    while (end > begin && (p[end - 1] == ' ' || p[end - 1] == '\t'))
        end--;
    weir_str name = {p + line, marks[1] - line - 1};
    *f = (weir_field){
        .name = name,
        .value = {p + begin, end - begin},
        .name_at = l->base_at + line,
        .value_at = l->base_at + begin,
        .id = weir_field_find(name),
    };
    return true;
}

/* ---- what was found ---- */

/* The controls of a line that is not complete: none, or the CR at its end. Else it is wrong. */
static bool scan_rest(weir_isa isa, const scan_lines *l, size_t from, size_t to, size_t *controls)
{
    const char *end = l->base + to, *p = weir__scan_field(isa, l->base + from, end);
    *controls = p != end;
    return p == end || (p + 1 == end && *p == '\r');
}

/* The field lines that were found. */
typedef struct {
    const uint16_t *marks; /* [0] is where the first of them begins */
    size_t count;          /* of whole lines, for which there is room */
    size_t seen;           /* octets that are read when all of them are good */
    bool more;             /* there are others, for which there is no room */
    bool blank;            /* and the empty line */
} scan_section;

/* Looks at the target of a request line: false when it is wrong. */
typedef bool scan_target_reader(weir_head *h, const scan_lines *l, const char *in);

/*
 * What the delimiters in `seen` octets come to, and the start line. False: nothing is taken.
 */
SCAN_ALWAYS bool scan_begin(weir_head *h, scan_lines *l, const scan_search *s, size_t seen,
                            enum weir__first first, scan_target_reader *target, const char *in,
                            scan_section *out)
{
    size_t lines = (size_t)(s->out - l->marks - 1) / 2, rest = 0;
    size_t skip = first != WEIR__FIRST_FIELD; /* the start line */
    l->marks[0] = 0;
    bool good = true;
    if (SCAN_UNLIKELY(!s->blank)) {
        if (lines == 0) return false;
        good = scan_rest((weir_isa)h->isa, l, l->marks[2 * lines], seen, &rest);
    }
    good = SCAN_LIKELY(s->controls == 2 * lines + rest) && SCAN_LIKELY(lines >= skip) && good;
    if (SCAN_UNLIKELY(!s->blank)) {
        seen = l->marks[2 * lines];
    }
    if (SCAN_LIKELY(good) && first == WEIR__FIRST_REQUEST)
        good = scan_request_line(h, l, l->marks[1], l->marks[2]) && SCAN_LIKELY(target(h, l, in));
    else if (SCAN_LIKELY(good) && first == WEIR__FIRST_RESPONSE)
        good = scan_status_line(h, l, l->marks[2]);
    if (SCAN_UNLIKELY(!good)) {
        h->plain = true;
        return false;
    }
    size_t count = lines - skip, room = h->field_max - h->count;
    *out = (scan_section){l->marks + 2 * skip, count, seen, false, s->blank};
    if (SCAN_UNLIKELY(count > room)) {
        out->count = room;
        out->more = true;
    }
    return true;
}

/* `good` of the field lines are read. */
SCAN_ALWAYS enum weir__lines scan_end(weir_head *h, const scan_lines *l, const scan_section *s,
                                      size_t good)
{
    h->count += (uint32_t)good;
    if (SCAN_UNLIKELY(good < s->count || s->more)) {
        h->plain = true;
        size_t taken = s->marks[2 * good];
        h->at = l->base_at + (uint32_t)taken;
        return taken > 0 ? WEIR__LINES_SOME : WEIR__LINES_NONE;
    }
    h->at = l->base_at + (uint32_t)s->seen;
    return s->blank ? WEIR__LINES_ALL : WEIR__LINES_SOME;
}

#endif
