/* SPDX-License-Identifier: MIT */
/*
 * scan_blocks.h - finds the delimiters of lines, 64 octets at a time. Included once for each
 * instruction set, which has defined before:
 *
 *   SCAN_(name)    a name of its own for each function
 *   SCAN_LINES     the name of the reader that comes out of it
 *   SCAN_TARGET    the function attribute that allows its instructions
 *   SCAN_SKIP      how many octets SCAN_(plain) looks at
 *   SCAN_(look)    (p): what the 64 octets at p are
 *   SCAN_(tail)    (in, p, n): the same for n octets, fewer than 64, where [in, p + n) may be read; the
 *                  bits of octets that are not there are 0
 *   SCAN_(plain)   (p): are all of them visible ASCII or SP?
 *   SCAN_(spans)   as scan_spans() does it, or better
 *   SCAN_(marks)   (out, bits, at): writes the position of each set bit plus `at`; of entries no more
 *                  than SCAN_BLOCK_MARKS
 *
 * How the delimiters are found: adding the bit of a line's first octet to the bits of token octets
 * carries to the first octet that is none, for all lines of a block at once: the colons, if all is
 * well. That these are colons, and that a CR stands before each LF, is seen when the lines are read
 * (scan_lines.h); if that holds for all lines, and there are twice as many controls as lines, none stands
 * anywhere else.
 */

/* The delimiters of a block. *blank: a line begins with no token, which is the end of the head, or a
 * mistake: nothing from there on counts. */
SCAN_ALWAYS SCAN_TARGET uint64_t SCAN_(delimiters)(scan_search *s, scan_classes k, uint64_t *blank)
{
    uint64_t line = k.lf << 1 | s->at_line;
    unsigned long long sum;
    s->in_token = __builtin_uaddll_overflow(line | s->in_token, k.tchar, &sum);
    uint64_t token_end = sum & ~k.tchar;
    s->at_line = k.lf >> 63;
    SCAN_OPAQUE(s->at_line); /* no SHRD of both blocks' bits, which is slow on some machines */
    *blank = token_end & line;
    return token_end | k.lf;
}

/* Notes the delimiters of the block at offset `at`, and its controls. */
SCAN_ALWAYS SCAN_TARGET void SCAN_(note)(scan_search *s, uint64_t marks, uint64_t ctl, size_t at)
{
    SCAN_(marks)(s->marks + s->count, marks, at);
    s->count += (unsigned)__builtin_popcountll(marks);
    s->controls += (unsigned)__builtin_popcountll(ctl);
}

/* The end of the search, in the block at offset `at`. */
SCAN_ALWAYS SCAN_TARGET void SCAN_(end)(scan_search *s, uint64_t marks, uint64_t ctl,
                                        uint64_t blank, size_t at, size_t len)
{
    unsigned bit = (unsigned)__builtin_ctzll(blank);
    SCAN_(note)(s, scan_low_bits(marks, bit), scan_low_bits(ctl, bit), at);
    scan_blank(s, at + bit, len);
}

/* Looks at `len` octets, or at fewer when there is no more room for marks. `in` may be read from. */
SCAN_ALWAYS SCAN_TARGET void SCAN_(find)(scan_search *s, const char *in, size_t len)
{
    const size_t room = SCAN_MARKS - SCAN_BLOCK_MARKS; /* with so many, there is some for a block */
    size_t at = 0;
    uint64_t marks, blank;
    scan_classes k;
    while (SCAN_LIKELY(at + SCAN_BLOCK <= len && s->count <= room)) {
        k = SCAN_(look)(s->base + at);
        marks = SCAN_(delimiters)(s, k, &blank);
        if (SCAN_UNLIKELY(blank != 0)) {
            SCAN_(end)(s, marks, k.ctl, blank, at, len);
            return;
        }
        SCAN_(note)(s, marks, k.ctl, at);
        at += SCAN_BLOCK;
        if (SCAN_UNLIKELY((k.ctl | s->in_token) == 0)) /* in a long value */
            while (at + SCAN_SKIP <= len && SCAN_(plain)(s->base + at))
                at += SCAN_SKIP;
    }
    s->seen = at;
    if (at == len || SCAN_UNLIKELY(len - at >= SCAN_BLOCK || s->count > room)) return;
    s->seen = len;
    k = SCAN_(tail)(in, s->base + at, (unsigned)(len - at));
    marks = SCAN_(delimiters)(s, k, &blank);
    if (SCAN_LIKELY(blank != 0))
        SCAN_(end)(s, marks, k.ctl, blank, at, len);
    else
        SCAN_(note)(s, marks, k.ctl, at);
}

