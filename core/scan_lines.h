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

enum {
    SCAN_BLOCK = 64,          /* octets that are looked at together: a bit each of a word */
    SCAN_BLOCK_MARKS = 32,    /* delimiters in a block of valid lines: two a line of four octets */
    SCAN_WINDOW = 0xff00,     /* octets that are looked at in one go: offsets of 16 bits */
    SCAN_MARKS = 2 * 128 + 2, /* delimiters that are found in one go: two a line */
};

/*
 * The delimiters of whole lines: the end of the token that the line begins with (a field's colon, the
 * space behind a method), and its LF. Offsets from `base`, which is at the first line.
 */
typedef struct {
    const char *base;
    uint32_t base_at; /* offset of `base` in the head */
    uint64_t uri;     /* a bit each of the first 64 octets: those of a URI, but for "%" */
    uint64_t query;   /* likewise: "?" */
    uint16_t
        marks[1 + SCAN_MARKS + SCAN_BLOCK_MARKS]; /* the first stands for the LF before `base` */
} scan_lines;

/* Of 64 octets: a bit each. */
typedef struct {
    uint64_t tchar;      /* of tokens */
    uint64_t ctl;        /* controls but for HTAB */
    uint64_t uri, query; /* as in scan_lines; only where they are asked for */
} scan_classes;

/* What a block leaves to the next one: 0 or 1. */
typedef struct {
    uint64_t after_ctl; /* the octet before is a control */
    uint64_t at_line;   /* the octet before ends a line */
    uint64_t in_token;  /* the token that a line begins with goes on */
} scan_carry;

/* The outcome of a search for delimiters. */
typedef struct {
    size_t count;    /* of marks, without the first */
    size_t controls; /* in the octets that were looked at */
    size_t seen;     /* how many these are; at `blank`, all of the head */
    bool blank;      /* the empty line was found */
    bool wrong;      /* there is something else than valid lines */
} scan_found;

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

/* The positions of the bits, four at a time, so that there is one branch for most blocks. */
SCAN_ALWAYS void scan_marks_by_fours(uint16_t *out, uint64_t bits, size_t at)
{
    do {
        for (unsigned i = 0; i < 4; i++, bits &= bits - 1)
            out[i] = (uint16_t)(at + (unsigned)(bits != 0 ? __builtin_ctzll(bits) : 0));
        out += 4;
    } while (SCAN_UNLIKELY(bits != 0));
}

/* A line that begins with no token at offset `bit`: the empty line, if both its octets are there. */
SCAN_ALWAYS scan_found scan_blank(const scan_lines *l, size_t len, size_t count, size_t controls,
                                  size_t at)
{
    if (at + 2 > len) return (scan_found){count, controls, at, false, false};
    bool good = scan_pair(l->base + at) == SCAN_CRLF;
    return (scan_found){count, controls, at + 2, true, !good};
}

/* ---- start lines ---- */

/* An origin-form target that lies in the first block. False: it has to be looked at more closely. */
SCAN_ALWAYS bool scan_target_near(weir_head *h, const scan_lines *l, unsigned begin, unsigned end)
{
    if (SCAN_UNLIKELY(end > SCAN_BLOCK - 1 || l->base[begin] != '/')) return false;
    uint64_t bits = scan_low_bits(~l->uri, end) >> begin;
    if (SCAN_UNLIKELY(bits != 0)) return false;
    uint64_t query = scan_low_bits(l->query, end) >> begin;
    h->path_len = query != 0 ? (uint32_t)__builtin_ctzll(query) : end - begin;
    return true;
}

/* A target of any form and length. */
static bool scan_target_far(weir_head *h, const char *in)
{
    weir_target parts;
    size_t at;
    weir_method method = (weir_method)h->method_id;
    weir_str text = {in + h->target_at, h->target_len};
    if (weir_target_parse(text, method, &parts, &at) != WEIR_OK) return false;
    h->path_len = parts.form == WEIR_TARGET_ORIGIN ? (uint32_t)parts.path.len : 0;
    return true;
}

/* RFC 9112 §3: method SP target SP "HTTP/1." ( "0" / "1" ) CRLF. `sp` and `lf` are its delimiters. */
SCAN_ALWAYS bool scan_request_line(weir_head *h, const scan_lines *l, unsigned sp, unsigned lf)
{
    const char *p = l->base;
    if (SCAN_UNLIKELY(lf < sp + 12)) return false;
    uint64_t version = weir__word(p + lf - 9) ^ SCAN_VERSION;
    unsigned begin = sp + 1, end = lf - 10;
    if (SCAN_UNLIKELY((version & ~SCAN_VERSION_MINOR) != 0 || p[sp] != ' ' || p[end] != ' ' ||
                      scan_pair(p + lf - 1) != SCAN_CRLF))
        return false;
    if (SCAN_UNLIKELY(sp > h->limits->method_bytes_max ||
                      end - begin > h->limits->target_bytes_max))
        return false;
    uint64_t word = weir__word(p); /* a line has more than eight octets */
    uint64_t first = sp < 8 ? scan_low_bits(word, 8 * sp) : word;
    h->method_id = (uint8_t)weir__method_find(first, sp > 8 ? weir__word(p + sp - 8) : first, sp);
    h->minor = (uint8_t)(version >> 56);
    h->method_at = l->base_at;
    h->method_len = sp;
    h->target_at = l->base_at + begin;
    h->target_len = end - begin;
    if (SCAN_LIKELY(h->method_id != WEIR_METHOD_CONNECT) && scan_target_near(h, l, begin, end))
        return true;
    return scan_target_far(h, l->base - l->base_at);
}

