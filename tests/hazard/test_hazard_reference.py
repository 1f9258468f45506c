# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt
import unittest

from trytond.model.exceptions import SQLConstraintError
from trytond.modules.company.tests import create_company, set_company
from trytond.pool import Pool
from trytond.tests.test_tryton import activate_module, with_transaction
from trytond.transaction import inactive_records

REFERENCES = [
    'hazard.grade',
    'hazard.discipline',
    'hazard.category',
    'hazard.source',
    'hazard.criterion',
    'hazard.check_item',
    ]


class HazardReferenceTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        activate_module('hazard')

    @with_transaction()
    def test_seeds(self):
        "Each list of reference data is filled"
        pool = Pool()
        for name in REFERENCES:
            with self.subTest(name=name):
                records = pool.get(name).search([])
                self.assertTrue(records)
                self.assertTrue(all(r.name and r.code for r in records))

    @with_transaction()
    def test_deactivate(self):
        "What is deactivated is found no more but stays"
        pool = Pool()
        Source = pool.get('hazard.source')
        source, = Source.search([('code', '=', 'snapshot')])
        source.active = False
        source.save()
        self.assertFalse(Source.search([('code', '=', 'snapshot')]))
        with inactive_records():
            self.assertTrue(Source.search([('code', '=', 'snapshot')]))

    @with_transaction()
    def test_search_rec_name(self):
        "Reference data is found by name and by code"
        pool = Pool()
        Discipline = pool.get('hazard.discipline')
        mining, = Discipline.search([('code', '=', 'mining')])
        self.assertEqual(
            Discipline.search([('rec_name', '=', "Coal Mining")]), [mining])
        self.assertEqual(
            Discipline.search([('rec_name', 'ilike', 'mini%')]), [mining])
        self.assertNotIn(
            mining, Discipline.search([('rec_name', '!=', 'mining')]))

    @with_transaction()
    def test_code_unique(self):
        "A code is used once"
        pool = Pool()
        Source = pool.get('hazard.source')
        with self.assertRaises(SQLConstraintError):
            Source.create([{'name': "Other", 'code': 'routine'}])

    @with_transaction()
    def test_working_days(self):
        "Hours may stand still on holidays, but not those of major hazards"
        company = create_company()
        Grade = Pool().get('hazard.grade')
        major, _, general, _ = Grade.search([])
        # Friday afternoon
        time = dt.datetime(2026, 3, 6, 14)
        self.assertEqual(
            general.later(time, 8, company), dt.datetime(2026, 3, 6, 22))
        general.working_days = True
        general.save()
        for start, end in [
                (time, dt.datetime(2026, 3, 6, 22)),
                (time + dt.timedelta(hours=8), dt.datetime(2026, 3, 9, 6))]:
            self.assertEqual(general.later(start, 8, company), end)
        with self.assertRaises(SQLConstraintError):
            Grade.write([major], {'working_days': True})

    @with_transaction()
    def test_grades(self):
        "Only the major grade is one for the law, and general ones take 8 h"
        pool = Pool()
        Grade = pool.get('hazard.grade')
        grades = {g.code: g for g in Grade.search([])}
        self.assertEqual(list(grades), ['A', 'B', 'C', 'D'])
        self.assertEqual(
            [g.legal_class for g in grades.values()],
            ['major', 'general', 'general', 'general'])
        self.assertEqual(
            [g.plan_required for g in grades.values()],
            [True, False, False, False])
        for code in 'CD':
            grade = grades[code]
            self.assertEqual(
                grade.four_fix_hours + grade.rectify_hours
                + grade.recheck_hours, 8)

    @with_transaction()
    def test_grade_hours(self):
        "The hours of a grade are positive"
        pool = Pool()
        Grade = pool.get('hazard.grade')
        grade, = Grade.search([('code', '=', 'D')])
        with self.assertRaises(SQLConstraintError):
            Grade.write([grade], {'rectify_hours': 0})

    @with_transaction()
    def test_grade_hours_of_major(self):
        "So are those of the plan and the acceptance"
        pool = Pool()
        Grade = pool.get('hazard.grade')
        grade, = Grade.search([('code', '=', 'A')])
        with self.assertRaises(SQLConstraintError):
            Grade.write([grade], {'acceptance_hours': 0})

    @with_transaction()
    def test_criteria(self):
        "There are two editions of the criteria, each cited by its articles"
        pool = Pool()
        Criterion = pool.get('hazard.criterion')
        for code, days, counts in [
                ('coal_criteria_2020',
                    (dt.date(2021, 1, 1), dt.date(2026, 6, 30)),
                    [6, 3, 7, 2, 10, 9, 3, 5, 4, 6, 3, 4, 5, 3, 10]),
                ('coal_criteria_2026',
                    (dt.date(2026, 7, 1), None),
                    [3, 9, 6, 5, 17, 3, 16, 9, 3, 6, 8, 4, 3, 3, 7, 2, 19]),
                ]:
            with self.subTest(edition=code):
                classes = Criterion.search([
                        ('parent', '=', None),
                        ('edition.code', '=', code),
                        ])
                self.assertEqual([len(c.children) for c in classes], counts)
                edition = classes[0].edition
                self.assertEqual(
                    (edition.valid_from, edition.valid_to), days)
                for number, class_ in enumerate(classes, 4):
                    self.assertEqual(class_.article, f"Art. {number}")
                    self.assertEqual(
                        [c.article for c in class_.children], [
                            f"Art. {number} ({i})"
                            for i in range(1, len(class_.children) + 1)])
                tenth = classes[4].children[-1]
                self.assertEqual(
                    tenth.rec_name, f"{tenth.article} {tenth.name}")

    @with_transaction()
    def test_check_items(self):
        "Each check item says of what, on what basis and how"
        pool = Pool()
        Item = pool.get('hazard.check_item')
        items = Item.search([])
        self.assertGreaterEqual(len(items), 40)
        for item in items:
            self.assertTrue(
                item.discipline and item.category
                and item.basis and item.method)

    @with_transaction()
    def test_place(self):
        "A place is named once below its parent and inherits the unit"
        pool = Pool()
        Place = pool.get('hazard.place')
        Unit = pool.get('safety.unit')
        company = create_company()
        with set_company(company):
            unit, = Unit.create([{'name': "Mine", 'kind': 'mine'}])
            district, = Place.create([{'name': "District 1", 'unit': unit.id}])
            airway, = Place.create([{
                        'name': "Return Airway", 'code': '101',
                        'parent': district.id}])
            self.assertEqual(airway.rec_name, "District 1 / Return Airway")
            self.assertEqual(airway.responsible_unit, unit)
            self.assertEqual(
                Place.search([('rec_name', '=', '101')]), [airway])
            with self.assertRaises(SQLConstraintError):
                Place.create([{
                            'name': "Return Airway", 'parent': district.id}])

    @with_transaction()
    def test_place_copy(self):
        "A place can be copied beside itself"
        pool = Pool()
        Place = pool.get('hazard.place')
        company = create_company()
        with set_company(company):
            place, = Place.create([{'name': "Shaft", 'code': 'S'}])
            copy, = Place.copy([place])
            self.assertNotEqual(copy.name, place.name)
            self.assertFalse(copy.code)
