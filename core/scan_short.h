/* SPDX-License-Identifier: MIT */
/*
 * scan_short.h - a whole request head of 32 to 128 octets, in AVX2: one look at it, and the delimiters
 * stay in registers. How they are found is said in scan_blocks.h.
 */
#ifndef WEIR__SCAN_SHORT_H
#define WEIR__SCAN_SHORT_H

#define SCAN_SHORT_TARGET __attribute__((target("avx2,bmi,bmi2,lzcnt,popcnt")))

/* Delimiters of one or two blocks. */
typedef struct {
    bool two;            /* a constant: for one, the rest is not compiled */
    uint64_t bits, next; /* of the block at offset `at`, and of the one behind it */
    unsigned at;
} scan_marks;

/* Takes the lowest one: how many octets there are up to it, itself included. There is one. */
SCAN_ALWAYS SCAN_SHORT_TARGET unsigned scan_marks_take(scan_marks *m)
{
    if (m->two && SCAN_UNLIKELY(m->bits == 0)) *m = (scan_marks){true, m->next, 0, SCAN_BLOCK};
    unsigned at = m->at + (unsigned)__builtin_ctzll(m->bits) + 1;
    m->bits &= m->bits - 1;
    return at;
}

/* Has no line, nor part of one, more octets than it may, whatever it is? */
SCAN_ALWAYS bool scan_short_limits(const weir_limits *limits, uint32_t len)
{
    return limits->head_bytes_max >= len && limits->line_bytes_max >= len &&
           limits->target_bytes_max >= len;
}

/* The length of the path of a target in the first block; 0: there are octets that a URI has not as they
 * are. */
SCAN_ALWAYS SCAN_SHORT_TARGET uint32_t scan_short_path(unsigned at, unsigned len, scan_classes k)
{
    uint64_t there = scan_low_bits(~UINT64_C(0), len) << at, question = k.question & there;
    if (SCAN_UNLIKELY((there & ~k.uri) != 0)) return 0;
    return question == 0 ? len : (uint32_t)__builtin_ctzll(question) - at;
}

/* The start line, `lf` octets with its end; `sp` are those up to its first space. Its target is in origin
 * form, without "%". */
SCAN_ALWAYS SCAN_SHORT_TARGET bool scan_short_start(weir_head *h, const char *in, unsigned sp,
                                                    unsigned lf, scan_classes k)
{
    if (SCAN_UNLIKELY(lf < sp + 12)) return false;
    unsigned target_len = lf - 11 - sp;
    if (SCAN_UNLIKELY(sp + target_len > SCAN_BLOCK)) return false;
    uint64_t version = weir__word(in + lf - 10) ^ SCAN_VERSION;
    if (SCAN_UNLIKELY((version & ~SCAN_VERSION_MINOR) != 0 || in[sp - 1] != ' ' ||
                      in[lf - 11] != ' ' || scan_pair(in + lf - 2) != SCAN_CRLF))
        return false;
    if (SCAN_UNLIKELY(sp - 1 > h->limits->method_bytes_max)) return false;
    weir_method method = scan_method(in, sp - 1);
    if (SCAN_UNLIKELY(in[sp] != '/' || method == WEIR_METHOD_CONNECT)) return false;
    h->path_len = target_len == 1 ? 1 : scan_short_path(sp, target_len, k);
    if (SCAN_UNLIKELY(h->path_len == 0)) return false;
    h->minor = (uint8_t)(version >> 56);
    h->method_id = (uint8_t)method;
    h->method_len = sp - 1;
    h->target_at = sp;
    h->target_len = target_len;
    return true;
}

/* A field for each two of the marks; `lf` octets are before them. False: one is not usual. */
SCAN_ALWAYS SCAN_SHORT_TARGET bool scan_short_fields(weir_field *f, const char *in, unsigned lf,
                                                     scan_marks m)
{
    for (; (m.bits | m.next) != 0; f++) {
        unsigned line = lf, colon = scan_marks_take(&m);
        lf = scan_marks_take(&m);
        if (SCAN_UNLIKELY(!scan_is_usual(in + colon - 1, in + lf))) return false;
        scan_spans(f, in, 0, line, colon, lf);
        f->id = scan_x86_name(in + colon - 1, colon - line - 1);
    }
    return true;
}

/*
 * The delimiters of a head that is whole: all of its lines are, and there are twice as many controls.
 * Returns how many octets are before the empty line, or 0.
 */
