#!/bin/sh
# SPDX-License-Identifier: MIT
# Does the mutator find the way by itself? Fuzzes server_connection from nothing but the dictionary, and says
# how many of the lines of core/ that its seeds (fuzz/corpus/, without fuzz/minimised/) cover that reaches.
# Fails below 90 %.
#
#   fuzz/check-mutator.sh [SECONDS]     60, unless told otherwise
#
# Debian packages that are missing are installed first, by apt-get.
set -u
root=$(CDPATH='' cd -- "$(dirname -- "$(readlink -f -- "$0")")/.." && pwd -P) || exit 1
. "$root/tools/common.sh"
need_packages clang:clang llvm:llvm-cov cmake:cmake python3:python3 || exit 1
cd "$root" || exit 1
seconds=${1:-60}
temporary=$(mktemp -d) || exit 1
trap 'rm -rf "$temporary"' EXIT
trap 'exit 130' INT TERM HUP

{
    cmake --preset fuzz && cmake --build build/fuzz --parallel "$(cpus)" --target fuzz_server_connection &&
        cmake -S . -B build/fuzz-coverage -DCMAKE_C_COMPILER=clang -DCMAKE_BUILD_TYPE=Debug \
            -DWEIR_COVERAGE=ON -DWEIR_BUILD_TESTS=OFF -DWEIR_BUILD_TOOLS=OFF &&
        cmake --build build/fuzz-coverage --parallel "$(cpus)" --target replay_server_connection
} >"$temporary/log" 2>&1 || {
    tail -n 40 "$temporary/log" >&2
    exit 1
}

mkdir "$temporary/found"
build/fuzz/fuzz/fuzz_server_connection -max_total_time="$seconds" -dict=fuzz/http.dict \
    -artifact_prefix="$temporary/" "$temporary/found" >"$temporary/log" 2>&1 || {
    tail -n 20 "$temporary/log" >&2
    exit 1
}

# covered FOLDER - the lines of core/ that its inputs reach.
covered()
{
    program=build/fuzz-coverage/fuzz/replay_server_connection
    LLVM_PROFILE_FILE=$temporary/raw $program "$1" >/dev/null &&
        llvm-profdata merge -o "$temporary/merged" "$temporary/raw" &&
        llvm-cov export -format=lcov -instr-profile "$temporary/merged" $program core |
        awk -F '[:,]' '/^SF:/ { file = $2 } /^DA:/ && $3 > 0 { print file ":" $2 }' | sort -u
}
covered fuzz/corpus/server_connection >"$temporary/own" || exit 1
covered "$temporary/found" >"$temporary/reached" || exit 1
all=$(wc -l <"$temporary/own")
reached=$(comm -12 "$temporary/own" "$temporary/reached" | wc -l)
[ "$all" -gt 0 ] || exit 1
printf '%s of the %s lines that the seeds cover, %s %%, in %s seconds\n' "$reached" "$all" $((100 * reached / all)) "$seconds"
[ $((100 * reached)) -ge $((90 * all)) ]
