#!/bin/bash
# SPDX-License-Identifier: MIT
# Does what OSS-Fuzz does with build.sh, and what it looks at before it takes a build, without Docker.
#
#   fuzz/oss-fuzz/check.sh [address|undefined|memory|coverage|afl]...     all of them, unless told
#
# From a clean checkout of the last commit each is built with the flags that its base images have.
# Then every harness, alone in an empty folder, with neither the checkout nor the build beside it,
#
#   links nothing but libc, libm, libdl, librt, libpthread and libgcc_s;
#   has its seeds, a dictionary and options;
#   survives an empty input, its seeds and a thousand runs more;
#   is instrumented for the sanitizer that was asked for, for no other, and for coverage.
#
# Prints a line a harness and build, and ends with "N passed, N failed". In place of libc++, libstdc++
# is linked statically. OPENSSL=FOLDER, a source tree of OpenSSL 3, is built as in the Dockerfile; without
# it the libssl.a of the system is taken.
# shellcheck disable=SC2015 # the last command of each chain only reports
set -u
root=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd -P) || exit 1
# shellcheck source=tools/common.sh disable=SC1091
. "$root/tools/common.sh"

wanted=("$@")
for kind in "$@"; do
    case $kind in
    address | undefined | memory | coverage | afl) ;;
    -h | --help)
        sed -n '3,17s/^# \{0,1\}//p' "$0"
        exit 0
        ;;
    *)
        say "no build '$kind'; there are: address undefined memory coverage afl"
        exit 64
        ;;
    esac
done
[ $# -gt 0 ] || wanted=(address undefined memory coverage afl)

packages=(clang llvm cmake zip unzip binutils libssl-dev git:git)
case " ${wanted[*]} " in *' afl '*) packages+=(afl++) ;; esac
need_packages "${packages[@]}" || exit 1

temporary=$(mktemp -d) || exit 1
trap 'rm -rf "$temporary"' EXIT
trap 'exit 130' INT TERM HUP

passed=0 failed=0
fault()
{
    printf '  FAILED: %s: %s\n' "$harness" "$*"
    sound=no
}

# flags KIND - those of the base images. See their Dockerfile and the script `compile`.
flags()
{
    CFLAGS="-O1 -fno-omit-frame-pointer -gline-tables-only -DFUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION"
    CC=clang CXX=clang++ LIB_FUZZING_ENGINE=-fsanitize=fuzzer SANITIZER=$1 LDFLAGS=
    local ubsan=array-bounds,bool,builtin,enum,function,integer-divide-by-zero,null,object-size,return
    ubsan=$ubsan,returns-nonnull-attribute,shift,signed-integer-overflow,unreachable,vla-bound,vptr
    local coverage=-fsanitize=fuzzer-no-link
    case $1 in
    address) CFLAGS="$CFLAGS -fsanitize=address -fsanitize-address-use-after-scope" ;;
    undefined) CFLAGS="$CFLAGS -fsanitize=$ubsan,unsigned-integer-overflow -fno-sanitize-recover=$ubsan" ;;
    memory)
        CFLAGS="$CFLAGS -fsanitize=memory -fsanitize-memory-track-origins"
        LDFLAGS=-Wl,-z,muldefs # libstdc++ and the sanitizer both have operator new
        ;;
    coverage) coverage='-fprofile-instr-generate -fcoverage-mapping -pthread -Wno-unused-command-line-argument' ;;
    afl)
        CC=afl-clang-fast CXX=afl-clang-fast++ SANITIZER=address coverage=
        CFLAGS="$CFLAGS -fsanitize=address -fsanitize-address-use-after-scope"
        LIB_FUZZING_ENGINE=/usr/lib/afl/libAFLDriver.a
        ;;
    esac
    CFLAGS="$CFLAGS $coverage"
    CXXFLAGS="$CFLAGS -static-libstdc++ -Wno-unused-command-line-argument"
    export CC CXX CFLAGS CXXFLAGS LDFLAGS LIB_FUZZING_ENGINE SANITIZER
    export ARCHITECTURE=x86_64 AFL_QUIET=1
}

check_files()
{
    local file=$out/$harness others
    [ -x "$file" ] || { fault "it is not there" && return; }
    [ -s "$file.dict" ] || fault "it has no dictionary"
    [ -s "$file.options" ] || fault "it has no options"
    unzip -tqq "${file}_seed_corpus.zip" >/dev/null 2>&1 || fault "it has no seeds"
    others=$(ldd "$file" | awk '{print $1}' |
        grep -vE '^(linux-vdso|libc|libm|libdl|librt|libpthread|libgcc_s)\.so|^/lib64/ld-linux')
    [ -z "$others" ] || fault "it links $others"
}

# calls SANITIZER - how many calls to its runtime the harness makes.
calls() { grep -cE "call.*<__$1" "$temporary/listing"; }

check_instrumented()
{
    objdump -d "$out/$harness" >"$temporary/listing"
    local asan ubsan msan
    asan=$(calls asan) ubsan=$(calls ubsan) msan=$(calls msan)
    case $kind in
    address | afl) [ "$asan" -ge 1000 ] || fault "only $asan calls to ASan" ;;
    *) [ "$asan" -eq 0 ] || fault "$asan calls to ASan" ;;
    esac
    case $kind in
    undefined) [ "$ubsan" -ge 168 ] || fault "only $ubsan calls to UBSan" ;;
    *) [ "$ubsan" -le 200 ] || fault "$ubsan calls to UBSan" ;;
    esac
    case $kind in
    memory) [ "$msan" -ge 1000 ] || fault "only $msan calls to MSan" ;;
    *) [ "$msan" -le 3 ] || fault "$msan calls to MSan" ;;
    esac
}

