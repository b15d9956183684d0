#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes core/name_table.[ch], the perfect hash over the names in core/include/weir/name.h.

    name_table.py           writes core/name_table.h and core/name_table.c
    name_table.py --check   fails when they are not what it would write

The hash takes the last eight octets of a name and its length, multiplies and keeps the top bits. The multiplier is the first of a fixed sequence that gives every name a slot of its own, so
the same list always gives the same file.
"""
import pathlib
import re
import sys

CORE = pathlib.Path(__file__).resolve().parent.parent
HEADER = CORE / "include" / "weir" / "name.h"
CONSTANTS = CORE / "name_table.h"
TABLES = CORE / "name_table.c"
TRIES = 4_000_000
MASK = 0xFFFFFFFFFFFFFFFF


def names_of(text):
    """The methods and the field names of name.h, as (identifier, text), in its order."""
    methods = re.search(r"#define WEIR_METHODS\(X\)(.*?)\n\n", text, re.S).group(1)
    fields = re.search(r"#define WEIR_FIELDS\(X\)(.*?)\n\n", text, re.S).group(1)
    return (
        [("WEIR_METHOD_" + m, m) for m in re.findall(r"X\((\w+)\)", methods)],
        [("WEIR_FIELD_" + i, t) for i, t in re.findall(r'X\((\w+), "([^"]+)"\)', fields)],
    )


def octets_of(name, fold):
    """
    A name as it is compared. `fold` loses the case of letters by clearing a bit: names are tokens, and
    no two octets of a token that differ in that bit alone are other than a letter's two cases, but for
    "^" and "~", which no known name has.
    """
    assert 0 < len(name) <= 32 and not set("^~") & set(name)
    return bytes(c & 0xDF if fold else c for c in name.encode("ascii"))


def last(octets, n):
    """Its last n octets; a shorter one is filled up with 0 before it."""
    return octets.rjust(n, b"\0")[-n:]


def word(octets):
    """The first octet is the lowest."""
    return int.from_bytes(octets, "little")


def key(octets):
    """ORDER name_hash: the same as in name_find.h."""
    return word(last(octets, 8)) ^ len(octets)


def multipliers():
    """Odd 64-bit numbers in a fixed order that looks like chance (xorshift)."""
    x = 0x9E3779B97F4A7C15
    for _ in range(TRIES):
        x ^= x << 13 & MASK
        x ^= x >> 7
        x ^= x << 17 & MASK
        yield x | 1


def perfect(names, bits):
    """
    A multiplier that parts all names, and the slots: index of a name + 1, or 0. A name of sixteen
    octets that a longer one ends with must not come to its slot: that its last sixteen octets and its
    slot agree then says all of a name of up to sixteen octets.
    """
    keys = [key(o) for o in names]
    tails = [(key(o[-16:]), i + 1) for i, o in enumerate(names) if len(o) > 16]
    if len(set(keys)) != len(keys):
        sys.exit("two names have the same key: let key() take more")
    for m in multipliers():
        slots = [0] * (1 << bits)

        def slot(k):
            return (k * m & MASK) >> (64 - bits)

        for i, k in enumerate(keys):
            if slots[slot(k)]:
                break
            slots[slot(k)] = i + 1
        else:
            if all(slots[slot(k)] != i for k, i in tails):
                return m, slots
    sys.exit(f"no multiplier parts {len(keys)} names in {1 << bits} slots: take one bit more")


def made_of(what, names, bits, fold):
    """The constants and the tables for one kind of names."""
    octets = [octets_of(text, fold) for _, text in names]
    m, slots = perfect(octets, bits)
    upper = what.upper()

    def rows(cells):
        return "".join(f"        [{name}] = {cell},\n" for (name, _), cell in zip(names, cells))

    constants = (
        f"#define NAME_{upper}_LISTED {len(names)}\n"
        f"#define NAME_{upper}_MULTIPLIER UINT64_C(0x{m:016x})\n"
        f"#define NAME_{upper}_BITS {bits}\n"
    )
    taken = "".join(f"        [{h}] = {names[i - 1][0]},\n" for h, i in enumerate(slots) if i)
    tables = {"slots": taken, "lengths": rows(len(o) for o in octets)}
    if what == "method":
        tables["ends"] = rows(f"0x{word(last(o, 8)):x}" for o in octets)
    else:
        ends = (", ".join(f"0x{c:02x}" for c in last(o, 16)) for o in octets)
        tables["ends"] = rows(f"{{{e}}}" for e in ends)
    members = "".join(f"    .{name} = {{\n{cells}    }},\n" for name, cells in tables.items())
    return constants, f"\nconst weir__{what}_table weir__{what}s = {{\n{members}}};\n"


def made():
    """The text of each file."""
    methods, fields = names_of(HEADER.read_text(encoding="utf-8"))
    method_constants, method_tables = made_of("method", methods, 5, fold=False)
    field_constants, field_tables = made_of("field", fields, 8, fold=True)
    return {
        CONSTANTS: "/* SPDX-License-Identifier: MIT */\n"
        "/* name_table.h - what name_table.c was made with: by core/gen/name_table.py, not to be\n"
        " * edited. */\n"
        "#ifndef WEIR__NAME_TABLE_H\n#define WEIR__NAME_TABLE_H\n\n"
        + method_constants + field_constants + "\n#endif\n",
        TABLES: "/* SPDX-License-Identifier: MIT */\n"
        "/* name_table.c - the perfect hash over the names of weir/name.h: made by\n"
        " * core/gen/name_table.py, not to be edited. */\n"
        '#include "name_find.h"\n\n/* clang-format off */\n' + method_tables + field_tables,
    }


def main():
    files = made()
    if sys.argv[1:] == ["--check"]:
        for path, text in files.items():
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                sys.exit(f"core/{path.name} is stale: run core/gen/name_table.py")
        print("core/name_table.[ch] are up to date")
    elif not sys.argv[1:]:
        for path, text in files.items():
            path.write_text(text, encoding="utf-8")
    else:
        sys.exit(__doc__)


main()
