#!/bin/sh
# SPDX-License-Identifier: MIT
# Whether the fixed random source of the fuzz harnesses is in the harness alone.
#
#   fuzz/check-random.sh HARNESS FILE...     FILEs are what is released: programs and libraries
set -u
harness=$1
shift
found=0

# The names and texts by which it is known: each must be in the harness, or this looks for nothing.
for mark in weir_fuzz_fixed_random weir-fuzz-fixed-random; do
    if ! grep -aq -e "$mark" "$harness"; then
        echo "check-random: $harness does not have '$mark' either: nothing was checked"
        exit 1
    fi
    for file; do
        if grep -aq -e "$mark" "$file"; then
            echo "check-random: $file has '$mark'"
            found=1
        fi
    done
done
# Nor may they replace it in another way.
for file; do
    if grep -aq -e RAND_set_rand_method -e RAND_set0_ "$file"; then
        echo "check-random: $file replaces OpenSSL's random source"
        found=1
    fi
done
[ $found -eq 0 ] && echo "check-random: not in any of $# files"
exit $found
