#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds the fuzz harnesses, runs them, and prints a table.
#
#   fuzz/run.sh [HARNESS...|all] [--seconds N] [--engine libfuzzer|afl] [--jobs N] [--json]
#
#   --seconds N   how long each harness runs: 60, unless told otherwise
#   --engine E    libfuzzer (clang) or afl (AFL++, persistent)
#   --jobs N      how many run side by side: 1
#   --json        a line of JSON a harness instead of the table
#
# Columns: executions, executions a second, the share of the speed of an empty harness in the same run,
# lines and branches of core/ that the corpus covers, inputs in the corpus, finds. What is found stays
# in build/fuzz/finds, shortened, with the command that shows it under gdb. Ctrl-C ends the run with the
# table. The status is not 0 when something was found or a harness did not run.
set -u
root=$(CDPATH='' cd -- "$(dirname -- "$(readlink -f -- "$0")")/.." && pwd -P) || exit 1
. "$root/tools/common.sh"
need_packages python3:python3 || exit 1
WEIR_ROOT=$root exec python3 "$root/fuzz/run.py" "$@"
