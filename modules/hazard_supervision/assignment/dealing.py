# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Dividing enterprises among those who look after them.

Everything is stable: the same enterprises in the same order are dealt alike.
"""

from collections import defaultdict
from fractions import Fraction

from .. import definitions


def deal(items, held, weights):
    """Return the number of the recipient of each item, in proportion.

    held are the numbers of the recipients that have the items now, None for
    what nobody of them has. What a recipient has is left to it as far as its
    share reaches.
    """
    shares = definitions.share(len(items), weights)
    result = [None] * len(items)
    for index, number in enumerate(held):
        if number is not None and shares[number]:
            shares[number] -= 1
            result[index] = number
    return _fill(result, shares)


def deal_more(items, loads, weights):
    """Return the number of the recipient of each of the new items.

    loads are the numbers of items that the recipients keep; who has less than
    the share of all gets more of the new ones.
    """
    shares = definitions.share(len(items) + sum(loads), weights)
    lacking = [max(s - n, 0) for s, n in zip(shares, loads)]
    return _fill(
        [None] * len(items), definitions.share(len(items), lacking))


def _fill(result, shares):
    left = iter([n for n, s in enumerate(shares) for _ in range(s)])
    return [next(left) if r is None else r for r in result]


def deal_groups(items, groups, loads, weights, hands=None):
    """Return the number of the recipient of each item, groups kept together.

    groups are those of the items, hands the recipients by group that have
    others of it already. The largest group is dealt first, to whom has the
    least in proportion to the weight.
    """
    loads, hands = list(loads), dict(hands or {})
    members = defaultdict(list)
    for index, group in enumerate(groups):
        members[group].append(index)
    result = [None] * len(items)
    # The order of the groups is that in which they come.
    for group, indexes in sorted(
            members.items(), key=lambda m: (m[0] not in hands, -len(m[1]))):
        number = hands.get(group)
        if number is None:
            number = min(
                (n for n, w in enumerate(weights) if w),
                key=lambda n: (
                    Fraction(loads[n] + len(indexes), weights[n]), n),
                default=0)
        loads[number] += len(indexes)
        for index in indexes:
            result[index] = number
    return result
