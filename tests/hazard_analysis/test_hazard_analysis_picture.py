# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt
import unittest
from xml.etree import ElementTree

from facts import write
from mine import build_mine
from organization import acting
from templates import activate_built
from test_hazard_analysis_fact import MAY, PERIOD, closed, waiting

from trytond.modules.safety_base.share_chart import heat_table, pareto_chart
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction

NAMES = ['flow', 'stages', 'places', 'check_items', 'months']


def texts(svg):
    return [
        e.text for e in ElementTree.fromstring(svg).iter()
        if e.tag.endswith('text')]


class PictureTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built('hazard_analysis', build_mine)

    def draw(self, user):
        Picture = Pool().get('hazard.analysis.picture')
        with acting(user, **PERIOD):
            pictures = {p.kind: texts(p.picture) for p in Picture.search([])}
        self.assertEqual(list(pictures), NAMES)
        return pictures

    def setup_mine(self):
        mine = build_mine()
        mine.company.timezone = 'Asia/Shanghai'
        mine.company.save()
        return mine

    @with_transaction()
    def test_pictures(self):
        "Pictures count what the user may read"
        mine = self.setup_mine()
        write(mine, [
                closed(), closed(unit='driving'),
                closed(dt.datetime(2025, 5, 31, 15, 59)),
                closed(dt.datetime(2025, 5, 31, 16)),
                waiting('recheck', MAY)])
        drawn = self.draw(mine.users.safety)
        self.assertEqual(
            [t for t in drawn['places'] if t.endswith('%')], ['100%'])
        self.assertIn('3', drawn['places'])
        self.assertIn('1 33%', drawn['stages'])
        self.assertIn('2 67%', drawn['stages'])
        # Of June a year before one, of May this year three
        self.assertEqual(
            drawn['months'][1:], [
                *(f'25-{m:02}' for m in range(6, 13)),
                *(f'26-{m:02}' for m in range(1, 6)),
                "Ventilation and Gas", '1', '3'])
        self.assertEqual(
            self.draw(mine.users.captain)['months'][-2:], ['1', '2'])

    @with_transaction()
    def test_nothing(self):
        "There are pictures of nothing too"
        mine = self.setup_mine()
        for name, found in self.draw(mine.users.safety).items():
            with self.subTest(name=name):
                self.assertTrue(found[0])

    def test_pareto(self):
        "The line tells the share that the bars add up to"
        svg = pareto_chart("Title", ["a", "b"], [6, 3], 12)
        self.assertEqual(
            [t for t in texts(svg) if t.endswith('%')], ['50%', '75%'])

    def test_heat(self):
        "The more a cell counts the darker it is"
        svg = ElementTree.fromstring(heat_table(
                "Title", ["x", "y", "z"], [("<a>", [0, 1, 2])]))
        self.assertEqual([
                float(e.get('fill-opacity')) for e in svg.iter()
                if e.get('fill-opacity')], [.05, .42, .8])
