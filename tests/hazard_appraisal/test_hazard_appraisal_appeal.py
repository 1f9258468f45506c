# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Members object to their points, and the department decides."

import datetime as dt
import unittest
from decimal import Decimal

import time_machine
from access import call, run
from organization import acting, create_user, represent
from points import (
    build_appraisal, create_entry, create_proposal, create_rule, get_period,
    get_sheet)
from templates import activate_built

from trytond.model.exceptions import (
    AccessButtonError, AccessError, ButtonActionException, SQLConstraintError)
from trytond.modules.hazard_appraisal.exceptions import (
    AppealDecisionError, AppealOwnError, AppealSubjectError, AppealTimeError,
    EntryReversalError)
from trytond.modules.safety_base.exceptions import StepError
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction

CLOSED = dt.datetime(2026, 4, 2, 8)
LATER = dt.datetime(2026, 4, 8, 8)


class AppealTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built(
            'hazard_appraisal', build_appraisal, end=dt.date(2026, 4, 30))

    def build(self, close=True):
        "Return the mine where ann has a bad entry in March."
        pool = Pool()
        Entry = pool.get('appraisal.entry')
        Period = pool.get('appraisal.period')
        built = build_appraisal(end=dt.date(2026, 4, 30))
        rule = create_rule(
            built.company, 'rectification_overdue', -5, group='loop')
        built.entry = create_entry(rule, built.members.ann)
        built.other = create_entry(rule, built.members.bob)
        if close:
            with time_machine.travel(CLOSED, tick=False):
                for kind, day in [
                        ('tenday', 5), ('tenday', 15), ('tenday', 25),
                        ('month', 5)]:
                    Period.close([get_period(
                                built.company, kind,
                                dt.date(2026, 3, day))])
        built.entry = Entry(built.entry.id)
        built.sheet = get_sheet(built.members.ann, 'month')
        return built

    def appeal(self, user, subject, submit=True):
        pool = Pool()
        Appeal = pool.get('appraisal.appeal')
        with acting(user):
            appeal, = Appeal.create([{
                        'subject': str(subject),
                        'reason': "It was done on time."}])
            if submit:
                Appeal.submit([appeal])
        return Appeal(appeal.id)

    def told(self, user):
        return [
            n for n in Transaction().user_notifications
            if n.user.id == user.id]

    def decide(self, user, appeal, button, **context):
        with acting(user, reason="Right.", **context):
            Model = appeal.__class__
            getattr(Model, button)([Model(appeal.id)])
        return Model(appeal.id)

    @with_transaction()
    def test_entry_accepted(self):
        "Accepting reverses the entry in the next open period and tells so"
        built = self.build()
        with time_machine.travel(LATER, tick=False):
            appeal = self.appeal(built.users.ann, built.entry)
            self.assertEqual(appeal.state, 'submitted')
            self.assertEqual(appeal.member, built.members.ann)
            self.assertEqual(len(self.told(built.users.union)), 1)
            appeal = self.decide(built.users.union, appeal, 'accept')

        self.assertEqual(appeal.state, 'accepted')
        self.assertEqual(appeal.decision, "Right.")
        self.assertEqual(
            appeal.decided_by, built.users.union.employees[0])
        self.assertEqual(appeal.decided_at, LATER)
        reversal, = appeal.reversals
        self.assertEqual(reversal.reversal_of, built.entry)
        self.assertEqual(reversal.points, 5)
        self.assertEqual(reversal.reason, "Right.")
        self.assertEqual(reversal.period.start_date, dt.date(2026, 4, 1))
        self.assertEqual(appeal.counted_in, reversal.period)
        notification, = self.told(built.users.ann)
        self.assertIn(reversal.period.rec_name, notification.description)
        self.assertEqual(get_sheet(built.members.ann, 'month').points, -5)
        self.assertEqual(
            get_sheet(built.members.ann, 'month', dt.date(2026, 4, 5)).points,
            5)

    @with_transaction()
    def test_sheet_accepted(self):
        "Of a sheet those entries are reversed that the decision names"
        built = self.build()
        with time_machine.travel(LATER, tick=False):
            appeal = self.appeal(built.users.ann, built.sheet)
            for ids in [[], [built.other.id], [built.entry.id, 0]]:
                with self.subTest(ids=ids), \
                        self.assertRaises(AppealDecisionError):
                    self.decide(
                        built.users.union, appeal, 'accept', entries=ids)
            appeal = self.decide(
                built.users.admin, appeal, 'accept',
                entries=[built.entry.id])

        self.assertEqual(
            [e.reversal_of for e in appeal.reversals], [built.entry])

    @with_transaction()
    def test_wizards(self):
        "A member appeals from the sheet, the department decides in a dialog"
        pool = Pool()
        Appeal = pool.get('appraisal.appeal')
        built = self.build()

        def on(record):
            return {
                'active_model': record.__name__, 'active_id': record.id,
                'active_ids': [record.id]}

        with time_machine.travel(LATER, tick=False):
            run(built.users.ann, 'appraisal.appeal.make',
                [('submit', {'ask': {'reason': "Wrong."}})],
                **on(built.sheet))
            run(built.users.ann, 'appraisal.appeal.make',
                [('submit', {'ask': {'reason': "Wrong."}})],
                **on(built.entry))
            appeal, _ = Appeal.search([], order=[('id', 'ASC')])
            self.assertEqual(appeal.subject, built.sheet)
            with self.assertRaises(AccessError):
                run(built.users.bob, 'appraisal.appeal.make',
                    [('submit', {'ask': {'reason': "Wrong."}})],
                    **on(built.other.__class__(built.entry.id)))
            run(built.users.union, 'appraisal.appeal.accept',
                [('press', {'ask': {
                                'sheet': built.sheet.id,
                                'entries': [built.entry.id],
                                'decision': "Right."}})], **on(appeal))
        self.assertEqual(Appeal(appeal.id).state, 'accepted')

    @with_transaction()
    def test_rejected(self):
        built = self.build()
        with time_machine.travel(LATER, tick=False):
            appeal = self.appeal(built.users.ann, built.entry)
            appeal = self.decide(built.users.union, appeal, 'reject')

        self.assertEqual(appeal.state, 'rejected')
        self.assertEqual(appeal.decision, "Right.")
        self.assertFalse(appeal.reversals)

    @with_transaction()
    def test_decision_text(self):
        "A decision without a text asks for one"
        built = self.build()
        with time_machine.travel(LATER, tick=False):
            appeal = self.appeal(built.users.ann, built.entry)
            for button in ['accept', 'reject']:
                with acting(built.users.union), \
                        self.assertRaises(ButtonActionException):
                    getattr(appeal.__class__, button)([appeal])

    @with_transaction()
    def test_withdrawn(self):
        "Only the member withdraws, and may appeal anew"
        built = self.build()
        with time_machine.travel(LATER, tick=False):
            appeal = self.appeal(built.users.ann, built.entry)
            with self.assertRaises(AppealOwnError):
                self.decide(built.users.union, appeal, 'withdraw')
            appeal = self.decide(built.users.ann, appeal, 'withdraw')
            self.assertEqual(appeal.state, 'withdrawn')
            self.appeal(built.users.ann, built.entry)

    @with_transaction()
    def test_time(self):
        "The days after the closing are counted by the server"
        pool = Pool()
        Settings = pool.get('appraisal.configuration.settings')
        built = self.build()
        Settings.create([{'company': built.company.id, 'appeal_days': 3}])
        last = CLOSED + dt.timedelta(days=3)
        with time_machine.travel(last, tick=False):
            appeal = self.appeal(built.users.ann, built.entry, submit=False)
            self.assertEqual(appeal.until, last)
            self.appeal(built.users.ann, built.sheet)
        with time_machine.travel(last + dt.timedelta(seconds=1), tick=False):
            with acting(built.users.ann), \
                    self.assertRaises(AppealTimeError):
                appeal.__class__.submit([appeal])

    @with_transaction()
    def test_open(self):
        "An entry of an open period can be appealed against, a sheet not"
        built = self.build(close=False)
        with time_machine.travel(LATER, tick=False):
            with self.assertRaises(AppealSubjectError):
                self.appeal(built.users.ann, built.sheet)
            appeal = self.appeal(built.users.ann, built.entry)
            self.assertIsNone(appeal.until)

    @with_transaction()
    def test_reversed(self):
        "What is reversed already is not appealed against"
        built = self.build()
        with time_machine.travel(LATER, tick=False):
            reversal, = built.entry.__class__.reverse(
                [built.entry], "Mistaken.")
            for entry in [built.entry, reversal]:
                with self.assertRaises(AppealSubjectError):
                    self.appeal(built.users.ann, entry)

    @with_transaction()
    def test_reversed_meanwhile(self):
        built = self.build()
        with time_machine.travel(LATER, tick=False):
            appeal = self.appeal(built.users.ann, built.entry)
            built.entry.__class__.reverse([built.entry], "Mistaken.")
            with self.assertRaises(EntryReversalError):
                self.decide(built.users.union, appeal, 'accept')

    @with_transaction()
    def test_twice(self):
        "Nobody appeals twice against the same"
        built = self.build()
        with time_machine.travel(LATER, tick=False):
            self.appeal(built.users.ann, built.entry)
            with self.assertRaises(SQLConstraintError):
                self.appeal(built.users.ann, built.entry)

    @with_transaction()
    def test_of_another(self):
        "Nobody appeals against the points of somebody else"
        built = self.build()
        with time_machine.travel(LATER, tick=False):
            for user in [
                    built.users.bob, built.users.union, built.users.admin]:
                for subject in [built.entry, built.sheet]:
                    with self.subTest(user=user.login), \
                            self.assertRaises(AccessError):
                        self.appeal(user, subject)

    @with_transaction()
    def test_deciders(self):
        "Neither members nor the department of another kind decide"
        built = self.build()
        with time_machine.travel(LATER, tick=False):
            appeal = self.appeal(built.users.ann, built.entry)
            for user, error in [
                    (built.users.ann, AppealOwnError),
                    (built.users.bob, AccessError),
                    (built.users.youth, AccessError)]:
                with self.subTest(user=user.login), \
                        self.assertRaises((error, AccessButtonError)):
                    self.decide(user, appeal, 'accept')

    @with_transaction()
    def test_own(self):
        "Who manages the kind does not decide upon an own appeal"
        built = self.build()
        user = create_user(
            'ann2', built.company, built.members.ann.employee,
            ['safety_organization.group_member_union'])
        with time_machine.travel(LATER, tick=False):
            appeal = self.appeal(built.users.ann, built.entry)
            for button in ['accept', 'reject']:
                with self.assertRaises(AppealOwnError):
                    self.decide(user, appeal, button)
            represent(
                built.members.ann.employee, built.users.union, LATER.date())
            with self.assertRaises(AppealOwnError):
                self.decide(built.users.union, appeal, 'accept')

    @with_transaction()
    def test_secret(self):
        "Nobody learns of what is proposed about him by appealing"
        built = self.build()
        proposal = create_proposal(
            built.members.ann, get_period(built.company, 'month'))
        with self.assertRaises(AppealSubjectError):
            self.appeal(built.users.ann, proposal, submit=False)

    @with_transaction()
    def test_nothing(self):
        "Appealing against nothing is refused"
        built = self.build()
        with self.assertRaises(AppealSubjectError):
            run(built.users.ann, 'appraisal.appeal.make', [
                    ('submit', {'ask': {'reason': "Why?"}})])

    @with_transaction()
    def test_decided_before(self):
        "An appeal is decided once"
        built = self.build()
        with time_machine.travel(LATER, tick=False):
            appeal = self.appeal(built.users.ann, built.entry)
            self.decide(built.users.union, appeal, 'accept')
            for button in ['accept', 'reject']:
                with self.assertRaises(StepError):
                    self.decide(built.users.admin, appeal, button)
        self.assertEqual(len(appeal.__class__(appeal.id).reversals), 1)

    @with_transaction()
    def test_modify(self):
        "What was submitted is not changed any more, nor what it is against"
        built = self.build()
        with time_machine.travel(LATER, tick=False):
            draft = self.appeal(built.users.ann, built.entry, submit=False)
            call(built.users.ann, 'model.appraisal.appeal.write',
                [draft.id], {'reason': "Better said."})
            for values in [
                    {'subject': str(built.sheet)}, {'state': 'accepted'},
                    {'decision': "Yes."},
                    {'member': built.members.bob.id}]:
                with self.subTest(values=values), \
                        self.assertRaises(AccessError):
                    call(built.users.ann, 'model.appraisal.appeal.write',
                        [draft.id], values)
            appeal = self.appeal(built.users.ann, built.sheet)
            for user in [built.users.ann, built.users.union]:
                with self.assertRaises(AccessError):
                    call(user, 'model.appraisal.appeal.write',
                        [appeal.id], {'reason': "Other."})
                with self.assertRaises(AccessError):
                    call(user, 'model.appraisal.appeal.delete', [appeal.id])

    @with_transaction()
    def test_points_count(self):
        "The points taken back are counted once"
        built = self.build()
        with time_machine.travel(LATER, tick=False):
            appeal = self.appeal(built.users.ann, built.entry)
            self.decide(built.users.union, appeal, 'accept')
        self.assertEqual(
            get_sheet(built.members.ann, 'year').score, Decimal(60))
