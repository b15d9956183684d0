#!/bin/sh
# SPDX-License-Identifier: MIT
# Every source, script and build file names its licence in the first line (a script in the second).
set -u
cd "${1:-$(dirname -- "$(readlink -f -- "$0")")/..}" || exit 1
list()
{
    if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
        git ls-files --cached -- "$@"
    else
        for pattern; do find . -path ./build -prune -o -name "${pattern##*/}" -type f -print; done
    fi
}
files=$(mktemp) || exit 1
trap 'rm -f "$files"' EXIT
list '*.c' '*.h' '*.inc' '*.S' '*.cc' '*.cpp' '*.sh' '*.py' '*.cmake' '*.cmake.in' 'CMakeLists.txt' '*/CMakeLists.txt' \
    '.ci/run' '.clang-format' '.clang-tidy' '.editorconfig' >"$files"
[ -s "$files" ] || {
    echo "no sources found"
    exit 1
}
bad=0
while IFS= read -r file; do
    [ -f "$file" ] || continue
    if ! awk 'NR == 1 && !/^#!/ { exit(!/SPDX-License-Identifier: MIT/) }
              NR == 2 { exit(!/SPDX-License-Identifier: MIT/) }
              END { if (NR == 0) exit 1 }' "$file"; then
        echo "$file: its first line does not say SPDX-License-Identifier: MIT"
        bad=1
    fi
done <"$files"
[ $bad -ne 0 ] || echo "$(wc -l <"$files") files name their licence"
exit $bad