/* The start line, of which marks[1] and marks[2] are the delimiters. */
SCAN_ALWAYS SCAN_TARGET bool SCAN_(start)(weir_head *h, const scan_search *s, const char *in,
                                          uint32_t end, enum weir__first first)
{
    unsigned sp = s->marks[1], lf = s->marks[2];
    if (first == WEIR__FIRST_RESPONSE) return scan_status_line(h, s->base, lf);
    /* "/ HTTP/1.1", CR, LF; and see WEIR__LINES_BEHIND. */
    if (SCAN_UNLIKELY(lf < sp + 12 || lf < WEIR__LINES_BEHIND)) return false;
    h->method_at = h->at;
    h->method_len = sp - 1;
    h->target_at = h->at + sp;
    h->target_len = lf - 11 - sp;
    if (!scan_request_line(h, s->base)) return false;
    const char *target = s->base + sp;
    if (SCAN_UNLIKELY(*target != '/' || h->method_id == WEIR_METHOD_CONNECT))
        return scan_target_other(h, in);
    if (SCAN_LIKELY(sp + h->target_len <= SCAN_BLOCK && end - h->at >= SCAN_BLOCK)) {
        scan_classes k = SCAN_(look)(s->base);
        uint64_t there = scan_low_bits(~UINT64_C(0), h->target_len) << sp;
        if (SCAN_UNLIKELY((there & ~k.uri) != 0)) return scan_target_other(h, in);
        k.question &= there;
        h->path_len = k.question == 0 ? h->target_len : (uint32_t)__builtin_ctzll(k.question) - sp;
        return true;
    }
    h->path_len = SCAN_PATH(target, h->target_len, in + end);
    return h->path_len != 0 ? true : scan_target_other(h, in);
}

/* Writes the fields of lines up to the first that is not usual; returns how many. */
SCAN_ALWAYS SCAN_TARGET size_t SCAN_(usual)(weir_field *f, const char *base, uint32_t base_at,
                                            const uint16_t *marks, size_t count)
{
    size_t i = 0;
    unsigned lf = marks[0];
    for (; i < count; i++, f++, marks += 2) {
        unsigned line = lf, colon = marks[1];
        lf = marks[2];
        if (SCAN_UNLIKELY(!scan_is_usual(base + colon - 1, base + lf))) break;
        SCAN_(spans)(f, base, base_at, marks);
        f->id = SCAN_NAME(base + colon - 1, colon - line - 1);
    }
    return i;
}

SCAN_TARGET enum weir__lines SCAN_LINES(weir_head *h, const char *in, uint32_t end,
                                        enum weir__first first)
{
    uint16_t marks[SCAN_MARKS];
    const char *base = in + h->at;
    scan_search s = {.base = base, .marks = marks, .count = 1, .at_line = 1};
    uint32_t left = end - h->at;
    SCAN_(find)(&s, in, left < SCAN_WINDOW ? left : SCAN_WINDOW);

    size_t lines = (s.count - 1) / 2;
    marks[0] = 0;
    if (SCAN_UNLIKELY(!s.blank)) {
        size_t cut = marks[2 * lines];
        if (cut == 0) return WEIR__LINES_NONE;
        /* A token that runs on to the end has a mark, too: where marks are amiss, it may be this. */
        if (cut > s.seen || !scan_cut((weir_isa)h->isa, base + cut, base + s.seen, &s.controls))
            return scan_give_up(h);
        s.seen = cut;
    }
    if (SCAN_UNLIKELY(s.controls != 2 * lines)) return scan_give_up(h);

    size_t i = 0, all = lines; /* lines that are read, and all of them */
    if (SCAN_UNLIKELY(left > h->limits->line_bytes_max))
        lines = scan_short_lines(marks, lines, h->limits->line_bytes_max);
    if (first != WEIR__FIRST_FIELD) {
        if (SCAN_UNLIKELY(lines == 0)) return WEIR__LINES_NONE; /* an empty line comes first */
        if (SCAN_UNLIKELY(!SCAN_(start)(h, &s, in, end, first))) return scan_give_up(h);
        i = 1;
    }
    weir_field *fields = h->fields + h->count;
    size_t skip = i, room = h->field_max - h->count;
    if (SCAN_UNLIKELY(lines - skip > room)) lines = skip + room;
    for (;;) {
        i += SCAN_(usual)(fields + (i - skip), base, h->at, marks + 2 * i, lines - i);
        if (SCAN_LIKELY(i == lines)) break;
        const uint16_t *m = marks + 2 * i;
        if (!scan_unusual(fields + (i - skip), in, base + m[0], base + m[1] - 1, base + m[2] - 2))
            break;
        i++;
    }
    /* Where one line is not good, the controls that it has too few may stand in another. */
    if (SCAN_UNLIKELY(i != all)) return scan_give_up(h);
    h->count += (uint32_t)(i - skip);
    h->at += (uint32_t)s.seen;
    return s.blank ? WEIR__LINES_ALL : WEIR__LINES_SOME;
}

#undef SCAN_
#undef SCAN_LINES
#undef SCAN_TARGET
#undef SCAN_SKIP
