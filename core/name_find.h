/* SPDX-License-Identifier: MIT */
/* name_find.h - a known name found by one multiplication: over words of eight octets. */
#ifndef WEIR__NAME_FIND_H
#define WEIR__NAME_FIND_H

#include "name_table.h"
#include "weir/name.h"

/* A name as words; see words() in core/gen/name_table.py. ORDER name_words */
typedef struct {
    uint64_t first, last;   /* its first eight octets, its last eight */
    uint64_t second, third; /* octets 8 to 15 and 16 to 23, where those two leave a gap */
} weir__name_words;

/* What a known name is. Entry 0, of OTHER, has no length and is like nothing. */
typedef struct {
    weir__name_words words;
    uint8_t len;
} weir__name_key;

extern const uint8_t weir__name_method_slots[1 << NAME_METHOD_BITS];
extern const uint8_t weir__name_field_slots[1 << NAME_FIELD_BITS];
extern const weir__name_key weir__name_method_keys[WEIR_METHOD_COUNT];
extern const weir__name_key weir__name_field_keys[WEIR_FIELD_COUNT];

/* Loses the case of letters, eight octets at a time. */
#define WEIR__FOLD UINT64_C(0x2020202020202020)

/* ORDER name_hash: key() in core/gen/name_table.py. */
static inline uint64_t weir__name_hash(uint64_t first, uint64_t last, uint64_t multiplier,
                                       unsigned bits)
{
    return (first ^ (last << 7 | last >> 57)) * multiplier >> (64 - bits);
}

/* Eight octets as a number, the first one lowest, on any machine. */
static inline uint64_t weir__word(const char *p)
{
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    uint64_t word;
    memcpy(&word, p, sizeof word);
    return word;
#else
    uint64_t word = 0;
    for (unsigned i = 0; i < 8; i++)
        word |= (uint64_t)(unsigned char)p[i] << 8 * i;
    return word;
#endif
}

/* Up to eight octets, filled up with 0. Reads nothing behind them. */
static inline uint64_t weir__short_word(const char *p, size_t len)
{
    uint64_t word = 0;
    for (size_t i = 0; i < len && i < 8; i++)
        word |= (uint64_t)(unsigned char)p[i] << 8 * i;
    return word;
}

/* The octets between the first and the last eight agree. `fold` is WEIR__FOLD or 0. */
static inline bool weir__name_middle(const weir__name_key *k, const char *name, size_t len,
                                     uint64_t fold)
{
    if (len > 16 && (weir__word(name + 8) | fold) != k->words.second) return false;
    return len <= 24 || (weir__word(name + 16) | fold) == k->words.third;
}

/* A field's name from its first and last eight octets, folded. */
static inline weir_field_id weir__field_find(uint64_t first, uint64_t last, const char *name,
                                             size_t len)
{
    unsigned id = weir__name_field_slots[weir__name_hash(first, last, NAME_FIELD_MULTIPLIER,
                                                         NAME_FIELD_BITS)];
    const weir__name_key *k = &weir__name_field_keys[id];
    bool ends = ((k->words.first ^ first) | (k->words.last ^ last) | (k->len ^ len)) == 0;
    if (len > 16) ends = ends && weir__name_middle(k, name, len, WEIR__FOLD);
    return ends ? (weir_field_id)id : WEIR_FIELD_OTHER;
}

/* A method likewise; its case counts. */
static inline weir_method weir__method_find(uint64_t first, uint64_t last, size_t len)
{
    unsigned id = weir__name_method_slots[weir__name_hash(first, last, NAME_METHOD_MULTIPLIER,
                                                          NAME_METHOD_BITS)];
    const weir__name_key *k = &weir__name_method_keys[id];
    bool same = ((k->words.first ^ first) | (k->words.last ^ last) | (k->len ^ len)) == 0;
    return same ? (weir_method)id : WEIR_METHOD_OTHER;
}

#endif
