# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt
import unittest

from facts import write
from mine import build_mine
from organization import acting
from repository import MODULES
from templates import activate_built
from test_hazard_analysis_fact import DAY, MAY, PERIOD, closed, waiting

from trytond.modules.hazard_report.loop.statistics import Period, Statistics
from trytond.modules.safety_base.workflow import now
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction

# What the paper calls the figures of the screen
NAMES = {
    'total': 'number', 'closed': 'closed', 'on_site': 'on_site',
    'overdue': 'unrectified', 'on_time_rate': 'on_time_rate'}


class PaperTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built(MODULES, build_mine)

    @with_transaction()
    def test_monthly(self):
        "The monthly report and the screen tell the same, for each role"
        mine = build_mine()
        mine.company.timezone = 'Asia/Shanghai'
        mine.company.save()
        later, before = now() + DAY, now() - DAY
        write(mine, [
                closed(), closed(hours=(1, 7, 2)), closed(imported=True),
                closed(unit='driving', handling='on_site', stages=[]),
                closed(dt.datetime(2026, 4, 30, 15, 59)),
                closed(dt.datetime(2026, 5, 31, 16)),
                waiting('rectification', before),
                waiting('recheck', before, unit='driving'),
                waiting('four_fix', later, MAY + DAY, state='returned'),
                waiting('four_fix', later, state='cancelled')])
        for name in ['safety', 'station', 'captain', 'other_captain', 'chief']:
            with self.subTest(user=name):
                self.check(mine, getattr(mine.users, name))

    def check(self, mine, user):
        Model = Pool().get('hazard.analysis.by_unit')
        with acting(user, **PERIOD):
            paper = Statistics.of(Period(
                    mine.company, PERIOD['analysis_from'],
                    PERIOD['analysis_to'])).rows
            screen = {r.unit.rec_name: r for r in Model.search([])}
            self.assertTrue(paper)
            self.assertEqual({r.name for r in paper}, set(screen))
            for row in paper:
                for on_paper, on_screen in NAMES.items():
                    self.assertEqual(
                        getattr(row, on_paper),
                        getattr(screen[row.name], on_screen), on_paper)
