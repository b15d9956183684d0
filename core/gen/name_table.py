#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes core/name_table.h, the perfect hash over the names in core/include/weir/name.h.

    name_table.py           writes core/name_table.h
    name_table.py --check   fails when core/name_table.h is not what it would write

The hash takes the length and three octets of a name, folded so that the case of letters is lost,
multiplies and keeps the top bits. The multiplier is the first of a fixed sequence that gives every
name a slot of its own, so the same list always gives the same file.
"""
import pathlib
import re
import sys

CORE = pathlib.Path(__file__).resolve().parent.parent
HEADER = CORE / "include" / "weir" / "name.h"
TABLE = CORE / "name_table.h"
TRIES = 4_000_000


def names_of(text):
    """The methods and the field names of name.h, as (identifier, text), in its order."""
    methods = re.search(r"#define WEIR_METHODS\(X\)(.*?)\n\n", text, re.S).group(1)
    fields = re.search(r"#define WEIR_FIELDS\(X\)(.*?)\n\n", text, re.S).group(1)
    return (
        [("WEIR_METHOD_" + m, m) for m in re.findall(r"X\((\w+)\)", methods)],
        [("WEIR_FIELD_" + i, t) for i, t in re.findall(r'X\((\w+), "([^"]+)"\)', fields)],
    )


def key(name):
    """ORDER name_hash: the same arithmetic as name_hash() in name.c."""
    octets = name.encode("ascii")
    first, middle, last = octets[0], octets[len(octets) // 2], octets[-1]
    folded = (first | middle << 8 | last << 16) | 0x202020
    return (folded | (len(octets) & 0xFF) << 24) & 0xFFFFFFFF


def multipliers():
    """Odd 32-bit numbers in a fixed order that looks like chance (xorshift)."""
    x = 0x9E3779B9
    for _ in range(TRIES):
        x ^= x << 13 & 0xFFFFFFFF
        x ^= x >> 17
        x ^= x << 5 & 0xFFFFFFFF
        yield x | 1


def perfect(names, bits):
    """A multiplier that parts all names, and the slots: index of a name + 1, or 0."""
    keys = [key(text) for _, text in names]
    if len(set(keys)) != len(keys):
        sys.exit("two names have the same length and the same three octets: let key() take more")
    for m in multipliers():
        slots = [0] * (1 << bits)
        for i, k in enumerate(keys):
            h = (k * m & 0xFFFFFFFF) >> (32 - bits)
            if slots[h]:
                break
            slots[h] = i + 1
        else:
            return m, slots
    sys.exit(f"no multiplier parts {len(names)} names in {1 << bits} slots: take one bit more")


def block(what, names, bits):
    m, slots = perfect(names, bits)
    rows = [f"    [{h}] = {names[i - 1][0]}," for h, i in enumerate(slots) if i]
    return "\n".join(
        [
            f"#define NAME_{what.upper()}_LISTED {len(names)}",
            f"#define NAME_{what.upper()}_MULTIPLIER 0x{m:08x}u",
            f"#define NAME_{what.upper()}_BITS {bits}",
            f"static const uint8_t name_{what}_slots[1 << NAME_{what.upper()}_BITS] = {{",
            *rows,
            "};",
            "",
        ]
    )


def table():
    methods, fields = names_of(HEADER.read_text(encoding="utf-8"))
    return (
        "/* SPDX-License-Identifier: MIT */\n"
        "/* name_table.h - the perfect hash over the names of weir/name.h: made by\n"
        " * core/gen/name_table.py, not to be edited. */\n"
        "/* clang-format off */\n"
        + block("method", methods, 5)
        + "\n"
        + block("field", fields, 8)
    )


def main():
    made = table()
    if sys.argv[1:] == ["--check"]:
        if not TABLE.exists() or TABLE.read_text(encoding="utf-8") != made:
            sys.exit("core/name_table.h is stale: run core/gen/name_table.py")
        print("core/name_table.h is up to date")
    elif not sys.argv[1:]:
        TABLE.write_text(made, encoding="utf-8")
    else:
        sys.exit(__doc__)


main()
