#!/bin/sh
# SPDX-License-Identifier: MIT
# Fails where clang-format would change a C file that git knows.
cd "$(dirname -- "$(readlink -f -- "$0")")/.." || exit 1
git ls-files -z -- '*.c' '*.h' | xargs -0 -r clang-format --dry-run -Werror
