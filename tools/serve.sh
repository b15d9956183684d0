#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds weir in Release and serves a folder over HTTP and HTTPS.
#
#   tools/serve.sh [DIR] [options of weir serve]
#
# DIR is the current folder unless named. Installs what the build needs where it is missing.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$(readlink -f -- "$0")")/.." && pwd -P)
. "$root/tools/common.sh"

need_packages gcc:cc libc6-dev cmake:cmake libssl-dev
command -v ninja >/dev/null 2>&1 || need_packages make:make

build=$root/build/release
program=$build/bin/weir
[ -x "$program" ] || say "building weir; this takes a moment the first time"

build_weir()
{
    forget_moved_build "$build"
    mkdir -p "$build"
    # A folder that the tests configured keeps its options; a new one builds the program alone.
    if [ ! -f "$build/CMakeCache.txt" ]; then
        # shellcheck disable=SC2046 # an option or none
        run_logged "$build.log" cmake -S "$root" -B "$build" $(generator "$build") \
            -DCMAKE_BUILD_TYPE=Release -DWEIR_BUILD_TESTS=OFF -DWEIR_BUILD_FUZZ=OFF || {
            rm -f "$build/CMakeCache.txt"
            return 1
        }
    fi
    run_logged "$build.log" cmake --build "$build" --target weir --parallel "$(cpus)"
}

lock_build
if ! build_weir; then
    say "the build failed; its output is above"
    exit 1
fi
unlock_build
exec "$program" serve "$@"
