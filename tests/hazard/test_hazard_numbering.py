# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The numbers of hazards: without a gap, and what was numbered before."

import unittest

from mine import build_mine
from organization import acting
from steps import draft, report

from trytond.exceptions import UserError
from trytond.modules.hazard.exceptions import NumberingAccessError
from trytond.modules.hazard.integrity.verification import Verifier
from trytond.pool import Pool
from trytond.tests.test_tryton import activate_module, with_transaction
from trytond.transaction import Transaction


class NumberingTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_module('hazard')

    def setup(self):
        self.mine = build_mine()
        return [report(self.mine) for _ in range(3)]

    def get_numbering(self):
        Transaction().cache.clear()
        numbering, = Pool().get('hazard.numbering').search([])
        return numbering

    def execute(self, query):
        Transaction().connection.cursor().execute(*query)

    def verify(self):
        return Verifier(self.mine.company).run()

    @with_transaction()
    def test_no_gap(self):
        "Numbers follow each other; what is refused takes none"
        Hazard = Pool().get('hazard.hazard')
        first, *_ = self.setup()
        with acting(self.mine.users.reporter):
            with self.assertRaises(UserError):
                Hazard.submit([Hazard(first.id)])
        last = report(self.mine)
        self.assertEqual(first.number[4:], '-000001')
        self.assertEqual(last.number[4:], '-000004')
        self.assertEqual(self.get_numbering().last, 4)
        self.assertIsNone(self.verify().problem)

    @with_transaction()
    def test_changed(self):
        "A number that is there twice or too high is found"
        _, second, third = self.setup()
        hazard = second.__table__()
        for number, messages in [
                (third.number, ["2 is missing", "3 was given twice"]),
                (third.number[:5] + '000009', [
                        "2 is missing", "9 comes after the last"])]:
            self.execute(hazard.update(
                    [hazard.number], [number], where=hazard.id == second.id))
            told = '\n'.join(self.verify().list('problems'))
            for message in messages:
                self.assertIn(message, told)

    @with_transaction()
    def test_taken_over(self):
        "Numbering goes on after the sequence, whose gaps are a remark"
        Numbering = Pool().get('hazard.numbering')
        self.setup()
        numbering = self.get_numbering()
        sequence = numbering.sequence
        sequence.number_next = 6
        sequence.save()

        Numbering._take_over()

        numbering = self.get_numbering()
        self.assertEqual((numbering.last, numbering.complete_from), (5, 6))
        self.assertEqual(report(self.mine).number[4:], '-000006')
        verified = self.verify()
        self.assertIsNone(verified.problem)
        remark, = verified.remarks
        self.assertIn("4–5", remark.message)

    @with_transaction()
    def test_look_changed(self):
        "Numbers that looked otherwise are of the same series"
        Sequence = Pool().get('ir.sequence')
        self.setup()
        sequence = self.get_numbering().sequence
        for number, values in [
                ('LZ-000004', {'prefix': 'LZ-'}),
                ('LZ-${year}/5/HZ', {'prefix': "LZ-${year}/", 'padding': 1,
                        'suffix': '/HZ'}),
                ('6', {'prefix': None, 'suffix': ''}),
                ]:
            with acting(self.mine.users.manager):
                Sequence.write([Sequence(sequence.id)], values)
            self.assertEqual(
                report(self.mine).number, sequence._process(number))
        with acting(self.mine.users.manager):
            numbering = self.get_numbering()
            numbering.sequence, = Sequence.copy(
                [sequence], {'prefix': 'N-', 'suffix': None})
            numbering.save()
        self.assertEqual(report(self.mine).number, 'N-7')

        verified = self.verify()
        self.assertEqual(verified.list('problems'), [])
        self.assertEqual(verified.counts['numbers'], 7)
        self.assertEqual(len(self.get_numbering().former.splitlines()), 4)

        hazard = Pool().get('hazard.hazard').__table__()
        self.execute(hazard.update(
                [hazard.number], [None], where=hazard.number == 'LZ-000004'))
        self.assertIn("4 is missing", str(self.verify().list('problems')))

    @with_transaction()
    def test_looks_forged(self):
        "What is no look of a number is none"
        self.setup()
        numbering = self.get_numbering()
        table = numbering.__table__()
        for former in ["", "A", "A\nB…\n\n", "…"]:
            self.execute(table.update([table.former], [former]))
            with self.subTest(former=former):
                Transaction().cache.clear()
                self.assertEqual(self.verify().list('problems'), [])

    @with_transaction()
    def test_count_kept(self):
        "Nobody sets what the server counts"
        self.setup()
        numbering = self.get_numbering()
        for values in [
                {'last': 1}, {'complete_from': 9}, {'former': '…'},
                {'year': 2000}]:
            with self.subTest(values=values), \
                    acting(self.mine.users.manager), \
                    self.assertRaises(NumberingAccessError):
                numbering.write([numbering], values)

    @with_transaction()
    def test_draft(self):
        "A draft that is deleted had no number"
        Hazard = Pool().get('hazard.hazard')
        self.setup()
        with acting(self.mine.users.reporter):
            Hazard.delete([Hazard(draft(self.mine).id)])
        self.assertIsNone(self.verify().problem)
