#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds the fuzz harnesses, runs them, and prints a table.
#
#   fuzz/run.sh [HARNESS...|all] [--seconds N] [--engine libfuzzer|afl] [--jobs N] [--corpus DIR]
#               [--fresh] [--json]
#
#   --seconds N   how long each harness runs: 60, unless told otherwise
#   --engine E    libfuzzer (clang) or afl (AFL++, persistent, with mutator.h where that fits the input)
#   --jobs N      how many processes run side by side: 1. With fewer harnesses than that, several work on
#                 one harness and share its corpus
#   --corpus DIR  where what reaches something new is kept, in DIR/HARNESS, and taken up by the next run:
#                 build/fuzz/corpus
#   --fresh       begin with the committed inputs alone
#   --json        a line of JSON a harness instead of the table
#
# Columns: executions, executions a second, the share of the speed of an empty harness in the same run (of
# one process), lines and branches of core/ that the corpus covers, inputs in the corpus, finds. What is
# found stays in build/fuzz/finds, with the command that shows it under gdb: shortened, but for AFL++'s hangs.
# Ctrl-C ends the run with the table, a second one at once. The status is not 0 when something was found or
# a harness did not run. Debian packages that are missing are installed first, by apt-get.
set -u
root=$(CDPATH='' cd -- "$(dirname -- "$(readlink -f -- "$0")")/.." && pwd -P) || exit 1
. "$root/tools/common.sh"
need_packages python3:python3 || exit 1
WEIR_ROOT=$root exec python3 "$root/fuzz/run.py" "$@"
