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
 *   SCAN_(marks)   (out, bits, at): writes the position of each set bit plus `at`. It may write up to
 *                  SCAN_BLOCK_MARKS entries, and of more bits no more than these
 *
 * How the delimiters are found: adding the bit of a line's first octet to the bits of token octets
 * carries to the first octet that is none, for all lines of a block at once: the colons, if all is
 * well. The second of two control octets in a row ends a line. If each line has two control octets,
 * none stands anywhere else; that these are CR LF, and that the token ends at a colon, is seen when
 * the lines are read (scan_lines.h).
 */

/* One block more. Returns the bits of delimiters; *blank: of a line that begins with no token, which
 * is the end of the head or a mistake. */
SCAN_ALWAYS SCAN_TARGET uint64_t SCAN_(step)(scan_classes k, scan_carry *c, uint64_t *blank)
{
    uint64_t line_end = k.ctl & (k.ctl << 1 | c->after_ctl);
    uint64_t line = line_end << 1 | c->at_line;
    unsigned long long sum;
    c->in_token = __builtin_uaddll_overflow(line + c->in_token, k.tchar, &sum);
    uint64_t token_end = sum & ~k.tchar;
    c->after_ctl = k.ctl >> 63;
    c->at_line = line_end >> 63;
    *blank = token_end & line;
    return token_end | line_end;
}

/* Looks at [l->base, l->base + len), or at less of it when l->marks is full. */
SCAN_ALWAYS SCAN_TARGET scan_found SCAN_(find)(scan_lines *l, const char *in, size_t len, bool uri)
{
    scan_carry carry = {.at_line = 1};
    size_t at = 0, controls = 0;
    uint16_t *out = l->marks + 1;
    for (; at < len && SCAN_LIKELY(out < l->marks + SCAN_MARKS); at += SCAN_BLOCK, uri = false) {
        size_t left = len - at;
        scan_classes k = SCAN_LIKELY(left >= SCAN_BLOCK)
                             ? SCAN_(look)(l->base + at, uri)
                             : SCAN_(tail)(in, l->base + at, (unsigned)left, uri);
        if (uri) {
            l->uri = k.uri;
            l->query = k.query;
        }
        uint64_t blank, marks = SCAN_(step)(k, &carry, &blank);
        if (SCAN_UNLIKELY(blank != 0)) {
            unsigned bit = (unsigned)__builtin_ctzll(blank);
            marks = scan_low_bits(marks, bit);
            SCAN_(marks)(out, marks, at);
            out += __builtin_popcountll(marks);
            controls += (size_t)__builtin_popcountll(scan_low_bits(k.ctl, bit));
            return scan_blank(l, len, (size_t)(out - l->marks - 1), controls, at + bit);
        }
        unsigned count = (unsigned)__builtin_popcountll(marks);
        if (SCAN_UNLIKELY(count > SCAN_BLOCK_MARKS)) return (scan_found){.wrong = true};
        SCAN_(marks)(out, marks, at);
        out += count;
        controls += (size_t)__builtin_popcountll(k.ctl);
        if (SCAN_UNLIKELY((k.ctl | carry.in_token) == 0)) /* in a long value, or target */
            while (len - at >= SCAN_SKIP + SCAN_BLOCK && SCAN_(plain)(l->base + at + SCAN_BLOCK))
                at += SCAN_SKIP;
    }
    return (scan_found){(size_t)(out - l->marks - 1), controls, at < len ? at : len, false, false};
}

SCAN_TARGET enum weir__lines SCAN_LINES(weir_head *h, const char *in, uint32_t end,
                                        enum weir__first first)
{
    scan_lines l;
    l.base = in + h->at;
    l.base_at = h->at;
    uint32_t left = end - h->at;
    size_t len = left < SCAN_WINDOW ? left : SCAN_WINDOW;
    scan_found found = SCAN_(find)(&l, in, len, first == WEIR__FIRST_REQUEST);
    return scan_take(h, &l, found, first);
}

#undef SCAN_
#undef SCAN_LINES
#undef SCAN_TARGET
#undef SCAN_SKIP
