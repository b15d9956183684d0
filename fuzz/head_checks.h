/* SPDX-License-Identifier: MIT */
/*
 * fuzz/head_checks.h - what holds of heads of either kind. Included by request_head.c and response_head.c,
 * which have defined before:
 *
 *   reading        a head that was read, or as much of it as there was
 *   read_head()    reads one, cut as it is told
 *   check_same()   two readings of the same octets
 */
#ifndef WEIR_FUZZ_HEAD_CHECKS_H
#define WEIR_FUZZ_HEAD_CHECKS_H

static const cuts in_one_piece = {.step = SIZE_MAX};

static void check_cut(const reading *whole, const uint8_t *data, size_t size, size_t field_max,
                      const weir_limits *limits, dice *d)
{
    reading cut;
    weir_isa isa = isa_pick(d);
    read_head(&cut, data, size, field_max, cuts_from(d, size), limits, isa);
    check_same(whole, &cut);
    copy_free(cut.in, cut.len);
}

/* A prefix in one piece: undecided, or decided alike. */
static void check_prefix(const reading *whole, const uint8_t *data, size_t size, size_t field_max,
                         const weir_limits *limits, dice *d)
{
    reading prefix;
    size_t len = size == 0 ? 0 : dice_roll(d, size);
    if (whole->err != WEIR_MORE && dice_roll(d, 2) == 0 && whole->used > 0)
        len = whole->used - 1; /* the last octet before the end, or before the fault */
    read_head(&prefix, data, len, field_max, in_one_piece, limits, isa_pick(d));
    if (whole->err == WEIR_OK && len < whole->used)
        require(prefix.err == WEIR_MORE, "a prefix of an accepted head is incomplete, no more");
    if (prefix.err != WEIR_MORE) check_same(whole, &prefix);
    copy_free(prefix.in, prefix.len);
}

/* By every instruction set that runs here. */
static void check_isas(const reading *whole, const uint8_t *data, size_t size, size_t field_max,
                       const weir_limits *limits)
{
    reading other;
    size_t count;
    const weir_isa *isas = isa_all(&count);
    for (size_t i = 0; i < count; i++) {
        read_head(&other, data, size, field_max, in_one_piece, limits, isas[i]);
        check_same(whole, &other);
        copy_free(other.in, other.len);
    }
}

/* With every leniency: what strict accepts is read alike. */
static void check_tolerant(const reading *strict, const uint8_t *data, size_t size,
                           size_t field_max, const weir_limits *limits)
{
    reading tolerant;
    weir_limits allowing = limits != NULL ? *limits : weir_limits_default;
    allowing.allow = WEIR_ALLOW_TOLERANT;
    read_head(&tolerant, data, size, field_max, in_one_piece, &allowing, isa_any());
    if (strict->err == WEIR_OK) check_same(strict, &tolerant);
    copy_free(tolerant.in, tolerant.len);
}

#endif
