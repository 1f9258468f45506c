# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt
import unittest
from collections import Counter, defaultdict

import city

from trytond.modules.hazard_supervision import definitions
from trytond.modules.hazard_supervision.definitions import (
    Counted, Due, Exemption, Finding, Rate, Row)

DAY = dt.timedelta(days=1)
FIRST = dt.date(2026, 12, 1)


def day(number):
    return FIRST + number * DAY


class RateTestCase(unittest.TestCase):

    def test_text(self):
        for numerator, denominator, text in [
                (0, 0, '—'), (0, 7, '0 %'), (7, 7, '100 %'),
                (1590, 1667, '95.4 %'), (3210, 3287, '97.7 %'),
                (1, 3, '33.3 %'), (2, 3, '66.7 %'), (1, 2, '50 %'),
                # Half up
                (1, 16, '6.3 %'), (3, 16, '18.8 %'),
                # One of many is not none, all but one are not all
                (1, 10_000, '0.1 %'), (9_999, 10_000, '99.9 %')]:
            with self.subTest(numerator=numerator, denominator=denominator):
                self.assertEqual(str(Rate(numerator, denominator)), text)

    def test_sum(self):
        "The rate of several is that of their sums"
        self.assertEqual(
            sum([Rate(1, 2), Rate(0, 0), Rate(3, 3)], Rate(0, 0)), Rate(4, 5))

    def test_part(self):
        self.assertEqual(definitions.rate([1, 2, 9], [1, 2, 3, 4]), Rate(2, 4))


class CountTestCase(unittest.TestCase):

    def test_count(self):
        holiday = Exemption(day(2), day(4), {'login', 'report'})
        quiet = Exemption(day(2), day(4), {'report'})
        rows = [
            ('enrolled', FIRST, None, []),
            ('later', day(3), None, []),
            ('never', None, None, []),
            ('closed', FIRST, day(3), []),
            ('exempt', FIRST, None, [holiday]),
            ('quiet', FIRST, None, [quiet]),
            ]
        for kind, number, enrolled, exempt in [
                ('login', 1, {'enrolled', 'closed', 'exempt', 'quiet'}, set()),
                ('login', 2, {'enrolled', 'closed', 'exempt', 'quiet'},
                    {'exempt'}),
                ('report', 3, {'enrolled', 'later', 'exempt', 'quiet'},
                    {'exempt', 'quiet'}),
                ('report', 5, {'enrolled', 'later', 'exempt', 'quiet'},
                    set()),
                ]:
            with self.subTest(kind=kind, day=number):
                self.assertEqual(
                    definitions.count(rows, kind, day(number)),
                    Counted(enrolled, exempt, enrolled - exempt))

    def test_overdue(self):
        "Whoever is exempt still rectifies"
        everything = Exemption(FIRST, FIRST, {'login', 'report', 'overdue'})
        for kind, exempt in [
                ('login', True), ('report', True), ('overdue', False)]:
            with self.subTest(kind=kind):
                self.assertEqual(
                    definitions.is_exempt([everything], kind, FIRST), exempt)


