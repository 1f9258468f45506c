# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Urgent danger that is noticed after the report."

import json
import unittest
from decimal import Decimal

from access import call, run
from mine import build_mine
from organization import acting, get_ref
from steps import confirm, finish, recheck, report, withdraw
from templates import activate_built
from test_hazard_urgent import danger, put_on_duty, told

from trytond.model.exceptions import (
    AccessButtonError, AccessError, ButtonActionException)
from trytond.modules.hazard.exceptions import UrgentError, WithdrawalError
from trytond.modules.hazard.integrity.verification import Verifier
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction

METHOD = 'model.hazard.hazard.mark_urgent'


class LaterTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built('hazard', build_mine)

    def mark(self, mine, hazard, user='dispatcher', cause='water_sign',
            **context):
        "Mark the hazard as a client does and return it."
        context = {
            'urgent_cause': get_ref(f'hazard.urgent_cause_{cause}'),
            'reason': "More water than before.", **context}
        call(getattr(mine.users, user), METHOD, [hazard.id], **context)
        return hazard.__class__(hazard.id)

    @with_transaction()
    def test_mark(self):
        "What follows is the same as at the report, and it is recorded"
        mine = build_mine()
        put_on_duty(mine)
        hazard = report(mine)
        Transaction().user_notifications.clear()
        hazard = self.mark(mine, hazard)
        self.assertTrue(hazard.urgent)
        self.assertEqual(hazard.state, 'four_fix')
        self.assertEqual(told(), {'dispatcher', 'chief'})
        submit, urgent, alarm = hazard.events
        self.assertEqual((urgent.action, alarm.action), ('urgent', 'alarm'))
        self.assertEqual(urgent.employee, mine.employees.dispatcher)
        self.assertIn("More water than before.", urgent.note)
        self.assertEqual(json.loads(urgent.content)['card'], {
                'concentration': None, 'urgent': True,
                'urgent_cause': hazard.urgent_cause.id})
        self.assertEqual(Verifier(mine.company).run().problems, [])

    @with_transaction()
    def test_forged(self):
        "The verification finds a danger that was unmarked by hand"
        mine = build_mine()
        hazard = self.mark(mine, report(mine))
        table = hazard.__table__()
        Transaction().connection.cursor().execute(*table.update(
                [table.urgent], [False], where=table.id == hazard.id))
        problem, = Verifier(mine.company).run().problems
        self.assertEqual(problem.record, f'hazard.hazard,{hazard.id}')

    @with_transaction()
    def test_refused(self):
        "It is neither returned nor cancelled, and not closed unrecorded"
        mine = build_mine()
        hazard = self.mark(mine, report(mine))
        Hazard = hazard.__class__
        for button in ['return_', 'cancel']:
            with self.subTest(button=button), \
                    acting(mine.users.safety, reason="Wrong."):
                with self.assertRaises((UrgentError, AccessButtonError)):
                    getattr(Hazard, button)([Hazard(hazard.id)])
        confirm(mine, hazard)
        finish(mine, hazard)
        withdraw(mine, hazard)
        recheck(mine, hazard, 'pass_')
        hazard = self.mark(mine, report(mine))
        confirm(mine, hazard)
        finish(mine, hazard)
        with self.assertRaises(WithdrawalError):
            recheck(mine, hazard, 'pass_')

    @with_transaction()
    def test_stages(self):
        "It is marked in each stage of the treatment"
        mine = build_mine()
        hazard = report(mine)
        confirm(mine, hazard)
        self.assertTrue(self.mark(mine, hazard).urgent)
        hazard = report(mine)
        confirm(mine, hazard)
        finish(mine, hazard)
        self.assertTrue(self.mark(mine, hazard).urgent)

    @with_transaction()
    def test_people(self):
        "Finder, dispatch room, safety department and who is on duty mark it"
        mine = build_mine()
        for name in ['reporter', 'dispatcher', 'safety']:
            with self.subTest(name=name):
                self.assertTrue(
                    self.mark(mine, report(mine), user=name).urgent)
        hazard = report(mine)
        for name in [
                'captain', 'chief', 'worker', 'other_captain', 'station',
                'head', 'manager']:
            with self.subTest(name=name), \
                    self.assertRaises((AccessButtonError, AccessError)):
                self.mark(mine, hazard, user=name)
        put_on_duty(mine)
        self.assertTrue(self.mark(mine, hazard, user='chief').urgent)

    @with_transaction()
    def test_duty_over(self):
        "Who was on duty before does not mark it"
        mine = build_mine()
        duty = put_on_duty(mine)
        table = duty.__table__()
        Transaction().connection.cursor().execute(*table.update(
                [table.end], [table.start], where=table.id == duty.id))
        with self.assertRaises(AccessError):
            self.mark(mine, report(mine), user='chief')

    @with_transaction()
    def test_states(self):
        "What is urgent, closed or not reported is not marked"
        mine = build_mine()
        closed = report(mine)
        confirm(mine, closed)
        finish(mine, closed)
        recheck(mine, closed, 'pass_')
        for hazard in [closed, report(mine, **danger())]:
            with self.subTest(state=hazard.state):
                with self.assertRaises(AccessButtonError):
                    self.mark(mine, hazard)

    @with_transaction()
    def test_asked(self):
        "Cause and reason are asked for, and a concentration that can be"
        mine = build_mine()
        hazard = report(mine)
        for context in [
                {'urgent_cause': None}, {'urgent_cause': -1},
                {'urgent_cause': 'x'}, {'reason': " "},
                {'concentration': Decimal(101)},
                {'concentration': Decimal(-1)}]:
            with self.subTest(context=context):
                with self.assertRaises(ButtonActionException):
                    self.mark(mine, hazard, **context)
        self.assertFalse(hazard.__class__(hazard.id).urgent)

    @with_transaction()
    def test_gas(self):
        "Danger by gas tells the concentration"
        mine = build_mine()
        hazard = report(mine)
        with self.assertRaises(UrgentError):
            self.mark(mine, hazard, cause='gas_power_cut')
        hazard = self.mark(
            mine, hazard, cause='gas_power_cut',
            concentration=Decimal('1.6'))
        self.assertEqual(hazard.concentration, Decimal('1.6'))

    @with_transaction()
    def test_wizard(self):
        "The wizard shows what to do at once and raises the alarm"
        mine = build_mine()
        hazard = report(mine)
        cause = get_ref('hazard.urgent_cause_gas_power_cut')
        Ask = Pool().get('hazard.hazard.mark_urgent.ask')
        with acting(mine.users.safety):
            ask = Ask(urgent_cause=cause, gas=False)
            ask.on_change_urgent_cause()
            self.assertEqual(
                ask.urgent_duty,
                Pool().get('hazard.urgent_cause')(cause).duty)
            self.assertTrue(ask.on_change_with_asks_concentration())
        run(mine.users.safety, 'hazard.hazard.mark_urgent', [
                ('mark', {'ask': {
                            'urgent_cause': cause,
                            'concentration': Decimal('1.6'),
                            'reason': "The sensor tells."}})],
            active_model='hazard.hazard', active_id=hazard.id,
            active_ids=[hazard.id])
        self.assertTrue(hazard.__class__(hazard.id).urgent)
