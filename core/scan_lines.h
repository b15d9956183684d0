/* SPDX-License-Identifier: MIT */
/*
 * scan_lines.h - where the delimiters of lines are known, what the lines say. Shared by the readers
 * for all instruction sets, which only differ in how they find the delimiters: scan_blocks.h.
 */
#ifndef WEIR__SCAN_LINES_H
#define WEIR__SCAN_LINES_H

#include "name_find.h"
#include "scan.h"

#if defined(__GNUC__) || defined(__clang__)
/* Which of them are used depends on what is built in. */
#define SCAN_ALWAYS static inline __attribute__((always_inline, unused))
#define SCAN_LIKELY(x) __builtin_expect(!!(x), 1)
#define SCAN_UNLIKELY(x) __builtin_expect(!!(x), 0)
#else
#define SCAN_ALWAYS static inline
#define SCAN_LIKELY(x) (x)
#define SCAN_UNLIKELY(x) (x)
#endif
#if defined(__GNUC__) || defined(__clang__)
/* The compiler forgets what it knows of the value, and so makes nothing clever of it. */
#define SCAN_OPAQUE(x) __asm__("" : "+r"(x))
#else
#define SCAN_OPAQUE(x) ((void)0)
#endif
#if defined(__clang__)
#define SCAN_UNPREDICTABLE(x) \
    __builtin_unpredictable(x) /* a choice between two values, no branch */
#else
#define SCAN_UNPREDICTABLE(x) (x)
#endif

enum {
    SCAN_BLOCK = 64,       /* octets that are looked at together: a bit each of a word */
    SCAN_BLOCK_MARKS = 48, /* delimiters of a block, at most: two in three octets, as "a" CR LF */
    SCAN_WINDOW = 0xff00,  /* octets that are looked at in one go: offsets have 16 bits */
    SCAN_MARKS = 1024      /* room for delimiters that are found in one go */
};

/* Of 64 octets: a bit each. What nobody asks for costs nothing: all is inlined. */
typedef struct {
    uint64_t tchar; /* of tokens */
    uint64_t ctl;   /* controls but for HTAB */
    uint64_t lf;
    uint64_t uri;      /* of a path and its query, "?" included, as they are: no "%" */
    uint64_t question; /* "?" */
} scan_classes;

/*
 * A search for delimiters. Each line has two: the end of the token that it begins with (a field's
 * colon, the space behind a method), and its LF. A mark is the offset from `base`, which is at the
 * first line, of the octet behind one: marks[0], 0, is where the first line begins, marks[2] where the
 * second does. Only functions that are inlined get the address of this struct: it lives in registers.
 */
typedef struct {
    const char *base;
    uint16_t *marks;   /* SCAN_MARKS of them */
    size_t count;      /* how many are there */
    size_t controls;   /* how many were passed; SIZE_MAX: the empty line is none */
    size_t seen;       /* octets that were looked at; where `blank`, those of the head */
    bool blank;        /* the empty line was found */
    uint64_t at_line;  /* left by the block before, 0 or 1: its last octet ends a line */
    uint64_t in_token; /* the token that a line begins with goes on */
} scan_search;

SCAN_ALWAYS uint32_t scan_pair(const char *p)
{
    return (uint32_t)(unsigned char)p[0] | (uint32_t)(unsigned char)p[1] << 8;
}

enum {
    SCAN_CRLF = '\r' | '\n' << 8,
    SCAN_COLON_SP = ':' | ' ' << 8
};

/* "GET ". */
#define SCAN_GET_SP UINT32_C(0x20544547)

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
    return (scan_classes){k.tchar >> n, k.ctl >> n, k.lf >> n, k.uri >> n, k.question >> n};
}

/* The bits of the first `n` octets alone. */
SCAN_ALWAYS scan_classes scan_first(scan_classes k, unsigned n)
{
    return (scan_classes){scan_low_bits(k.tchar, n), scan_low_bits(k.ctl, n),
                          scan_low_bits(k.lf, n), scan_low_bits(k.uri, n),
                          scan_low_bits(k.question, n)};
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
SCAN_ALWAYS void scan_blank(scan_search *s, size_t at, size_t len)
{
    s->seen = at;
    if (SCAN_UNLIKELY(len - at < 2)) return;
    s->seen = at + 2;
    s->blank = true;
    if (SCAN_UNLIKELY(scan_pair(s->base + at) != SCAN_CRLF)) s->controls = SIZE_MAX;
}

/* ---- start lines ---- */

/* A target of any form. */
static inline bool scan_target_other(weir_head *h, const char *in)
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
    uint64_t word = weir__word(p);
    if (SCAN_LIKELY((uint32_t)word == SCAN_GET_SP)) return WEIR_METHOD_GET;
    if (SCAN_UNLIKELY(len > 8)) return weir_method_find((weir_str){p, len});
    uint64_t last = word << (64 - 8 * len);
    unsigned id = weir__method_slot(last, len);
    uint64_t differ = (weir__methods.ends[id] ^ last) | (weir__methods.lengths[id] ^ len);
    return SCAN_UNPREDICTABLE(differ == 0) ? (weir_method)id : WEIR_METHOD_OTHER;
}

