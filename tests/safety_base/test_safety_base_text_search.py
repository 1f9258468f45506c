# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Searches for parts of texts, and what keeps them short."

import unittest
from collections import Counter
from unittest.mock import patch

from mine import build_mine, new_hazard
from steps import draft, report

from trytond import backend
from trytond.model import ModelSQL
from trytond.modules.safety_base import text_search
from trytond.pool import Pool
from trytond.tests.test_tryton import activate_module, with_transaction
from trytond.transaction import Transaction

TEXT = "回风巷第3道风门关闭不严，闭锁失效"


class TextSearchTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_module('hazard')

    def found(self, text, field='rec_name', operator='ilike'):
        Hazard = Pool().get('hazard.hazard')
        clause = (field, operator, f'%{text}%')
        found = Hazard.search([clause])
        self.assertEqual(Hazard.search([clause], count=True), len(found))
        return found

    @with_transaction()
    def test_quick(self):
        "The quick search finds number, place, text, team, finder and grade"
        mine = build_mine()
        hazard = report(mine, description=TEXT)
        other = new_hazard(
            mine, found_by=mine.employees.worker, unit=mine.units.driving,
            description="Else.")
        other.save()
        mine.units.ventilation.name = "通风队"
        mine.units.ventilation.save()
        mine.employees.reporter.party.name = "李群"
        mine.employees.reporter.party.save()
        for text in [
                "风", "风门", "风门关闭", "，闭锁", "3道", hazard.number[-3:],
                "通风队", "通风", "李群", "群"]:
            with self.subTest(text=text):
                self.assertEqual(self.found(text), [hazard])
                self.assertNotIn(
                    hazard, self.found(text, operator='not ilike'))
        for text in ["18506", "airway", hazard.grade.name]:
            with self.subTest(text=text):
                self.assertEqual(set(self.found(text)), {hazard, other})
        self.assertEqual(self.found("煤尘"), [])
        self.assertEqual(self.found("煤尘飞扬"), [])

    @with_transaction()
    def test_stage(self):
        "A stage is found by the texts of its hazard"
        mine = build_mine()
        hazard = report(mine, description=TEXT)
        FourFix = Pool().get('hazard.four_fix')
        four_fix, = hazard.four_fixes
        for field in ['rec_name', 'description']:
            for text in ["门", "风门", "风门关闭"]:
                with self.subTest(field=field, text=text):
                    self.assertEqual(FourFix.search([
                                (field, 'ilike', f'%{text}%')]), [four_fix])

    @with_transaction()
    def test_latest(self):
        "One and two characters are looked for in the last records only"
        mine = build_mine()
        hazards = [draft(mine, description=TEXT) for _ in range(3)]
        with patch.object(text_search, 'LATEST', 2):
            for field in ['rec_name', 'description']:
                for text in ["门", "风门"]:
                    with self.subTest(field=field, text=text):
                        self.assertEqual(
                            set(self.found(text, field)), set(hazards[1:]))
                with self.subTest(field=field):
                    self.assertEqual(
                        set(self.found("风门关", field)), set(hazards))
                    self.assertEqual(
                        set(self.found("", field)), set(hazards))

    @unittest.skipUnless(
        backend.name == 'postgresql', "only PostgreSQL has trigrams")
    @with_transaction()
    def test_no_extension(self):
        "Without trigrams there is no index that refuses long texts"
        pool = Pool()
        Party = pool.get('party.party')
        transaction = Transaction()
        cursor = transaction.connection.cursor()
        models = [
            Model for _, Model in pool.iterobject()
            if issubclass(Model, ModelSQL) and not Model._is_table_query()]
        with patch.object(
                transaction.database, 'has_extension', lambda name: False):
            for Model in models:
                Model._update_sql_indexes()
        cursor.execute(
            "SELECT tablename, indexdef FROM pg_indexes "
            "WHERE indexdef LIKE '%pattern_ops%'")
        found = Counter(table for table, _ in cursor)
        # References are short, and found by the name of their model.
        expected = Counter(
            Model._table for Model in models for index in Model._sql_indexes
            if any(u.options.get('begin') for _, u in index.expressions))
        self.assertIn('ir_attachment', expected)
        self.assertEqual(found, expected)
        mine = build_mine()
        text = ''.join(map(chr, range(0x4e00, 0x4e00 + 5000)))
        hazard = draft(mine, description=text)
        hazard.write([hazard], {'ledger_found_by': text})
        Party.create([{'name': text}])

    @unittest.skipUnless(
        backend.name == 'postgresql', "only PostgreSQL has trigrams")
    @with_transaction()
    def test_index(self):
        "The quick search uses an index for each text that it looks into"
        Hazard = Pool().get('hazard.hazard')
        transaction = Transaction()
        cursor = transaction.connection.cursor()
        cursor.execute('CREATE EXTENSION pg_trgm')
        with patch.object(
                transaction.database, 'has_extension',
                lambda name: name == 'pg_trgm'):
            Hazard._update_sql_indexes()
        cursor.execute('SET LOCAL enable_seqscan = off')
        query, params = tuple(Hazard.search(
                [('rec_name', 'ilike', "%风门关%")], query=True))
        cursor.execute(f'EXPLAIN {query}', params)
        plan = '\n'.join(line for line, in cursor)
        for name in ['number', 'description', 'ledger_found_by']:
            with self.subTest(name=name):
                self.assertRegex(plan, rf'Index Cond: .*{name}.*~~\*')
