# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Times of calls, and the table of them beside the bare SQL and the goal."""

import statistics
import time

__all__ = ['Table', 'each', 'measure']

WARM_UP = 3


def measure(call, arguments):
    """Return the seconds of each call with one of the arguments.

    The first few calls fill caches and are not counted.
    """
    seconds = []
    for argument in arguments:
        begin = time.perf_counter()
        call(argument)
        seconds.append(time.perf_counter() - begin)
    return seconds[WARM_UP:]


def each(call, arguments, count):
    "Return the seconds of a record in calls with count of them."
    return [s / count for s in measure(call, arguments)]


class Table:
    "Rows of milliseconds: median and 95th percentile, bare SQL, goal"

    def __init__(self):
        self._rows = []

    def add(self, name, seconds, bare=None, goal=None):
        ordered = sorted(seconds)
        median = 1000 * statistics.median(ordered)
        row = [
            name, f'{median:.2f}',
            f'{1000 * ordered[int(.95 * (len(ordered) - 1))]:.2f}',
            '', '', f'≤ {goal:g}' if goal else '',
            ]
        if bare:
            bare = 1000 * statistics.median(bare)
            row[3:5] = [f'{bare:.2f}', f'{median / bare:.1f}']
        self._rows.append(row)
        print('  '.join(row), flush=True)

    def __str__(self):
        head = ['work', 'median', 'p95', 'bare SQL', 'ratio', 'goal']
        lines = [head, ['---', *['--:'] * 5], *self._rows]
        return '\n'.join(f"| {' | '.join(line)} |" for line in lines)
