# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The treatment plans of major hazards."

import datetime as dt
import unittest
from decimal import Decimal

from mine import build_mine
from organization import acting, create_user
from steps import (
    approve_plan, confirm, draw_plan, major, plan_values, press_plan, report,
    waiting)
from templates import activate_built

from trytond.model.exceptions import (
    AccessButtonError, AccessError, ButtonActionException)
from trytond.modules.hazard.exceptions import (
    FourFixError, PlanAccessError, PlanError)
from trytond.modules.hazard.integrity.verification import Verifier
from trytond.modules.hazard.loop.plan import CONTENTS, SITUATION
from trytond.modules.safety_base.exceptions import ActorError, StepError
from trytond.modules.safety_base.workflow import now
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction

REFUSED = AccessError, AccessButtonError


class HazardPlanTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built('hazard', build_mine)

    def report(self, mine, **values):
        return report(mine, **major(**values))

    def get_plan(self, hazard):
        plan, = hazard.__class__(hazard.id).plans
        return plan

    def fill(self, mine, hazard, user=None, **values):
        plan = self.get_plan(hazard)
        with acting(user or mine.users.captain):
            plan.__class__.write(
                [plan.__class__(plan.id)], {**plan_values(mine), **values})
        return self.get_plan(hazard)

    def get_mine(self, mine):
        "Return for whom of the mine plans wait."
        Plan = Pool().get('hazard.plan')
        waits = set()
        for name, user in vars(mine.users).items():
            with acting(user):
                if Plan.search([('mine', '=', True)]):
                    waits.add(name)
        return waits

    @with_transaction()
    def test_prepare(self):
        "A report of a major hazard prepares its plan, others do not"
        pool = Pool()
        Plan = pool.get('hazard.plan')
        mine = build_mine()
        hazard = self.report(mine)
        plan = self.get_plan(hazard)
        self.assertEqual(plan.state, 'draft')
        self.assertEqual(plan.company, mine.company)
        self.assertEqual(plan.unit, mine.units.ventilation)
        self.assertEqual(len(plan.missing_contents), 9)
        self.assertEqual(
            plan.due_at, plan.opened_at + dt.timedelta(hours=72))
        Plan.prepare([hazard])
        self.assertEqual(self.get_plan(hazard), plan)
        self.assertFalse(report(mine).plans)

    @with_transaction()
    def test_four_fix(self):
        "The four-fix of a major hazard waits for the approved plan"
        mine = build_mine()
        hazard = self.report(mine)
        four_fix = waiting('hazard.four_fix', hazard)
        self.assertIsNone(hazard.deadline)
        self.assertIsNone(four_fix.deadline)
        self.assertIsNone(four_fix.due_at)
        with self.assertRaises(PlanError):
            confirm(mine, hazard)
        plan = draw_plan(mine, hazard)
        self.assertEqual(plan.drawn_by, mine.employees.captain)
        with self.assertRaises(PlanError):
            confirm(mine, hazard)
        plan = press_plan(hazard, 'check', mine.users.safety)
        self.assertEqual(plan.state, 'checked')
        self.assertEqual(plan.checked_by, mine.employees.safety)
        with self.assertRaises(PlanError):
            confirm(mine, hazard)
        plan = press_plan(hazard, 'approve', mine.users.head)
        self.assertEqual(plan.state, 'approved')
        self.assertEqual(plan.approved_by, mine.employees.head)
        self.assertIsNone(plan.due_at)
        hazard = hazard.__class__(hazard.id)
        self.assertEqual(
            [e.action for e in hazard.events],
            ['submit', 'draw', 'check', 'plan'])
        four_fix = waiting('hazard.four_fix', hazard)
        self.assertEqual(hazard.deadline, plan.deadline)
        self.assertEqual(four_fix.deadline, plan.deadline)
        self.assertEqual(
            four_fix.due_at, now() + dt.timedelta(hours=4))
        self.assertEqual(confirm(mine, hazard).state, 'confirmed')

    @with_transaction()
    def test_deadline(self):
        "The deadline is no later than the end of the plan's day"
        mine = build_mine()
        mine.company.timezone = 'Asia/Shanghai'
        mine.company.save()
        hazard = self.report(mine)
        day = dt.date.today() + dt.timedelta(days=9)
        plan = approve_plan(mine, hazard, finish_on=day)
        self.assertEqual(
            plan.deadline, dt.datetime.combine(day, dt.time(15, 59, 59)))
        second = dt.timedelta(seconds=1)
        with self.assertRaises(FourFixError):
            confirm(mine, hazard, deadline=plan.deadline + second)
        confirm(mine, hazard, deadline=plan.deadline - second)
        self.assertEqual(
            hazard.__class__(hazard.id).deadline, plan.deadline - second)

    @with_transaction()
    def test_day_past(self):
        "A plan whose day has passed is neither drawn up nor approved"
        mine = build_mine()
        hazard = self.report(mine)
        day = dt.date.today() - dt.timedelta(days=2)
        with self.assertRaises(PlanError):
            draw_plan(mine, hazard, finish_on=day)
        plan = draw_plan(mine, hazard)
        table = plan.__table__()
        Transaction().connection.cursor().execute(*table.update(
                [table.finish_on], [day], where=table.id == plan.id))
        Transaction().cache.clear()
        with self.assertRaises(PlanError):
            press_plan(hazard, 'check', mine.users.safety)

    @with_transaction()
    def test_incomplete(self):
        "A plan is drawn up with all its contents only"
        self.assertEqual(len(CONTENTS), 6)
        mine = build_mine()
        hazard = self.report(mine)
        for content, names in {**SITUATION, **CONTENTS}.items():
            for name in names:
                value = None
                if name not in {'amount', 'principal', 'finish_on'}:
                    value = ' \n'
                with self.subTest(name=name):
                    plan = self.fill(mine, hazard, **{name: value})
                    self.assertEqual(len(plan.missing_contents), 1)
                    with self.assertRaises(PlanError):
                        press_plan(hazard, 'draw', mine.users.captain)
        plan = draw_plan(mine, hazard, amount=Decimal(0))
        self.assertFalse(plan.missing)

    @with_transaction()
    def test_approved_incomplete(self):
        "Even an approved plan is checked for its six contents"
        pool = Pool()
        Plan = pool.get('hazard.plan')
        mine = build_mine()
        hazard = self.report(mine)
        plan = approve_plan(mine, hazard)
        # As it was approved before the situation was asked for
        plan.causes = None
        plan.save()
        self.assertEqual(Plan.check_approved([hazard]), {hazard: plan})
        plan.goals = None
        plan.save()
        with self.assertRaises(PlanError):
            Plan.check_approved([hazard])

    @with_transaction()
    def test_writers(self):
        "The unit's leaders and the safety department write the plan"
        mine = build_mine()
        hazard = self.report(mine)
        for name in ['reporter', 'worker', 'other_captain', 'station', 'head']:
            with self.subTest(name=name), self.assertRaises(AccessError):
                self.fill(mine, hazard, user=getattr(mine.users, name))
        for name in ['secretary', 'chief', 'safety']:
            with self.subTest(name=name):
                self.fill(mine, hazard, user=getattr(mine.users, name))
        self.assertEqual(set(self.get_plan(hazard).writers), {
                mine.users.secretary, mine.users.chief, mine.users.safety})

    @with_transaction()
    def test_buttons(self):
        "Unit, safety department and the head of the mine act in turn"
        mine = build_mine()
        hazard = self.report(mine)
        everybody = set(vars(mine.users))
        self.fill(mine, hazard)
        for button, allowed, by in [
                ('draw', {'captain', 'secretary', 'chief', 'safety'},
                    'captain'),
                ('check', {'safety'}, 'safety'),
                ('approve', {'head'}, 'head'),
                ('reopen', {'safety', 'head'}, 'head')]:
            for name in sorted(everybody - allowed):
                with self.subTest(button=button, name=name), \
                        self.assertRaises(REFUSED):
                    press_plan(hazard, button, getattr(mine.users, name))
            press_plan(hazard, button, getattr(mine.users, by))

    @with_transaction()
    def test_order(self):
        "No step is left out"
        mine = build_mine()
        hazard = self.report(mine)
        self.fill(mine, hazard)
        for button in ['check', 'return_']:
            with self.subTest(button=button), \
                    self.assertRaises(AccessButtonError):
                press_plan(hazard, button, mine.users.safety, reason="So.")
        draw_plan(mine, hazard)
        with acting(mine.users.head), self.assertRaises((StepError, *REFUSED)):
            plan = self.get_plan(hazard)
            plan.__class__.approve([plan.__class__(plan.id)])

    @with_transaction()
    def test_nobody(self):
        "Who is no employee of the mine signs no plan"
        mine = build_mine()
        hazard = self.report(mine)
        draw_plan(mine, hazard)
        for button, name in [('check', 'safety'), ('approve', 'head')]:
            nobody = create_user(
                f'nobody_{name}', mine.company,
                groups=[f'hazard.group_hazard_{name}'])
            with self.subTest(button=button), self.assertRaises(ActorError):
                press_plan(hazard, button, nobody)
            press_plan(hazard, button, getattr(mine.users, name))

    @with_transaction()
    def test_check_own(self):
        "Who wrote the plan does not check it"
        mine = build_mine()
        for draw_as in ['safety', 'captain']:
            hazard = self.report(mine)
            self.fill(mine, hazard, user=mine.users.safety)
            press_plan(hazard, 'draw', getattr(mine.users, draw_as))
            with self.subTest(draw_as=draw_as), \
                    self.assertRaises(PlanError):
                press_plan(hazard, 'check', mine.users.safety)

    @with_transaction()
    def test_approve_own(self):
        "Who wrote or checked the plan does not approve it"
        pool = Pool()
        Data = pool.get('ir.model.data')
        User = pool.get('res.user')
        mine = build_mine()
        group = Data.get_id('hazard', 'group_hazard_head')
        names = ['captain', 'secretary', 'safety']
        User.write([getattr(mine.users, n) for n in names], {
                'groups': [('add', [group])]})
        hazard = self.report(mine)
        self.fill(mine, hazard, user=mine.users.secretary)
        press_plan(hazard, 'draw', mine.users.captain)
        press_plan(hazard, 'check', mine.users.safety)
        for name in names:
            with self.subTest(name=name), self.assertRaises(PlanError):
                press_plan(hazard, 'approve', getattr(mine.users, name))
        # Another login of the same person is no other person
        User.write([mine.users.head], {
                'employees': [('add', [mine.employees.secretary.id])]})
        with self.assertRaises(PlanError):
            press_plan(hazard, 'approve', mine.users.head)

    @with_transaction()
    def test_changed(self):
        "What is changed after it was drawn up is to be drawn up again"
        mine = build_mine()
        hazard = self.report(mine)
        plan = draw_plan(mine, hazard)
        with acting(mine.users.captain):
            plan.__class__.write(
                [plan.__class__(plan.id)], {'goals': "Other"},
                [plan.__class__(plan.id)], {'drawn_at': plan.drawn_at})
        plan = self.get_plan(hazard)
        self.assertIsNone(plan.drawn_at)
        self.assertIsNone(plan.drawn_by)
        with self.assertRaises(AccessButtonError):
            press_plan(hazard, 'check', mine.users.safety)

    @with_transaction()
    def test_return(self):
        "Safety department and head return a plan with the reason"
        mine = build_mine()
        hazard = self.report(mine)
        for check, name in [(False, 'safety'), (True, 'safety'),
                (True, 'head')]:
            with self.subTest(check=check, name=name):
                draw_plan(mine, hazard)
                if check:
                    press_plan(hazard, 'check', mine.users.safety)
                user = getattr(mine.users, name)
                with self.assertRaises(ButtonActionException):
                    press_plan(hazard, 'return_', user)
                plan = press_plan(hazard, 'return_', user, reason="Vague.")
                self.assertEqual(plan.state, 'draft')
                self.assertEqual(plan.return_reason, "Vague.")
                self.assertIsNone(plan.drawn_by)
                self.assertIsNone(plan.checked_at)
                event = plan.hazard.events[-1]
                self.assertEqual(event.action, 'plan_return')
                self.assertEqual(event.note, "Vague.")
        plan = draw_plan(mine, hazard)
        self.assertIsNone(plan.return_reason)
        with self.assertRaises(REFUSED):
            press_plan(hazard, 'return_', mine.users.captain, reason="No.")

    @with_transaction()
    def test_mine(self):
        "A plan waits for who must act on it next"
        mine = build_mine()
        hazard = self.report(mine)
        self.assertEqual(
            self.get_mine(mine), {'captain', 'secretary'})
        draw_plan(mine, hazard)
        self.assertEqual(self.get_mine(mine), {'safety'})
        plan = press_plan(hazard, 'check', mine.users.safety)
        self.assertEqual(self.get_mine(mine), {'head'})
        with acting(mine.users.head):
            Plan = plan.__class__
            self.assertTrue(Plan(plan.id).mine)
            self.assertFalse(Plan.search([('mine', '!=', True)]))
        press_plan(hazard, 'approve', mine.users.head)
        self.assertEqual(self.get_mine(mine), set())

    @with_transaction()
    def test_returned_hazard(self):
        "The plan of a hazard that was returned waits for nobody"
        mine = build_mine()
        hazard = self.report(mine)
        Hazard = hazard.__class__
        draw_plan(mine, hazard)
        with acting(mine.users.safety, reason="Where?"):
            Hazard.return_([Hazard(hazard.id)])
        self.assertIsNone(self.get_plan(hazard).due_at)
        self.assertEqual(self.get_mine(mine), set())
        with self.assertRaises(PlanError):
            press_plan(hazard, 'draw', mine.users.captain)
        with acting(mine.users.reporter):
            Hazard.submit([Hazard(hazard.id)])
        self.assertTrue(self.get_plan(hazard).due_at)
        approve_plan(mine, hazard)
        with acting(mine.users.safety, reason="Where?"):
            Hazard.return_([Hazard(hazard.id)])
        with acting(mine.users.reporter):
            Hazard.submit([Hazard(hazard.id)])
        hazard = Hazard(hazard.id)
        self.assertIsNone(hazard.deadline)
        self.assertIsNone(waiting('hazard.four_fix', hazard).due_at)

    @with_transaction()
    def test_returned_undone(self):
        "What was checked and approved is not of a card that was rewritten"
        mine = build_mine()
        for buttons in ['', 'check', 'check approve']:
            hazard = self.report(mine)
            Hazard = hazard.__class__
            draw_plan(mine, hazard)
            users = {'check': mine.users.safety, 'approve': mine.users.head}
            for button in buttons.split():
                press_plan(hazard, button, users[button])
            four_fix = waiting('hazard.four_fix', hazard)
            with acting(mine.users.captain, reason="Where?"):
                four_fix.__class__.return_([four_fix])
            plan = self.get_plan(hazard)
            with self.subTest(buttons=buttons):
                self.assertEqual(plan.state, 'draft')
                for stamp in ['drawn', 'checked', 'approved']:
                    self.assertIsNone(getattr(plan, f'{stamp}_by'))
                    self.assertIsNone(getattr(plan, f'{stamp}_at'))
                self.assertEqual(
                    [e.action for e in Hazard(hazard.id).events][-2:],
                    ['return', 'replan'])
            with acting(mine.users.reporter):
                Hazard.write(
                    [Hazard(hazard.id)], {'description': "Another one."})
                Hazard.submit([Hazard(hazard.id)])
            with self.subTest(buttons=buttons), \
                    self.assertRaises(PlanError):
                confirm(mine, hazard)
            self.assertTrue(self.get_plan(hazard).due_at)
            approve_plan(mine, hazard)
            confirm(mine, hazard)
        self.assertEqual(Verifier(mine.company).run().problems, [])

    @with_transaction()
    def test_approved_unchanged(self):
        "An approved plan is not changed before it is reopened"
        mine = build_mine()
        hazard = self.report(mine)
        approve_plan(mine, hazard)
        for name in ['captain', 'safety', 'head']:
            with self.subTest(name=name), self.assertRaises(AccessError):
                self.fill(
                    mine, hazard, user=getattr(mine.users, name),
                    goals="Other")
        plan = press_plan(hazard, 'reopen', mine.users.safety)
        self.assertEqual(plan.state, 'draft')
        self.assertTrue(plan.due_at)
        for stamp in ['drawn', 'checked', 'approved']:
            self.assertIsNone(getattr(plan, f'{stamp}_by'))
            self.assertIsNone(getattr(plan, f'{stamp}_at'))
        self.assertEqual(plan.hazard.events[-1].action, 'replan')
        self.assertIsNone(plan.hazard.deadline)
        self.assertIsNone(waiting('hazard.four_fix', hazard).due_at)
        with self.assertRaises(PlanError):
            confirm(mine, hazard)
        plan = approve_plan(mine, hazard, goals="Other")
        self.assertEqual(plan.goals, "Other")

    @with_transaction()
    def test_reopen_confirmed(self):
        "A plan is not reopened once the four-fix is confirmed"
        mine = build_mine()
        hazard = self.report(mine)
        approve_plan(mine, hazard)
        confirm(mine, hazard)
        with self.assertRaises(PlanError):
            press_plan(hazard, 'reopen', mine.users.safety)

    @with_transaction()
    def test_server_fields(self):
        "Nobody makes up a plan, its writers or an approval"
        pool = Pool()
        Plan = pool.get('hazard.plan')
        Writer = pool.get('hazard.plan-res.user')
        mine = build_mine()
        hazard = self.report(mine)
        plan = self.get_plan(hazard)
        for values in [
                {'state': 'approved'},
                {'drawn_at': now()},
                {'checked_by': mine.employees.safety.id},
                {'approved_by': mine.employees.head.id},
                {'writers': [('add', [mine.users.captain.id])]},
                {'hazard': self.report(mine).id}]:
            with self.subTest(values=values), \
                    acting(mine.users.safety), \
                    self.assertRaises(AccessError):
                Plan.write([Plan(plan.id)], values)
        with acting(mine.users.safety), self.assertRaises(AccessError):
            Writer.create([{'plan': plan.id, 'user': mine.users.safety.id}])
        for user in vars(mine.users).values():
            with self.subTest(user=user.login), acting(user):
                with self.assertRaises(AccessError):
                    Plan.delete([Plan(plan.id)])
                with self.assertRaises(AccessError):
                    Plan.create([{
                                'hazard': hazard.id,
                                'company': mine.company.id,
                                }])

    @with_transaction()
    def test_writers_kept(self):
        "Not even who may write the table makes up the writers"
        Writer = Pool().get('hazard.plan-res.user')
        mine = build_mine()
        plan = self.fill(mine, self.report(mine))
        writer, = Writer.search([('plan', '=', plan.id)])
        with acting(mine.users.safety), self.assertRaises(PlanAccessError):
            Writer.check_modification('delete', [writer], external=True)

    @with_transaction()
    def test_on_site_failed(self):
        "A major hazard fixed on site gets its plan when the recheck fails"
        mine = build_mine()
        hazard = self.report(
            mine, handling='on_site', on_site_measures="Closed the valve.",
            on_site_at=dt.datetime.now() - dt.timedelta(minutes=5))
        self.assertFalse(hazard.plans)
        with acting(mine.users.chief):
            recheck, = hazard.__class__(hazard.id).rechecks
            recheck.__class__.write([recheck], {'reason': "It leaks."})
            recheck.__class__.fail([recheck])
        self.assertEqual(self.get_plan(hazard).state, 'draft')
        self.assertIsNone(waiting('hazard.four_fix', hazard).due_at)

    @with_transaction()
    def test_read(self):
        "Plans are seen by whom they concern"
        mine = build_mine()
        plan = self.get_plan(self.report(mine))
        readers = set()
        for name, user in vars(mine.users).items():
            with acting(user):
                if plan.__class__.search([('id', '=', plan.id)]):
                    readers.add(name)
        self.assertEqual(readers, {
                'reporter', 'captain', 'secretary', 'chief', 'safety',
                'station', 'dispatcher', 'head'})

    @with_transaction()
    def test_verify(self):
        "Returned, reopened and approved plans fit their events"
        mine = build_mine()
        hazard = self.report(mine)
        draw_plan(mine, hazard)
        press_plan(hazard, 'check', mine.users.safety)
        press_plan(hazard, 'return_', mine.users.head, reason="Vague.")
        self.assertEqual(Verifier(mine.company).run().problems, [])
        approve_plan(mine, hazard)
        press_plan(hazard, 'reopen', mine.users.head)
        plan = approve_plan(mine, hazard, goals="Other")
        confirm(mine, hazard)
        self.assertEqual(Verifier(mine.company).run().problems, [])
        table = plan.__table__()
        for name, value in [
                ('causes', "None."), ('checked_by', mine.employees.head.id)]:
            before = getattr(plan, name)
            cursor = Transaction().connection.cursor()
            cursor.execute(*table.update(
                    [getattr(table, name)], [value],
                    where=table.id == plan.id))
            problems = Verifier(mine.company).run().problems
            self.assertEqual([p.field for p in problems], [name])
            cursor.execute(*table.update(
                    [getattr(table, name)],
                    [getattr(before, 'id', before)],
                    where=table.id == plan.id))
