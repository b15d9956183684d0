#!/bin/sh
# SPDX-License-Identifier: MIT
# A consumer by add_subdirectory(): builds, runs, and the parent's settings are its own.
. "$(dirname -- "$0")/common.sh"
cmake -S "$here/add_subdirectory" -B "$work/build" -DCMAKE_C_COMPILER="$CC" \
    -DWEIR_SOURCE="$WEIR_SOURCE"
cmake --build "$work/build"
(cd "$work/build" && ctest --output-on-failure >ctest.log) || {
    cat "$work/build/ctest.log"
    exit 1
}
grep -q '100% tests passed, 0 tests failed out of 2' "$work/build/ctest.log" # the parent's two

# Nothing of weir is in what the parent installs, unless it asks.
cmake --install "$work/build" --prefix "$work/prefix"
test ! -e "$work/prefix" || test -z "$(find "$work/prefix" -type f)"

# The folder core/ by itself.
cmake -S "$here/core_only" -B "$work/core" -DCMAKE_C_COMPILER="$CC" -DWEIR_SOURCE="$WEIR_SOURCE"
cmake --build "$work/core"
"$work/core/core_program"
