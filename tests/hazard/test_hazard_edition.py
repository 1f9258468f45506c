# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Which edition of the law a hazard is judged by, and the change of it."

import datetime as dt
import unittest
from collections import Counter

import time_machine
from mine import build_mine
from organization import acting, get_ref
from proteus import Model, Wizard
from proteus.config import set_trytond
from steps import draft, report
from templates import activate_built

import trytond.config as config
from trytond.model.exceptions import DomainValidationError
from trytond.modules.hazard.exceptions import ProvisionError
from trytond.modules.hazard.integrity.verification import Verifier
from trytond.pool import Pool
from trytond.tests.test_tryton import DB_NAME, drop_db, with_transaction
from trytond.transaction import Transaction

LAST, FIRST = dt.date(2026, 6, 30), dt.date(2026, 7, 1)
# A minute before and at midnight in China
BEFORE = dt.datetime(2026, 6, 30, 15, 59)
AFTER = dt.datetime(2026, 6, 30, 16)


def criterion(year, code):
    Criterion = Pool().get('hazard.criterion')
    found, = Criterion.search([('code', '=', f'{year}-{code}')])
    return found


@time_machine.travel(dt.datetime(2026, 7, 1, 2), tick=False)
class EditionTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        activate_built('hazard', build_mine)

    def build(self):
        mine = build_mine()
        mine.company.timezone = 'Asia/Shanghai'
        mine.company.save()
        return mine

    @with_transaction()
    def test_listed(self):
        "Criteria stand together by edition, what is in force before the rest"
        Criterion = Pool().get('hazard.criterion')
        classes = Criterion.search([('parent', '=', None)])
        self.assertEqual(
            [c.edition.code for c in classes],
            ['coal_criteria_2026'] * 17 + ['coal_criteria_2020'] * 15)
        with Transaction().set_context(
                in_force_at=AFTER + dt.timedelta(days=1)):
            self.assertEqual(
                Criterion.search([
                        ('parent', '=', None), ('in_force', '=', True)]),
                classes[:17])

    @with_transaction()
    def test_offered(self):
        "The card offers what was in force on the company's day of discovery"
        Hazard = Pool().get('hazard.hazard')
        Criterion = Pool().get('hazard.criterion')
        mine = self.build()
        domain = Hazard.criterion.domain
        for found_at, edition, count in [
                (BEFORE, 'coal_criteria_2020', 80),
                (AFTER, 'coal_criteria_2026', 123),
                ]:
            with self.subTest(edition=edition), acting(mine.users.reporter), \
                    Transaction().set_context(in_force_at=found_at):
                criteria = Criterion.search(domain)
                self.assertEqual(
                    {c.edition.code for c in criteria}, {edition})
                self.assertEqual(len(criteria), count)
                self.assertTrue(all(c.in_force for c in criteria))
                self.assertEqual(set(Criterion.search([
                                ('in_force', 'in', [True]),
                                ('children', '=', None)])), set(criteria))
                self.assertFalse(Criterion.search([
                            ('in_force', 'not in', [True]),
                            ('id', 'in', [c.id for c in criteria])]))
                self.assertEqual(
                    len(Criterion.search([('in_force', '=', False)])),
                    95 + 140 - count - len({c.parent for c in criteria}))

    @with_transaction()
    def test_refused(self):
        "What was not in force on the day of discovery is refused"
        mine = self.build()
        for found_at, year in [(BEFORE, 2026), (AFTER, 2020)]:
            with self.subTest(year=year), self.assertRaises(ProvisionError):
                draft(
                    mine, found_at=found_at, criterion=criterion(year, '2.3'))

    @with_transaction()
    def test_moved(self):
        "The day of discovery does not leave the edition of the criterion"
        Hazard = Pool().get('hazard.hazard')
        mine = self.build()
        hazard = draft(
            mine, found_at=BEFORE, criterion=criterion(2020, '2.3'))
        with acting(mine.users.reporter), \
                self.assertRaises(ProvisionError):
            Hazard.write([Hazard(hazard.id)], {'found_at': AFTER})

    @with_transaction()
    def test_submit(self):
        "What was not in force after all is not submitted"
        Edition = Pool().get('hazard.edition')
        Hazard = Pool().get('hazard.hazard')
        mine = self.build()
        hazard = draft(
            mine, found_at=BEFORE, criterion=criterion(2020, '2.3'))
        edition, = Edition.search([('code', '=', 'coal_criteria_2020')])
        edition.valid_to = LAST - dt.timedelta(days=1)
        edition.save()
        with acting(mine.users.reporter), \
                self.assertRaises(ProvisionError):
            Hazard.submit([Hazard(hazard.id)])

    @with_transaction()
    def test_class(self):
        "A class of criteria is none"
        mine = self.build()
        with self.assertRaises(DomainValidationError):
            draft(mine, found_at=AFTER, criterion=criterion(2026, '2'))

    @with_transaction()
    def test_repealed(self):
        "A provision may end before its edition"
        mine = self.build()
        third = criterion(2026, '2.3')
        third.valid_to = FIRST - dt.timedelta(days=1)
        third.save()
        with self.assertRaises(ProvisionError):
            draft(mine, found_at=AFTER, criterion=third)

    @with_transaction()
    def test_own(self):
        "A criterion of the company's own needs no edition"
        Criterion = Pool().get('hazard.criterion')
        mine = self.build()
        own, = Criterion.create([{'name': "Own", 'code': 'own'}])
        self.assertEqual(
            draft(mine, found_at=AFTER, criterion=own).criterion, own)
        own.valid_to = LAST
        own.save()
        with self.assertRaises(ProvisionError) as refused:
            draft(mine, found_at=AFTER, criterion=own)
        self.assertIn('"own Own" was not', str(refused.exception))

    @with_transaction()
    def test_days(self):
        "An edition does not end before it begins"
        Edition = Pool().get('hazard.edition')
        edition, = Edition.search([('code', '=', 'coal_criteria_2026')])
        edition.valid_to = FIRST - dt.timedelta(days=1)
        with self.assertRaises(DomainValidationError):
            edition.save()

    @with_transaction()
    def test_next(self):
        "A later edition is a file of data"
        pool = Pool()
        Edition = pool.get('hazard.edition')
        Criterion = pool.get('hazard.criterion')
        mine = self.build()
        with acting(mine.users.manager):
            edition, = Edition.search([('code', '=', 'coal_criteria_2026')])
            edition.valid_to = FIRST
            edition.save()
            Edition.import_data(['code', 'name', 'valid_from'], [
                    ['later', "Criteria", FIRST + dt.timedelta(days=1)]])
            for rows in [
                    [['later-1', "Class", "Art. 4", 'later', None]],
                    [['later-1.1', "New", "Art. 4 (1)", 'later', 'later-1']],
                    ]:
                Criterion.import_data(
                    ['code', 'name', 'article', 'edition', 'parent'], rows)
        new, old = criterion('later', '1.1'), criterion(2026, '2.3')
        with time_machine.travel(dt.datetime(2026, 7, 3), tick=False):
            next_day = AFTER + dt.timedelta(days=1)
            self.assertTrue(draft(mine, found_at=AFTER, criterion=old))
            self.assertTrue(draft(mine, found_at=next_day, criterion=new))
            with self.assertRaises(ProvisionError):
                draft(mine, found_at=next_day, criterion=old)


