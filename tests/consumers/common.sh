# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# Shared by the consumers; sourced. Set by ctest: WEIR_SOURCE, WEIR_BUILD, WEIR_CONFIG, CC, CXX.
set -eu
: "${WEIR_SOURCE:?}" "${WEIR_BUILD:?}" "${CC:=cc}" "${CXX:=c++}"
here=$WEIR_SOURCE/tests/consumers
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP

# install_to PREFIX [BUILD] - and moved once, as a package or a container does.
install_to()
{
    cmake --install "${2-$WEIR_BUILD}" --prefix "$work/staging" >"$work/install.log" || {
        cat "$work/install.log"
        exit 1
    }
    mv "$work/staging" "$1"
    ! grep -rIl -- "$work/staging" "$1" || {
        echo "these installed files name the place they were installed to"
        exit 1
    }
}
