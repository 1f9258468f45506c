# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What makes a hazard a major one, and what the law then asks for."

import datetime as dt
import unittest

from mine import build_mine, new_hazard
from organization import acting, get_ref
from steps import draft, major, report, to_accept
from templates import activate_built

from trytond.model.exceptions import (
    AccessButtonError, AccessError, RequiredValidationError)
from trytond.modules.hazard.exceptions import GradeError, MajorError
from trytond.modules.hazard.integrity.verification import Verifier
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction


class HazardMajorTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built('hazard', build_mine)

    def submit(self, mine, hazard):
        Hazard = hazard.__class__
        with acting(mine.users.reporter):
            Hazard.submit([Hazard(hazard.id)])

    def own_criterion(self, mine, **values):
        Criterion = Pool().get('hazard.criterion')
        with acting(mine.users.manager):
            criterion, = Criterion.create([
                    {'name': "Own", 'code': 'own', **values}])
        return criterion

    def on_site(self, **values):
        found_at = dt.datetime.now() - dt.timedelta(hours=10)
        return major(
            found_at=found_at, handling='on_site',
            on_site_measures="Power cut, gas drained.",
            on_site_at=found_at + dt.timedelta(hours=1), **values)

    @with_transaction()
    def test_without_criterion(self):
        "A major hazard names its criterion"
        mine = build_mine()
        for user in ['reporter', 'captain', 'safety']:
            with self.subTest(user=user), \
                    self.assertRaises(RequiredValidationError):
                draft(
                    mine, user=getattr(mine.users, user),
                    **major(criterion=None))

    @with_transaction()
    def test_grade_of_criterion(self):
        "A criterion makes the hazard a major one"
        mine = build_mine()
        values = major(grade=get_ref('hazard.grade_larger'))
        for user in ['reporter', 'captain', 'safety']:
            with self.subTest(user=user), self.assertRaises(MajorError):
                report(mine, user=getattr(mine.users, user), **values)

    @with_transaction()
    def test_lost_criterion(self):
        "What was written without a criterion is not submitted"
        mine = build_mine()
        hazard = draft(mine)
        table = hazard.__table__()
        Transaction().connection.cursor().execute(*table.update(
                [table.grade], [get_ref('hazard.grade_major')],
                where=table.id == hazard.id))
        for cache in Transaction().cache.values():
            cache.clear()
        with self.assertRaises(MajorError):
            self.submit(mine, hazard)

    @with_transaction()
    def test_returned(self):
        "What was returned does not leave its criterion behind"
        mine = build_mine()
        hazard = report(mine, **major())
        Hazard = hazard.__class__
        with acting(mine.users.head, reason="Not so."):
            Hazard.return_([Hazard(hazard.id)])
        general = get_ref('hazard.grade_general')
        with acting(mine.users.reporter):
            Hazard.write([Hazard(hazard.id)], {'grade': general})
        with self.assertRaises(MajorError):
            self.submit(mine, hazard)
        with acting(mine.users.reporter):
            Hazard.write([Hazard(hazard.id)], {'criterion': None})
        self.submit(mine, hazard)
        self.assertEqual(Hazard(hazard.id).state, 'four_fix')

    @with_transaction()
    def test_lower(self):
        "Only what the head returned last gets a lower grade"
        mine = build_mine()
        hazard = report(mine, **major())
        Hazard = hazard.__class__
        general = {
            'grade': get_ref('hazard.grade_general'), 'criterion': None}
        for name, allowed in [
                ('safety', False), ('captain', False), ('head', True),
                ('captain', False), ('head', True)]:
            with acting(getattr(mine.users, name), reason="Not so."):
                Hazard.return_([Hazard(hazard.id)])
            with acting(mine.users.reporter):
                if allowed:
                    Hazard.write([Hazard(hazard.id)], general)
                    Hazard.write([Hazard(hazard.id)], major())
                else:
                    with self.subTest(name=name), \
                            self.assertRaises(MajorError):
                        Hazard.write([Hazard(hazard.id)], general)
                Hazard.submit([Hazard(hazard.id)])
            self.assertTrue(Hazard(hazard.id).major)
        draft_ = draft(mine, **major())
        with acting(mine.users.reporter):
            Hazard.write([Hazard(draft_.id)], general)

    @with_transaction()
    def test_cancel(self):
        "Only the head cancels what was reported as major"
        mine = build_mine()
        on_way = report(mine, **major())
        returned = report(mine, **major())
        Hazard = on_way.__class__
        with acting(mine.users.captain, reason="Not so."):
            Hazard.return_([Hazard(returned.id)])
        for hazard in [on_way, returned, to_accept(mine)]:
            for name in sorted(set(vars(mine.users)) - {'head'}):
                with self.subTest(state=hazard.state, name=name), \
                        acting(getattr(mine.users, name), reason="Twice."), \
                        self.assertRaises(
                            (MajorError, AccessError, AccessButtonError)):
                    Hazard.cancel([Hazard(hazard.id)])
            with acting(mine.users.head, reason="Entered twice."):
                Hazard.cancel([Hazard(hazard.id)])
            self.assertEqual(Hazard(hazard.id).state, 'cancelled')
        self.assertEqual(Verifier(mine.company).run().problems, [])

    @with_transaction()
    def test_head_general(self):
        "The head neither cancels, returns nor reassigns general hazards"
        mine = build_mine()
        hazard = report(mine)
        for button in ['cancel', 'return_', 'reassign']:
            with self.subTest(button=button), \
                    acting(mine.users.head, reason="No."), \
                    self.assertRaises((AccessError, AccessButtonError)):
                getattr(hazard.__class__, button)(
                    [hazard.__class__(hazard.id)])

    @with_transaction()
    def test_own_criterion(self):
        "A criterion of the company's own cites the law"
        mine = build_mine()
        criterion = self.own_criterion(mine)
        hazard = draft(mine, **major(criterion=criterion))
        with self.assertRaises(MajorError):
            self.submit(mine, hazard)
        with acting(mine.users.manager):
            criterion.__class__.write([criterion], {
                    'legal_bases': [('add', [
                                get_ref('hazard.legal_basis_coal_2025_123'),
                                ])]})
        self.submit(mine, hazard)
        self.assertTrue(hazard.__class__(hazard.id).major)

    @with_transaction()
    def test_on_change(self):
        "The form brings grade and criterion together"
        mine = build_mine()
        values = major()
        grade = Pool().get('hazard.grade')(values['grade'])
        hazard = new_hazard(mine, criterion=values['criterion'])
        hazard.on_change_criterion()
        self.assertEqual(hazard.grade, grade)
        self.assertTrue(hazard.on_change_with_major())
        hazard.on_change_grade()
        self.assertEqual(hazard.criterion, values['criterion'])
        hazard.grade = get_ref('hazard.grade_general')
        hazard.on_change_grade()
        self.assertIsNone(hazard.criterion)
        hazard.on_change_criterion()
        self.assertFalse(hazard.on_change_with_major())

    @with_transaction()
    def test_search(self):
        "Major hazards are found"
        Hazard = Pool().get('hazard.hazard')
        mine = build_mine()
        hazard, other = draft(mine, **major()), draft(mine)
        self.assertEqual(Hazard.search([('major', '=', True)]), [hazard])
        self.assertEqual(Hazard.search([('major', '!=', True)]), [other])
        self.assertEqual(
            Hazard.search([('major', 'in', [True])]), [hazard])

    @with_transaction()
    def test_on_site(self):
        "What was eliminated at once is rechecked whatever the settings say"
        Configuration = Pool().get('hazard.configuration')
        mine = build_mine()
        with Transaction().set_context(company=mine.company.id):
            configuration = Configuration(1)
            configuration.recheck_on_site = 'never'
            configuration.save()
        hazard = report(mine, late_reason="Underground.", **self.on_site())
        self.assertEqual(hazard.state, 'recheck')
        self.assertFalse(hazard.plans)

    @with_transaction()
    def test_on_site_later(self):
        "What took longer than a shift was not eliminated at once"
        mine = build_mine()
        values = self.on_site()
        values['on_site_at'] = values['found_at'] + dt.timedelta(
            hours=8, seconds=1)
        with self.assertRaises(MajorError):
            report(mine, **values)
        values['on_site_at'] -= dt.timedelta(seconds=1)
        self.assertEqual(report(mine, **values).state, 'recheck')

    @with_transaction()
    def test_grade_lawful(self):
        "Nobody switches off what the law asks of major hazards"
        Grade = Pool().get('hazard.grade')
        mine = build_mine()
        grade = Grade(get_ref('hazard.grade_major'))
        lawful = {n: v[0] for n, v in Grade._lawful.items()}
        for name, value in [
                *((n, False) for n, v in Grade._lawful.items() if v == [True]),
                ('acceptor', 'safety'), ('verifier', 'unit'),
                ('verifier', 'safety')]:
            with self.subTest(name=name, value=value), \
                    acting(mine.users.manager), \
                    self.assertRaises(GradeError):
                Grade.write([Grade(grade.id)], {**lawful, name: value})
        with acting(mine.users.manager):
            Grade.write(
                [Grade(grade.id)], {**lawful, 'verifier': 'regulator'})
        with acting(mine.users.manager), self.assertRaises(GradeError):
            Grade.create([{
                        'name': "Grave", 'code': 'A1', 'colour': 'red',
                        'legal_class': 'major', 'four_fix_hours': 1,
                        'rectify_hours': 1, 'recheck_hours': 1}])

    @with_transaction()
    def test_grade_on_change(self):
        "The form fills in what the law asks for"
        Grade = Pool().get('hazard.grade')
        grade = Grade(legal_class='major')
        grade.on_change_legal_class()
        for name, values in Grade._lawful.items():
            self.assertEqual(getattr(grade, name), values[0])
        grade.verifier = 'regulator'
        grade.on_change_legal_class()
        self.assertEqual(grade.verifier, 'regulator')

    @with_transaction()
    def test_grade_used(self):
        "The legal class of a grade stays once hazards are of it"
        Grade = Pool().get('hazard.grade')
        mine = build_mine()
        slight = Grade(get_ref('hazard.grade_slight'))
        draft(mine, **major())
        with acting(mine.users.manager), self.assertRaises(GradeError):
            Grade.write([Grade(get_ref('hazard.grade_major'))], {
                    'legal_class': 'general'})
        with acting(mine.users.manager):
            Grade.write([Grade(slight.id)], {
                    'legal_class': 'major',
                    **{n: v[0] for n, v in Grade._lawful.items()}})

    @with_transaction()
    def test_grade_update(self):
        "An update switches on what the law asks for"
        Grade = Pool().get('hazard.grade')
        grades = Grade.search([])
        table = Grade.__table__()
        cursor = Transaction().connection.cursor()
        names = [n for n, v in Grade._lawful.items() if v == [True]]
        cursor.execute(*table.update(
                [*(getattr(table, n) for n in names), table.plan_hours,
                    table.acceptor, table.verifier, table.acceptance_hours],
                [*(False for n in names), None, None, 'unit', None]))
        Grade.__register__('hazard')
        Transaction().cache.clear()
        for grade in Grade.browse([g.id for g in grades]):
            for name in names:
                self.assertEqual(
                    getattr(grade, name), grade.legal_class == 'major')
            if grade.legal_class == 'major':
                self.assertEqual(grade.plan_hours, 72)
                self.assertEqual(grade.acceptor, 'head')
                self.assertEqual(grade.verifier, 'leader')
                self.assertEqual(grade.acceptance_hours, 72)
            else:
                self.assertEqual(grade.verifier, 'unit')
                self.assertIsNone(grade.acceptor)
