# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Names that are kept are those that were committed last."

import unittest
from unittest.mock import patch

from mine import build_mine
from organization import get_ref
from queries import count_queries
from templates import activate_built

from trytond.pool import Pool
from trytond.tests.test_tryton import DB_NAME, USER, drop_db, with_transaction
from trytond.transaction import Transaction


class KeptNameTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        drop_db()
        cls.addClassCleanup(drop_db)
        activate_built('hazard', build_mine)

    @with_transaction()
    def test_queries(self):
        "What is known is not read again"
        pool = Pool()
        Employee = pool.get('company.employee')
        ids = [e.id for e in build_mine().employees.__dict__.values()]
        Employee.read(ids, ['rec_name'])
        Transaction().cache.clear()
        with count_queries() as queries:
            rows = Employee.read(ids, ['rec_name'])
        self.assertFalse(queries)
        self.assertTrue(all(r['rec_name'] for r in rows))

    def read(self, name, id_, **context):
        with Transaction().start(DB_NAME, USER, context=context):
            record = Pool().get(name)(id_)
            return record.rec_name

    def write(self, name, id_, values, commit=True, **context):
        "Return the name within the transaction."
        with Transaction().start(
                DB_NAME, USER, context=context) as transaction:
            Model = Pool().get(name)
            record = Model(id_)
            before = record.rec_name
            Model.write([record], values)
            after = Model(id_).rec_name
            self.assertNotEqual(after, before)
            if not commit:
                transaction.rollback()
            return after

    def test_changed(self):
        "A name that changes is told at once, by what is named after it too"
        with Transaction().start(DB_NAME, USER):
            mine = build_mine()
            employee = mine.employees.captain
            place, = Pool().get('hazard.place').create([{
                        'name': "Dip", 'kind': 'underground',
                        'company': mine.company.id,
                        'parent': mine.place.id}])
            names = [
                ('party.party', employee.party.id,
                    'company.employee', employee.id),
                ('hazard.place', mine.place.id, 'hazard.place', place.id)]
        for name, id_, other, other_id in names:
            with self.subTest(name):
                before = self.read(other, other_id)
                self.write(name, id_, {'name': "Undone"}, commit=False)
                self.assertEqual(self.read(other, other_id), before)
                self.write(name, id_, {'name': "Renamed"})
                self.assertEqual(self.read(name, id_), "Renamed")
                self.assertIn("Renamed", self.read(other, other_id))

    def test_told_while_written(self):
        "What a check tells of a change that is undone is not kept"
        with Transaction().start(DB_NAME, USER):
            pool = Pool()
            Party = pool.get('party.party')
            id_ = build_mine().employees.worker.party.id
        before = self.read('party.party', id_)
        validate = Party._validate

        def tell(records, *args, **kwargs):
            self.told = [r.rec_name for r in Party.browse(records)]
            return validate(records, *args, **kwargs)
        with patch.object(Party, '_validate', tell):
            self.write('party.party', id_, {'name': "Undone"}, commit=False)
        self.assertEqual(self.told, ["Undone"])
        self.assertEqual(self.read('party.party', id_), before)

    def test_language(self):
        "A name is kept in each language"
        name = 'hazard.grade'
        with Transaction().start(DB_NAME, USER):
            Lang = Pool().get('ir.lang')
            chinese, = Lang.search([('code', '=', 'zh_CN')])
            chinese.translatable = True
            chinese.save()
            id_ = get_ref('hazard.grade_general')
        english = self.read(name, id_)
        self.write(name, id_, {'name': "一级"}, language='zh_CN')
        self.assertEqual(self.read(name, id_, language='zh_CN'), "一级")
        self.assertEqual(self.read(name, id_), english)
        with Transaction().start(DB_NAME, USER):
            Translation = Pool().get('ir.translation')
            translations = Translation.search([
                    ('name', '=', 'hazard.grade,name'),
                    ('res_id', '=', id_),
                    ('lang', '=', 'zh_CN')])
            Translation.write(translations, {'value': "二级"})
        self.assertEqual(self.read(name, id_, language='zh_CN'), "二级")
