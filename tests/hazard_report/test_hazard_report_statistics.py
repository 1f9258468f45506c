# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt
import unittest

from mine import build_mine
from organization import acting, create_company, get_ref
from repository import MODULES
from steps import confirm, draft, finish, recheck, report
from templates import activate_built

from trytond.modules.company.tests import set_company
from trytond.modules.hazard_report.engine.sheet import named, pieces
from trytond.modules.hazard_report.loop.statistics import Period, Statistics
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction


def found(mine, unit, time=None, grade='general', discipline='ventilation'):
    "Return a hazard reported by the safety department as found at the time."
    pool = Pool()
    Hazard = pool.get('hazard.hazard')
    hazard = report(
        mine, user=mine.users.safety, found_by=mine.employees.safety,
        unit=getattr(mine.units, unit),
        grade=get_ref(f'hazard.grade_{grade}'),
        discipline=get_ref(f'hazard.discipline_{discipline}'))
    if time:
        table = Hazard.__table__()
        cursor = Transaction().connection.cursor()
        cursor.execute(*table.update(
                [table.found_at], [time], where=table.id == hazard.id))
    return hazard


class SheetTestCase(unittest.TestCase):

    def test_named(self):
        "The name of a sheet is one that Excel allows"
        for name, expected in [
                ("Roster", "Roster"),
                ("Party/Union: [A]*?", "Party Union   A"),
                ("x" * 40, "x" * 31), ("'x'", "x")]:
            with self.subTest(name=name):
                self.assertEqual(list(named(name).values()), [expected])

    def test_pieces(self):
        "A long text is cut so that each part fits into a cell of a page"
        for text, expected in [
                (None, ['']), ("short", ["short"]),
                ("a" * 25, ["a" * 20, "a" * 5]),
                ("\u4e00" * 11, ["\u4e00" * 10, "\u4e00"]),
                ("a\nb\nc", ["a\nb", "\nc"])]:
            with self.subTest(text=text):
                self.assertEqual(pieces(text, 10, lines=2), expected)
                self.assertEqual(''.join(pieces(text, 10)), text or '')


class StatisticsTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built(MODULES, build_mine)

    def setup_mine(self):
        mine = build_mine()
        mine.company.timezone = 'Asia/Shanghai'
        mine.company.save()
        mine.today = dt.date.today()
        return mine

    def keep_disciplines(self, *codes):
        "Deactivate the other disciplines, as a mine without them does."
        pool = Pool()
        Discipline = pool.get('hazard.discipline')
        Discipline.write(
            Discipline.search([('code', 'not in', codes)]), {'active': False})

    def statistics(self, mine, user, first, last=None, **kwargs):
        with acting(user):
            return Statistics.of(
                Period(mine.company, first, last or first), **kwargs)

    @with_transaction()
    def test_table(self):
        "Hazards are counted by unit and grade, discipline, closed or not"
        mine = self.setup_mine()
        self.keep_disciplines('mining', 'ventilation')
        with set_company(mine.company):
            day = dt.datetime(2026, 5, 3, 2)
            found(mine, 'ventilation', day)
            found(mine, 'ventilation', day, grade='larger')
            found(mine, 'driving', day, discipline='transport')
            closed = found(mine, 'ventilation', day)
            confirm(mine, closed)
            finish(mine, closed)
            recheck(mine, closed, 'pass_')
            result = self.statistics(
                mine, mine.users.safety, dt.date(2026, 5, 3))
            self.assertEqual(result.columns, [
                    "Major", "Serious", "General", "Slight", "Coal Mining",
                    "Transport and Hoisting", "Ventilation and Gas"])
            self.assertEqual(result.number_grades, 4)
            self.assertEqual(
                [(r.name, r.total, r.closed, r.counts) for r in result.rows],
                [("Driving", 1, 0, [0, 0, 1, 0, 0, 1, 0]),
                    ("Ventilation", 3, 1, [0, 1, 2, 0, 0, 0, 3])])
            self.assertEqual(
                (result.total.total, result.total.closed,
                    result.total.counts),
                (4, 1, [0, 1, 3, 0, 0, 1, 3]))
            # Nothing else is due before it is four-fixed
            self.assertIsNone(result.rows[0].rate)
            self.assertEqual(result.rows[1].rate, 1)
            self.assertEqual(result.disciplines, [
                    ("Coal Mining", 0),
                    ("Transport and Hoisting", 1),
                    ("Ventilation and Gas", 3)])

    @with_transaction()
    def test_rates(self):
        "Rates are of what is due; late is what was rectified or waits late"
        pool = Pool()
        Rectification = pool.get('hazard.rectification')
        mine = self.setup_mine()
        day = dt.datetime(2026, 5, 3, 2)
        with set_company(mine.company):
            hazards = [found(mine, 'ventilation', day) for _ in range(5)]
            for hazard in hazards:
                confirm(mine, hazard)
            in_time, late, waiting, overdue, _ = hazards
            for hazard in [in_time, late, waiting]:
                finish(mine, hazard)
            for hazard in [in_time, late]:
                recheck(mine, hazard, 'pass_')
            self.write([late], deadline=dt.datetime.now()
                - dt.timedelta(days=1))
            self.write([overdue], deadline=dt.datetime.now()
                - dt.timedelta(days=1))
            self.write([waiting], deadline=dt.datetime.now()
                + dt.timedelta(days=1))
            self.assertEqual(
                Rectification.search([('state', '=', 'done')], count=True), 3)
            on_site = found(mine, 'ventilation', day)
            self.write([on_site], handling='on_site', state='closed')
            result = self.statistics(
                mine, mine.users.safety, dt.date(2026, 5, 3)).total
        self.assertEqual(
            (result.total, result.on_site, result.overdue), (6, 1, 1))
        # Closed are the first two and the one fixed on site
        self.assertEqual((result.closed, result.due), (3, 4))
        self.assertEqual(result.rate, 3 / 4)
        self.assertEqual((result.on_time, result.to_rectify), (3, 5))
        self.assertEqual(result.on_time_rate, 3 / 5)

    def write(self, hazards, **values):
        "Write what no step of the loop would."
        table = hazards[0].__table__()
        cursor = Transaction().connection.cursor()
        cursor.execute(*table.update(
                [getattr(table, n) for n in values], list(values.values()),
                where=table.id.in_([h.id for h in hazards])))

    @with_transaction()
    def test_empty(self):
        mine = self.setup_mine()
        self.keep_disciplines('mining')
        result = self.statistics(
            mine, mine.users.safety,
            dt.date(2026, 5, 1), dt.date(2026, 5, 31))
        self.assertEqual(result.rows, [])
        self.assertEqual((result.total.total, result.total.rate), (0, None))
        self.assertEqual(result.disciplines, [("Coal Mining", 0)])
        self.assertEqual(len(result.days), 31)
        self.assertEqual(
            {(found, closed) for _, found, closed in result.days}, {(0, 0)})

    @with_transaction()
    def test_days(self):
        "A day begins and ends at midnight of the company"
        mine = self.setup_mine()
        with set_company(mine.company):
            for time in [
                    dt.datetime(2026, 5, 2, 15, 59, 59),
                    dt.datetime(2026, 5, 2, 16),
                    dt.datetime(2026, 5, 3, 15, 59, 59),
                    dt.datetime(2026, 5, 3, 16)]:
                found(mine, 'ventilation', time)
            result = self.statistics(
                mine, mine.users.safety,
                dt.date(2026, 5, 2), dt.date(2026, 5, 4))
            self.assertEqual(result.days, [
                    (dt.date(2026, 5, 2), 1, 0),
                    (dt.date(2026, 5, 3), 2, 0),
                    (dt.date(2026, 5, 4), 1, 0)])
            self.assertEqual(
                self.statistics(
                    mine, mine.users.safety, dt.date(2026, 5, 3)
                    ).total.total, 2)

    @with_transaction()
    def test_closed_day(self):
        "Closing counts on its day, whenever the hazard was found"
        mine = self.setup_mine()
        with set_company(mine.company):
            hazard = found(mine, 'ventilation', dt.datetime(2026, 5, 3))
            confirm(mine, hazard)
            finish(mine, hazard)
            hazard = recheck(mine, hazard, 'pass_').hazard
            period = Period(mine.company, mine.today, mine.today)
            day = hazard.closed_at.replace(tzinfo=dt.UTC).astimezone(
                period.zone).date()
            result = self.statistics(mine, mine.users.safety, day)
            self.assertEqual(result.days, [(day, 0, 1)])
            self.assertEqual(result.total.total, 0)

    @with_transaction()
    def test_uncounted(self):
        "Drafts and cancelled hazards do not count"
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        mine = self.setup_mine()
        with set_company(mine.company):
            day = dt.datetime(2026, 5, 3)
            cancelled = found(mine, 'ventilation', day)
            draft(mine, user=mine.users.safety,
                found_by=mine.employees.safety,
                found_at=dt.datetime.now() - dt.timedelta(minutes=1))
            with acting(mine.users.safety, reason="Twice"):
                Hazard.cancel([Hazard(cancelled.id)])
            result = self.statistics(
                mine, mine.users.safety, dt.date(2026, 5, 1),
                dt.date.today() + dt.timedelta(days=1))
            self.assertEqual(result.total.total, 0)

    @with_transaction()
    def test_units(self):
        mine = self.setup_mine()
        with set_company(mine.company):
            for unit in ['ventilation', 'driving']:
                found(mine, unit, dt.datetime(2026, 5, 3))
            result = self.statistics(
                mine, mine.users.safety, dt.date(2026, 5, 3),
                units=[mine.units.driving.id])
            self.assertEqual([r.name for r in result.rows], ["Driving"])

    @with_transaction()
    def test_access(self):
        "Only what the rules let the user read is counted"
        mine = self.setup_mine()
        with set_company(mine.company):
            found(mine, 'ventilation', dt.datetime(2026, 5, 3))
            found(mine, 'driving', dt.datetime(2026, 5, 3))
            for name, number in [
                    ('safety', 2), ('station', 2), ('chief', 2),
                    ('captain', 1), ('other_captain', 1), ('reporter', 0),
                    ('worker', 0), ('manager', 0)]:
                with self.subTest(user=name):
                    result = self.statistics(
                        mine, getattr(mine.users, name),
                        dt.date(2026, 5, 3))
                    self.assertEqual(result.total.total, number)
                    self.assertEqual(
                        sum(found for _, found, _ in result.days), number)

    @with_transaction()
    def test_companies(self):
        "The hazards of another company do not count"
        mine = self.setup_mine()
        other = build_mine(
            create_company("Other", currency=mine.company.currency),
            prefix='second_')
        with set_company(mine.company):
            found(mine, 'ventilation', dt.datetime(2026, 5, 3))
            result = self.statistics(
                other, other.users.safety, dt.date(2026, 5, 3))
            self.assertEqual(result.total.total, 0)
            result = self.statistics(
                mine, other.users.safety, dt.date(2026, 5, 3))
            self.assertEqual(result.total.total, 0)
