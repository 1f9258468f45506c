# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Open hazards at the same place that a new card resembles."

import unittest

from mine import build_mine, new_hazard
from organization import acting, create_company
from steps import confirm, finish, recheck, report
from templates import activate_built

from trytond.modules.hazard.loop.similar import (
    PROBABLE, SHOWN, Words, is_of_others, ratio)
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction

WORDS = Words(
    "3113综采工作面", ["综采工作面", "采面", "面"], ["需更换", "应及时清理"])


class MeasureTestCase(unittest.TestCase):

    def test_ratio(self):
        "It is the share of the longest common subsequence"
        for one, other, expected in [
                ('', 'a', 0), ('abc', 'abc', 100), ('abc', 'xyz', 0),
                ('abcd', 'acbd', 75), ('ab', 'xaxb', 200 * 2 / 6),
                ('aab', 'aba', 200 * 2 / 6)]:
            with self.subTest(one=one, other=other):
                self.assertAlmostEqual(ratio(one, other), expected)
                self.assertAlmostEqual(ratio(other, one), expected)

    def test_essence(self):
        "Neither the place nor advice nor signs make texts alike"
        self.assertEqual(
            WORDS.simplify("3113综采工作面：28#支架漏液，需更换。"),
            "28支架漏液")
        self.assertEqual(WORDS.simplify("采面浮煤多，应及时清理"), "面浮煤多")
        self.assertEqual(Words().simplify("Oil, leaks."), "oilleaks")

    def test_words(self):
        "The same in other words is found, other things are not"
        text = WORDS.simplify("3113综采工作面28#支架立柱漏液，需更换")
        for other, least in [
                ("28号支架立柱有漏液现象", PROBABLE),
                ("28架左立柱密封损坏漏液", SHOWN)]:
            with self.subTest(other=other):
                self.assertGreaterEqual(
                    ratio(text, WORDS.simplify(other)), least)
        self.assertLess(
            ratio(text, WORDS.simplify("3113综采工作面电缆未吊挂")),
            SHOWN)

    def test_numbers(self):
        "Two supports with other numbers are two hazards"
        self.assertTrue(is_of_others("28支架漏液", "45支架漏液"))
        self.assertFalse(is_of_others("28支架漏液", "支架漏液"))
        self.assertFalse(is_of_others("28支架漏液", "28架漏液2处"))


class SimilarTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built('hazard', build_mine)

    def similar(self, mine, user=None, **values):
        with acting(user or mine.users.reporter):
            hazard = new_hazard(mine, state='draft', **values)
            return hazard.on_change_with_similar()

    @with_transaction()
    def test_shown(self):
        "What somebody reads is shown with its text, the rest without"
        mine = build_mine()
        hazard = report(mine, description="The air door does not close.")
        text = "The air doors do not close!"
        own = self.similar(mine, description=text)
        self.assertIn(hazard.number, own)
        self.assertIn("The air door does not close.", own)
        other = self.similar(
            mine, user=mine.users.other_captain, description=text,
            found_by=mine.employees.other_captain)
        self.assertIn(hazard.number, other)
        self.assertNotIn("air door", other)
        self.assertIsNone(
            self.similar(mine, description="No cable hangs here."))

    @with_transaction()
    def test_elsewhere(self):
        "Neither other places nor companies nor closed hazards are shown"
        Place = Pool().get('hazard.place')
        mine = build_mine()
        other = build_mine(create_company("Other"), prefix='x_')
        report(other)
        place, = Place.create([
                {'name': "Shaft", 'company': mine.company.id}])
        report(mine, place=place)
        hazard = report(mine)
        self.assertIn(hazard.number, self.similar(mine))
        self.assertEqual(len(self.similar(mine).splitlines()), 1)
        confirm(mine, hazard)
        finish(mine, hazard)
        recheck(mine, hazard, 'pass_')
        self.assertIsNone(self.similar(mine))

    @with_transaction()
    def test_not_blocked(self):
        "The same may be reported again, and a reported card shows nothing"
        mine = build_mine()
        report(mine)
        again = report(mine)
        self.assertEqual(again.state, 'four_fix')
        self.assertIsNone(again.similar)
