# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Urgent danger: reported at once, told to whom it concerns, never refused."

import datetime as dt
import unittest
from decimal import Decimal

from mine import build_mine
from organization import acting, get_ref
from steps import confirm, draft, finish, recheck, report, waiting, withdraw
from templates import activate_built

from trytond.model.exceptions import (
    AccessButtonError, AccessError, DomainValidationError,
    RequiredValidationError)
from trytond.modules.hazard.exceptions import (
    DutyError, DutyOverlapWarning, UrgentError)
from trytond.modules.hazard.integrity.verification import Verifier
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction


def danger(cause='water_sign', **values):
    return {
        'urgent': True,
        'urgent_cause': get_ref(f'hazard.urgent_cause_{cause}'),
        **values}


def put_on_duty(mine, name='chief', hours=4, user=None):
    DutyLeader = Pool().get('hazard.duty_leader')
    now = dt.datetime.now().replace(microsecond=0)
    with acting(user or mine.users.dispatcher):
        duty, = DutyLeader.create([{
                    'company': mine.company.id,
                    'employee': getattr(mine.employees, name).id,
                    'start': now - dt.timedelta(hours=hours),
                    'end': now + dt.timedelta(hours=hours),
                    }])
    return duty


def told():
    "Return the logins of the users whom the transaction is going to tell"
    return {
        n.user.login for n in Transaction().user_notifications
        if 'Urgent danger' in n.label}


class UrgentTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built('hazard', build_mine)

    @with_transaction()
    def test_save(self):
        "Saving an urgent danger reports it"
        mine = build_mine()
        hazard = draft(mine, **danger())
        self.assertEqual(hazard.state, 'four_fix')
        self.assertTrue(hazard.number)
        self.assertEqual(
            [e.action for e in hazard.events], ['submit', 'alarm'])
        self.assertEqual(hazard.urgent_duty, hazard.urgent_cause.duty)
        waiting('hazard.four_fix', hazard)

    @with_transaction()
    def test_tick(self):
        "A draft or returned hazard that becomes urgent is reported"
        mine = build_mine()
        Hazard = Pool().get('hazard.hazard')
        returned = report(mine)
        with acting(mine.users.safety, reason="Where?"):
            Hazard.return_([Hazard(returned.id)])
        for hazard in [draft(mine), returned]:
            with self.subTest(hazard=hazard):
                with acting(mine.users.reporter):
                    Hazard.write([Hazard(hazard.id)], danger())
                self.assertEqual(Hazard(hazard.id).state, 'four_fix')

    @with_transaction()
    def test_submit_again(self):
        "The button after the save of a client changes nothing"
        mine = build_mine()
        hazard = report(mine, **danger())
        self.assertEqual(hazard.state, 'four_fix')
        self.assertEqual(len(hazard.events), 2)
        for name in ['worker', 'captain']:
            with self.subTest(name=name), self.assertRaises(AccessError):
                with acting(getattr(mine.users, name)):
                    hazard.__class__.submit([hazard.__class__(hazard.id)])

    @with_transaction()
    def test_copy(self):
        "A copy is not urgent before somebody says so"
        mine = build_mine()
        hazard = draft(mine, **danger('gas_power_cut', concentration=2))
        with acting(mine.users.reporter):
            copy, = hazard.__class__.copy([hazard.__class__(hazard.id)])
        self.assertEqual(copy.state, 'draft')
        self.assertFalse(copy.urgent)
        self.assertIsNone(copy.urgent_cause)
        self.assertIsNone(copy.concentration)

    @with_transaction()
    def test_cause(self):
        "An urgent danger names its cause"
        mine = build_mine()
        with self.assertRaises(RequiredValidationError):
            draft(mine, urgent=True)
        hazard = draft(mine)
        hazard.urgent = True
        with self.assertRaises(UrgentError):
            hazard.check_report()

    @with_transaction()
    def test_concentration(self):
        "Urgent danger of gas names the concentration"
        mine = build_mine()
        gas = get_ref('hazard.category_gas')
        for values in [danger('gas_power_cut'), danger(category=gas)]:
            with self.subTest(values=values):
                with self.assertRaises(UrgentError):
                    draft(mine, **values)
        for concentration in [Decimal('-0.1'), Decimal('100.1')]:
            with self.subTest(concentration=concentration):
                with self.assertRaises(DomainValidationError):
                    draft(mine, category=gas, concentration=concentration)
        self.assertTrue(draft(mine, category=gas).asks_concentration)
        hazard = draft(
            mine, **danger('gas_power_cut', concentration=Decimal('1.52')))
        self.assertEqual(hazard.concentration, Decimal('1.52'))

    @with_transaction()
    def test_told(self):
        "The dispatch room and the leader on duty are told at once"
        mine = build_mine()
        put_on_duty(mine, 'other_captain')
        hazard = draft(mine, **danger())
        self.assertEqual(told(), {'dispatcher', 'other_captain'})
        self.assertIn("Dispatcher", hazard.events[-1].note)

    @with_transaction()
    def test_told_without_duty(self):
        "Where nobody is on duty the mine's leaders are told"
        mine = build_mine()
        draft(mine, **danger())
        self.assertEqual(told(), {'dispatcher', 'chief'})

    @with_transaction()
    def test_told_without_dispatch(self):
        "Without a dispatch room the safety department is told"
        mine = build_mine()
        User = Pool().get('res.user')
        User.write([mine.users.dispatcher], {'active': False})
        put_on_duty(mine, user=mine.users.safety)
        draft(mine, **danger())
        self.assertEqual(told(), {'safety', 'chief'})

    @with_transaction()
    def test_refused(self):
        "Nobody returns or cancels an urgent danger"
        mine = build_mine()
        hazard = draft(mine, **danger())
        Hazard = hazard.__class__
        four_fix = waiting('hazard.four_fix', hazard)
        for record, button in [
                (hazard, 'return_'), (hazard, 'cancel'),
                (four_fix, 'return_')]:
            Model = record.__class__
            with self.subTest(record=record, button=button):
                with self.assertRaises(AccessButtonError):
                    with acting(mine.users.safety, reason="No."):
                        getattr(Model, button)([Model(record.id)])
                with self.assertRaises(UrgentError), \
                        Transaction().set_context(reason="No."):
                    getattr(Model, button)([Model(record.id)])
        self.assertEqual(Hazard(hazard.id).state, 'four_fix')

    @with_transaction()
    def test_on_site(self):
        "An urgent danger that was ended on site is rechecked"
        mine = build_mine()
        hazard = draft(mine, **danger(
                handling='on_site', on_site_measures="Door closed.",
                on_site_at=dt.datetime.now() - dt.timedelta(minutes=2)))
        self.assertEqual(hazard.state, 'recheck')

    @with_transaction()
    def test_loop(self):
        "An urgent danger goes through the loop, and all of it fits"
        mine = build_mine()
        hazard = draft(mine, **danger())
        withdraw(mine, hazard)
        confirm(mine, hazard)
        finish(mine, hazard)
        recheck(mine, hazard, 'pass_')
        self.assertEqual(hazard.__class__(hazard.id).state, 'closed')
        self.assertEqual(Verifier(mine.company).run().problems, [])


class DutyLeaderTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built('hazard', build_mine)

    @with_transaction()
    def test_at(self):
        "Who is on duty is asked of the time and the company"
        mine = build_mine()
        DutyLeader = Pool().get('hazard.duty_leader')
        duty = put_on_duty(mine)
        chief = {mine.employees.chief.id}
        self.assertEqual(DutyLeader.at(mine.company, duty.start), chief)
        self.assertEqual(DutyLeader.at(mine.company, duty.end), set())
        self.assertEqual(DutyLeader.at(-1, duty.start), set())

    @with_transaction()
    def test_overlap(self):
        "Two leaders at a time are said to be so"
        mine = build_mine()
        put_on_duty(mine)
        with self.assertRaises(DutyOverlapWarning):
            put_on_duty(mine, 'captain')

    @with_transaction()
    def test_ended(self):
        "A duty that has ended stays as it is"
        mine = build_mine()
        DutyLeader = Pool().get('hazard.duty_leader')
        duty = put_on_duty(mine)
        end = dt.datetime.now().replace(microsecond=0)
        DutyLeader.write([duty], {'end': end - dt.timedelta(hours=1)})
        with acting(mine.users.dispatcher):
            with self.assertRaises(DutyError):
                DutyLeader.write([duty], {'end': end})
            with self.assertRaises(DutyError):
                DutyLeader.delete([duty])

    @with_transaction()
    def test_past(self):
        "Nobody puts people on a duty that is over"
        mine = build_mine()
        duty = put_on_duty(mine)
        over = {
            'start': duty.start - dt.timedelta(days=1),
            'end': duty.end - dt.timedelta(days=1)}
        with acting(mine.users.dispatcher):
            with self.assertRaises(DutyError):
                duty.__class__.create([{
                            'company': mine.company.id,
                            'employee': mine.employees.chief.id, **over}])
            with self.assertRaises(DutyError):
                duty.__class__.write([duty], over)

    @with_transaction()
    def test_keepers(self):
        "Dispatch room and safety department keep it, everybody reads"
        mine = build_mine()
        DutyLeader = Pool().get('hazard.duty_leader')
        duty = put_on_duty(mine, user=mine.users.safety)
        for name in ['reporter', 'captain', 'station', 'manager']:
            with self.subTest(name=name):
                with acting(getattr(mine.users, name)):
                    self.assertEqual(DutyLeader.search([]), [duty])
                with self.assertRaises(AccessError):
                    put_on_duty(mine, user=getattr(mine.users, name))
