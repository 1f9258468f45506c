# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt
from unittest.mock import patch

from mine import build_mine, new_hazard
from organization import acting, create_unit
from templates import activate_built

from trytond.model.exceptions import AccessError
from trytond.modules.hazard.exceptions import ReminderAccessError
from trytond.modules.hazard.integrity.verification import Verifier
from trytond.modules.hazard.loop.escalation import get_delays, is_due
from trytond.modules.hazard.loop.escalation_step import STEPS
from trytond.pool import Pool
from trytond.tests.test_tryton import TestCase, with_transaction
from trytond.transaction import Transaction

OPENED = dt.datetime(2026, 4, 20, 8)
DUE = dt.datetime(2026, 4, 23, 8)


def days(number):
    return dt.timedelta(days=number)


class HazardEscalationTestCase(TestCase):
    "Test reminders, climbing and archiving"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built('hazard', build_mine)

    def setup(self, count=1):
        pool = Pool()
        self.Hazard = pool.get('hazard.hazard')
        self.Reminder = pool.get('hazard.reminder')
        self.mine = build_mine()
        hazards = [
            new_hazard(self.mine, number=f'2026-{i:06}')
            for i in range(1, count + 1)]
        self.Hazard.save(hazards)
        self.Hazard.advance(hazards, 'four_fix', 'submit')
        return hazards

    def open(self, model, hazards, **values):
        Stage = Pool().get(model)
        stages = [Stage.new(h, **values) for h in hazards]
        for stage in stages:
            stage.opened_at = OPENED
            stage.due_at = DUE
            if model == 'hazard.rectification':
                stage.deadline = DUE
        Stage.save(stages)
        Transaction().user_notifications.clear()
        return stages

    def open_rectification(self, hazards):
        four_fix, *_ = self.open('hazard.four_fix', hazards)
        four_fix.__class__.move([four_fix], 'cancelled')
        return self.open(
            'hazard.rectification', hazards, four_fix=four_fix,
            responsible=self.mine.employees.worker)

    def remind(self, after):
        "Run the job and return whom it told, by step"
        before = {r.id for r in self.Reminder.search([])}
        with patch.object(self.Reminder, '_now', return_value=DUE + after):
            self.Reminder.remind()
        return {
            r.step: sorted(u.login for u in r.users)
            for r in self.Reminder.search([]) if r.id not in before}

    @with_transaction()
    def test_holiday(self):
        "Whose hours count on working days is reminded of on one"
        hazards = self.setup(2)
        self.Hazard.save([])
        stages = self.open('hazard.four_fix', hazards)
        grade = hazards[0].grade
        hazards[1].grade, = grade.copy([grade], {
                'code': 'calm', 'working_days': True})
        self.Hazard.write([hazards[1]], {'grade': hazards[1].grade.id})
        Day = Pool().get('safety.day')
        Day.create([{
                    'company': self.mine.company.id,
                    'date': (DUE + days(n)).date(),
                    'kind': kind,
                    } for n, kind in [(1, 'holiday'), (2, 'working')]])
        told = []
        for after in [1, 2]:
            self.remind(days(after))
            told.append({
                    r.stage for r in self.Reminder.search([
                            ('step', '=', 'escalate_leader')])})
        self.assertEqual(told, [{stages[0]}, set(stages)])

    @with_transaction()
    def test_due(self):
        "Test when a step is due"
        delays = get_delays({
                'reminder_hours': 24, 'escalate_leader_hours': 0,
                'escalate_safety_hours': 24, 'escalate_mine_hours': 72})
        for after, opened_at, steps in [
                (-2, OPENED, set()),
                (-1, OPENED, {'remind'}),
                (-.5, OPENED, {'remind'}),
                (-.5, DUE - days(.9), set()),
                (0, OPENED, {'overdue', 'escalate_leader'}),
                (1, OPENED,
                    {'overdue', 'escalate_leader', 'escalate_safety'}),
                (9, OPENED, delays.keys() - {'remind'})]:
            with self.subTest(after=after, opened_at=opened_at):
                self.assertEqual({
                        s for s, d in delays.items()
                        if is_due(s, opened_at, DUE, d, DUE + days(after))},
                    steps)

    @with_transaction()
    def test_messages(self):
        "Test each step has what it says of one record and of several"
        ModelData = Pool().get('ir.model.data')
        for step in STEPS:
            for name in [step, f'{step}_several']:
                with self.subTest(name=name):
                    self.assertTrue(
                        ModelData.get_id('hazard', f'msg_reminder_{name}'))

    @with_transaction()
    def test_climb(self):
        "Test an overdue rectification climbs, each step once"
        self.open_rectification(self.setup())

        self.assertEqual(self.remind(days(-2)), {})
        self.assertEqual(self.remind(days(-1)), {'remind': ['worker']})
        self.assertEqual(self.remind(days(-.5)), {})
        self.assertEqual(self.remind(days(0)), {
                'overdue': ['worker'],
                'escalate_leader': ['captain', 'secretary']})
        self.assertEqual(self.remind(days(.9)), {})
        self.assertEqual(
            self.remind(days(1)), {'escalate_safety': ['safety']})
        self.assertEqual(self.remind(days(2.9)), {})
        self.assertEqual(self.remind(days(3)), {'escalate_mine': ['chief']})
        self.assertEqual(self.remind(days(30)), {})

    @with_transaction()
    def test_missed(self):
        "Test steps that the job missed are made up for at once"
        self.open_rectification(self.setup())
        self.assertEqual(self.remind(days(5)).keys(), {
                'overdue', 'escalate_leader', 'escalate_safety',
                'escalate_mine'})

    @with_transaction()
    def test_four_fix(self):
        "Test a late four-fix climbs from its own leader to the next"
        self.open('hazard.four_fix', self.setup())
        self.assertEqual(self.remind(days(0)), {
                'overdue': ['captain', 'secretary'],
                'escalate_leader': []})
        self.assertEqual(
            self.remind(days(1)), {'escalate_safety': ['safety']})

    @with_transaction()
    def test_recheck(self):
        "Test a late recheck reminds its checker"
        self.open(
            'hazard.recheck', self.setup(), verifier='safety',
            rectified_by=self.mine.employees.worker)
        self.assertEqual(self.remind(days(0)), {
                'overdue': ['safety'],
                'escalate_leader': ['captain', 'secretary']})

    @with_transaction()
    def test_notifications(self):
        "Test each user gets one notification for all stages of a step"
        self.open('hazard.four_fix', self.setup(count=3))
        self.remind(days(0))
        told = [
            (n.user.login, n.records)
            for n in Transaction().user_notifications]
        self.assertEqual(len(told), 2)
        self.assertEqual(
            {login for login, _ in told}, {'captain', 'secretary'})

    @with_transaction()
    def test_events(self):
        "Test each step is one event that names whom it told"
        hazard, = self.setup()
        self.open_rectification([hazard])
        self.remind(days(3))

        events = hazard.events[1:]
        self.assertEqual(
            [(e.action, e.note) for e in events], [
                ('overdue', "Worker"),
                ('escalate_leader', "Captain, Secretary"),
                ('escalate_safety', "Safety"),
                ('escalate_mine', "Chief")])
        self.assertEqual(
            {str(e.stage) for e in events},
            {str(self.Reminder.search([])[0].stage)})
        # Only what is made up for the test does not fit.
        self.assertEqual(
            [p for p in Verifier(self.mine.company).run().problems
                if p.sequence and not p.field], [])

    @with_transaction()
    def test_nobody(self):
        "Test a step without anybody to tell is taken once too"
        hazard, = self.setup()
        User = Pool().get('res.user')
        User.write(list(vars(self.mine.users).values()), {'active': False})
        hazard.unit = create_unit(self.mine.company, "Alone")
        hazard.save()
        self.open('hazard.four_fix', [hazard])

        told = self.remind(days(5))
        self.assertEqual(len(told), 4)
        self.assertFalse(any(told.values()))
        self.assertEqual(self.remind(days(6)), {})

    @with_transaction()
    def test_deadline_moved(self):
        "Test a new deadline starts the steps anew"
        stage, = self.open_rectification(self.setup())
        self.remind(days(0))
        stage.due_at = DUE + days(7)
        stage.save()

        self.assertEqual(self.remind(days(5)), {})
        self.assertEqual(self.remind(days(6)), {'remind': ['worker']})
        self.assertEqual(
            self.remind(days(7)).keys(), {'overdue', 'escalate_leader'})

    @with_transaction()
    def test_finished(self):
        "Test a finished stage is left alone"
        stage, = self.open_rectification(self.setup())
        stage.__class__.move([stage], 'cancelled')
        self.assertEqual(self.remind(days(9)), {})

    @with_transaction()
    def test_append_only(self):
        "Test nobody changes or makes up a reminder"
        stage, = self.open_rectification(self.setup())
        self.remind(days(0))
        reminders = self.Reminder.search([])
        with self.assertRaises(ReminderAccessError):
            self.Reminder.write(reminders, {'step': 'remind'})
        with self.assertRaises(ReminderAccessError):
            self.Reminder.delete(reminders)
        with acting(self.mine.users.safety), \
                self.assertRaises(AccessError):
            self.Reminder.create([{
                        'hazard': stage.hazard.id,
                        'company': stage.company.id,
                        'stage': str(stage),
                        'step': 'escalate_mine',
                        'day': dt.date(2026, 1, 1),
                        'sent_at': OPENED,
                        }])

    @with_transaction()
    def test_archive(self):
        "Test what was closed long enough ago is archived, in slices"
        hazards = self.setup(count=5)
        self.Hazard.advance(hazards, 'closed', 'pass')
        for hazard, age in zip(hazards, [31, 30, 40, 29, 0]):
            hazard.closed_at = dt.datetime.now() - days(age)
        self.Hazard.save(hazards)

        with patch('trytond.modules.hazard.loop.archive.SLICE', 2):
            self.Hazard.archive_closed()

        self.assertEqual([h.state for h in hazards], [
                'archived', 'archived', 'archived', 'closed', 'closed'])
        self.assertEqual(hazards[0].events[-1].action, 'archive')
        self.assertIsNotNone(hazards[0].archived_at)

    @with_transaction()
    def test_cron(self):
        "Test the jobs are scheduled for all companies"
        Cron = Pool().get('ir.cron')
        crons = Cron.search([('method', 'in', [
                        'hazard.hazard|archive_closed',
                        'hazard.reminder|remind',
                        'hazard.seal|seal_days'])])
        self.assertEqual(len(crons), 3)
        self.assertFalse(any(c.companies for c in crons))
        self.setup()
        Cron.run_once(crons)

    @with_transaction()
    def test_former_days(self):
        "Test what was set in days is kept in hours"
        pool = Pool()
        Settings = pool.get('hazard.configuration.settings')
        mine = build_mine()
        settings, = Settings.create([{'company': mine.company.id}])
        handler = Settings.__table_handler__('hazard')
        handler.add_column('escalate_mine_days', 'INTEGER')
        table = Settings.__table__()
        cursor = Transaction().connection.cursor()
        cursor.execute(*table.update([table.escalate_mine_days], [2]))
        Settings.__register__('hazard')
        cursor.execute(*table.select(table.escalate_mine_hours))
        self.assertEqual(cursor.fetchone(), (48,))
