# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The records of stopping work and withdrawing people."

import datetime as dt
import unittest

from mine import build_mine
from organization import acting, create_company, create_employee, get_ref
from steps import confirm, draft, finish, recheck, report, withdraw
from templates import activate_built
from test_hazard_urgent import danger
from undone import undone

from trytond.model.exceptions import (
    AccessButtonError, AccessError, ValidationError)
from trytond.modules.hazard.exceptions import WithdrawalError
from trytond.modules.hazard.integrity.verification import Verifier
from trytond.modules.hazard.urgent.withdrawal import REQUIRED
from trytond.modules.safety_base.exceptions import StepError
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction


class WithdrawalTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built('hazard', build_mine)

    def resume(self, mine, withdrawal, user=None, **context):
        Withdrawal = withdrawal.__class__
        context = {
            'reason': "No more water, pumps at work.",
            'resumed_at': dt.datetime.now(),
            'approved_by': mine.employees.chief.id,
            **context}
        with acting(user or mine.users.dispatcher, **context):
            Withdrawal.resume([Withdrawal(withdrawal.id)])
        return Withdrawal(withdrawal.id)

    @with_transaction()
    def test_life(self):
        "A withdrawal is confirmed, then work is resumed"
        mine = build_mine()
        hazard = draft(mine, **danger())
        withdrawal = withdraw(mine, hazard)
        self.assertEqual(withdrawal.state, 'confirmed')
        self.assertEqual(withdrawal.confirmed_by, mine.employees.dispatcher)
        withdrawal = self.resume(mine, withdrawal)
        self.assertEqual(withdrawal.state, 'resumed')
        self.assertEqual(withdrawal.approved_by, mine.employees.chief)
        self.assertEqual(withdrawal.resumption_by, mine.employees.dispatcher)
        events = hazard.__class__(hazard.id).events
        self.assertEqual(
            [(e.action, e.stage) for e in events[-2:]],
            [('withdraw', withdrawal), ('resume', withdrawal)])
        self.assertEqual(Verifier(mine.company).run().problems, [])

    @with_transaction()
    def test_shown(self):
        "The list of dangers tells how far the withdrawal is"
        mine = build_mine()
        Hazard = Pool().get('hazard.hazard')
        hazard = draft(mine, **danger())

        def shown():
            with acting(mine.users.dispatcher):
                values, = Hazard.read([hazard.id], ['withdrawal_state'])
            return values['withdrawal_state']
        self.assertIsNone(shown())
        withdrawal = withdraw(mine, hazard, press=False)
        self.assertEqual(shown(), "Draft")
        with acting(mine.users.dispatcher):
            withdrawal.__class__.confirm(
                [withdrawal.__class__(withdrawal.id)])
        self.assertEqual(shown(), "Work Stopped")
        self.resume(mine, withdrawal)
        self.assertEqual(shown(), "Work Resumed")

    @with_transaction()
    def test_required(self):
        "A withdrawal is confirmed with all that it must tell"
        mine = build_mine()
        hazard = draft(mine, **danger())
        for name in [*REQUIRED, 'withdrawn_at']:
            with self.subTest(name=name):
                with self.assertRaises(WithdrawalError):
                    withdraw(mine, hazard, **{name: None})
        withdraw(mine, hazard, people=0, withdrawn_at=None)

    @with_transaction()
    def test_times(self):
        "The times of a withdrawal are possible"
        mine = build_mine()
        hazard = draft(mine, **danger())
        now = dt.datetime.now().replace(microsecond=0)
        for name in [
                'stopped_at', 'withdrawn_at', 'reported_at', 'power_cut_at']:
            for time in [
                    now + dt.timedelta(hours=1), now - dt.timedelta(days=1)]:
                if name == 'stopped_at' and time < now:
                    continue
                with self.subTest(name=name, time=time):
                    with self.assertRaises(WithdrawalError):
                        withdraw(mine, hazard, **{name: time})

    @with_transaction()
    def test_hazard(self):
        "What is no hazard in treatment has no withdrawal"
        mine = build_mine()
        with self.assertRaises(WithdrawalError):
            withdraw(mine, draft(mine), user=mine.users.reporter)
        hazard = report(mine)
        withdrawal = withdraw(mine, hazard, press=False)
        with acting(mine.users.safety, reason="Wrong."):
            hazard.__class__.cancel([hazard.__class__(hazard.id)])
        with self.assertRaises(WithdrawalError):
            with acting(mine.users.safety):
                withdrawal.__class__.confirm(
                    [withdrawal.__class__(withdrawal.id)])

    @with_transaction()
    def test_confirmed(self):
        "Nobody changes or deletes what is confirmed"
        mine = build_mine()
        withdrawal = withdraw(mine, draft(mine, **danger()))
        Withdrawal = withdrawal.__class__
        for name in ['safety', 'dispatcher', 'captain', 'reporter']:
            with self.subTest(name=name), \
                    acting(getattr(mine.users, name)):
                with self.assertRaises(AccessError):
                    Withdrawal.write([Withdrawal(withdrawal.id)], {
                            'people': 1})
                with self.assertRaises(AccessError):
                    Withdrawal.delete([Withdrawal(withdrawal.id)])
                with self.assertRaises((StepError, AccessError)):
                    Withdrawal.confirm([Withdrawal(withdrawal.id)])

    @with_transaction()
    def test_other_hazard(self):
        "A draft stays with its hazard"
        mine = build_mine()
        withdrawal = withdraw(mine, draft(mine, **danger()), press=False)
        other = report(mine)
        with acting(mine.users.dispatcher), self.assertRaises(AccessError):
            withdrawal.__class__.write([withdrawal], {'hazard': other.id})

    @with_transaction()
    def test_foreign(self):
        "No withdrawal is added to a hazard of others, however it is named"
        mine = build_mine()
        other = build_mine(create_company("Other"), prefix='other-')
        foreign = draft(other, **danger())
        elsewhere = draft(mine, unit=mine.units.driving.id, **danger())
        Withdrawal = Pool().get('hazard.withdrawal')
        for name, hazard in [('dispatcher', foreign), ('captain', elsewhere)]:
            for values, context in [
                    ({'hazard': hazard.id}, {}),
                    ({}, {'withdrawal_hazard': hazard.id}),
                    ({'hazard': None}, {'withdrawal_hazard': hazard.id}),
                    ({'company': mine.company.id},
                        {'withdrawal_hazard': hazard.id}),
                    ({}, {'withdrawal_hazard': str(hazard.id)})]:
                with self.subTest(
                        name=name, values=values, context=context), undone():
                    with self.assertRaises((AccessError, ValidationError)):
                        with acting(getattr(mine.users, name), **context):
                            Withdrawal.create([values])

    @with_transaction()
    def test_default(self):
        "The hazard from which the record was opened is taken"
        mine = build_mine()
        hazard = draft(mine, **danger())
        Withdrawal = Pool().get('hazard.withdrawal')
        with acting(mine.users.dispatcher, withdrawal_hazard=hazard.id):
            withdrawal, = Withdrawal.create([{'area': "All."}])
        self.assertEqual(withdrawal.hazard, hazard)
        self.assertEqual(withdrawal.company, mine.company)

    @with_transaction()
    def test_ended(self):
        "No withdrawal is added to a hazard that is closed or cancelled"
        mine = build_mine()
        closed = self.to_recheck(mine, **danger('other'))
        recheck(mine, closed, 'pass_')
        cancelled = report(mine)
        with acting(mine.users.safety, reason="Wrong."):
            cancelled.__class__.cancel([cancelled.__class__(cancelled.id)])
        for hazard in [closed, cancelled]:
            with self.subTest(hazard=hazard):
                with self.assertRaises(WithdrawalError):
                    withdraw(mine, hazard, press=False)

    @with_transaction()
    def test_closing_foreign(self):
        "What another company recorded closes no hazard"
        mine = build_mine()
        hazard = self.to_recheck(mine, **danger())
        withdrawal = withdraw(mine, hazard)
        table = withdrawal.__table__()
        Transaction().connection.cursor().execute(*table.update(
                [table.company], [create_company("Other").id]))
        with self.assertRaises(WithdrawalError):
            hazard.check_closing([hazard])

    @with_transaction()
    def test_resumption(self):
        "Work is resumed at a possible time with the approval of somebody"
        mine = build_mine()
        withdrawal = withdraw(mine, draft(mine, **danger()))
        stranger = create_employee(create_company("Other"), "Stranger")
        now = dt.datetime.now()
        for context in [
                {'approved_by': None}, {'approved_by': stranger.id},
                {'approved_by': 'x'}, {'approved_by': 2 ** 70},
                {'approved_by': True}, {'resumed_at': None},
                {'resumed_at': "now"},
                {'resumed_at': now + dt.timedelta(hours=1)},
                {'resumed_at': now - dt.timedelta(days=1)}]:
            with self.subTest(context=context):
                with self.assertRaises(WithdrawalError):
                    self.resume(mine, withdrawal, **context)

    @with_transaction()
    def test_approvers(self):
        "Who leads the mine, is on duty or at dispatch approves it"
        pool = Pool()
        DutyLeader = pool.get('hazard.duty_leader')
        mine = build_mine()
        withdrawal = withdraw(mine, draft(mine, **danger()))
        for name in ['reporter', 'captain', 'worker', 'safety', 'station']:
            with self.subTest(name=name), self.assertRaises(WithdrawalError):
                self.resume(
                    mine, withdrawal,
                    approved_by=getattr(mine.employees, name).id)
        now = dt.datetime.now()
        DutyLeader.create([{
                    'company': mine.company.id,
                    'employee': mine.employees.captain.id,
                    'start': now - dt.timedelta(hours=8),
                    'end': now + dt.timedelta(hours=1)}])
        for name in ['head', 'dispatcher', 'captain']:
            withdrawal = withdraw(mine, draft(mine, **danger()))
            withdrawal = self.resume(
                mine, withdrawal,
                approved_by=getattr(mine.employees, name).id)
            self.assertEqual(withdrawal.state, 'resumed')

    @with_transaction()
    def test_approvers_asked(self):
        "The wizard proposes who may approve"
        Ask = Pool().get('hazard.withdrawal.resume.ask')
        mine = build_mine()
        with acting(mine.users.dispatcher):
            ask = Ask(resumed_at=dt.datetime.now())
            self.assertEqual(
                set(ask.on_change_with_approvers()), {
                    mine.employees.chief.id, mine.employees.head.id,
                    mine.employees.dispatcher.id})

    @with_transaction()
    def test_resumers(self):
        "Dispatch room and safety department record the resumption"
        mine = build_mine()
        withdrawal = withdraw(mine, draft(mine, **danger()))
        for name in ['reporter', 'captain', 'chief', 'station']:
            with self.subTest(name=name):
                with self.assertRaises((AccessError, AccessButtonError)):
                    self.resume(
                        mine, withdrawal, user=getattr(mine.users, name))
        self.resume(mine, withdrawal, user=mine.users.safety)

    @with_transaction()
    def test_writers(self):
        "Who found the hazard, leads the unit or keeps the record writes it"
        mine = build_mine()
        hazard = draft(mine, **danger())
        for name in ['reporter', 'captain', 'chief', 'safety', 'head']:
            with self.subTest(name=name):
                withdraw(mine, hazard, user=getattr(mine.users, name))
        for name in ['worker', 'other_captain', 'station', 'manager']:
            with self.subTest(name=name), self.assertRaises(AccessError):
                withdraw(mine, hazard, user=getattr(mine.users, name))

    def to_recheck(self, mine, **values):
        hazard = draft(mine, **values)
        confirm(mine, hazard)
        finish(mine, hazard)
        return hazard

    @with_transaction()
    def test_closing(self):
        "An urgent danger is closed with a confirmed withdrawal only"
        mine = build_mine()
        hazard = self.to_recheck(mine, **danger())
        with self.assertRaises(WithdrawalError):
            hazard.check_closing([hazard])
        withdrawal = withdraw(mine, hazard, press=False)
        with self.assertRaises(WithdrawalError):
            hazard.check_closing([hazard])
        with acting(mine.users.dispatcher):
            withdrawal.__class__.confirm(
                [withdrawal.__class__(withdrawal.id)])
        recheck(mine, hazard, 'pass_')
        self.assertEqual(hazard.__class__(hazard.id).state, 'closed')

    @with_transaction()
    def test_closing_refused(self):
        "The recheck of an urgent danger without withdrawal cannot pass"
        mine = build_mine()
        hazard = self.to_recheck(mine, **danger())
        with self.assertRaises(WithdrawalError):
            recheck(mine, hazard, 'pass_')

    @with_transaction()
    def test_closing_other(self):
        "Where the cause asks for none a hazard is closed without withdrawal"
        mine = build_mine()
        hazard = self.to_recheck(mine, **danger('other'))
        recheck(mine, hazard, 'pass_')
        self.assertEqual(hazard.__class__(hazard.id).state, 'closed')

    @with_transaction()
    def test_forged(self):
        "A withdrawal that was changed in the database is found"
        mine = build_mine()
        withdrawal = withdraw(mine, draft(mine, **danger()))
        table = withdrawal.__table__()
        Transaction().connection.cursor().execute(
            *table.update([table.people], [99]))
        problem, = Verifier(mine.company).run().problems
        self.assertEqual(problem.record, str(withdrawal))
        self.assertEqual(problem.field, 'people')

    @with_transaction()
    def test_references(self):
        "Causes and functions cite provisions that are in force"
        pool = Pool()
        day = dt.date(2026, 12, 1)
        for model in ['hazard.urgent_cause', 'hazard.stop_authority']:
            for record in pool.get(model).search([]):
                with self.subTest(record=record.code):
                    self.assertTrue(record.legal_bases)
                    self.assertTrue(all(
                            b.is_in_force(day) for b in record.legal_bases))
        self.assertTrue(get_ref('hazard.stop_authority_gas_inspector'))
