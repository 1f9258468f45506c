# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The treatment plans of major hazards."

import datetime as dt
import unittest
from decimal import Decimal

from mine import build_mine
from organization import acting
from steps import confirm, major, report
from templates import activate_built

from trytond.model.exceptions import AccessButtonError, AccessError
from trytond.modules.hazard.exceptions import PlanError
from trytond.modules.hazard.loop.plan import CONTENTS
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction


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
        values = {
            'goals': "Gas below the limit.",
            'methods': "Ventilate and drain.",
            'funds': "A fan and ducts from the safety fund.",
            'amount': Decimal(120000),
            'institution': "The ventilation team under its captain.",
            'principal': mine.employees.captain.id,
            'requirements': "Within two days, work stopped until then.",
            'finish_on': dt.date.today() + dt.timedelta(days=2),
            'safety_measures': "Cut the power, withdraw the people.",
            'emergency_plan': "Leave by the intake airway.",
            **values}
        with acting(user or mine.users.captain):
            Plan = plan.__class__
            Plan.write([Plan(plan.id)], values)
        return self.get_plan(hazard)

    def press(self, user, plan, button):
        Plan = plan.__class__
        with acting(user):
            getattr(Plan, button)([Plan(plan.id)])
        return Plan(plan.id)

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
        self.assertEqual(len(plan.missing_contents), 6)
        Plan.prepare([hazard])
        self.assertEqual(self.get_plan(hazard), plan)
        self.assertFalse(report(mine).plans)

    @with_transaction()
    def test_four_fix(self):
        "The four-fix of a major hazard waits for the approved plan"
        mine = build_mine()
        hazard = self.report(mine)
        with self.assertRaises(PlanError):
            confirm(mine, hazard)
        plan = self.fill(mine, hazard)
        with self.assertRaises(PlanError):
            confirm(mine, hazard)
        plan = self.press(mine.users.safety, plan, 'approve')
        self.assertEqual(plan.state, 'approved')
        self.assertEqual(plan.approved_by, mine.employees.safety)
        self.assertTrue(plan.approved_at)
        self.assertEqual(plan.hazard.events[-1].action, 'plan')
        self.assertEqual(confirm(mine, hazard).state, 'confirmed')

    @with_transaction()
    def test_incomplete(self):
        "A plan is approved with all six legal contents only"
        self.assertEqual(len(CONTENTS), 6)
        mine = build_mine()
        hazard = self.report(mine)
        self.fill(mine, hazard)
        for content, names in CONTENTS.items():
            for name in names:
                values = [None]
                if name not in {'amount', 'principal', 'finish_on'}:
                    values += ['', ' \n']
                for value in values:
                    with self.subTest(name=name, value=value):
                        plan = self.fill(mine, hazard, **{name: value})
                        self.assertEqual(len(plan.missing_contents), 1)
                        with self.assertRaises(PlanError):
                            self.press(mine.users.safety, plan, 'approve')
        plan = self.fill(mine, hazard, amount=Decimal(0))
        self.assertFalse(plan.missing)
        self.press(mine.users.safety, plan, 'approve')

    @with_transaction()
    def test_approved_incomplete(self):
        "Even an approved plan is checked for its contents"
        pool = Pool()
        Plan = pool.get('hazard.plan')
        mine = build_mine()
        hazard = self.report(mine)
        plan = self.press(
            mine.users.safety, self.fill(mine, hazard), 'approve')
        plan.goals = None
        plan.save()
        with self.assertRaises(PlanError):
            Plan.check_approved([hazard])

    @with_transaction()
    def test_writers(self):
        "The unit's leaders and the safety department write the plan"
        mine = build_mine()
        hazard = self.report(mine)
        for name in ['reporter', 'worker', 'other_captain', 'station']:
            with self.subTest(name=name), self.assertRaises(AccessError):
                self.fill(mine, hazard, user=getattr(mine.users, name))
        for name in ['secretary', 'chief', 'safety']:
            with self.subTest(name=name):
                self.fill(mine, hazard, user=getattr(mine.users, name))

    @with_transaction()
    def test_approvers(self):
        "The safety department approves and reopens"
        mine = build_mine()
        hazard = self.report(mine)
        plan = self.fill(mine, hazard)
        for name in ['reporter', 'captain', 'chief', 'station']:
            with self.subTest(name=name), \
                    self.assertRaises((AccessError, AccessButtonError)):
                self.press(getattr(mine.users, name), plan, 'approve')
        self.press(mine.users.safety, plan, 'approve')
        for name in ['captain', 'chief']:
            with self.subTest(name=name), \
                    self.assertRaises((AccessError, AccessButtonError)):
                self.press(getattr(mine.users, name), plan, 'reopen')

    @with_transaction()
    def test_approved_unchanged(self):
        "An approved plan is not changed before it is reopened"
        mine = build_mine()
        hazard = self.report(mine)
        plan = self.press(
            mine.users.safety, self.fill(mine, hazard), 'approve')
        for name in ['captain', 'safety']:
            with self.subTest(name=name), self.assertRaises(AccessError):
                self.fill(
                    mine, hazard, user=getattr(mine.users, name),
                    goals="Other")
        plan = self.press(mine.users.safety, plan, 'reopen')
        self.assertEqual(plan.state, 'draft')
        self.assertIsNone(plan.approved_by)
        self.assertIsNone(plan.approved_at)
        self.assertEqual(plan.hazard.events[-1].action, 'replan')
        with self.assertRaises(PlanError):
            confirm(mine, hazard)
        plan = self.fill(mine, hazard, goals="Other")
        self.assertEqual(plan.goals, "Other")

    @with_transaction()
    def test_reopen_confirmed(self):
        "A plan is not reopened once the four-fix is confirmed"
        mine = build_mine()
        hazard = self.report(mine)
        plan = self.press(
            mine.users.safety, self.fill(mine, hazard), 'approve')
        confirm(mine, hazard)
        with self.assertRaises(PlanError):
            self.press(mine.users.safety, plan, 'reopen')

    @with_transaction()
    def test_server_fields(self):
        "Nobody makes up a plan or an approval"
        pool = Pool()
        Plan = pool.get('hazard.plan')
        mine = build_mine()
        hazard = self.report(mine)
        plan = self.get_plan(hazard)
        for values in [
                {'state': 'approved'},
                {'approved_by': mine.employees.safety.id},
                {'hazard': self.report(mine).id}]:
            with self.subTest(values=values), \
                    acting(mine.users.safety), \
                    self.assertRaises(AccessError):
                Plan.write([Plan(plan.id)], values)
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
                'station'})
