# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt
import json
from unittest.mock import patch

from mine import build_mine, new_hazard
from organization import create_company, create_employee, create_unit, lead
from queries import count_queries
from templates import activate_built

from trytond.modules.hazard.loop import notice
from trytond.modules.safety_base import notice as base_notice
from trytond.pool import Pool
from trytond.tests.test_tryton import TestCase, with_transaction
from trytond.transaction import Transaction


class HazardNoticeTestCase(TestCase):
    "Test who must act and who is told"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built('hazard', build_mine)

    def setup(self, count=1, **values):
        pool = Pool()
        self.Hazard = pool.get('hazard.hazard')
        self.mine = build_mine()
        hazards = [
            new_hazard(self.mine, number=f'2026-{i:06}', **values)
            for i in range(1, count + 1)]
        self.Hazard.save(hazards)
        return hazards

    def open(self, model, hazards, **values):
        Stage = Pool().get(model)
        stages = [Stage.new(h, **values) for h in hazards]
        Stage.save(stages)
        return stages

    def open_recheck(self, hazard, verifier, rectified_by):
        stage, = self.open(
            'hazard.recheck', [hazard],
            verifier=verifier, rectified_by=rectified_by)
        return stage

    def assertActors(self, stage, *names):
        self.assertEqual(
            notice.actors([stage])[stage],
            {getattr(self.mine.employees, n).id for n in names})

    def get_notifications(self):
        "Return what the transaction is going to send, by login"
        notifications = {}
        for notification in Transaction().user_notifications:
            notifications.setdefault(
                notification.user.login, []).append(notification)
        Transaction().user_notifications.clear()
        return notifications

    @with_transaction()
    def test_four_fix(self):
        "Test a four-fix waits for the leaders of the unit"
        stage, = self.open('hazard.four_fix', self.setup())
        self.assertActors(stage, 'captain', 'secretary')

    @with_transaction()
    def test_four_fix_without_leaders(self):
        "Test a unit without leaders is led by those of its parent"
        hazard, = self.setup()
        team = create_unit(
            self.mine.company, "Team", parent=self.mine.units.ventilation)
        hazard.unit = create_unit(self.mine.company, "Crew", parent=team)
        stage, = self.open('hazard.four_fix', [hazard])
        self.assertActors(stage, 'captain', 'secretary')

    @with_transaction()
    def test_four_fix_nobody(self):
        "Test what has no leader at all is the safety department's"
        hazard, = self.setup()
        hazard.unit = create_unit(self.mine.company, "Alone")
        stage, = self.open('hazard.four_fix', [hazard])
        self.assertActors(stage, 'safety')

    @with_transaction()
    def test_rectification(self):
        "Test a rectification waits for the responsible"
        hazards = self.setup()
        four_fix, = self.open('hazard.four_fix', hazards)
        stage, = self.open(
            'hazard.rectification', hazards, four_fix=four_fix,
            responsible=self.mine.employees.worker,
            deadline=dt.datetime.now())
        self.assertActors(stage, 'worker')

    @with_transaction()
    def test_recheck(self):
        "Test a recheck waits for whom the grade names"
        hazard, = self.setup()
        worker = self.mine.employees.worker
        for verifier, names in [
                ('unit', ['captain', 'secretary']),
                ('safety', ['safety']),
                ('leader', ['chief']),
                ('regulator', ['safety'])]:
            with self.subTest(verifier=verifier):
                stage = self.open_recheck(hazard, verifier, worker)
                self.assertActors(stage, *names)

    @with_transaction()
    def test_recheck_rectifier(self):
        "Test nobody is asked to recheck what they rectified"
        hazard, = self.setup()
        employees = self.mine.employees
        stage = self.open_recheck(hazard, 'unit', employees.captain)
        self.assertActors(stage, 'secretary')
        stage = self.open_recheck(hazard, 'safety', employees.safety)
        self.assertActors(stage, 'chief')
        stage = self.open_recheck(hazard, 'leader', employees.chief)
        self.assertActors(stage, 'captain', 'secretary')

    @with_transaction()
    def test_former_employee(self):
        "Test who left the company is not asked"
        hazard, = self.setup()
        captain = self.mine.employees.captain
        Date = Pool().get('ir.date')
        captain.end_date = Date.today().replace(year=2020, day=1)
        captain.save()
        stage, = self.open('hazard.four_fix', [hazard])
        self.assertActors(stage, 'secretary')

    @with_transaction()
    def test_other_company(self):
        "Test the people of another company are not asked"
        hazard, = self.setup()
        other = create_company("Other")
        unit = create_unit(other, "Mine", kind='mine')
        lead(unit, create_employee(other, "Other chief"))
        stage = self.open_recheck(
            hazard, 'leader', self.mine.employees.worker)
        self.assertActors(stage, 'chief')

    @with_transaction()
    def test_work_waiting(self):
        "Test each who must act gets a notification that opens the stage"
        stage, = self.open('hazard.four_fix', self.setup())

        notice.work_waiting([stage])

        notifications = self.get_notifications()
        self.assertEqual(notifications.keys(), {'captain', 'secretary'})
        notification, = notifications['captain']
        self.assertEqual(notification.model, 'hazard.four_fix')
        self.assertEqual(json.loads(notification.records), [stage.id])
        self.assertIn('2026-000001', notification.label)
        self.assertIn(self.mine.place.rec_name, notification.description)

    @with_transaction()
    def test_no_longer_waiting(self):
        "Test nobody is told of a stage that ended in the meantime"
        FourFix = Pool().get('hazard.four_fix')
        stage, other = self.open('hazard.four_fix', self.setup(count=2))
        FourFix.move([stage], 'cancelled')

        FourFix.tell_waiting([stage, other])

        notification, = self.get_notifications()['captain']
        self.assertEqual(json.loads(notification.records), [other.id])

    @with_transaction()
    def test_work_waiting_batch(self):
        "Test a batch is one notification"
        stages = self.open('hazard.four_fix', self.setup(count=7))

        notice.work_waiting(stages)

        notification, = self.get_notifications()['captain']
        self.assertEqual(
            json.loads(notification.records), [s.id for s in stages])
        self.assertIn('7', notification.label)
        self.assertIn('2026-000005, …', notification.description)

    @with_transaction()
    def test_queries(self):
        "Test the number of queries does not depend on the batch"
        counts = []
        for count in [1, 20]:
            Transaction().rollback()
            stages = self.open('hazard.four_fix', self.setup(count=count))
            notice.work_waiting(stages)
            with count_queries() as queries:
                notice.work_waiting(stages)
            counts.append(len(queries))
        self.assertEqual(*counts)
        self.assertLessEqual(counts[0], 4)

    @with_transaction()
    def test_language(self):
        "Test the receiver's language"
        Language = Pool().get('ir.lang')
        chinese, = Language.search([('code', '=', 'zh_CN')])
        chinese.translatable = True
        chinese.save()
        hazards = self.setup()
        self.mine.users.captain.language = chinese
        self.mine.users.captain.save()
        stages = self.open('hazard.four_fix', hazards)

        def gettext(message, **variables):
            return Transaction().language

        with patch.object(base_notice, 'gettext', gettext):
            notice.work_waiting(stages)

        notifications = self.get_notifications()
        self.assertEqual(notifications['captain'][0].label, 'zh_CN')
        self.assertEqual(notifications['secretary'][0].label, 'en')

    @with_transaction()
    def test_closed(self):
        "Test the reporter is told that the hazard is closed"
        hazards = self.setup()

        notice.hazard_closed(hazards)

        notification, = self.get_notifications()['reporter']
        self.assertEqual(notification.model, 'hazard.hazard')
        self.assertIn('2026-000001', notification.label)

    @with_transaction()
    def test_returned(self):
        "Test the reporter is told why the hazard is returned"
        hazards = self.setup(return_reason="Which of the two doors?")

        notice.hazard_returned(hazards)

        notification, = self.get_notifications()['reporter']
        self.assertEqual(
            notification.description, "Which of the two doors?")

    @with_transaction()
    def test_nobody(self):
        "Test a reporter without a login is no problem for the others"
        hazards = self.setup(count=2)
        hazards[0].found_by = create_employee(self.mine.company, "Nobody")
        notice.hazard_closed(hazards)
        told = self.get_notifications()
        self.assertEqual(told.keys(), {'reporter'})
        notification, = told['reporter']
        self.assertEqual(
            json.loads(notification.records), [hazards[1].id])

    @with_transaction()
    def test_inactive_user(self):
        "Test an inactive user is not told"
        hazards = self.setup()
        self.mine.users.reporter.active = False
        self.mine.users.reporter.save()
        notice.hazard_closed(hazards)
        self.assertEqual(self.get_notifications(), {})

    @with_transaction()
    def test_long_description(self):
        "Test a long text without spaces is cut"
        hazards = self.setup(description="顶板离层" * 100)
        notice.hazard_closed(hazards)
        notification, = self.get_notifications()['reporter']
        self.assertEqual(len(notification.description), 100)
        self.assertTrue(notification.description.endswith("…"))
