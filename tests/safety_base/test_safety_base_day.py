# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The days on which a company works."

import datetime as dt
import unittest
from unittest.mock import patch

from organization import acting, create_company, create_user
from queries import count_queries
from templates import activate_built

from trytond.model.exceptions import AccessError, SQLConstraintError
from trytond.modules.safety_base import day
from trytond.modules.safety_base.day import assume
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction

# Friday, 2026-02-13; the 14th and the 28th are worked for the festival.
FRIDAY = dt.date(2026, 2, 13)


class Unknown:
    "The package before the notice of the year"

    @staticmethod
    def get_holiday_detail(date):
        raise NotImplementedError


class DayTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built('safety_organization', create_company)

    def later(self, company, time, hours):
        return Pool().get('safety.day').hours_later(time, hours, company)

    def enter(self, company, date, kind, **values):
        record, = Pool().get('safety.day').create([{
                    'company': company.id, 'date': date, 'kind': kind,
                    **values}])
        return record

    def test_notice(self):
        "The State Council moves days of work and rest"
        for date, works, name in [
                (FRIDAY, True, None),
                (dt.date(2026, 2, 14), True, "春节"),
                (dt.date(2026, 2, 17), False, "春节"),
                (dt.date(2026, 2, 28), True, "春节"),
                (dt.date(2026, 3, 7), False, None)]:
            with self.subTest(date=date):
                self.assertEqual(assume(date), (works, name, 'notice'))

    def test_assumed(self):
        "Beyond the years that are known Monday to Friday are worked"
        for date, works in [
                (dt.date(2003, 10, 1), True), (dt.date(2095, 1, 1), False),
                (dt.date(2095, 1, 3), True)]:
            with self.subTest(date=date):
                self.assertEqual(assume(date), (works, None, 'assumed'))
        with patch.object(day, 'chinese_calendar', None):
            self.assertEqual(
                assume(dt.date(2026, 2, 17)), (True, None, 'assumed'))

    @with_transaction()
    def test_fill(self):
        "Each day of two years is kept, and what was assumed is replaced"
        company = create_company()
        Day = Pool().get('safety.day')
        year = dt.date.today().year
        entered = self.enter(company, dt.date(year, 5, 20), 'holiday')
        with patch.object(day, 'chinese_calendar', Unknown):
            Day.fill()
        days = Day.search([('company', '=', company.id)])
        self.assertEqual(
            (len(days), days[0].date, days[-1].date),
            ((dt.date(year + 1, 12, 31) - dt.date(year, 1, 1)).days + 1,
                dt.date(year, 1, 1), dt.date(year + 1, 12, 31)))
        self.assertEqual(
            {d.origin for d in days if d != entered}, {'assumed'})
        known = unittest.mock.Mock()
        known.get_holiday_detail.return_value = True, None
        with patch.object(day, 'chinese_calendar', known):
            Day.fill()
            Day.fill()
        self.assertEqual(Day.search([('company', '=', company.id)]), days)
        self.assertEqual(
            {(d.kind, d.origin) for d in Day.browse(days) if d != entered},
            {('holiday', 'notice')})
        self.assertEqual(Day(entered.id).origin, 'entered')

    @with_transaction()
    def test_hours(self):
        "Hours go on only on days of work, in the time of the company"
        company = create_company()
        company.timezone = 'Asia/Shanghai'
        company.save()
        # Friday evening in China; it ends at 16:00 of the server.
        evening = dt.datetime(2026, 3, 6, 14)
        for hours, expected in [
                (1, dt.datetime(2026, 3, 6, 15)),
                (2, dt.datetime(2026, 3, 6, 16)),
                (3, dt.datetime(2026, 3, 8, 17)),
                (27, dt.datetime(2026, 3, 9, 17))]:
            with self.subTest(hours=hours):
                self.assertEqual(
                    self.later(company, evening, hours), expected)
        # Nine days of the Spring Festival
        self.assertEqual(
            self.later(company, dt.datetime(2026, 2, 14, 15), 2),
            dt.datetime(2026, 2, 23, 17))
        # From within a weekend on
        self.assertEqual(
            self.later(company, dt.datetime(2026, 3, 7, 5), 1),
            dt.datetime(2026, 3, 8, 17))

    @with_transaction()
    def test_entered(self):
        "What is entered goes before the notice, in its company only"
        company, other = create_company(), create_company("Other")
        saturday = dt.date(2026, 3, 7)
        self.enter(company, saturday, 'working')
        Day = Pool().get('safety.day')
        self.assertTrue(Day.is_working(saturday, company))
        self.assertFalse(Day.is_working(saturday, other))
        noon = dt.datetime(2026, 3, 6, 12)
        self.assertEqual(
            self.later(company, noon, 24), noon + dt.timedelta(days=1))
        with self.assertRaises(SQLConstraintError):
            self.enter(company, saturday, 'holiday')

    @with_transaction()
    def test_kept(self):
        "Days are read once for many hazards, and anew when one is changed"
        company = create_company()
        Day = Pool().get('safety.day')
        saturday = dt.date(2026, 3, 7)
        record = self.enter(company, saturday, 'working')
        noon = dt.datetime(2026, 3, 6, 12)
        with count_queries() as first:
            self.later(company, noon, 24)
        with count_queries() as others:
            for hours in range(1, 100):
                self.later(company, noon, hours)
        self.assertEqual((len(first), len(others)), (1, 0))
        Day.write([record], {'kind': 'holiday'})
        self.assertFalse(Day.is_working(saturday, company))
        Day.write([record], {'kind': 'working'})
        self.assertTrue(Day.is_working(saturday, company))
        Day.delete([record])
        self.assertFalse(Day.is_working(saturday, company))

    @with_transaction()
    def test_no_work(self):
        "Where no day is worked hours end all the same"
        company = create_company()
        with patch.object(day, 'assume', return_value=(False, None, 'x')):
            noon = dt.datetime(2026, 3, 6, 12)
            self.assertEqual(
                self.later(company, noon, 30), noon + dt.timedelta(hours=30))

    @with_transaction()
    def test_access(self):
        "Whoever keeps the organization enters days, and no other origin"
        company = create_company()
        keeper = create_user('keeper', company, groups=[
                'safety_organization.group_organization_admin'])
        reader = create_user('reader', company)
        with acting(keeper):
            record = self.enter(
                company, FRIDAY, 'holiday', origin='notice')
        self.assertEqual(record.origin, 'entered')
        Day = Pool().get('safety.day')
        with acting(reader):
            self.assertEqual(Day(record.id).kind, 'holiday')
            with self.assertRaises(AccessError):
                Day.write([Day(record.id)], {'kind': 'working'})
