# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What follows from sheets is proposed by rule and decided by people."

import datetime as dt
import unittest

import time_machine
from access import call
from organization import acting, create_user, represent
from points import build_appraisal, create_entry, create_rule, get_period
from templates import activate_built

from trytond.model.exceptions import (
    AccessButtonError, AccessError, ButtonActionException)
from trytond.modules.hazard_appraisal.exceptions import (
    AppealSubjectError, ProposalMemberError, ProposalOwnError)
from trytond.modules.safety_base.exceptions import StepError
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction

JANUARY, END = dt.date(2026, 1, 1), dt.date(2026, 12, 31)
JULY = dt.datetime(2026, 7, 2, 8)


class ProposalTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built(
            'hazard_appraisal', build_appraisal, start=JANUARY, end=END)

    def build(self, months=3, failing='ann', **settings):
        "Return the mine after so many closed months in which ann fails."
        pool = Pool()
        Settings = pool.get('appraisal.configuration.settings')
        built = build_appraisal(start=JANUARY, end=END)
        Settings.create([{
                    'company': built.company.id, 'award_top': 0,
                    **settings}])
        rule = create_rule(
            built.company, 'rectification_overdue', -5, group='loop',
            valid_from=JANUARY)
        if failing:
            for month in range(1, months + 1):
                create_entry(
                    rule, getattr(built.members, failing),
                    day=dt.date(2026, month, 5))
        with time_machine.travel(JULY, tick=False):
            for month in range(1, months + 1):
                self.close_month(built.company, month)
        return built

    def close_month(self, company, month):
        pool = Pool()
        Period = pool.get('appraisal.period')
        kinds = [('tenday', 5), ('tenday', 15), ('tenday', 25), ('month', 5)]
        if month % 3 == 0:
            kinds.append(('quarter', 5))
        for kind, day in kinds:
            Period.close([
                    get_period(company, kind, dt.date(2026, month, day))])

    def proposals(self, action='withdraw'):
        pool = Pool()
        Proposal = pool.get('appraisal.proposal')
        return Proposal.search([('action', '=', action)])

    def press(self, user, proposal, button):
        Proposal = proposal.__class__
        with time_machine.travel(JULY, tick=False), \
                acting(user, reason="Said."):
            getattr(Proposal, button)([Proposal(proposal.id)])
        return Proposal(proposal.id)

    @with_transaction()
    def test_withdraw(self):
        "The third failed month proposes it once, the department confirms"
        built = self.build()
        proposal, = self.proposals()
        self.assertEqual(proposal.member, built.members.ann)
        self.assertEqual(
            proposal.period, get_period(
                built.company, 'month', dt.date(2026, 3, 5)))
        self.assertEqual(len(proposal.sheets), 3)
        self.assertEqual(
            {s.grade for s in proposal.sheets}, {'fail'})
        told = {n.user.id for n in Transaction().user_notifications}
        self.assertEqual(told, {built.users.union.id})
        self.assertFalse(self.proposals('dismiss'))

        proposal = self.press(built.users.union, proposal, 'confirm')

        self.assertEqual(proposal.state, 'confirmed')
        self.assertEqual(proposal.start_date, dt.date(2026, 4, 1))
        self.assertEqual(
            proposal.member.withdrawn_since, dt.date(2026, 4, 1))
        self.assertEqual(proposal.member.state, 'active')
        self.assertIn(built.users.ann.id, {
                n.user.id for n in Transaction().user_notifications})

    @with_transaction()
    def test_again(self):
        "What was proposed is not proposed again, nor while it is in force"
        pool = Pool()
        Proposal = pool.get('appraisal.proposal')
        built = self.build(months=4)
        proposal, = self.proposals()
        self.assertEqual(Proposal.propose([proposal.period]), [])
        self.press(built.users.union, proposal, 'dismiss')
        self.assertEqual(Proposal.propose([proposal.period]), [])
        april = get_period(built.company, 'month', dt.date(2026, 4, 5))
        again, = Proposal.propose([april])
        self.assertEqual(again.member, proposal.member)
        self.assertEqual(again.period, april)

    @with_transaction()
    def test_not_in_succession(self):
        "A month at the pass mark in between breaks the succession"
        built = self.build(months=0)
        rule = create_rule(
            built.company, 'recheck_late', -5, group='loop',
            valid_from=JANUARY)
        for month in [1, 3]:
            create_entry(
                rule, built.members.ann, day=dt.date(2026, month, 5))
        with time_machine.travel(JULY, tick=False):
            for month in [1, 2, 3]:
                self.close_month(built.company, month)
        self.assertFalse(self.proposals())

    @with_transaction()
    def test_never(self):
        "Zero months switch the rule off"
        self.build(withdraw_months=0)
        self.assertFalse(self.proposals())

    @with_transaction()
    def test_dismiss(self):
        "Two failed quarters end the membership with the reason"
        built = self.build(months=6)
        proposal, = self.proposals('dismiss')
        self.assertEqual(len(proposal.sheets), 2)

        proposal = self.press(built.users.admin, proposal, 'confirm')

        member = proposal.member
        self.assertEqual(member.state, 'dismissed')
        self.assertEqual(member.until, JULY.date())
        change = max(member.changes, key=lambda c: c.id)
        self.assertIn(proposal.period.rec_name, change.reason)

    @with_transaction()
    def test_award(self):
        "The first ones of a kind are awarded if they are good"
        built = self.build(
            months=0, award_top=1, award_amount=200)
        rule = create_rule(
            built.company, 'hazard_verified', 90, valid_from=JANUARY)
        create_entry(rule, built.members.bob, day=dt.date(2026, 1, 5))
        with time_machine.travel(JULY, tick=False):
            for month in [1, 2, 3]:
                self.close_month(built.company, month)
        proposal, = self.proposals('award')
        self.assertEqual(proposal.member, built.members.bob)
        self.assertEqual(proposal.amount, 200)
        proposal = self.press(built.users.union, proposal, 'confirm')
        self.assertEqual(proposal.state, 'confirmed')
        with self.assertRaises(AccessButtonError):
            self.press(built.users.union, proposal, 'restore')

    @with_transaction()
    def test_restore(self):
        "A restored allowance was withdrawn until yesterday"
        built = self.build()
        proposal, = self.proposals()
        self.press(built.users.union, proposal, 'confirm')
        proposal = self.press(built.users.union, proposal, 'restore')
        self.assertEqual(proposal.state, 'ended')
        self.assertEqual(
            proposal.end_date, JULY.date() - dt.timedelta(days=1))
        self.assertEqual(proposal.reason, "Said.")
        self.assertIsNone(proposal.member.withdrawn_since)

    @with_transaction()
    def test_reason(self):
        "Dismissing a proposal needs a reason"
        built = self.build()
        proposal, = self.proposals()
        with acting(built.users.union), \
                self.assertRaises(ButtonActionException):
            proposal.__class__.dismiss([proposal])

    @with_transaction()
    def test_deciders(self):
        "Only the department of the kind and the administration decide"
        built = self.build()
        proposal, = self.proposals()
        for user in [
                built.users.ann, built.users.bob, built.users.youth]:
            for button in ['confirm', 'dismiss']:
                with self.subTest(user=user.login, button=button), \
                        self.assertRaises((
                                AccessError, AccessButtonError)):
                    self.press(user, proposal, button)
        own = create_user(
            'own', built.company, built.members.ann.employee,
            ['safety_organization.group_member_union'])
        for button in ['confirm', 'dismiss']:
            with self.assertRaises(ProposalOwnError):
                self.press(own, proposal, button)
        with time_machine.travel(JULY, tick=False):
            represent(
                built.members.ann.employee, built.users.union, JULY.date())
        with self.assertRaises(ProposalOwnError):
            self.press(built.users.union, proposal, 'confirm')

    @with_transaction()
    def test_decided(self):
        "A proposal is decided once and not written"
        built = self.build()
        proposal, = self.proposals()
        self.press(built.users.union, proposal, 'confirm')
        for button in ['confirm', 'dismiss']:
            with self.assertRaises(StepError):
                self.press(built.users.admin, proposal, button)
        with self.assertRaises(AccessError):
            call(built.users.admin, 'model.appraisal.proposal.write',
                [proposal.id], {'start_date': JANUARY})

    @with_transaction()
    def test_member_dismissed(self):
        "Nothing is withdrawn from whoever has left"
        pool = Pool()
        Member = pool.get('safety.member')
        built = self.build()
        proposal, = self.proposals()
        with Transaction().set_context(reason="Left the mine."):
            Member.dismiss([Member(proposal.member.id)])
        with self.assertRaises(ProposalMemberError):
            self.press(built.users.union, proposal, 'confirm')

    def appeal(self, built, proposal):
        pool = Pool()
        Appeal = pool.get('appraisal.appeal')
        with time_machine.travel(JULY, tick=False):
            with acting(built.users.ann):
                appeal, = Appeal.create([{
                            'subject': str(proposal), 'reason': "I did."}])
                Appeal.submit([appeal])
            with acting(built.users.union, reason="Right."):
                Appeal.accept([Appeal(appeal.id)])
        return proposal.__class__(proposal.id)

    @with_transaction()
    def test_appeal(self):
        "An accepted appeal revokes the withdrawal from its beginning"
        built = self.build()
        proposal, = self.proposals()
        self.press(built.users.union, proposal, 'confirm')
        proposal = self.appeal(built, proposal)
        self.assertEqual(proposal.state, 'revoked')
        self.assertEqual(proposal.reason, "Right.")
        self.assertIsNone(proposal.member.withdrawn_since)

    @with_transaction()
    def test_appeal_dismissal(self):
        "Whoever was dismissed wrongly becomes a candidate again"
        pool = Pool()
        Member = pool.get('safety.member')
        built = self.build(months=6)
        proposal, = self.proposals('dismiss')
        self.press(built.users.union, proposal, 'confirm')
        self.appeal(built, proposal)
        member, = Member.search([
                ('employee', '=', built.members.ann.employee.id),
                ('state', '!=', 'dismissed')])
        self.assertEqual(member.state, 'candidate')
        self.assertEqual(member.unit, built.members.ann.unit)

    @with_transaction()
    def test_appeal_award(self):
        "Nobody appeals against what is not in force"
        built = self.build()
        proposal, = self.proposals()
        self.press(built.users.union, proposal, 'confirm')
        self.press(built.users.union, proposal, 'restore')
        with self.assertRaises(AppealSubjectError):
            self.appeal(built, proposal)