# alone COMMAND... - from an empty folder, with an empty environment.
alone() { (cd "$place" && env -i PATH="$PATH" HOME="$place" timeout 120 "$@") >"$log" 2>&1; }

check_libfuzzer()
{
    local counters
    alone "$out/$harness" "$temporary/empty" || fault "an empty input: $(tail -n 3 "$log")"
    alone "$out/$harness" -runs=0 -timeout=25 -rss_limit_mb=2560 "$seeds" ||
        fault "its seeds: $(tail -n 3 "$log")"
    [ "$kind" != coverage ] || return
    alone "$out/$harness" -seed=1337 -runs=1000 -timeout=25 -rss_limit_mb=2560 &&
        grep -q 'Done 1000 runs' "$log" || fault "a thousand runs: $(tail -n 3 "$log")"
    counters=$(sed -nE 's/^INFO: Loaded .*\(([0-9]+) inline 8-bit counters\).*/\1/p' "$log")
    [ "${counters:-0}" -ge 100 ] || fault "only ${counters:-0} counters for coverage"
}

check_coverage()
{
    local profile=$place/profile
    (cd "$place" && LLVM_PROFILE_FILE=$profile.raw timeout 120 "$out/$harness" -runs=0 "$seeds") \
        >"$log" 2>&1
    llvm-profdata merge -o "$profile" "$profile.raw" 2>>"$log" &&
        llvm-cov export -summary-only -instr-profile "$profile" "$out/$harness" 2>>"$log" |
        grep -q '"lines":{"count":[0-9]*,"covered":[1-9]' || fault "no line is covered"
}

check_afl()
{
    local tuples
    alone env AFL_QUIET=1 afl-showmap -q -m none -t 5000 -o "$place/map" -- "$out/$harness" \
        "$(find "$seeds" -type f | sort | head -n 1)" || :
    tuples=$(wc -l <"$place/map" 2>/dev/null || echo 0)
    [ "$tuples" -ge 20 ] || fault "only $tuples edges seen on a seed"
    alone "$out/$harness" "$temporary/empty" || fault "an empty input: $(tail -n 3 "$log")"
    alone "$out/$harness" "$seeds"/* || fault "its seeds: $(tail -n 3 "$log")"
    mkdir "$place/in"
    printf x >"$place/in/x"
    alone env AFL_NO_UI=1 AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_AFFINITY=1 \
        AFL_FORKSRV_INIT_TMOUT=30000 afl-fuzz -V 2 -m none -i "$place/in" -o "$place/found" \
        -x "$out/$harness.dict" -- "$out/$harness" || fault "afl-fuzz: $(tail -n 3 "$log")"
    grep -q 'All set and ready to roll' "$log" || fault "afl-fuzz did not begin: $(tail -n 3 "$log")"
}

check_harness()
{
    sound=yes
    place=$temporary/place seeds=$temporary/seeds log=$temporary/log
    rm -rf "$place" "$seeds"
    mkdir "$place" "$seeds"
    check_files
    if [ $sound = yes ]; then
        unzip -qq "$out/${harness}_seed_corpus.zip" -d "$seeds"
        [ "$kind" = coverage ] || check_instrumented
        if [ "$kind" = afl ]; then check_afl; else check_libfuzzer; fi
        [ "$kind" != coverage ] || check_coverage
    fi
    if [ $sound = yes ]; then
        passed=$((passed + 1))
        printf 'ok: %s (%s)\n' "$harness" "$kind"
    else
        failed=$((failed + 1))
    fi
}

check_kind()
{
    printf '\n== %s\n' "$kind"
    local log=$temporary/$kind.log
    SRC=$temporary/src WORK=$temporary/work OUT=$temporary/out
    export SRC WORK OUT
    rm -rf "$SRC" "$WORK" "$OUT" "$temporary/elsewhere"
    mkdir -p "$SRC" "$WORK" "$OUT"
    git clone -q --no-hardlinks "$root" "$SRC/weir" || exit 1
    [ -z "${OPENSSL:-}" ] || cp -a "$OPENSSL" "$SRC/openssl" || exit 1
    local known
    known=$(sed -n 's/^weir_fuzz(\([a-z_]*\).*/\1/p' "$SRC/weir/fuzz/CMakeLists.txt" | grep -vx empty)
    if ! (flags "$kind" && cd "$SRC/weir" && bash -eu fuzz/oss-fuzz/build.sh) >"$log" 2>&1; then
        tail -n 40 "$log"
        printf 'FAILED: the build for %s\n' "$kind"
        failed=$((failed + 1))
        return
    fi
    out=$temporary/elsewhere
    mv "$OUT" "$out"
    rm -rf "$SRC" "$WORK"
    for harness in $known; do
        [ "$harness $kind" != 'tls_server memory' ] || continue
        harness=fuzz_$harness
        check_harness
    done
}

: >"$temporary/empty"
[ -z "$(git -C "$root" status --porcelain)" ] || say "what is not committed is not looked at"
for kind in "${wanted[@]}"; do
    check_kind
done
printf '\n%s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
