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

    def test_confirm(self):
        "Of two who confirm a pay-out one does"
        pool = Pool(DB_NAME)
        Payout = pool.get('appraisal.payout')
        Period = pool.get('appraisal.period')
        Member = pool.get('safety.member')
        with Transaction().start(DB_NAME, 1):
            member = Member(self.member)
            quarter = get_period(member.company, 'quarter')
            Period.write([quarter], {'state': 'closed'})
            payout, = Payout.create([{
                        'company': member.company.id,
                        'period': quarter.id,
                        'kind': member.kind.id,
                        'budget': Decimal(1000)}])
            Payout.reckon([payout])
            id_ = payout.id
        self.race('appraisal.payout', [id_], 'confirm', 'confirm')
