# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Pay-outs are posted where the module account is active."

import datetime as dt
import unittest
from decimal import Decimal

from points import JANUARY, build_appraisal, close_quarter
from templates import activate_built

from trytond.modules.account.tests import create_chart, get_fiscalyear
from trytond.modules.company.tests import set_company
from trytond.modules.hazard_appraisal.exceptions import PayoutAccountError
from trytond.pool import Pool
from trytond.tests.test_tryton import drop_db, with_transaction


class AccountTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        drop_db()
        cls.addClassCleanup(drop_db)
        activate_built(
            ['hazard_appraisal', 'account'], build_appraisal,
            start=JANUARY, end=dt.date(2026, 6, 30))

    def build(self):
        "Return the confirmed pay-out of ann, who has 100 a month."
        pool = Pool()
        FiscalYear = pool.get('account.fiscalyear')
        Member = pool.get('safety.member')
        Payout = pool.get('appraisal.payout')
        built = build_appraisal(start=JANUARY, end=dt.date(2026, 6, 30))
        Member.write([built.members.ann], {'allowance': Decimal(100)})
        quarter = close_quarter(built.company)
        with set_company(built.company):
            create_chart(built.company)
            year = get_fiscalyear(built.company)
            year.save()
            FiscalYear.create_period([year])
            payout, = Payout.create([{
                        'company': built.company.id, 'period': quarter.id,
                        'kind': built.members.ann.kind.id,
                        'budget': Decimal(1000)}])
            Payout.compute([payout])
            Payout.confirm([payout])
        return built, payout

    def configure(self, company):
        pool = Pool()
        Account = pool.get('account.account')
        Configuration = pool.get('appraisal.configuration')
        Journal = pool.get('account.journal')
        configuration = Configuration(1)
        configuration.payout_journal, = Journal.search(
            [('type', '=', 'general')], limit=1)
        configuration.payout_expense, = Account.search([
                ('company', '=', company.id),
                ('closed', '!=', True),
                ('type.expense', '=', True)], limit=1)
        configuration.payout_payable, = Account.search([
                ('company', '=', company.id),
                ('closed', '!=', True),
                ('type.payable', '=', True)], limit=1)
        configuration.save()

    @with_transaction()
    def test_posted(self):
        "What is paid makes a posted move with the members as parties"
        pool = Pool()
        Payout = pool.get('appraisal.payout')
        built, payout = self.build()
        with set_company(built.company):
            self.configure(built.company)
            Payout.pay([Payout(payout.id)])
            payout = Payout(payout.id)
            move = payout.account_move
            self.assertEqual(move.state, 'posted')
            self.assertEqual(move.origin, payout)
            self.assertEqual(
                sum(line.debit for line in move.lines), payout.total)
            self.assertEqual(
                {line.party for line in move.lines
                    if line.credit and line.account.party_required},
                {line.employee.party for line in payout.lines if line.amount})

    @with_transaction()
    def test_not_configured(self):
        "Without journal and accounts nothing is paid"
        pool = Pool()
        Payout = pool.get('appraisal.payout')
        built, payout = self.build()
        with set_company(built.company), \
                self.assertRaises(PayoutAccountError):
            Payout.pay([Payout(payout.id)])