/* RFC 9112 §3: method SP target SP "HTTP/1." ( "0" / "1" ) CRLF; but for the target. */
SCAN_ALWAYS bool scan_request_line(weir_head *h, const char *p)
{
    unsigned sp = h->method_len, end = sp + 1 + h->target_len; /* the spaces */
    uint64_t version = weir__word(p + end + 1) ^ SCAN_VERSION;
    if (SCAN_UNLIKELY((version & ~SCAN_VERSION_MINOR) != 0 || p[sp] != ' ' || p[end] != ' ' ||
                      scan_pair(p + end + 9) != SCAN_CRLF))
        return false;
    if (SCAN_UNLIKELY(sp > h->limits->method_bytes_max ||
                      h->target_len > h->limits->target_bytes_max))
        return false;
    h->minor = (uint8_t)(version >> 56);
    h->method_id = (uint8_t)scan_method(p, sp);
    return true;
}

/* RFC 9112 §4: "HTTP/1." ( "0" / "1" ) SP status SP [ reason ] CRLF */
SCAN_ALWAYS bool scan_status_line(weir_head *h, const char *p, unsigned lf)
{
    if (SCAN_UNLIKELY(lf < 15)) return false;
    uint64_t version = weir__word(p) ^ SCAN_VERSION;
    unsigned hundreds = (unsigned)(p[9] - '0'), tens = (unsigned)(p[10] - '0');
    unsigned ones = (unsigned)(p[11] - '0');
    if (SCAN_UNLIKELY((version & ~SCAN_VERSION_MINOR) != 0 || p[8] != ' ' || p[12] != ' ' ||
                      scan_pair(p + lf - 2) != SCAN_CRLF || hundreds - 1 > 8 || tens > 9 ||
                      ones > 9))
        return false;
    h->minor = (uint8_t)(version >> 56);
    h->status = (uint16_t)(hundreds * 100 + tens * 10 + ones);
    h->reason_at = 13;
    h->reason_len = lf - 2 - 13;
    return true;
}

/* ---- field lines ---- */

/* What folds a name of n octets, n below 32, when the sixteen octets that end with it are read: at n. */
static const uint8_t scan_name_masks[48] = {
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf,
    0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf,
};

/* "name: value" with one space and a value that is not empty, as nearly all are; `lf` is behind it. */
SCAN_ALWAYS bool scan_is_usual(const char *colon, const char *lf)
{
    return scan_pair(colon) == SCAN_COLON_SP && (unsigned char)colon[2] > ' ' &&
           scan_pair(lf - 2) == SCAN_CRLF && (unsigned char)lf[-3] > ' ';
}

/* The spans of such a line; `colon` and `lf` are behind these. */
SCAN_ALWAYS void scan_spans(weir_field *f, const char *base, uint32_t base_at, unsigned line,
                            unsigned colon, unsigned lf)
{
    f->name_at = base_at + line;
    f->value_at = base_at + colon + 1;
    f->name = (weir_str){base + line, colon - line - 1};
    f->value = (weir_str){base + colon + 1, lf - colon - 3};
}

/* Another one: other whitespace around the value (RFC 9110 §5.5), or none. `stop` is behind the name,
 * `end` at the CR. False: refused. */
static inline bool scan_unusual(weir_field *f, const char *in, const char *p, const char *stop,
                                const char *end)
{
    if (*stop != ':' || end <= stop || scan_pair(end) != SCAN_CRLF) return false;
    weir_str name = {p, (size_t)(stop - p)};
    const char *begin = stop + 1;
    while (begin < end && (*begin == ' ' || *begin == '\t'))
        begin++;
    while (end > begin && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    *f = (weir_field){
        .name = name,
        .value = {begin, (size_t)(end - begin)},
        .name_at = (uint32_t)(p - in),
        .value_at = (uint32_t)(begin - in),
        .id = weir_field_find(name),
    };
    return true;
}

/* ---- the end ---- */

/* How many lines at the beginning are within the limit. */
static inline size_t scan_short_lines(const uint16_t *marks, size_t lines, uint32_t most)
{
    size_t i = 0;
    while (i < lines && (uint32_t)(marks[2 * i + 2] - marks[2 * i]) <= most)
        i++;
    return i;
}

/*
 * Of a head that is not complete, the last line is cut: it has no controls, or the CR at its end. False:
 * something is wrong with it.
 */
static inline bool scan_cut(weir_isa isa, const char *p, const char *end, size_t *controls)
{
    const char *found = weir__scan_field(isa, p, end);
    if (found == end) return true;
    --*controls;
    return found + 1 == end && *found == '\r';
}

/* Lines are left to the octet machine, which says what is wrong, and so are all that follow. */
SCAN_ALWAYS enum weir__lines scan_give_up(weir_head *h)
{
    h->plain = true;
    return WEIR__LINES_NONE;
}

#endif
