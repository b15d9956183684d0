/* SPDX-License-Identifier: MIT */
/*
 * scan_scalar.c - whole lines in plain C, eight octets at a time, one line after the other. Of short
 * heads it is the fastest reader: there is nothing to set up.
 */
#include "scan_lines.h"

#if WEIR__WANTED(SCALAR)

#define SCALAR_ONES UINT64_C(0x0101010101010101)
#define SCALAR_TOPS UINT64_C(0x8080808080808080)

/* The top bits of the octets of `w` that are 0; above the first of them there may be others. */
static inline uint64_t scalar_zeros(uint64_t w)
{
    return (w - SCALAR_ONES) & ~w & SCALAR_TOPS;
}

/* The index of the lowest octet whose top bit is set. */
static inline unsigned scalar_first(uint64_t tops)
{
#if (defined(__GNUC__) || defined(__clang__)) && UINTPTR_MAX > 0xffffffff
    return (unsigned)__builtin_ctzll(tops) / 8;
#else /* on narrow machines the builtin may be a call, and the core calls nobody */
    unsigned i = 0;
    for (; (tops & 0xff) == 0; tops >>= 8)
        i++;
    return i;
#endif
}

/* The first octet in [p, end) that is `octet`, or `end`. */
static inline const char *scalar_find(const char *p, const char *end, unsigned char octet)
{
    for (; end - p >= 8; p += 8) {
        uint64_t found = scalar_zeros(weir__word(p) ^ SCALAR_ONES * octet);
        if (found != 0) return p + scalar_first(found);
    }
    while (p < end && (unsigned char)*p != octet)
        p++;
    return p;
}

/* The first control in [p, end) but for HTAB, or `end`. */
static inline const char *scalar_control(const char *p, const char *end)
{
    while (end - p >= 8) {
        uint64_t w = weir__word(p);
        uint64_t found =
            ((w - SCALAR_ONES * ' ') & ~w & SCALAR_TOPS) | scalar_zeros(w ^ SCALAR_ONES * 0x7f);
        if (found == 0) {
            p += 8;
            continue;
        }
        p += scalar_first(found);
        if (*p != '\t') return p;
        p++;
    }
    while (p < end && weir__is((unsigned char)*p, WEIR__FIELD))
        p++;
    return p;
}

/* Are all of them octets of a token? */
static inline bool scalar_is_token(const char *p, const char *end)
{
    while (p < end && weir__is((unsigned char)*p, WEIR__TCHAR))
        p++;
    return p == end;
}

/* ---- start lines ---- */

/* The first octet of [p, end) that a path and a query, with its "?", do not have as they are. */
static inline const char *scalar_uri(const char *p, const char *end, uint32_t *path_len)
{
    const char *target = p;
    while (p < end && weir__is((unsigned char)*p, WEIR__URI))
        p++;
    *path_len = (uint32_t)(p - target);
    while (p < end && (weir__is((unsigned char)*p, WEIR__URI) || *p == '?'))
        p++;
    return p;
}

/* The space behind the method at `p`, of which there are fourteen octets; NULL: it is not good. */
static inline const char *scalar_method(const char *p, const char *end)
{
    if ((uint32_t)weir__word(p) == SCAN_GET_SP) return p + 3; /* as most are */
    const char *sp = scalar_find(p, end, ' ');
    return sp != p && scalar_is_token(p, sp) ? sp : NULL;
}

/* A request line. Its LF, or NULL: not complete, or not good; then *wrong. */
static inline const char *scalar_request_line(weir_head *h, const char *in, const char *end,
                                              bool *wrong)
{
    const char *p = in + h->at, *sp = scalar_method(p, end);
    *wrong = sp == NULL;
    if (*wrong || end - sp < 14) return NULL; /* "/ HTTP/1.1", the line end, and one more octet */
    const char *target = sp + 1, *target_end = target;
    if (*target == '/') target_end = scalar_uri(target, end, &h->path_len);
    bool usual = target_end != target && target_end < end && *target_end == ' ';
    if (!usual) target_end = scalar_find(target, end, ' ');
    if (end - target_end < 11) return NULL;
    h->method_at = h->at;
    h->method_len = (uint32_t)(sp - p);
    h->target_at = h->at + h->method_len + 1;
    h->target_len = (uint32_t)(target_end - target);
    *wrong = h->target_len == 0 || !scan_request_line(h, p);
    usual = usual && h->method_id != WEIR_METHOD_CONNECT;
    *wrong = *wrong || (!usual && !scan_target_other(h, in));
    return *wrong ? NULL : target_end + 10;
}

