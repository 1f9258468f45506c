# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""python tests/support/trace.py DATA: write which tests SQLite decides alone.

DATA is the file that a run of all tests on SQLite leaves, with the tests as
contexts:

    pytest -n 2 --dist loadfile --decisive --cov --cov-context=test ...

Each line of each function that writes SQL is run on PostgreSQL by five tests,
or by all that run it where they are fewer.  The others are left out there, but
for the files that try several at once or tell the databases apart.
"""

import re
import sys
from collections import Counter
from functools import cache

from coverage import CoverageData
from decisive import LEFT_OUT, write_traced
from own_sql import ROOT, find

TESTS = 5
BOTH = re.compile(
    r'\b(backend\.name|race\(|Thread|Transaction\(\)\.start)')


def read(path):
    "Return the lines of our SQL by test, and the files that have some."
    data = CoverageData(path)
    data.read()
    # A test that SQLite skips has none.
    tests = (
        c.removesuffix('|run') for c in data.measured_contexts()
        if c.endswith('|run'))
    lines = {t: set() for t in tests if not _is_for_both(t.split('::')[0])}
    contexts = cache(
        lambda path: data.contexts_by_lineno(str(ROOT / path)))
    functions = list(find())
    for path, first, last in functions:
        for number in range(first, last + 1):
            for context in contexts(path).get(number, []):
                test = context.partition('|')[0]
                if test in lines:
                    lines[test].add((path, number))
    return lines, {f.path for f in functions}


@cache
def _is_for_both(path):
    path = ROOT / path
    return (path.stem in LEFT_OUT['postgresql']
        or bool(BOTH.search(path.read_text())))


def choose(lines):
    "Return the tests that decide, those first that run most."
    wanted = Counter(line for found in lines.values() for line in found)
    wanted = Counter({line: min(n, TESTS) for line, n in wanted.items()})
    chosen = set()
    while wanted:
        test = max(
            sorted(lines.keys() - chosen),
            key=lambda t: sum(line in wanted for line in lines[t]))
        chosen.add(test)
        wanted -= Counter(lines[test])
    return chosen


if __name__ == '__main__':
    lines, paths = read(sys.argv[1])
    write_traced(lines.keys() - choose(lines), paths)
