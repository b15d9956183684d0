/* SPDX-License-Identifier: MIT */
/* name_find.h - a known name by one multiplication: the tables, and the arithmetic. */
#ifndef WEIR__NAME_FIND_H
#define WEIR__NAME_FIND_H

#include "name_table.h"
#include "weir/name.h"

/* By hash, the id of the only name that can be meant. */
extern const uint8_t weir__method_slots[1 << NAME_METHOD_BITS];
extern const uint8_t weir__field_slots[1 << NAME_FIELD_BITS];

/* By id. Entry 0, of OTHER, is like nothing. */
extern const uint8_t weir__method_lengths[WEIR_METHOD_COUNT];
extern const uint8_t weir__field_lengths[WEIR_FIELD_COUNT];
extern const uint64_t weir__method_ends[WEIR_METHOD_COUNT];    /* the last eight octets */
extern const uint8_t weir__field_ends[WEIR_FIELD_COUNT][16];   /* the last sixteen, folded */
extern const uint64_t weir__field_begins[WEIR_FIELD_COUNT][2]; /* longer ones: octets 0 to 7, and
                                                                    the eight before the sixteen, if
                                                                    they have twenty-four, folded */

/* The bits that stay when the case of letters is lost: see octets_of() in core/gen/name_table.py. */
#define WEIR__FOLD UINT64_C(0xdfdfdfdfdfdfdfdf)

/* ORDER name_hash: key() in core/gen/name_table.py. `last` is the last eight octets, folded. */
static inline unsigned weir__name_hash(uint64_t last, size_t len, uint64_t multiplier,
                                       unsigned bits)
{
    return (unsigned)((last ^ len) * multiplier >> (64 - bits));
}

static inline unsigned weir__field_slot(uint64_t last, size_t len)
{
    return weir__field_slots[weir__name_hash(last, len, NAME_FIELD_MULTIPLIER, NAME_FIELD_BITS)];
}

static inline unsigned weir__method_slot(uint64_t last, size_t len)
{
    return weir__method_slots[weir__name_hash(last, len, NAME_METHOD_MULTIPLIER, NAME_METHOD_BITS)];
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

/* The last eight octets of a name; a shorter one has 0 before it. Reads nothing around it. */
static inline uint64_t weir__last_word(const char *name, size_t len)
{
    if (len >= 8) return weir__word(name + len - 8);
    uint64_t word = 0;
    for (size_t i = 0; i < len; i++)
        word = word >> 8 | (uint64_t)(unsigned char)name[i] << 56;
    return word;
}

/* The octets before its last sixteen are those of the name `id`, which is as long. */
static inline bool weir__field_begins_so(unsigned id, const char *name, size_t len)
{
    const uint64_t *begin = weir__field_begins[id];
    return (weir__word(name) & WEIR__FOLD) == begin[0] &&
           (weir__word(name + (len > 24 ? len - 24 : 0)) & WEIR__FOLD) == begin[1];
}

#endif
