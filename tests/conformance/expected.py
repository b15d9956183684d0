# SPDX-License-Identifier: MIT
"""Compares results with expected-failures.txt, which may only shrink."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def expected(kind):
    """The ids under the headings of that kind: "[vectors]", "[probe]", "[probe http]" ..."""
    ids, heading = set(), None
    with open(os.path.join(HERE, "expected-failures.txt"), encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            line = line.partition("#")[0].strip()
            if line.startswith("[") and line.endswith("]"):
                heading = line[1:-1]
            elif line and heading is None:
                sys.exit("expected-failures.txt:%d: an id before any [heading]" % number)
            elif line and (heading == kind or kind.startswith(heading + " ")):
                if line in ids:
                    sys.exit("expected-failures.txt:%d: %s is there twice" % (number, line))
                ids.add(line)
    return ids


def verdict(kind, results, skipped, partial=False):
    """results: id -> "pass" or another word. Prints what is wrong and the count; an exit status.

    partial: not all were to be run, so that what was not run says nothing."""
    known = expected(kind)
    if partial:
        known &= set(results)
    failed = {i for i, word in results.items() if word != "pass"}
    for i in sorted(failed - known):
        print("FAILED: %s: not met, and not expected to fail" % i)
    for i in sorted(known & (set(results) - failed)):
        print("FAILED: %s: met: take it out of expected-failures.txt" % i)
    for i in sorted(known - set(results)):
        print("FAILED: %s: in expected-failures.txt, and was not run" % i)
    wrong = len((failed - known) | (known - failed))
    met = len(results) - len(failed)
    print("%s: %d of %d met, %d expected failures, %d not run" %
          (kind, met, len(results), len(failed & known), skipped))
    # Read by tools/tally.py: what is expected to fail, or not run, has not passed.
    print("%d passed, %d failed, %d skipped" %
          (met - len(known & (set(results) - failed)), wrong, len(failed & known) + skipped))
    return 1 if wrong or not met else 0
