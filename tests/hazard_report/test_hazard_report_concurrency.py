# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Notices and opinions that several users issue at the same time."

import datetime as dt
import unittest
from functools import partial

from mine import build_mine
from notices import draft_notice
from repository import MODULES
from rpc import Caller, race
from steps import report

from trytond.exceptions import UserError
from trytond.modules.hazard.integrity.verification import Verifier
from trytond.pool import Pool
from trytond.tests.test_tryton import DB_NAME, activate_module, drop_db
from trytond.transaction import Transaction

COUNT = 8


class IssueTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        drop_db()
        activate_module(MODULES)
        cls.addClassCleanup(drop_db)
        with Transaction().start(DB_NAME, 1):
            cls.mine = build_mine()
            cls.callers = [
                Caller(cls.mine.users.safety) for _ in range(COUNT)]

    def draft(self, count):
        with Transaction().start(DB_NAME, 1):
            return [
                draft_notice(self.mine, [report(self.mine)]).id
                for _ in range(count)]

    def get_notices(self, ids):
        pool = Pool(DB_NAME)
        return pool.get('hazard.rectification_notice').browse(ids)

    def test_numbers(self):
        "The first notices of a year, issued at once, leave no gap"
        ids = self.draft(COUNT)

        results = race(*(
                partial(c, 'hazard.rectification_notice.issue', [id_])
                for c, id_ in zip(self.callers, ids)))

        self.assertFalse([r for r in results if isinstance(r, UserError)])
        pool = Pool(DB_NAME)
        Sequence = pool.get('ir.sequence.strict')
        with Transaction().start(DB_NAME, 1, readonly=True):
            year = dt.date.today().year
            self.assertEqual(
                sorted(n.number for n in self.get_notices(ids)),
                [f'N[{year}]{i}' for i in range(1, COUNT + 1)])
            sequence, = Sequence.search(
                [('prefix', '=', f'N[{year}]')])
            self.assertEqual(sequence.number_next, COUNT + 1)
            company = pool.get('company.company')(self.mine.company.id)
            self.assertIsNone(Verifier(company).run().problem)

    def test_same(self):
        "A notice issued twice at once has one number"
        id_, = self.draft(1)

        results = race(*(
                partial(c, 'hazard.rectification_notice.issue', [id_])
                for c in self.callers[:2]))

        errors = [r for r in results if isinstance(r, UserError)]
        self.assertEqual(len(errors), 1, results)
        with Transaction().start(DB_NAME, 1, readonly=True):
            notice, = self.get_notices([id_])
            self.assertEqual(notice.state, 'issued')
            line, = notice.lines
            self.assertEqual(
                [e.action for e in line.hazard.events], ['submit', 'notice'])
