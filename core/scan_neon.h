/* SPDX-License-Identifier: MIT */
/* scan_neon.h - what scan_blocks.h needs, in NEON: a block is four registers. */
#define SCAN_(name) scan_neon_##name
#define SCAN_LINES weir__read_lines_neon
#define SCAN_TARGET
#define SCAN_SKIP 128

typedef struct {
    uint8x16_t part[4];
} scan_neon_block;

SCAN_ALWAYS uint8x16_t scan_neon_read(const char *p)
{
    return vld1q_u8((const uint8_t *)p);
}

SCAN_ALWAYS uint8x16_t scan_neon_class(uint8x16_t v, const scan_nibbles *t)
{
    return vandq_u8(vqtbl1q_u8(vld1q_u8(t->low), vandq_u8(v, vdupq_n_u8(15))),
                    vqtbl1q_u8(vld1q_u8(t->high), vshrq_n_u8(v, 4)));
}

/* A bit each for the octets that are 0xff; the others are 0. */
SCAN_ALWAYS uint64_t scan_neon_bits(scan_neon_block b)
{
    static const uint8_t weights[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    uint8x16_t w = vld1q_u8(weights);
    uint8x16_t low = vpaddq_u8(vandq_u8(b.part[0], w), vandq_u8(b.part[1], w));
    uint8x16_t high = vpaddq_u8(vandq_u8(b.part[2], w), vandq_u8(b.part[3], w));
    uint8x16_t sum = vpaddq_u8(low, high);
    return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(sum, sum)), 0);
}

SCAN_ALWAYS scan_classes scan_neon_look(const char *p)
{
    scan_neon_block tchar, ctl, lf, uri, question;
    for (unsigned i = 0; i < 4; i++) {
        uint8x16_t v = scan_neon_read(p + 16 * i), c = scan_neon_class(v, &scan_line_nibbles);
        tchar.part[i] = vtstq_u8(c, vdupq_n_u8(SCAN_NIBBLE_TCHAR));
        ctl.part[i] = vtstq_u8(c, vdupq_n_u8(SCAN_NIBBLE_CTL));
        lf.part[i] = vceqq_u8(v, vdupq_n_u8('\n'));
        c = scan_neon_class(v, &scan_uri_nibbles);
        uri.part[i] = vtstq_u8(c, c);
        question.part[i] = vceqq_u8(v, vdupq_n_u8('?'));
    }
    return (scan_classes){scan_neon_bits(tchar), scan_neon_bits(ctl), scan_neon_bits(lf),
                          scan_neon_bits(uri), scan_neon_bits(question)};
}

SCAN_ALWAYS scan_classes scan_neon_tail(const char *in, const char *p, unsigned n)
{
    if (SCAN_LIKELY(p + n - in >= SCAN_BLOCK))
        return scan_shift(scan_neon_look(p + n - SCAN_BLOCK), SCAN_BLOCK - n);
    char copy[SCAN_BLOCK];
    scan_copy_short(copy, p, n);
    return scan_neon_look(copy);
}

SCAN_ALWAYS bool scan_neon_plain(const char *p)
{
    uint8x16_t worst = vdupq_n_u8(0);
    for (unsigned i = 0; i < SCAN_SKIP; i += 16)
        worst = vmaxq_u8(worst, vsubq_u8(scan_neon_read(p + i), vdupq_n_u8(' ')));
    return vmaxvq_u8(worst) <= '~' - ' ';
}

SCAN_ALWAYS void scan_neon_marks(uint16_t *out, uint64_t bits, size_t at)
{
    scan_marks_by_fours(out, bits, at);
}

SCAN_ALWAYS void scan_neon_spans(weir_field *f, const char *base, uint32_t base_at,
                                 const uint16_t *marks)
{
    scan_spans(f, base, base_at, marks[0], marks[1], marks[2]);
}

#include "scan_blocks.h"