class SilenceTestCase(unittest.TestCase):

    def test_opening(self):
        "Acted on the 1st, it opens on the 17th"
        self.assertEqual(
            definitions.opens_on(FIRST), dt.date(2026, 12, 17))
        for number, silent, open_, left, near in [
                (0, 0, False, 16, False), (1, 0, False, 15, False),
                (2, 1, False, 14, False), (12, 11, False, 4, False),
                (13, 12, False, 3, True), (15, 14, False, 1, True),
                (16, 15, True, 0, False), (30, 29, True, 0, False)]:
            with self.subTest(day=number):
                now = day(number)
                self.assertEqual(
                    (definitions.silent_days(FIRST, now),
                        definitions.is_silent(FIRST, now),
                        definitions.days_left(FIRST, now),
                        definitions.is_near(FIRST, now)),
                    (silent, open_, left, near))

    def test_never(self):
        "Who never acted is silent from the enrolment and its grace"
        for grace, opening in [(0, 15), (7, 22)]:
            with self.subTest(grace=grace):
                self.assertEqual(
                    definitions.opens_on(
                        definitions.reckoned_from(FIRST, grace)),
                    day(opening))

    def test_counted_from(self):
        "An act before the enrolment is none, and the grace is kept"
        for acted, grace, opening in [
                (None, 15, 30), (-3, 15, 30), (0, 15, 16), (1, 15, 17),
                (0, 40, 40), (30, 40, 46)]:
            with self.subTest(acted=acted, grace=grace):
                acted = None if acted is None else day(acted)
                self.assertEqual(
                    definitions.opens_on(
                        definitions.counted_from(acted, FIRST, grace)),
                    day(opening))

    def test_displays(self):
        for acts, first, last, expected in [
                ([0, 15, 30], 0, 40, []),
                ([0, 16], 0, 31, [(16, 16)]),
                ([0, 20], 0, 36, [(16, 20), (36, None)]),
                ([0], 0, 15, []),
                ([0], 0, 16, [(16, None)]),
                # Open before the period and cleared in it, or before it
                ([0, 20], 20, 25, [(16, 20)]),
                ([0, 20], 21, 25, []),
                # An act after the period clears nothing in it
                ([0, 50], 10, 30, [(16, None)]),
                ]:
            with self.subTest(acts=acts, first=first, last=last):
                self.assertEqual(
                    definitions.displays(
                        list(map(day, acts)), day(first), day(last)),
                    [(day(o), c and day(c)) for o, c in expected])


class TimeTestCase(unittest.TestCase):

    def test_in_time(self):
        deadline, later = day(7), day(9)
        dues = [
            Due(deadline, deadline, deadline),
            Due(deadline, deadline, deadline + DAY),
            Due(deadline, deadline, None),
            Due(deadline, later, later),
            ]
        for start, end, expected, first in [
                (7, 8, Rate(1, 3), Rate(1, 4)),
                (8, 10, Rate(1, 1), Rate(0, 0)),
                (10, 20, Rate(0, 0), Rate(0, 0))]:
            with self.subTest(start=start):
                period = day(start), day(end)
                self.assertEqual(
                    definitions.in_time(dues, *period), expected)
                self.assertEqual(
                    definitions.in_first_time(dues, *period), first)

    def test_overdue(self):
        "To the end of the local day of the deadline, and what is not finished"
        noon = dt.datetime(2026, 12, 7, 12)
        end = definitions.end_of_day(
            noon, lambda d: dt.datetime.combine(d, dt.time()),
            lambda t: t.date())
        for now, finished, overdue in [
                (dt.datetime(2026, 12, 7, 23, 59), None, False),
                (dt.datetime(2026, 12, 8), None, False),
                (dt.datetime(2026, 12, 8, 0, 0, 1), None, True),
                (dt.datetime(2026, 12, 9), dt.datetime(2026, 12, 8, 9), False),
                ]:
            with self.subTest(now=now):
                self.assertEqual(
                    definitions.is_overdue(end, finished, now), overdue)


class OtherTestCase(unittest.TestCase):

    def test_unreported(self):
        for finding, text in [
                (Finding(4, 1, 1, 3, 1), '30 %'),
                (Finding(0, 0, 0, 2, 0), '—'),
                (Finding(0, 0, 0, 3, 0), '100 %')]:
            with self.subTest(finding=finding):
                self.assertEqual(
                    str(definitions.unreported_rate(finding)), text)

    def test_handled(self):
        self.assertEqual(definitions.handled_rate([
                    (FIRST, day(3)), (FIRST, day(4)), (FIRST, None)]),
            Rate(1, 3))

    def test_rank(self):
        rows = [
            Row('few', Rate(4, 4)), Row('b', Rate(9, 10)),
            Row('a', Rate(18, 20)), Row('c', Rate(9, 10)),
            Row('all', Rate(5, 5)), Row('none', Rate(0, 0))]
        self.assertEqual(
            [(place, row.subject) for place, row in definitions.rank(rows)],
            [(1, 'all'), (2, 'a'), (3, 'b'), (3, 'c')])

    def test_share(self):
        for total, weights, shares in [
                (100, [28, 20, 16, 22, 14], [28, 20, 16, 22, 14]),
                (10, [1, 1, 1], [4, 3, 3]),
                (7, [3, 2, 2], [3, 2, 2]),
                (1, [1, 2], [0, 1]),
                (5, [0, 0], [3, 2]),
                (5, [], []),
                (0, [1], [0])]:
            with self.subTest(total=total, weights=weights):
                self.assertEqual(definitions.share(total, weights), shares)