/* A status line, likewise. */
static inline const char *scalar_status_line(weir_head *h, const char *in, const char *end,
                                             bool *wrong)
{
    if (end - in < 16) return NULL;
    const char *cr = scalar_control(in + 13, end);
    if (end - cr < 2) return NULL;
    *wrong = !scan_status_line(h, in, (unsigned)(cr - in) + 2);
    return *wrong ? NULL : cr + 1;
}

/* ---- field lines ---- */

/* Which of the octets that `mask` keeps are controls: with the case of letters CR, for one, would lose
 * what tells it from "-". 0: none is. */
static inline uint64_t scalar_controls(uint64_t w, uint64_t mask)
{
    return ~(w | w << 1) & mask & SCALAR_ONES * 0x40;
}

/*
 * The id of the name that ends at `stop`. Sixteen octets before that are the head's. What it finds is
 * a token; of OTHER it does not say.
 */
static inline weir_field_id scalar_name(const char *stop, size_t len)
{
    const char *masks = (const char *)scan_name_masks + (len & 31);
    uint64_t before = weir__word(stop - 16), before_mask = weir__word(masks);
    uint64_t last = weir__word(stop - 8), last_mask = weir__word(masks + 8);
    unsigned id = weir__field_slot(last & last_mask, len);
    const char *known = (const char *)weir__fields.ends[id];
    uint64_t differ = ((before & before_mask) ^ weir__word(known)) |
                      ((last & last_mask) ^ weir__word(known + 8)) |
                      scalar_controls(before, before_mask) | scalar_controls(last, last_mask);
    if (differ != 0) return WEIR_FIELD_OTHER;
    if (len > 16 && id != WEIR_FIELD_OTHER &&
        (!weir__field_begins_so(id, stop - len, len) || !scalar_is_token(stop - len, stop - 16)))
        return WEIR_FIELD_OTHER;
    return (weir_field_id)id;
}

/* The field at `p`. Its LF, or NULL: not complete, or not good; then *wrong. */
static inline const char *scalar_field(weir_field *f, const char *in, const char *p,
                                       const char *end, bool *wrong)
{
    const char *stop = scalar_find(p, end, ':');
    if (end - stop < 3) return NULL;
    size_t len = (size_t)(stop - p);
    *wrong = len == 0;
    if (*wrong) return NULL;
    weir_field_id id = scalar_name(stop, len);
    *wrong = id == WEIR_FIELD_OTHER && !scalar_is_token(p, stop);
    if (*wrong) return NULL;
    const char *cr = scalar_control(stop + 1, end);
    if (end - cr < 2) {
        *wrong = cr != end && *cr != '\r';
        return NULL;
    }
    if (scan_is_usual(stop, cr + 2)) {
        f->name = (weir_str){p, len};
        f->value = (weir_str){stop + 2, (size_t)(cr - stop) - 2};
        f->name_at = (uint32_t)(p - in);
        f->value_at = (uint32_t)(stop - in) + 2;
        f->id = id;
        return cr + 1;
    }
    *wrong = !scan_unusual(f, in, p, stop, cr);
    return *wrong ? NULL : cr + 1;
}

enum weir__lines weir__read_lines_scalar(weir_head *h, const char *in, uint32_t size,
                                         enum weir__first first)
{
    const char *end = in + size, *p = in + h->at, *lf;
    weir_field *f = h->fields + h->count, *room = h->fields + h->field_max;
    bool wrong = false, all = false, taken = false;
    if (first != WEIR__FIRST_FIELD) {
        if (*p == '\r') return WEIR__LINES_NONE; /* an empty line comes first */
        lf = first == WEIR__FIRST_REQUEST ? scalar_request_line(h, in, end, &wrong)
                                          : scalar_status_line(h, in, end, &wrong);
        wrong = wrong || (lf != NULL && lf - p >= (ptrdiff_t)h->limits->line_bytes_max);
        h->plain = wrong;
        if (lf == NULL || wrong) return WEIR__LINES_NONE;
        p = lf + 1;
        taken = true;
        if (p - in < WEIR__LINES_BEHIND) end = p; /* no name can be looked up there */
    }
    while (end - p >= 2) {
        if (*p == '\r') {
            all = p[1] == '\n';
            wrong = !all;
            p += all ? 2 : 0;
            break;
        }
        wrong = f == room;
        lf = wrong ? NULL : scalar_field(f, in, p, end, &wrong);
        wrong = wrong || (lf != NULL && lf - p >= (ptrdiff_t)h->limits->line_bytes_max);
        if (lf == NULL || wrong) break;
        f++;
        p = lf + 1;
        taken = true;
    }
    h->plain = wrong;
    h->count = (uint32_t)(f - h->fields);
    h->at = (uint32_t)(p - in);
    return all ? WEIR__LINES_ALL : taken ? WEIR__LINES_SOME : WEIR__LINES_NONE;
}

#else
typedef int weir__scan_scalar_is_not_built;
#endif
