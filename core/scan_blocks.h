/* SPDX-License-Identifier: MIT */
/*
 * scan_blocks.h - finds the delimiters of lines, 64 octets at a time. Included once for each
 * instruction set, which has defined before:
 *
 *   SCAN_(name)    a name of its own for each function
 *   SCAN_LINES     the name of the reader that comes out of it
 *   SCAN_TARGET    the function attribute that allows its instructions
 *   SCAN_SKIP      how many octets SCAN_(plain) looks at
 *   SCAN_(look)    (p, uri): what the 64 octets at p are. `uri` may be left out where it is false
 *   SCAN_(tail)    (in, p, n, uri): the same for n octets, fewer than 64, where [in, p + n) may be read;
 *                  the bits of octets that are not there are 0
 *   SCAN_(plain)   (p): are all of them visible ASCII or SP?
 *   SCAN_(spans)   as scan_spans() does it, or better
 *   SCAN_(marks)   (out, bits, at): writes the position of each set bit plus `at`; of entries no more
 *                  than SCAN_BLOCK_MARKS
 *
 * How the delimiters are found: adding the bit of a line's first octet to the bits of token octets
 * carries to the first octet that is none, for all lines of a block at once: the colons, if all is
 * well. The second of two control octets in a row ends a line. If each line has two control octets,
 * none stands anywhere else; that these are CR LF, and that the token ends at a colon, is seen when
 * the lines are read (scan_lines.h).
 */

/* Takes the block at offset `at`: writes its delimiters. True where a line begins with no token, which
 * is the end of the head or a mistake; *bit is where in the block, and nothing behind it counts. */
SCAN_ALWAYS SCAN_TARGET bool SCAN_(take)(scan_search *s, scan_classes k, size_t at, unsigned *bit)
{
    uint64_t line_end = k.ctl & (k.ctl << 1 | s->after_ctl);
    uint64_t line = line_end << 1 | s->at_line;
    unsigned long long sum;
    s->in_token = __builtin_uaddll_overflow(line | s->in_token, k.tchar, &sum);
    uint64_t token_end = sum & ~k.tchar, marks = token_end | line_end, blank = token_end & line;
    s->after_ctl = k.ctl >> 63;
    s->at_line = line_end >> 63;
    if (SCAN_UNLIKELY(blank != 0)) {
        *bit = (unsigned)__builtin_ctzll(blank);
        marks = scan_low_bits(marks, *bit);
        k.ctl = scan_low_bits(k.ctl, *bit);
    }
    SCAN_(marks)(s->out, marks, at);
    s->out += __builtin_popcountll(marks);
    s->controls += (unsigned)__builtin_popcountll(k.ctl);
    return SCAN_UNLIKELY(blank != 0);
}

/* Looks at [l->base, l->base + len), or at less of it when l->marks is full. Returns how many octets
 * it was; where s->blank, how many the head has. */
SCAN_ALWAYS SCAN_TARGET size_t SCAN_(find)(scan_search *s, scan_lines *l, const char *in,
                                           size_t len, bool uri)
{
    const char *base = l->base;
    size_t at = 0;
    unsigned bit;
    if (SCAN_LIKELY(len >= SCAN_BLOCK)) {
        scan_classes k = SCAN_(look)(base, uri);
        l->uri = k.uri;
        l->query = k.query;
        for (;;) {
            if (SCAN_(take)(s, k, at, &bit)) return scan_blank(s, base, at + bit, len);
            at += SCAN_BLOCK;
            if (SCAN_UNLIKELY(s->after_ctl + s->in_token + k.ctl == 0)) /* in a long value */
                while (len - at >= SCAN_SKIP && SCAN_(plain)(base + at))
                    at += SCAN_SKIP;
            if (len - at < SCAN_BLOCK || SCAN_UNLIKELY(s->out >= l->marks + SCAN_MARKS)) break;
            k = SCAN_(look)(base + at, false);
        }
    }
    if (at == len || s->out >= l->marks + SCAN_MARKS) return at;
    scan_classes k = SCAN_(tail)(in, base + at, (unsigned)(len - at), uri && at == 0);
    if (uri && at == 0) {
        l->uri = k.uri;
        l->query = k.query;
    }
    return SCAN_(take)(s, k, at, &bit) ? scan_blank(s, base, at + bit, len) : len;
}

