# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt

from organization import create_company

from trytond.modules.safety_organization.exceptions import ShiftValidationError
from trytond.pool import Pool
from trytond.tests.test_tryton import (
    TestCase, activate_module, with_transaction)


class ShiftTestCase(TestCase):
    "Shifts by the clock"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_module('safety_organization')

    def set_shifts(self, company, *times):
        pool = Pool()
        Configuration = pool.get('safety.configuration')
        ShiftSet = pool.get('safety.shift.set')
        shift_set, = ShiftSet.create([{
                    'name': "Test",
                    'code': 'test',
                    'shifts': [('create', [{
                                    'name': f'{start}-{end}',
                                    'code': str(start),
                                    'start': dt.time(start),
                                    'end': dt.time(end),
                                    } for start, end in times])],
                    }])
        Configuration(1).set_multivalue(
            'shift_set', shift_set, company=company.id)
        return shift_set

    def assertShift(self, company, datetime, name):
        pool = Pool()
        Shift = pool.get('safety.shift')
        shift = Shift.at(company.id, datetime)
        self.assertEqual(shift.name if shift else None, name)

    @with_transaction()
    def test_seeds(self):
        pool = Pool()
        ShiftSet = pool.get('safety.shift.set')
        sets = ShiftSet.search([])
        self.assertEqual([len(s.shifts) for s in sets], [3, 3, 3, 4])

    @with_transaction()
    def test_default_set(self):
        company = create_company()
        company.timezone = 'Asia/Shanghai'
        company.save()
        self.assertShift(
            company, dt.datetime(2026, 5, 1, 0, 0), "Eight O'Clock Shift")

    @with_transaction()
    def test_over_midnight(self):
        company = create_company()
        self.set_shifts(company, (6, 14), (14, 22), (22, 6))
        for hour, name in [
                (0, '22-6'), (5, '22-6'), (6, '6-14'), (13, '6-14'),
                (14, '14-22'), (21, '14-22'), (22, '22-6'), (23, '22-6')]:
            with self.subTest(hour=hour):
                self.assertShift(
                    company, dt.datetime(2026, 5, 1, hour, 59), name)

    @with_transaction()
    def test_boundary(self):
        company = create_company()
        self.set_shifts(company, (6, 14), (14, 22))
        self.assertShift(
            company, dt.datetime(2026, 5, 1, 13, 59, 59, 999999), '6-14')
        self.assertShift(company, dt.datetime(2026, 5, 1, 14), '14-22')

    @with_transaction()
    def test_time_zones(self):
        company = create_company()
        self.set_shifts(company, (0, 8), (8, 16), (16, 0))
        for timezone, name in [
                (None, '16-0'),
                ('UTC', '16-0'),
                ('Asia/Shanghai', '0-8'),
                ('America/New_York', '8-16'),
                ]:
            with self.subTest(timezone=timezone):
                company.timezone = timezone
                company.save()
                self.assertShift(
                    company, dt.datetime(2026, 5, 1, 16, 30), name)

    @with_transaction()
    def test_daylight_saving(self):
        company = create_company()
        company.timezone = 'Europe/Paris'
        company.save()
        self.set_shifts(company, (0, 8), (8, 16), (16, 0))
        self.assertShift(company, dt.datetime(2026, 1, 15, 6, 30), '0-8')
        self.assertShift(company, dt.datetime(2026, 7, 15, 6, 30), '8-16')

    @with_transaction()
    def test_no_shift_at_that_time(self):
        company = create_company()
        self.set_shifts(company, (6, 14))
        self.assertShift(company, dt.datetime(2026, 5, 1, 20), None)

    @with_transaction()
    def test_inactive(self):
        company = create_company()
        shift_set = self.set_shifts(company, (6, 14), (14, 22))
        shift = shift_set.shifts[0]
        shift.active = False
        shift.save()
        self.assertShift(company, dt.datetime(2026, 5, 1, 6), None)

    @with_transaction()
    def test_whole_day(self):
        company = create_company()
        self.set_shifts(company, (7, 7))
        self.assertShift(company, dt.datetime(2026, 5, 1, 3), '7-7')

    @with_transaction()
    def test_overlap(self):
        company = create_company()
        shift_set = self.set_shifts(company, (6, 14), (14, 22), (22, 6))
        morning, middle, night = shift_set.shifts
        for shift, start, end in [
                (morning, 7, 15),
                (morning, 5, 13),
                (middle, 0, 0),
                (night, 21, 6),
                ]:
            with self.subTest(shift=shift.name, start=start, end=end), \
                    self.assertRaises(ShiftValidationError):
                shift.write([shift], {
                        'start': dt.time(start),
                        'end': dt.time(end),
                        })
