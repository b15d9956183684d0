#!/bin/sh
# SPDX-License-Identifier: MIT
# Every source, script and build file names its licence in the first line (a script in the second).
set -u
root=$(dirname -- "$(dirname -- "$(readlink -f -- "$0")")")
. "$root/tools/common.sh"
cd "$root" || exit 1
files=$(mktemp) || exit 1
trap 'rm -f "$files"' EXIT
source_files '*.c' '*.h' '*.inc' '*.cc' '*.cpp' '*.sh' '*.py' '*.cmake' '*.cmake.in' '*CMakeLists.txt' \
    '.ci/run' '.clang-format' '.clang-tidy' '.editorconfig' | tr '\0' '\n' >"$files"
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
