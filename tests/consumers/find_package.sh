#!/bin/sh
# SPDX-License-Identifier: MIT
# A consumer by find_package(weir), from a prefix with a space in its name.
. "$(dirname -- "$0")/common.sh"
prefix="$work/a prefix"
install_to "$prefix"
for alone in OFF ON; do
    cmake -S "$here/find_package" -B "$work/build-$alone" -DCMAKE_C_COMPILER="$CC" \
        -DCMAKE_PREFIX_PATH="$prefix" -DCORE_ALONE=$alone
    grep -F "weir_DIR:PATH=$prefix" "$work/build-$alone/CMakeCache.txt" # not some other weir
    cmake --build "$work/build-$alone"
    "$work/build-$alone/core"
done
"$work/build-OFF/transports"

# What is not there is told with its reason.
config=$(find "$prefix" -name weirConfig.cmake)
refused()
{
    if cmake -S "$here/find_package" -B "$work/build-$1" -DCMAKE_C_COMPILER="$CC" \
        -DCMAKE_PREFIX_PATH="$prefix" -DCOMPONENT="$1" >"$work/log" 2>&1; then
        echo "component $1 was found"
        exit 1
    fi
    tr -s ' \n' ' ' <"$work/log" | grep -F "$2" >/dev/null || {
        cat "$work/log"
        exit 1
    }
}
refused sockets "weir has the components core and transports, not sockets"
cp "$config" "$work/config"
sed 's/weir_core;weir_transports/weir_core/' "$work/config" >"$config" # as if built without them
refused transports "built without its transports (WEIR_BUILD_TRANSPORTS=OFF)"
cp "$work/config" "$config"

test ! -e "$prefix/share/man/man3"
if [ -x "$WEIR_BUILD/bin/weir" ]; then
    "$prefix/bin/weir" --version
    test -f "$prefix/share/man/man1/weir.1"
fi
