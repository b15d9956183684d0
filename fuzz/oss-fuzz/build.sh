#!/bin/bash -eu
# SPDX-License-Identifier: MIT
# Builds every harness as OSS-Fuzz, ClusterFuzzLite and ClusterFuzz ask for them. They say how:
#
#   CC CXX CFLAGS CXXFLAGS LIB_FUZZING_ENGINE SANITIZER ARCHITECTURE
#   SRC   has weir/, and may have openssl/, a source tree of OpenSSL 3 for tls_server
#   WORK  is for what is made on the way
#   OUT   takes fuzz_NAME, its seeds, its dictionary and its options
#
# Without $SRC/openssl the libssl.a of the system is taken. tls_server is left out of a build for
# MemorySanitizer: its assembler would have to be left out of OpenSSL as well, and then some.

weir=$SRC/weir
build=$WORK/weir
jobs=$(nproc)

build_openssl()
{
    local target=linux-x86_64
    case ${ARCHITECTURE:-x86_64} in
    i386) target=linux-x86 ;;
    aarch64) target=linux-aarch64 ;;
    esac
    mkdir -p "$WORK/openssl-build"
    cd "$WORK/openssl-build"
    # shellcheck disable=SC2086 # flags are words
    perl "$SRC/openssl/Configure" "$target" --prefix="$WORK/openssl" --libdir=lib no-shared \
        no-module no-tests no-apps no-engine no-legacy no-asm $CFLAGS >configure.log
    make -s -j"$jobs" build_generated libcrypto.a libssl.a >make.log
    make -s install_dev >>make.log
    cd - >/dev/null
}

options=(-DCMAKE_BUILD_TYPE=None -DWEIR_BUILD_FUZZ=ON -DWEIR_BUILD_TESTS=OFF -DWEIR_BUILD_TOOLS=OFF)
if [ "${SANITIZER:-}" = memory ]; then
    options+=(-DWEIR_BUILD_TRANSPORTS=OFF)
else
    options+=(-DOPENSSL_USE_STATIC_LIBS=TRUE)
    if [ -d "$SRC/openssl" ]; then
        build_openssl
        options+=(-DOPENSSL_ROOT_DIR="$WORK/openssl")
    fi
fi
# CC, CFLAGS, LIB_FUZZING_ENGINE and the others are found in the environment.
cmake -S "$weir" -B "$build" "${options[@]}"
cmake --build "$build" --parallel "$jobs"

for program in "$build"/fuzz/fuzz_*; do
    [ -x "$program" ] || continue
    name=${program##*/fuzz_}
    [ "$name" != empty ] || continue # a yardstick for fuzz/run.sh
    cp "$program" "$OUT/fuzz_$name"
    cp "$weir/fuzz/http.dict" "$OUT/fuzz_$name.dict"
    printf '[libfuzzer]\nmax_len = 16384\ntimeout = 20\n' >"$OUT/fuzz_$name.options"
    seeds=("$weir/fuzz/corpus/$name")
    for kind in regressions minimised; do
        if [ -d "$weir/fuzz/$kind/$name" ]; then seeds+=("$weir/fuzz/$kind/$name"); fi
    done
    rm -f "$OUT/fuzz_${name}_seed_corpus.zip"
    zip -q -r -j "$OUT/fuzz_${name}_seed_corpus.zip" "${seeds[@]}"
done