SCAN_ALWAYS SCAN_SHORT_TARGET unsigned scan_short_find(scan_marks *m, scan_classes k,
                                                       scan_classes next)
{
    unsigned long long sum;
    uint64_t line = k.lf << 1 | 1;
    uint64_t in_token = __builtin_uaddll_overflow(line, k.tchar, &sum);
    uint64_t token_end = sum & ~k.tchar, blank = token_end & line;
    *m = (scan_marks){m->two, token_end | k.lf, 0, 0};
    if (blank != 0) {
        unsigned end = (unsigned)__builtin_ctzll(blank);
        m->bits = scan_low_bits(m->bits, end);
        k.ctl = scan_low_bits(k.ctl, end);
        return __builtin_popcountll(m->bits) == __builtin_popcountll(k.ctl) ? end : 0;
    }
    if (!m->two) return 0;
    line = next.lf << 1 | k.lf >> 63;
    token_end = ((line | in_token) + next.tchar) & ~next.tchar;
    blank = token_end & line;
    if (SCAN_UNLIKELY(blank == 0)) return 0;
    unsigned end = (unsigned)__builtin_ctzll(blank);
    m->next = scan_low_bits(token_end | next.lf, end);
    next.ctl = scan_low_bits(next.ctl, end);
    int marks = __builtin_popcountll(m->bits) + __builtin_popcountll(m->next);
    int controls = __builtin_popcountll(k.ctl) + __builtin_popcountll(next.ctl);
    return marks == controls ? SCAN_BLOCK + end : 0;
}

/* A head of `len` octets, of which the classes are known. */
SCAN_ALWAYS SCAN_SHORT_TARGET bool scan_short(weir_head *h, const char *in, uint32_t len, bool two,
                                              scan_classes k, scan_classes next, weir_request *req)
{
    scan_marks m = {.two = two};
    unsigned end = scan_short_find(&m, k, next);
    unsigned count = (unsigned)__builtin_popcountll(m.bits);
    if (two) count += (unsigned)__builtin_popcountll(m.next);
    if (SCAN_UNLIKELY(end == 0 || (count & 1) != 0 || count / 2 - 1 > h->field_max ||
                      len - end < 2 || scan_pair(in + end) != SCAN_CRLF ||
                      !scan_short_limits(h->limits, len)))
        return false;
    unsigned sp = scan_marks_take(&m), lf = scan_marks_take(&m);
    if (SCAN_UNLIKELY(lf < WEIR__LINES_BEHIND)) return false;
    if (SCAN_UNLIKELY(!scan_short_fields(h->fields, in, lf, m))) return false;
    /* After the fields, so that its facts need not be kept meanwhile. */
    if (SCAN_UNLIKELY(!scan_short_start(h, in, sp, lf, k))) return false;
    h->count = count / 2 - 1;
    h->at = end + 2;
    weir__head_has_read(h, HEAD_REQUEST, HEAD_DONE);
    weir__request_facts(h, in, req);
    weir__origin_parts(h, req->target, &req->parts);
    return true;
}

/* Of more than one block. */
WEIR__APART static SCAN_SHORT_TARGET weir_error scan_short_two(weir_head *h, const char *in,
                                                               size_t len, weir_request *req,
                                                               size_t *used)
{
    scan_classes k = scan_avx2_look(in), next = scan_avx2_look(in + len - SCAN_BLOCK);
    next = scan_shift(next, (unsigned)(2 * SCAN_BLOCK - len));
    if (SCAN_UNLIKELY(!scan_short(h, in, (uint32_t)len, true, k, next, req)))
        return weir__request_any(h, in, len, req, used);
    *used = h->at;
    return WEIR_OK;
}

SCAN_SHORT_TARGET weir_error weir__request_short_avx2(weir_head *h, const char *in, size_t len,
                                                      weir_request *req, size_t *used)
{
    if (len > SCAN_BLOCK) return scan_short_two(h, in, len, req, used);
    unsigned at = (unsigned)len - 32;
    scan_classes none = {0, 0, 0, 0, 0},
                 k = scan_avx2_classes(scan_avx2_read(in), scan_avx2_read(in + at), at);
    if (SCAN_UNLIKELY(!scan_short(h, in, (uint32_t)len, false, k, none, req)))
        return weir__request_any(h, in, len, req, used);
    *used = h->at;
    return WEIR_OK;
}

#endif