class CityTestCase(unittest.TestCase):
    "The figures of a half year of a city come out exactly"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dues = {}
        for number, hazard in enumerate(city.loop()):
            due, done = city.TERMS[city.grade(number)]
            finished = hazard.day + done * DAY
            cls.dues[number] = Due(
                hazard.day + due * DAY, hazard.day + due * DAY,
                finished if finished <= city.END else None)

    def figures(self, section=None):
        def of(rows):
            return [
                r for r in rows
                if section in {None, r.trade.section}]
        numbers = [
            n for n, h in enumerate(city.loop())
            if section in {None, h.trade.section}]
        dues = [self.dues[n] for n in numbers]
        closed = sum(bool(d.finished) for d in dues)
        found, rounds = of(city.hazards()), of(city.rounds())
        on_time = definitions.in_time(dues, city.START, city.END + DAY)
        return (
            len({r.enterprise for r in rounds}), len(rounds), len(found),
            sum(h.on_site for h in found), len(dues), closed,
            len(dues) - closed, on_time.denominator)

    def test_sections(self):
        for section, figures in city.SECTIONS.items():
            with self.subTest(section=section):
                self.assertEqual(self.figures(section), figures)

    def test_city(self):
        self.assertEqual(self.figures(), city.FIGURES)
        _, _, found, on_site, loop, closed, _, _ = city.FIGURES
        on_time = definitions.in_time(
            self.dues.values(), city.START, city.END + DAY)
        self.assertEqual((on_time, str(on_time)), (Rate(1559, 1559), '100 %'))
        self.assertEqual(
            str(definitions.closed_rate(closed, loop)), '95.4 %')
        self.assertEqual(
            str(definitions.closed_rate_with_on_site(closed, loop, on_site)),
            '97.7 %')
        self.assertFalse([
                d for d in self.dues.values()
                if definitions.is_overdue(d.deadline, d.finished, city.END)])

    def test_grades(self):
        self.assertEqual(
            Counter(map(city.grade, range(len(city.loop())))),
            {'major': 3, 'II': 167, 'III': 1497})

    def test_months(self):
        self.assertEqual(
            list(Counter(
                    h.day.replace(day=1)
                    for h in sorted(city.hazards())).values()),
            [404, 527, 540, 547, 491, 543, 235])

    def test_silence(self):
        "Nobody is displayed in the half year, six if all stop at its end"
        acts = defaultdict(
            lambda: [definitions.reckoned_from(city.START, 0)])
        for round_ in sorted(city.rounds()):
            acts[round_.enterprise].append(round_.day)
        self.assertEqual(len(acts), 100)
        for day_, number in [
                (city.END, 0), (city.END + DAY, 0), (city.END + 2 * DAY, 6)]:
            with self.subTest(day=day_):
                shown = {
                    e for e, days in acts.items()
                    if definitions.displays(days, city.START, day_)}
                self.assertEqual(len(shown), number)
        self.assertEqual(
            definitions.rate(acts.keys() - shown, acts), Rate(94, 100))
        longest = max(
            definitions.silent_days(last, following)
            for days in acts.values()
            for last, following in zip(days, days[1:]))
        self.assertEqual(longest, 14)