/* A target. In origin form and with octets that any URI has as they are, it is looked at 64 octets at a
 * time; whatever else it may be, weir_target_parse() has to say. */
SCAN_ALWAYS SCAN_TARGET bool SCAN_(target)(weir_head *h, const scan_lines *l, const char *in)
{
    unsigned begin = h->target_at - l->base_at, len = h->target_len;
    if (SCAN_UNLIKELY(h->method_id == WEIR_METHOD_CONNECT)) return scan_target_other(h, in);
    if (SCAN_LIKELY(scan_target_near(h, l, begin))) return true;
    const char *p = l->base + begin;
    if (*p != '/') return scan_target_other(h, in);
    h->path_len = len;
    for (unsigned at = 0; at < len; at += SCAN_BLOCK) {
        unsigned left = len - at;
        scan_classes k =
            left >= SCAN_BLOCK ? SCAN_(look)(p + at, true) : SCAN_(tail)(in, p + at, left, true);
        uint64_t there = left >= SCAN_BLOCK ? ~UINT64_C(0) : (UINT64_C(1) << left) - 1;
        if ((k.uri & there) != there) return scan_target_other(h, in);
        if (k.query != 0 && h->path_len == len)
            h->path_len = at + (unsigned)__builtin_ctzll(k.query);
    }
    return true;
}

/* Writes the fields of lines up to the first that is not usual; returns how many. */
SCAN_ALWAYS SCAN_TARGET size_t SCAN_(usual)(weir_field *f, const char *base, uint32_t base_at,
                                            const uint16_t *marks, size_t count)
{
    size_t i = 0;
    for (; i < count; i++, f++, marks += 2) {
        unsigned line = marks[0], colon = marks[1], lf = marks[2];
        if (SCAN_UNLIKELY(!scan_is_usual(base + colon - 1, base + lf))) break;
        SCAN_(spans)(f, base, marks);
        f->name_at = base_at + line;
        f->value_at = base_at + colon + 1;
        f->id = SCAN_NAME(base + line, colon - line - 1);
    }
    return i;
}

/* Writes the fields of lines; returns how many of them were good. */
SCAN_ALWAYS SCAN_TARGET size_t SCAN_(fields)(weir_field *fields, const scan_lines *l,
                                             const scan_section *s)
{
    size_t i = 0;
    for (;;) {
        i += SCAN_(usual)(fields + i, l->base, l->base_at, s->marks + 2 * i, s->count - i);
        if (SCAN_LIKELY(i == s->count)) return i;
        if (!scan_unusual(fields + i, l, s->marks + 2 * i)) return i;
        i++;
    }
}

SCAN_TARGET enum weir__lines SCAN_LINES(weir_head *h, const char *in, uint32_t end,
                                        enum weir__first first)
{
    scan_lines l;
    l.base = in + h->at;
    l.base_at = h->at;
    uint32_t left = end - h->at;
    scan_search search = {.out = l.marks + 1, .at_line = 1};
    size_t seen = SCAN_(find)(&search, &l, in, left < SCAN_WINDOW ? left : SCAN_WINDOW,
                              first == WEIR__FIRST_REQUEST);
    scan_section section;
    if (!scan_begin(h, &l, &search, seen, first, SCAN_(target), in, &section))
        return WEIR__LINES_NONE;
    return scan_end(h, &l, &section, SCAN_(fields)(h->fields + h->count, &l, &section));
}

#undef SCAN_
#undef SCAN_LINES
#undef SCAN_TARGET
#undef SCAN_SKIP
