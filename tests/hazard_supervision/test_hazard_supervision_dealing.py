# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import unittest
from collections import Counter

from city import SECTIONS, TRADES

from trytond.modules.hazard_supervision.assignment import dealing


class DealingTestCase(unittest.TestCase):
    "Dealing enterprises, without a database"

    def test_proportion(self):
        "The hundred of the city are dealt in proportion, remainders largest"
        items = list(range(100))
        for weights, shares in [
                ([1] * 5, [20] * 5),
                ([3, 3, 2, 2, 2], [25, 25, 17, 17, 16]),
                ([28, 20, 16, 22, 14], [s[0] for s in SECTIONS.values()]),
                ([0, 0], [50, 50]),
                ([0, 4], [0, 100])]:
            with self.subTest(weights=weights):
                dealt = dealing.deal(items, [None] * 100, weights)
                counts = Counter(dealt)
                self.assertEqual(
                    [counts[n] for n in range(len(weights))], shares)
                self.assertEqual(
                    dealt, dealing.deal(items, [None] * 100, weights))

    def test_kept(self):
        "What somebody has stays with them as far as the share reaches"
        self.assertEqual(
            dealing.deal('abcdef', [1, 1, 1, 1, 0, None], [1, 1]),
            [1, 1, 1, 0, 0, 0])

    def test_more(self):
        "Who has less gets more of what is new"
        self.assertEqual(
            Counter(dealing.deal_more('abcdef', [4, 0, 2], [1, 1, 1])),
            {1: 4, 2: 2})
        self.assertEqual(
            Counter(dealing.deal_more('ab', [9, 0, 0], [1, 1, 1])),
            {1: 1, 2: 1})
        self.assertEqual(dealing.deal_more('', [1], [1]), [])

    def test_groups(self):
        "The enterprises of a trade are kept in one hand"
        trades = [t.code for t in TRADES for _ in range(t.enterprises)]
        dealt = dealing.deal_groups(trades, trades, [0] * 5, [1] * 5)
        hands = set(zip(trades, dealt))
        self.assertEqual(len(hands), len(TRADES))
        counts = Counter(dealt)
        self.assertEqual(
            [counts[n] for n in range(5)], [22, 22, 20, 18, 18])
        self.assertEqual(
            dealing.deal_groups('aab', 'aab', [0, 0], [1, 1], {'a': 1}),
            [1, 1, 0])
        self.assertEqual(
            dealing.deal_groups('ab', 'ab', [0, 0], [0, 1]), [1, 1])