/* RFC 9112 §4: "HTTP/1." ( "0" / "1" ) SP status SP [ reason ] CRLF */
SCAN_ALWAYS bool scan_status_line(weir_head *h, const scan_lines *l, unsigned lf)
{
    const char *p = l->base;
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

/* "name: value" with one space and a value that is not empty, as nearly all are. */
SCAN_ALWAYS bool scan_is_usual(const char *p, unsigned colon, unsigned lf)
{
    return (scan_pair(p + colon) == SCAN_COLON_SP) & ((unsigned char)p[colon + 2] > ' ') &
           (scan_pair(p + lf - 1) == SCAN_CRLF) & ((unsigned char)p[lf - 2] > ' ');
}

/* Other whitespace around the value (RFC 9110 §5.5), or none of it. */
static inline bool scan_unusual(const char *p, unsigned colon, unsigned lf, unsigned *begin,
                                unsigned *end)
{
    if (p[colon] != ':' || lf < colon + 2 || scan_pair(p + lf - 1) != SCAN_CRLF) return false;
    *begin = colon + 1;
    *end = lf - 1;
    while (*begin < *end && (p[*begin] == ' ' || p[*begin] == '\t'))
        (*begin)++;
    while (*end > *begin && (p[*end - 1] == ' ' || p[*end - 1] == '\t'))
        (*end)--;
    return true;
}

/* The name's id. Eight octets before its end are the head's: a start line was there. */
SCAN_ALWAYS weir_field_id scan_name(const char *name, size_t len)
{
    uint64_t back = weir__word(name + len - 8);
    uint64_t last = (len < 8 ? back >> (64 - 8 * len) : back) | WEIR__FOLD;
    uint64_t first = len < 8 ? last : weir__word(name) | WEIR__FOLD;
    return weir__field_find(first, last, name, len);
}

/*
 * Writes the fields of `count` lines, for which there is room; marks[0] is the LF before the first.
 * Returns how many were good.
 */
SCAN_ALWAYS size_t scan_fields(weir_field *fields, const scan_lines *l, const uint16_t *marks,
                               size_t count)
{
    const char *base = l->base;
    for (size_t i = 0; i < count; i++) {
        unsigned line = (uint16_t)(marks[2 * i] + 1u);
        unsigned colon = marks[2 * i + 1], lf = marks[2 * i + 2];
        unsigned begin = colon + 2, end = lf - 1;
        if (SCAN_UNLIKELY(!scan_is_usual(base, colon, lf)) &&
            !scan_unusual(base, colon, lf, &begin, &end))
            return i;
        weir_field *f = &fields[i];
        f->name = (weir_str){base + line, colon - line};
        f->value = (weir_str){base + begin, end - begin};
        f->name_at = l->base_at + line;
        f->value_at = l->base_at + begin;
        f->id = scan_name(base + line, colon - line);
    }
    return count;
}

/* ---- what was found ---- */

/* The controls of a line that is not complete: none, or the CR at its end. Else it is wrong. */
static bool scan_rest(weir_isa isa, const scan_lines *l, size_t from, size_t to, size_t *controls)
{
    const char *end = l->base + to, *p = weir__scan_field(isa, l->base + from, end);
    *controls = p != end;
    return p == end || (p + 1 == end && *p == '\r');
}

/* Reads the lines that were found, and moves h->at behind those that are good. */
SCAN_ALWAYS enum weir__lines scan_take(weir_head *h, scan_lines *l, scan_found found,
                                       enum weir__first first)
{
    size_t lines = found.count / 2, rest = 0;
    l->marks[0] = UINT16_MAX; /* with 1 added, 0 */
    size_t behind = (uint16_t)(l->marks[2 * lines] + 1u);
    bool good = !found.wrong;
    if (!found.blank && good) good = scan_rest((weir_isa)h->isa, l, behind, found.seen, &rest);
    if (SCAN_UNLIKELY(!good || found.controls != 2 * lines + rest)) {
        h->plain = true;
        return WEIR__LINES_NONE;
    }
    if (SCAN_UNLIKELY(lines == 0 && !(found.blank && first == WEIR__FIRST_FIELD)))
        return WEIR__LINES_NONE;

    size_t skip = first != WEIR__FIRST_FIELD; /* the start line */
    if (first == WEIR__FIRST_REQUEST)
        good = scan_request_line(h, l, l->marks[1], l->marks[2]);
    else if (first == WEIR__FIRST_RESPONSE)
        good = scan_status_line(h, l, l->marks[2]);
    if (SCAN_UNLIKELY(!good)) {
        h->plain = true;
        return WEIR__LINES_NONE;
    }
    size_t count = lines - skip, room = h->field_max - h->count;
    size_t fields = scan_fields(h->fields + h->count, l, l->marks + 2 * skip,
                                SCAN_LIKELY(count <= room) ? count : room);
    h->count += (uint32_t)fields;
    if (SCAN_UNLIKELY(fields < count)) {
        h->plain = true;
        h->at += (uint16_t)(l->marks[2 * (skip + fields)] + 1u);
        return skip + fields > 0 ? WEIR__LINES_SOME : WEIR__LINES_NONE;
    }
    h->at += (uint32_t)(found.blank ? found.seen : behind);
    return found.blank ? WEIR__LINES_ALL : WEIR__LINES_SOME;
}

#endif
