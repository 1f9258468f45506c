# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""The rules of early signs: when a number is more than chance explains.

Of what comes by chance, so many on the average, the number varies by the root
of the mean (Poisson). A mean is a Fraction, so that each limit is exact.
"""

from collections import defaultdict
from fractions import Fraction
from math import sqrt
from typing import NamedTuple

ATTENTION, ALARM = 'attention', 'alarm'
WEEK = 7
# How many weeks a number is compared to, and how many there must have been
WEEKS, LEAST_WEEKS = 8, 4


class Finding(NamedTuple):
    "expected is the mean, bound the limit beyond which there is a sign."

    number: int
    expected: Fraction
    bound: float
    severity: str


def get_mean(total, of_days, days):
    "Return how many of the total of some days other days have on average."
    return Fraction(total * days, of_days)


def find_rise(number, mean, sigmas, least):
    """Return the finding where the number is beyond the upper limit.

    This is mean + sigmas * √mean, and there must be the least number. Beyond
    twice as far it is an alarm.
    """
    if number < least or not _is_beyond(number, mean, sigmas):
        return None
    is_far = _is_beyond(number, mean, 2 * sigmas)
    return Finding(
        number, mean, float(mean) + sigmas * sqrt(mean),
        ALARM if is_far else ATTENTION)


def _is_beyond(number, mean, sigmas):
    return number > mean and (number - mean) ** 2 > sigmas ** 2 * mean


def find_silence(number, mean, sigmas, least):
    """Return the finding where there is nothing though it was to be expected.

    At least so many must have been. It is an alarm where nothing is beyond
    the lower limit, mean - sigmas * √mean.
    """
    if number or mean < least:
        return None
    return Finding(
        0, mean, float(least), ALARM if mean > sigmas ** 2 else ATTENTION)


def find_again(number, least):
    "Return the finding where the same was found at least so often."
    if number < least:
        return None
    return Finding(
        number, None, float(least),
        ALARM if number >= 2 * least else ATTENTION)


def find_starts(days, apart):
    """Return the days on which something begins, in their order.

    It goes on where no more than so many days are between.
    """
    days = sorted(set(days))
    return [
        day for before, day in zip([None, *days], days)
        if before is None or (day - before).days > apart]


def get_fair_share(numbers):
    "Return the mean of the numbers, of which each would be the same."
    return Fraction(sum(numbers), len(numbers))


def add_up(counts, spans):
    """Return by key how many there are in each of the spans of days.

    counts are tuples of key, day and number, a span is the first day and the
    first day after it.
    """
    sums = defaultdict(lambda: [0] * len(spans))
    for key, day, number in counts:
        for n, (start, end) in enumerate(spans):
            if start <= day < end:
                sums[key][n] += number
    return dict(sums)
