# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Two people decide about the same at the same time."

import unittest
from decimal import Decimal
from functools import partial

from points import build_appraisal, create_entry, create_rule, get_period
from rpc import Caller, race

from trytond.exceptions import UserError
from trytond.pool import Pool
from trytond.tests.test_tryton import DB_NAME, activate_module, drop_db
from trytond.transaction import Transaction

RACES = 10


class ConcurrencyTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        drop_db()
        activate_module('hazard_appraisal')
        cls.addClassCleanup(drop_db)
        with Transaction().start(DB_NAME, 1):
            built = build_appraisal()
            cls.member = built.members.ann.id
            cls.rule = create_rule(built.company, 'recheck_late', -5).id
            cls.callers = [
                Caller(u) for u in [built.users.union, built.users.admin]]

    def race(self, model, ids, *buttons):
        "Let both press at once and return what each was told."
        for id_ in ids:
            results = race(*(
                    partial(c, f'{model}.{b}', [id_], reason="Said.")
                    for c, b in zip(self.callers, buttons)))
            errors = [r for r in results if isinstance(r, UserError)]
            with self.subTest(model=model, id=id_):
                self.assertEqual(len(errors), 1, results)

    def appeals(self):
        pool = Pool(DB_NAME)
        Appeal = pool.get('appraisal.appeal')
        Member = pool.get('safety.member')
        Rule = pool.get('appraisal.rule')
        with Transaction().start(DB_NAME, 1):
            rule, member = Rule(self.rule), Member(self.member)
            appeals = Appeal.create([{
                        'subject': str(create_entry(rule, member)),
                        'reason': "Wrong."} for _ in range(RACES)])
            Appeal.submit(appeals)
            return [a.id for a in appeals]

    def test_accept(self):
        "Of two who accept an appeal one reverses the entry"
        pool = Pool(DB_NAME)
        Appeal = pool.get('appraisal.appeal')
        ids = self.appeals()
        self.race('appraisal.appeal', ids, 'accept', 'accept')
        with Transaction().start(DB_NAME, 1, readonly=True):
            for appeal in Appeal.browse(ids):
                self.assertEqual(appeal.state, 'accepted')
                self.assertEqual(len(appeal.reversals), 1)

    def test_accept_or_reject(self):
        pool = Pool(DB_NAME)
        Appeal = pool.get('appraisal.appeal')
        ids = self.appeals()
        self.race('appraisal.appeal', ids, 'accept', 'reject')
        with Transaction().start(DB_NAME, 1, readonly=True):
            for appeal in Appeal.browse(ids):
                self.assertEqual(
                    len(appeal.reversals), appeal.state == 'accepted')

    def payout(self, allowance, budget):
        "Return the id of a computed pay-out of the only one of its quarter"
        pool = Pool(DB_NAME)
        Member = pool.get('safety.member')
        Payout = pool.get('appraisal.payout')
        Period = pool.get('appraisal.period')
        with Transaction().start(DB_NAME, 1):
            Payout.write(Payout.search([]), {
                    'state': 'cancelled', 'reason': "Once more."})
            member = Member(self.member)
            Member.write([member], {'allowance': Decimal(allowance)})
            quarter = get_period(member.company, 'quarter')
            Period.write([quarter], {'state': 'closed'})
            payout, = Payout.create([{
                        'company': member.company.id,
                        'period': quarter.id,
                        'kind': member.kind.id,
                        'budget': Decimal(budget)}])
            Payout.compute([payout])
            return payout.id

    def test_confirm(self):
        "Of two who confirm a pay-out one does"
        id_ = self.payout(0, 1000)
        self.race('appraisal.payout', [id_], 'confirm', 'confirm')

    def test_pay(self):
        "Of two who pay one does"
        id_ = self.payout(0, 1000)
        self.callers[0]('appraisal.payout.confirm', [id_])
        self.race('appraisal.payout', [id_], 'pay', 'pay')

    def test_compute(self):
        "What is computed while it is confirmed is not above the budget"
        pool = Pool(DB_NAME)
        Member = pool.get('safety.member')
        Payout = pool.get('appraisal.payout')
        union, _ = self.callers

        def raise_and_compute():
            with Transaction().start(DB_NAME, 1):
                Member.write(
                    [Member(self.member)], {'allowance': Decimal(900)})
            union('appraisal.payout.compute', [id_])

        for _ in range(RACES):
            id_ = self.payout(100, 300)
            race(raise_and_compute, partial(
                    union, 'appraisal.payout.confirm', [id_]))
            with Transaction().start(DB_NAME, 1, readonly=True):
                payout = Payout(id_)
                if payout.state == 'confirmed':
                    self.assertLessEqual(payout.total, payout.budget)

    def test_close(self):
        "Of two who close a period one does, and its sheets are there once"
        pool = Pool(DB_NAME)
        Frozen = pool.get('appraisal.sheet.frozen')
        Member = pool.get('safety.member')
        with Transaction().start(DB_NAME, 1, readonly=True):
            member = Member(self.member)
            period = get_period(member.company, 'tenday').id
        caller = self.callers[1]

        results = race(*(
                partial(caller, 'appraisal.period.close', [period])
                for _ in range(4)))

        errors = [r for r in results if isinstance(r, UserError)]
        self.assertEqual(len(errors), 3, results)
        with Transaction().start(DB_NAME, 1, readonly=True):
            sheets = Frozen.search([
                    ('period', '=', period), ('member', '=', self.member)])
            self.assertEqual(len(sheets), 1)
