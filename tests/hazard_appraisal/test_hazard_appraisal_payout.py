# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Allowances are computed, confirmed within a budget and paid out."

import datetime as dt
import unittest
from decimal import Decimal

from access import call
from organization import acting
from points import (
    JANUARY, build_appraisal, close_quarter, create_entry, create_proposal,
    create_rule, get_period)
from templates import activate_built

from trytond.model.exceptions import (
    AccessButtonError, AccessError, ButtonActionException,
    DomainValidationError, SQLConstraintError)
from trytond.modules.hazard_appraisal.exceptions import (
    PayoutAccessError, PayoutBudgetError, PayoutPeriodError, PayoutStaleError)
from trytond.modules.safety_base.exceptions import StepError
from trytond.modules.safety_base.guard.call import Call
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction


class PayoutTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built(
            'hazard_appraisal', build_appraisal,
            start=JANUARY, end=dt.date(2026, 6, 30))

    def build(self, close=True):
        "Return the mine: ann has 100 and bob 200 a month; bob is excellent."
        pool = Pool()
        Member = pool.get('safety.member')
        built = build_appraisal(start=JANUARY, end=dt.date(2026, 6, 30))
        Member.write([built.members.ann], {'allowance': Decimal(100)})
        Member.write([built.members.bob], {'allowance': Decimal(200)})
        rule = create_rule(
            built.company, 'hazard_verified', 90, valid_from=JANUARY)
        create_entry(rule, built.members.bob, day=JANUARY)
        built.quarter = get_period(built.company, 'quarter', JANUARY)
        if close:
            built.quarter = close_quarter(built.company)
        return built

    def change(self, member, state, day):
        "Let the member go to the state on the day."
        pool = Pool()
        Change = pool.get('safety.member.change')
        Change.create([{
                    'member': member.id, 'company': member.company.id,
                    'date': day, 'from_state': 'active', 'to_state': state,
                    'at': dt.datetime.combine(day, dt.time(9))}])

    def pay_out(self, built, user=None, budget=2000, compute=True):
        pool = Pool()
        Payout = pool.get('appraisal.payout')
        with acting(user or built.users.union):
            payout, = Payout.create([{
                        'period': built.quarter.id,
                        'kind': built.members.ann.kind.id,
                        'budget': budget}])
            if compute:
                Payout.compute([payout])
        return Payout(payout.id)

    @with_transaction()
    def test_ids(self):
        "Those to compute are told by a list, as of every button"
        pool = Pool()
        Payout = pool.get('appraisal.payout')
        rpc = Payout.__rpc__['compute']
        for ids, misfit in [(1, 'payouts'), (-1, 'payouts'), ([1], None)]:
            with self.subTest(ids=ids):
                self.assertEqual(
                    Call(Payout, rpc, [ids, {}], {}).find_misfit(), misfit)

    def press(self, user, payout, button, **context):
        Payout = payout.__class__
        with acting(user, **context):
            getattr(Payout, button)([Payout(payout.id)])
        return Payout(payout.id)

    def amounts(self, payout):
        return {
            line.member.employee.rec_name: line.amount
            for line in payout.lines}

    @with_transaction()
    def test_compute(self):
        "Three months times the factor of the grade, for each of the kind"
        built = self.build()
        payout = self.pay_out(built)
        self.assertTrue(payout.number)
        self.assertEqual(self.amounts(payout), {'Ann': 300, 'Bob': 720})
        self.assertEqual(payout.total, 1020)
        line, = [n for n in payout.lines if n.member == built.members.bob]
        self.assertEqual(line.grade, 'excellent')
        self.assertEqual(line.factor, Decimal('1.2'))
        self.assertEqual(line.days, 90)

    @with_transaction()
    def test_days(self):
        "Only the days on duty count, rounded to the currency"
        built = self.build()
        ann = built.members.ann
        self.change(ann, 'suspended', dt.date(2026, 1, 31))
        self.change(ann, 'active', dt.date(2026, 3, 1))
        self.change(ann, 'dismissed', dt.date(2026, 3, 1))
        payout = self.pay_out(built)
        line, = [n for n in payout.lines if n.member == ann]
        self.assertEqual(line.days, 32)
        self.assertEqual(line.amount, Decimal('106.67'))

    @with_transaction()
    def test_withdrawn(self):
        "Days on which the allowance was withdrawn are not paid"
        built = self.build()
        ann = built.members.ann
        proposal, _ = [
            create_proposal(
                ann, built.quarter, action, amount=Decimal('50.50'),
                state='confirmed', start_date=dt.date(2026, 3, 2))
            for action in ['withdraw', 'award']]
        Proposal = proposal.__class__
        payout = self.pay_out(built)
        line, = [n for n in payout.lines if n.member == ann]
        self.assertEqual(line.withdrawn_days, 30)
        self.assertEqual(line.amount, Decimal('250.50'))
        Proposal.write([proposal], {
                'state': 'ended', 'end_date': dt.date(2026, 3, 16)})
        payout = self.press(built.users.union, payout, 'compute')
        line, = [n for n in payout.lines if n.member == ann]
        self.assertEqual(line.withdrawn_days, 15)
        self.assertEqual(line.amount, Decimal('300.50'))

    @with_transaction()
    def test_pay(self):
        "A pay-out within its budget is confirmed and paid, members are told"
        built = self.build()
        payout = self.pay_out(built, budget=1020)
        payout = self.press(built.users.union, payout, 'confirm')
        self.assertEqual(payout.state, 'confirmed')
        payout = self.press(built.users.admin, payout, 'pay')
        self.assertEqual(payout.state, 'paid')
        self.assertEqual(
            payout.paid_by, built.users.admin.employees[0])
        told = {n.user.id for n in Transaction().user_notifications}
        self.assertLessEqual(
            {built.users.ann.id, built.users.bob.id}, told)
        with self.assertRaises(StepError):
            self.press(built.users.admin, payout, 'cancel', reason="No.")

    @with_transaction()
    def test_budget(self):
        "A total above the budget is refused"
        built = self.build()
        for budget in [None, Decimal('1019.99')]:
            with self.subTest(budget=budget):
                payout = self.pay_out(built, budget=budget)
                with self.assertRaises(PayoutBudgetError):
                    self.press(built.users.union, payout, 'confirm')
                self.press(
                    built.users.union, payout, 'cancel', reason="Too low.")

    @with_transaction()
    def test_stale(self):
        "What has changed since is computed anew before it is confirmed"
        pool = Pool()
        Member = pool.get('safety.member')
        built = self.build()
        payout = self.pay_out(built, compute=False)
        with self.assertRaises(PayoutStaleError):
            self.press(built.users.union, payout, 'confirm')
        self.press(built.users.union, payout, 'compute')
        Member.write([built.members.ann], {'allowance': Decimal(110)})
        with self.assertRaises(PayoutStaleError):
            self.press(built.users.union, payout, 'confirm')
        self.press(built.users.union, payout, 'compute')
        payout = self.press(built.users.union, payout, 'confirm')
        self.assertEqual(payout.total, 1050)

    @with_transaction()
    def test_decided(self):
        "What was decided since is not paid, a new rate is for later"
        pool = Pool()
        Member = pool.get('safety.member')
        built = self.build()
        ann = built.members.ann
        proposal = create_proposal(
            ann, built.quarter, state='confirmed',
            start_date=dt.date(2026, 3, 2))
        payout = self.pay_out(built)
        payout = self.press(built.users.union, payout, 'confirm')
        proposal.__class__.write([proposal], {'state': 'revoked'})
        with self.assertRaises(PayoutStaleError):
            self.press(built.users.admin, payout, 'pay')

        self.press(built.users.admin, payout, 'cancel', reason="Revoked.")
        payout = self.pay_out(built)
        payout = self.press(built.users.union, payout, 'confirm')
        Member.write([ann], {'allowance': Decimal(110)})
        payout = self.press(built.users.admin, payout, 'pay')
        self.assertEqual(self.amounts(payout)['Ann'], 300)

    @with_transaction()
    def test_withdrawn_since(self):
        "Colleagues do not learn that an allowance is withdrawn"
        built = self.build(close=False)
        read = 'model.safety.member.read', [built.members.ann.id], [
            'withdrawn_since']
        for user in [built.users.union, built.users.admin]:
            self.assertTrue(call(user, *read))
        for user in [built.users.bob, built.users.cat]:
            with self.assertRaises(AccessError):
                call(user, *read)

    @with_transaction()
    def test_open_quarter(self):
        built = self.build(close=False)
        with self.assertRaises(DomainValidationError):
            self.pay_out(built)
        pool = Pool()
        Payout = pool.get('appraisal.payout')
        payout = Payout(period=built.quarter)
        with self.assertRaises(PayoutPeriodError):
            payout.check_period()

    @with_transaction()
    def test_unique(self):
        "One pay-out per kind and quarter that is not cancelled"
        built = self.build()
        payout = self.pay_out(built)
        with acting(built.users.union), \
                self.assertRaises(ButtonActionException):
            payout.__class__.cancel([payout])
        self.press(built.users.union, payout, 'cancel', reason="Wrong.")
        self.pay_out(built)
        with self.assertRaises(SQLConstraintError):
            self.pay_out(built)

    @with_transaction()
    def test_access(self):
        "Another department makes none, and does not see it"
        built = self.build()
        payout = self.pay_out(built)
        for button in ['compute', 'confirm', 'cancel']:
            for user in [built.users.youth, built.users.ann]:
                with self.subTest(button=button, user=user.login), \
                        self.assertRaises((
                                AccessError, AccessButtonError)):
                    self.press(user, payout, button, reason="Try.")
        payout = self.press(built.users.union, payout, 'confirm')
        with self.assertRaises((AccessError, AccessButtonError)):
            self.press(built.users.union, payout, 'pay')
        self.press(built.users.admin, payout, 'cancel', reason="Wrong.")
        with self.assertRaises(AccessError):
            self.pay_out(built, user=built.users.youth)

    @with_transaction()
    def test_lines(self):
        "Members see their own line once it is confirmed, nobody writes it"
        pool = Pool()
        Line = pool.get('appraisal.payout.line')
        built = self.build()
        payout = self.pay_out(built)
        with acting(built.users.ann):
            self.assertFalse(Line.search([]))
        self.press(built.users.union, payout, 'confirm')
        with acting(built.users.ann):
            line, = Line.search([])
            self.assertEqual(line.member, built.members.ann)
            self.assertTrue(line.mine)
            self.assertEqual(Line.search([('mine', '=', True)]), [line])
            self.assertEqual(line.state, 'confirmed')
        with acting(built.users.youth):
            self.assertFalse(Line.search([]))
        with self.assertRaises(AccessError):
            call(built.users.admin, 'model.appraisal.payout.line.write',
                [line.id], {'amount': Decimal(1000)})
        with self.assertRaises(PayoutAccessError):
            Line.check_modification('write', [line], {}, external=True)
