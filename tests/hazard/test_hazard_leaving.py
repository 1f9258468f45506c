# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What waits for who leaves or can log in no more."

import datetime as dt
import unittest

from mine import build_mine
from organization import acting, create_employee, create_user
from steps import confirm, report, to_rectify, waiting
from templates import activate_built

from trytond.modules.hazard.exceptions import EmployeeWorkWarning
from trytond.modules.hazard.loop import notice
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction, check_access

TODAY = dt.date.today()
DAY = dt.timedelta(days=1)


def told():
    return {n.user.login for n in Transaction().user_notifications}


class LeavingTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built('hazard', build_mine)

    def setUp(self):
        super().setUp()
        self.organizer = None

    def administrator(self, mine):
        return create_user(
            'organizer', mine.company,
            create_employee(mine.company, "Organizer"),
            ['safety_organization.group_organization_admin',
                'company.group_employee_admin', 'res.group_admin'])

    @with_transaction()
    def test_end(self):
        "Who ends an employee is warned, and the leader told"
        Employee = Pool().get('company.employee')
        mine = build_mine()
        worker = mine.employees.worker
        worker.unit = mine.units.ventilation
        worker.save()
        hazard = to_rectify(mine).hazard
        Transaction().user_notifications.clear()
        with acting(self.administrator(mine)):
            with self.assertRaises(EmployeeWorkWarning) as raised:
                Employee.write([Employee(worker.id)], {'end_date': TODAY})
        self.assertIn(hazard.number, raised.exception.message)

        Employee.write([worker], {'end_date': TODAY})
        Employee.tell_work([worker])
        self.assertEqual(told(), {'captain', 'secretary'})
        notification, *_ = Transaction().user_notifications
        self.assertIn(hazard.number, notification.description)

    @with_transaction()
    def test_login(self):
        "Who deactivates the last login of somebody is warned"
        User = Pool().get('res.user')
        mine = build_mine()
        to_rectify(mine)
        second = create_user('second', mine.company, mine.employees.worker)
        with acting(self.administrator(mine)):
            User.write([User(second.id)], {'active': False})
            with self.assertRaises(EmployeeWorkWarning):
                User.write(
                    [User(mine.users.worker.id)], {'active': False})

    @with_transaction()
    def test_no_work(self):
        "Nobody is warned of who has nothing to do, nor told"
        Employee = Pool().get('company.employee')
        mine = build_mine()
        Transaction().user_notifications.clear()
        with acting(self.administrator(mine)):
            Employee.write(
                [Employee(mine.employees.worker.id)], {'end_date': TODAY})
        Employee.tell_work([mine.employees.worker])
        self.assertEqual(told(), set())

    @with_transaction()
    def test_reminded(self):
        "No reminder goes to nobody: the leader gets that of who left"
        mine = build_mine()
        worker = mine.employees.worker
        captain = mine.employees.captain.id
        secretary = mine.employees.secretary.id
        rectification = to_rectify(mine)
        self.assertEqual(
            notice.actors([rectification])[rectification], {worker.id})
        worker.end_date = TODAY - DAY
        worker.save()
        self.assertEqual(
            notice.actors([rectification])[rectification],
            {worker.id, captain, secretary})
        worker.end_date = None
        worker.save()
        mine.users.worker.active = False
        mine.users.worker.save()
        self.assertEqual(
            notice.actors([rectification])[rectification],
            {worker.id, captain, secretary})

    @with_transaction()
    def test_leaders_left(self):
        "Where no leader can log in that of the parent is asked"
        mine = build_mine()
        for user in [mine.users.captain, mine.users.secretary]:
            user.active = False
            user.save()
        four_fix = waiting('hazard.four_fix', report(mine))
        self.assertEqual(
            notice.actors([four_fix])[four_fix], {mine.employees.chief.id})

    @with_transaction()
    def test_hand_all_over(self):
        "A leader hands over all that waits and he may hand over"
        mine = build_mine()
        worker, secretary = mine.employees.worker, mine.employees.secretary
        hazards = [to_rectify(mine).hazard for _ in range(2)]
        other = report(mine, unit=mine.units.driving)
        confirm(mine, other, user=mine.users.other_captain)
        self.hand_all_over(
            mine.users.captain, worker, secretary, expected=hazards)

        for hazard in hazards:
            self.assertEqual(
                waiting('hazard.rectification', hazard).responsible,
                secretary)
        self.assertEqual(
            waiting('hazard.rectification', other).responsible, worker)

    def hand_all_over(self, user, employee, successor, expected):
        Wizard = Pool().get('hazard.hand_over.all', type='wizard')
        with acting(user, active_model='company.employee',
                active_id=employee.id, active_ids=[employee.id]), \
                check_access():
            session, start, _ = Wizard.create()
            view = Wizard.execute(session, {}, start)['view']
            self.assertEqual(
                set(view['defaults']['hazards']), {h.id for h in expected})
            Wizard.execute(session, {'ask': {
                        'employee': employee.id,
                        'successor': successor.id,
                        'reason': "Left.",
                        }}, 'hand_over')
            Wizard.delete(session)