class UpdateTestCase(unittest.TestCase):
    "Test a database that was in use before criteria had editions"

    def setUp(self):
        drop_db()
        self.addCleanup(drop_db)

    def test_update(self):
        "Hazards keep their criteria, and the new edition is there"
        activate_built('hazard', build_mine, lang='zh_CN')
        language = config.get('database', 'language')
        config.set('database', 'language', 'zh_CN')
        self.addCleanup(config.set, 'database', 'language', language)
        with time_machine.travel(dt.datetime(2026, 7, 1, 2), tick=False):
            with Transaction().start(DB_NAME, 0) as transaction:
                self.hazards = self.report()
                self.go_back()
                transaction.commit()
        set_trytond()
        Module = Model.get('ir.module')
        Module.click(Module.find([('name', '=', 'hazard')]), 'upgrade')
        Wizard('ir.module.activate_upgrade').execute('upgrade')
        set_trytond()
        with Transaction().start(DB_NAME, 0, context={'language': 'zh_CN'}):
            self.check()

    def report(self):
        Criterion = Pool().get('hazard.criterion')
        mine = build_mine()
        hazards = [
            report(
                mine, found_at=BEFORE, late_reason="Update",
                grade=get_ref('hazard.grade_major'),
                criterion=criterion(2020, code)).id
            for code in ['2.3', '6.3']]
        own, = Criterion.create([{
                    'name': "Own", 'code': 'own', 'valid_from': LAST}])
        named = criterion(2020, '2.3')
        named.name = "Accumulated gas let out"
        named.save()
        Criterion.delete([criterion(2020, '2.1')])
        CheckItem = Pool().get('hazard.check_item')
        CheckItem.delete(CheckItem.search([('code', '=', 'mining_01')]))
        return hazards

    def go_back(self):
        "Make the database what it was before the update"
        pool = Pool()
        ModelData = pool.get('ir.model.data')
        table = pool.get('hazard.criterion').__table__()
        edition = pool.get('hazard.edition').__table__()
        data = ModelData.__table__()
        cursor = Transaction().connection.cursor()
        for name in [
                'hazard.check_item-hazard.legal_basis',
                'hazard.criterion-hazard.legal_basis', 'hazard.legal_basis']:
            cursor.execute(*pool.get(name).__table__().delete())
            cursor.execute(*data.delete(where=data.model == name))
        cursor.execute(*table.delete(where=table.code.like('2026-%')))
        cursor.execute(*table.update(
                [table.edition, table.article], [None, None]))
        cursor.execute(*edition.delete())
        translation = pool.get('ir.translation').__table__()
        cursor.execute(*translation.delete(
                where=translation.name.like('hazard.edition,%')
                | (translation.name == 'hazard.criterion,article')))
        cursor.execute(*data.delete(
                where=data.fs_id.like('criterion_2026_%')
                | data.fs_id.like('edition_%')))
        for row in ModelData.search([
                    ('model', '=', 'hazard.criterion'),
                    ('fs_id', 'like', 'criterion_2020_%'),
                    ]):
            fs_id = row.fs_id.replace('_2020', '')
            cursor.execute(*data.update(
                    [data.fs_id], [fs_id], where=data.id == row.id))
            code = fs_id.removeprefix('criterion_').replace('_', '.')
            cursor.execute(*table.update(
                    [table.code, table.valid_from],
                    [code, dt.date(2021, 1, 1)],
                    where=table.id == row.db_id))

    def check(self):
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        Criterion = pool.get('hazard.criterion')
        first, second = Hazard.browse(self.hazards)
        self.assertEqual(first.criterion, criterion(2020, '2.3'))
        self.assertEqual(first.criterion.name, "Accumulated gas let out")
        self.assertEqual(second.criterion, criterion(2020, '6.3'))
        self.assertEqual(second.criterion.article, "第九条（三）")
        self.assertEqual(
            second.criterion.edition.rec_name,
            "煤矿重大事故隐患判定标准（应急管理部令第4号）")
        self.assertEqual(second.criterion.edition.valid_to, LAST)
        self.assertEqual(
            get_ref('hazard.criterion_2020_6_3'), second.criterion.id)
        self.assertEqual(
            Counter(
                c.edition.code if c.edition else c.code
                for c in Criterion.search([])),
            {'coal_criteria_2020': 94, 'coal_criteria_2026': 140, 'own': 1})
        own, = Criterion.search([('code', '=', 'own')])
        self.assertEqual(own.valid_from, LAST)
        items = pool.get('hazard.check_item').search([])
        self.assertEqual(len(items), 41)
        self.assertTrue(all(i.legal_bases for i in items))
        problems = Verifier(first.company).run().problems
        self.assertEqual([p for p in problems if p.record], [])
