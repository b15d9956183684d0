/* SPDX-License-Identifier: MIT */
/* name_find.h - a known name by one multiplication: the tables, and the arithmetic. */
#ifndef WEIR__NAME_FIND_H
#define WEIR__NAME_FIND_H

#include "name_table.h"
#include "weir/name.h"

/* `slots` has by hash the id of the only name that can be meant; the others are by id. Entry 0, of
 * OTHER, is like nothing. */
typedef struct {
    uint64_t
        ends[WEIR_METHOD_COUNT]; /* the last eight octets; of a shorter one, with 0 before it */
    uint8_t slots[1 << NAME_METHOD_BITS];
    uint8_t lengths[WEIR_METHOD_COUNT];
} weir__method_table;

/* The octets are folded. Where slot and `ends` agree with a name of up to sixteen octets, it is that
 * name. */
typedef struct {
    _Alignas(16) uint8_t ends[WEIR_FIELD_COUNT][16]; /* the last sixteen octets, likewise */
    uint8_t slots[1 << NAME_FIELD_BITS];
    uint8_t lengths[WEIR_FIELD_COUNT];
} weir__field_table;

extern const weir__method_table weir__methods;
extern const weir__field_table weir__fields;
extern const weir_str weir__field_names[WEIR_FIELD_COUNT];

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
    return weir__fields.slots[weir__name_hash(last, len, NAME_FIELD_MULTIPLIER, NAME_FIELD_BITS)];
}

static inline unsigned weir__method_slot(uint64_t last, size_t len)
{
    return weir__methods
        .slots[weir__name_hash(last, len, NAME_METHOD_MULTIPLIER, NAME_METHOD_BITS)];
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

/* True where eight octets are the same token but for the case of letters. */
static inline bool weir__same_word(const char *a, const char *b)
{
    return (weir__word(a) & WEIR__FOLD) == (weir__word(b) & WEIR__FOLD);
}

/* A name of more than sixteen octets is the name `id`, which it ends like: it has up to sixteen more. */
static inline bool weir__field_begins_so(unsigned id, const char *name, size_t len)
{
    if (len != weir__fields.lengths[id]) return false;
    const char *known = weir__field_names[id].p;
    size_t second = len > 24 ? len - 24 : 0; /* the eight before the last sixteen */
    return weir__same_word(name, known) && weir__same_word(name + second, known + second);
}

#endif
