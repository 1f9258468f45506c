# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""The half year of a city of one hundred enterprises, by rule.

Who does his rounds when, what is found on them and when it is rectified; the
figures that follow are exact and stand in FIGURES.
"""

import datetime as dt
from collections import namedtuple
from functools import cache

START, END = dt.date(2016, 10, 9), dt.date(2017, 4, 9)
Trade = namedtuple('Trade', [
        'code', 'section', 'enterprises', 'more', 'zeros', 'found',
        'on_site'])
# more of the enterprises have a thirteenth round
TRADES = [
    Trade('MK', 1, 4, 4, 0, 373, 184),
    Trade('FM', 1, 22, 12, 14, 823, 406),
    Trade('WK', 1, 2, 2, 2, 54, 26),
    Trade('WH', 2, 20, 12, 12, 807, 398),
    Trade('YH', 3, 8, 6, 6, 258, 127),
    Trade('G1', 3, 8, 0, 10, 174, 86),
    Trade('G2', 4, 22, 0, 30, 472, 233),
    Trade('YS', 5, 5, 0, 8, 117, 58),
    Trade('JZ', 5, 4, 0, 4, 128, 63),
    Trade('RM', 5, 3, 0, 6, 54, 26),
    Trade('QT', 5, 2, 0, 4, 27, 13),
    ]
# Days from finding to the deadline and to the rectification
TERMS = {'major': (60, 45), 'II': (15, 9), 'III': (7, 4)}
Round = namedtuple('Round', ['day', 'enterprise', 'trade'])
Hazard = namedtuple('Hazard', ['day', 'enterprise', 'trade', 'on_site'])
# By section: enterprises, rounds, found, on site, loop, closed, open, due
SECTIONS = {
    1: (28, 354, 1250, 616, 634, 598, 36, 587),
    2: (20, 252, 807, 398, 409, 387, 22, 377),
    3: (16, 198, 432, 213, 219, 207, 12, 204),
    4: (22, 264, 472, 233, 239, 234, 5, 230),
    5: (14, 168, 326, 160, 166, 164, 2, 161),
    }
FIGURES = (100, 1236, 3287, 1620, 1667, 1590, 77, 1559)


def _offsets():
    a = b = 0
    for trade in TRADES:
        for number in range(trade.enterprises):
            if number < trade.more:
                yield trade, a % 15, True
                a += 1
            else:
                yield trade, 3 + b % 12, False
                b += 1


@cache
def rounds():
    result = []
    for number, (trade, offset, more) in enumerate(_offsets()):
        days = [offset + 15 * k for k in range(12)]
        if more:
            days.append(min(offset + 180, 182))
        result += [
            Round(START + dt.timedelta(d), number, trade) for d in days]
    return result


@cache
def hazards():
    return [h for trade in TRADES for h in _hazards_of(trade)]


def _hazards_of(trade):
    own = sorted(r for r in rounds() if r.trade == trade)
    n = len(own)
    zero = {
        (i * n + n // 2) // trade.zeros for i in range(trade.zeros)}
    used = [r for i, r in enumerate(own) if i not in zero]
    for index, round_ in enumerate(used):
        on_site = _part(trade.on_site, index, len(used))
        found = _part(trade.found, index, len(used))
        yield from [Hazard(*round_, True)] * on_site
        yield from [Hazard(*round_, False)] * (found - on_site)


def _part(quantity, index, number):
    return (index + 1) * quantity // number - index * quantity // number


@cache
def loop():
    "Return the hazards that went through the loop, by their number."
    return sorted(h for h in hazards() if not h.on_site)


def grade(number):
    if number in {400, 900, 1400}:
        return 'major'
    return 'II' if number % 10 == 5 else 'III'


def enterprises():
    return [trade for trade, _, _ in _offsets()]
