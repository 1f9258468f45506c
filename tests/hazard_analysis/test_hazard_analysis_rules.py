# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The rules of early signs, beside a reader who works them out."

import datetime as dt
import unittest
from fractions import Fraction
from math import isclose, sqrt

from hypothesis import given
from hypothesis import strategies as st

from trytond.modules.hazard_analysis.early_sign import rules
from trytond.modules.hazard_analysis.early_sign.rules import (
    ALARM, ATTENTION, Finding)

DAY = dt.date(2026, 5, 4)
means = st.builds(Fraction, st.integers(0, 400), st.integers(1, 56))
sigmas = st.integers(1, 6)
least = st.integers(1, 9)


class RulesTestCase(unittest.TestCase):

    def test_rise_by_hand(self):
        "4 a week: from 11 on, as 4 + 3 * 2 = 10; an alarm from 17 on"
        mean = rules.get_mean(32, 56, 7)
        self.assertEqual(mean, 4)
        self.assertIsNone(rules.find_rise(10, mean, 3, 3))
        self.assertEqual(
            rules.find_rise(11, mean, 3, 3), Finding(11, 4, 10.0, ATTENTION))
        self.assertEqual(rules.find_rise(16, mean, 3, 3).severity, ATTENTION)
        self.assertEqual(rules.find_rise(17, mean, 3, 3).severity, ALARM)

    def test_rise_of_nothing(self):
        "Where nothing was found before, from the least number on"
        self.assertIsNone(rules.find_rise(2, Fraction(0), 3, 3))
        self.assertEqual(
            rules.find_rise(3, Fraction(0), 3, 3), Finding(3, 0, 0.0, ALARM))

    def test_mean_of_other_days(self):
        "56 in 8 weeks are 3 in three days"
        self.assertEqual(rules.get_mean(56, 56, 3), 3)

    def test_silence_by_hand(self):
        "Nothing where 3 were to be expected; an alarm where more than 9"
        self.assertIsNone(rules.find_silence(0, Fraction(29, 10), 3, 3))
        self.assertIsNone(rules.find_silence(1, Fraction(20), 3, 3))
        self.assertEqual(
            rules.find_silence(0, Fraction(3), 3, 3),
            Finding(0, 3, 3.0, ATTENTION))
        self.assertEqual(
            rules.find_silence(0, Fraction(9), 3, 3).severity, ATTENTION)
        self.assertEqual(
            rules.find_silence(0, Fraction(91, 10), 3, 3).severity, ALARM)

    def test_again_by_hand(self):
        self.assertIsNone(rules.find_again(2, 3))
        self.assertEqual(
            rules.find_again(3, 3), Finding(3, None, 3.0, ATTENTION))
        self.assertEqual(rules.find_again(6, 3).severity, ALARM)

    def test_starts_by_hand(self):
        "What goes on for days began once"
        days = [DAY + dt.timedelta(days=n) for n in [0, 1, 4, 8, 12, 15]]
        self.assertEqual(
            rules.find_starts(days[::-1] + days, 3),
            [days[0], days[3], days[4]])
        self.assertEqual(rules.find_starts([], 3), [])

    def test_fair_share(self):
        self.assertEqual(rules.get_fair_share([0, 7, 4]), Fraction(11, 3))

    @given(st.integers(0, 200), means, sigmas, least)
    def test_rise(self, number, mean, sigmas, least):
        found = rules.find_rise(number, mean, sigmas, least)
        bound = float(mean) + sigmas * sqrt(mean)
        if isclose(number, bound):
            # Where a reader's root is rounded the rule is exact.
            return
        self.assertEqual(
            found is not None, number > bound and number >= least)
        if found:
            self.assertTrue(isclose(found.bound, bound))
            self.assertEqual(found.expected, mean)
            far = float(mean) + 2 * sigmas * sqrt(mean)
            if not isclose(number, far):
                self.assertEqual(
                    found.severity, ALARM if number > far else ATTENTION)

    @given(st.integers(0, 30), sigmas)
    def test_rise_at_the_bound(self, root, sigmas):
        "A number at the bound is no sign, the next one is"
        bound = root ** 2 + sigmas * root
        self.assertIsNone(
            rules.find_rise(bound, Fraction(root ** 2), sigmas, 1))
        self.assertIsNotNone(
            rules.find_rise(bound + 1, Fraction(root ** 2), sigmas, 1))

    @given(st.integers(0, 3), means, sigmas, least)
    def test_silence(self, number, mean, sigmas, least):
        found = rules.find_silence(number, mean, sigmas, least)
        self.assertEqual(
            found is not None, number == 0 and float(mean) >= least)
        if found:
            lower = float(mean) - sigmas * sqrt(mean)
            if not isclose(mean, sigmas ** 2):
                self.assertEqual(
                    found.severity, ALARM if lower > 0 else ATTENTION)

    @given(st.lists(st.tuples(
                st.sampled_from('abc'), st.integers(-10, 10),
                st.integers(1, 5))),
        st.lists(st.tuples(st.integers(-10, 10), st.integers(-10, 10))))
    def test_add_up(self, counts, spans):
        sums = rules.add_up(counts, spans)
        for key in 'abc':
            expected = [
                sum(n for k, day, n in counts
                    if k == key and day in range(start, end))
                for start, end in spans]
            self.assertEqual(sums.get(key, [0] * len(spans)), expected)

    @given(st.lists(st.integers(0, 60)), st.integers(1, 5))
    def test_starts(self, numbers, apart):
        days = {DAY + dt.timedelta(days=n) for n in numbers}
        self.assertEqual(rules.find_starts(days, apart), [
                day for day in sorted(days)
                if not days & {
                    day - dt.timedelta(days=n)
                    for n in range(1, apart + 1)}])
