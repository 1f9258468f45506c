# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The figures of a unit and what is behind them."

import datetime as dt
import unittest
from decimal import Decimal

from mine import build_mine
from organization import acting, create_employee, create_user
from points import build_appraisal, get_period
from steps import confirm, finish, recheck, report
from templates import activate_built
from time_machine import travel

from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction

NOW = dt.datetime(2026, 3, 5, 2, tzinfo=dt.UTC)


class UnitSheetTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The members are built at the time of the tests.
        activate_built('hazard_appraisal', build_mine)

    def setUp(self):
        clock = travel(NOW, tick=False)
        self.traveller = clock.start()
        self.addCleanup(clock.stop)

    def sheet(self, built, kind='tenday', unit='ventilation'):
        UnitSheet = Pool().get('appraisal.unit.sheet')
        sheet, = UnitSheet.search([
                ('unit', '=', getattr(built.mine.units, unit).id),
                ('period', '=', get_period(built.company, kind).id),
                ])
        return sheet

    def fill(self, built):
        "Rectify one on time and pass it, fail one, let one become overdue."
        mine = built.mine
        passed, failed, overdue = (report(mine) for _ in range(3))
        for hazard in [passed, failed, overdue]:
            confirm(mine, hazard)
        for hazard, button in [(passed, 'pass_'), (failed, 'fail')]:
            finish(mine, hazard)
            recheck(mine, hazard, button, reason="Seen.")
        self.traveller.shift(dt.timedelta(days=5))
        finish(mine, overdue)
        return passed, failed, overdue

    @with_transaction()
    def test_figures(self):
        "The counts are those of the records behind them"
        built = build_appraisal(end=dt.date(2026, 4, 30))
        passed, failed, overdue = self.fill(built)
        for kind in ['tenday', 'month']:
            with self.subTest(kind=kind), acting(built.users.admin):
                sheet = self.sheet(built, kind)
                self.assertEqual(
                    (sheet.reported, sheet.rectified, sheet.on_time,
                        sheet.on_time_rate),
                    (3, 3, 2, Decimal('66.7')))
                self.assertEqual(
                    (sheet.checked, sheet.first_pass,
                        sheet.first_pass_rate),
                    (2, 1, 50))
                self.assertGreaterEqual(sheet.overdue, 1)
        # The captain leads the unit
        with acting(built.mine.users.captain):
            sheet = self.sheet(built)
            self.assertEqual(set(sheet.hazards), {passed, failed, overdue})
            self.assertEqual(
                {r.hazard for r in sheet.rechecks}, {passed, failed})
            self.assertEqual(
                len({r for r in sheet.rectifications if r.state == 'done'}),
                sheet.rectified)
        other = self.sheet(built, unit='driving')
        self.assertEqual(
            (other.hazards, other.rectifications, other.rechecks),
            ((), (), ()))
        self.assertGreater(other.score, sheet.score)
        self.assertLess(other.rank, sheet.rank)

    @with_transaction()
    def test_behind_unreadable(self):
        "What is behind the figures is what its reader may read"
        built = build_appraisal(end=dt.date(2026, 4, 30))
        self.fill(built)
        stranger = create_user(
            'stranger', built.company,
            create_employee(built.company, "Stranger"))
        sheet = self.sheet(built)
        UnitSheet = sheet.__class__
        names = ['hazards', 'rectifications', 'rechecks']
        with acting(stranger):
            self.assertEqual(
                [len(UnitSheet.get_behind([UnitSheet(sheet.id)], [n])[
                            n][sheet.id]) for n in names],
                [0, 0, 0])
        with acting(built.mine.users.safety):
            self.assertEqual(
                len(UnitSheet.get_behind([UnitSheet(sheet.id)], names)[
                        'hazards'][sheet.id]), 3)
