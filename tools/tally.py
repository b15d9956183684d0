#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Counts the tests of a ctest run: tally.py JUNIT_XML -> "passed failed skipped" and who failed.

A ctest entry counts as one, unless its output says how many tests it held: cmocka's
"[  PASSED  ] 3 test(s)." or a last line such as "12 passed, 0 failed, 1 skipped".
"""
import re
import sys
import xml.etree.ElementTree as ET

CMOCKA = re.compile(r"^\[  (PASSED|FAILED|SKIPPED)\s*\] (\d+) test\(s\)", re.M)
SUMMARY = re.compile(r"^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?\s*$", re.M)


def inside(output):
    """(passed, failed, skipped) as the test itself says, or zeros."""
    summaries = SUMMARY.findall(output)
    if summaries:
        return [int(n or 0) for n in summaries[-1]]
    counts = {"PASSED": 0, "FAILED": 0, "SKIPPED": 0}
    for word, n in CMOCKA.findall(output):
        counts[word] += int(n)
    return [counts["PASSED"], counts["FAILED"], counts["SKIPPED"]]


def count(case):
    """(passed, failed, skipped) of one ctest entry; ctest's own verdict is the last word."""
    skip = case.find("skipped")
    status = case.get("status")
    if skip is not None or status in ("notrun", "disabled"):
        meant = skip is not None and "SKIP_" in skip.get("message", "")
        return (0, 0, 1) if meant or status == "disabled" else (0, 1, 0)
    passed, failed, skipped = inside(case.findtext("system-out") or "")
    if status == "run":
        if failed:  # it says that tests failed and exits as if none had: believe the worse
            return passed, failed, skipped
        return (passed, 0, skipped) if passed or skipped else (1, 0, 0)
    return passed, max(failed, 1), skipped


def main():
    total = [0, 0, 0]
    failures = []
    for case in ET.parse(sys.argv[1]).getroot().iter("testcase"):
        counted = count(case)
        total = [a + b for a, b in zip(total, counted)]
        if counted[1]:
            failures.append(case.get("name"))
    print(*total)
    for name in failures:
        print(name)


if __name__ == "__main__":
    main()
