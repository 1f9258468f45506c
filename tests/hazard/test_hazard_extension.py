# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Extensions: what is refused, who asks, who decides, what follows."

import datetime as dt
import unittest

from mine import build_mine
from organization import acting, create_user, get_ref
from steps import (
    approve_plan, confirm, finish, major, report, to_rectify, waiting)
from templates import activate_built

from trytond.model.exceptions import (
    AccessButtonError, AccessError, ButtonActionException,
    RequiredValidationError)
from trytond.modules.hazard.exceptions import ExtensionError
from trytond.modules.safety_base.exceptions import ActorError, StepError
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction


def days(number):
    return dt.timedelta(days=number)


class HazardExtensionTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built('hazard', build_mine)

    def request(self, user, rectification, deadline, **values):
        pool = Pool()
        Extension = pool.get('hazard.extension')
        with acting(user):
            extension, = Extension.create([{
                        'rectification': rectification.id,
                        'deadline': deadline,
                        'reason': "The spare part is on its way.",
                        'measures': "A guard stands at the door.",
                        **values}])
            Extension.request([extension])
        return Extension(extension.id)

    def press(self, user, extension, button, **context):
        with acting(user, **context):
            Extension = extension.__class__
            getattr(Extension, button)([Extension(extension.id)])
        return Extension(extension.id)

    def notified(self, user):
        pool = Pool()
        Notification = pool.get('res.notification')
        transaction = Transaction()
        Notification.save(transaction.user_notifications)
        transaction.user_notifications.clear()
        return [
            n.label for n in Notification.search([
                    ('user', '=', user.id),
                    ('model', '=', 'hazard.extension'),
                    ])]

    @with_transaction()
    def test_approve_own_told(self):
        "Who approves extensions is not told of those asked for by themself"
        pool = Pool()
        User = pool.get('res.user')
        mine = build_mine()
        User.write([mine.users.captain], {
                'groups': [('add', [get_ref('hazard.group_hazard_safety')])],
                })
        rectification = to_rectify(mine)
        self.request(
            mine.users.captain, rectification,
            rectification.deadline + days(2))
        self.assertEqual(self.notified(mine.users.captain), [])
        self.assertEqual(len(self.notified(mine.users.safety)), 1)

        rectification = to_rectify(mine)
        self.request(
            mine.users.worker, rectification,
            rectification.deadline + days(2))
        self.assertEqual(len(self.notified(mine.users.captain)), 1)

    @with_transaction()
    def test_decide_own_work(self):
        "Who is responsible neither decides upon more time nor is asked to"
        mine = build_mine()
        hazard = report(mine)
        confirm(mine, hazard, responsible=mine.employees.safety.id)
        rectification = waiting('hazard.rectification', hazard)
        extension = self.request(
            mine.users.captain, rectification,
            rectification.deadline + days(2))
        self.assertEqual(self.notified(mine.users.safety), [])
        for button, context in [
                ('approve', {}), ('reject', {'reason': "No."})]:
            with self.subTest(button=button), \
                    self.assertRaises(ExtensionError):
                self.press(mine.users.safety, extension, button, **context)
        self.assertEqual(extension.__class__(extension.id).state, 'requested')

    @with_transaction()
    def test_approve(self):
        "An approved extension moves the deadlines and keeps the first one"
        mine = build_mine()
        rectification = to_rectify(mine)
        hazard = rectification.hazard
        first = rectification.deadline
        extension = self.request(
            mine.users.worker, rectification, first + days(2))
        self.assertEqual(extension.state, 'requested')
        self.assertEqual(extension.hazard, hazard)
        self.assertEqual(extension.unit, mine.units.ventilation)
        self.assertEqual(extension.requested_by, mine.employees.worker)
        self.assertTrue(extension.requested_at)
        self.assertEqual(extension.days, 2)
        self.assertEqual(len(self.notified(mine.users.safety)), 1)

        extension = self.press(mine.users.safety, extension, 'approve')
        self.assertEqual(extension.state, 'approved')
        self.assertEqual(extension.decided_by, mine.employees.safety)
        self.assertEqual(extension.original_deadline, first)
        rectification = rectification.__class__(rectification.id)
        self.assertEqual(rectification.deadline, first + days(2))
        self.assertEqual(rectification.due_at, first + days(2))
        self.assertEqual(rectification.four_fix.deadline, first)
        hazard = hazard.__class__(hazard.id)
        self.assertEqual(hazard.deadline, first + days(2))
        self.assertEqual(
            [e.action for e in hazard.events][-2:], ['request', 'extend'])
        self.assertEqual(hazard.events[-1].stage, extension)
        self.assertEqual(len(self.notified(mine.users.worker)), 1)

        again = self.request(
            mine.users.captain, rectification, first + days(5))
        self.assertEqual(again.original_deadline, first)
        self.assertEqual(again.current_deadline, first + days(2))
        self.assertEqual(again.days, 5)

    @with_transaction()
    def test_beyond_plan(self):
        "Beyond the day of the plan the head of the mine decides"
        mine = build_mine()
        hazard = report(mine, **major())
        plan = approve_plan(mine, hazard)
        confirm(mine, hazard, deadline=plan.deadline - days(1))
        rectification = waiting('hazard.rectification', hazard)
        extension = self.request(
            mine.users.worker, rectification, plan.deadline)
        self.assertEqual(self.notified(mine.users.head), [])
        self.press(mine.users.safety, extension, 'approve')
        rectification = waiting('hazard.rectification', hazard)
        extension = self.request(
            mine.users.worker, rectification,
            plan.deadline + dt.timedelta(seconds=1))
        self.assertEqual(len(self.notified(mine.users.head)), 1)
        with self.assertRaises(ExtensionError):
            self.press(mine.users.safety, extension, 'approve')
        self.assertEqual(
            hazard.__class__(hazard.id).deadline, plan.deadline)
        nobody = create_user(
            'nobody', mine.company, groups=['hazard.group_hazard_head'])
        with self.assertRaises(ActorError):
            self.press(nobody, extension, 'approve')
        extension = self.press(mine.users.head, extension, 'approve')
        self.assertEqual(extension.decided_by, mine.employees.head)
        self.assertEqual(
            hazard.__class__(hazard.id).deadline, extension.deadline)

    @with_transaction()
    def test_head_unplanned(self):
        "The head decides upon no extension of what needs no plan"
        mine = build_mine()
        rectification = to_rectify(mine)
        extension = self.request(
            mine.users.worker, rectification,
            rectification.deadline + days(1))
        for button in ['approve', 'reject']:
            with self.subTest(button=button), self.assertRaises(AccessError):
                self.press(
                    mine.users.head, extension, button, reason="I may not.")

    @with_transaction()
    def test_reject(self):
        "A rejection needs its reason and leaves the deadline"
        mine = build_mine()
        rectification = to_rectify(mine)
        deadline = rectification.deadline
        extension = self.request(
            mine.users.worker, rectification, deadline + days(2))
        with self.assertRaises(ButtonActionException):
            self.press(mine.users.safety, extension, 'reject')
        extension = self.press(
            mine.users.safety, extension, 'reject', reason="Not needed.")
        self.assertEqual(extension.state, 'rejected')
        self.assertEqual(extension.decision_note, "Not needed.")
        self.assertEqual(extension.rectification.deadline, deadline)
        self.assertEqual(extension.hazard.events[-1].action, 'reject')
        self.assertEqual(len(self.notified(mine.users.worker)), 1)
        with self.assertRaises(StepError):
            self.press(mine.users.safety, extension, 'approve')

    @with_transaction()
    def test_incomplete(self):
        "Reason and interim measures are compulsory"
        Numbering = Pool().get('hazard.numbering')
        for name in ['reason', 'measures']:
            for value in [None, '']:
                # PostgreSQL goes on with nothing after an error.
                Transaction().rollback()
                Numbering._sequence_cache.clear()
                mine = build_mine()
                rectification = to_rectify(mine)
                with self.subTest(name=name, value=value), \
                        self.assertRaises(RequiredValidationError):
                    self.request(
                        mine.users.worker, rectification,
                        rectification.deadline + days(1), **{name: value})

    @with_transaction()
    def test_overdue(self):
        "An extension is requested before the deadline"
        mine = build_mine()
        rectification = to_rectify(mine)
        rectification.deadline = dt.datetime.now() - dt.timedelta(seconds=1)
        rectification.save()
        with self.assertRaises(ExtensionError):
            self.request(
                mine.users.worker, rectification,
                dt.datetime.now() + days(1))

    @with_transaction()
    def test_not_later(self):
        "The requested deadline is later than the current one"
        mine = build_mine()
        rectification = to_rectify(mine)
        for difference in [days(0), -dt.timedelta(minutes=5)]:
            with self.subTest(difference=difference), \
                    self.assertRaises(ExtensionError):
                self.request(
                    mine.users.worker, rectification,
                    rectification.deadline + difference)

    @with_transaction()
    def test_days(self):
        "All extensions together do not exceed the days of the company"
        mine = build_mine()
        rectification = to_rectify(mine)
        first = rectification.deadline
        with self.assertRaises(ExtensionError):
            self.request(
                mine.users.worker, rectification,
                first + days(30) + dt.timedelta(seconds=1))
        extension = self.request(
            mine.users.worker, rectification, first + days(20))
        self.press(mine.users.safety, extension, 'approve')
        rectification = rectification.__class__(rectification.id)
        with self.assertRaises(ExtensionError):
            self.request(mine.users.worker, rectification, first + days(31))
        self.request(mine.users.worker, rectification, first + days(30))

    @with_transaction()
    def test_count(self):
        "A rectification is extended only so many times"
        mine = build_mine()
        rectification = to_rectify(mine)
        first = rectification.deadline
        extension = self.request(
            mine.users.worker, rectification, first + days(1))
        self.press(mine.users.safety, extension, 'reject', reason="No.")
        for number in [2, 3]:
            rectification = rectification.__class__(rectification.id)
            extension = self.request(
                mine.users.worker, rectification, first + days(number))
            self.press(mine.users.safety, extension, 'approve')
        rectification = rectification.__class__(rectification.id)
        with self.assertRaises(ExtensionError):
            self.request(mine.users.worker, rectification, first + days(4))

    @with_transaction()
    def test_one_open(self):
        "There is one open request for a rectification"
        mine = build_mine()
        rectification = to_rectify(mine)
        self.request(
            mine.users.worker, rectification,
            rectification.deadline + days(1))
        with self.assertRaises(ExtensionError):
            self.request(
                mine.users.captain, rectification,
                rectification.deadline + days(2))

    @with_transaction()
    def test_requesters(self):
        "Who is responsible and the unit's leaders request"
        mine = build_mine()
        rectification = to_rectify(mine)
        deadline = rectification.deadline + days(1)
        for name in ['reporter', 'other_captain', 'safety', 'station']:
            with self.subTest(name=name), self.assertRaises(AccessError):
                self.request(
                    getattr(mine.users, name), rectification, deadline)
        self.request(mine.users.secretary, rectification, deadline)

    @with_transaction()
    def test_deciders(self):
        "The safety department decides, never upon an own request"
        mine = build_mine()
        rectification = to_rectify(mine)
        extension = self.request(
            mine.users.worker, rectification,
            rectification.deadline + days(1))
        for name in [
                'worker', 'captain', 'chief', 'reporter', 'station',
                'manager']:
            for button in ['approve', 'reject']:
                with self.subTest(name=name, button=button), \
                        self.assertRaises((AccessError, AccessButtonError)):
                    self.press(
                        getattr(mine.users, name), extension, button,
                        reason="I may not.")
        Extension = extension.__class__
        extension.requested_by = mine.employees.safety
        extension.save()
        for button in ['approve', 'reject']:
            with self.assertRaises(ExtensionError):
                self.press(
                    mine.users.safety, extension, button, reason="My own.")
            with acting(mine.users.safety), Transaction().set_context(
                    reason="My own.", employee=None), \
                    self.assertRaises(ExtensionError):
                getattr(Extension, button)([Extension(extension.id)])

    @with_transaction()
    def test_other_rectification(self):
        "A request stays with the rectification that it was made for"
        pool = Pool()
        Extension = pool.get('hazard.extension')
        mine = build_mine()
        rectification, other = to_rectify(mine), to_rectify(mine)
        with acting(mine.users.worker):
            extension, = Extension.create([{
                        'rectification': rectification.id,
                        'deadline': rectification.deadline + days(1),
                        'reason': "The door is not delivered.",
                        'measures': "Two men watch the door.",
                        }])
            with self.assertRaises(AccessError):
                Extension.write([extension], {'rectification': other.id})

    @with_transaction()
    def test_recorded(self):
        "A request is not changed after it was made"
        mine = build_mine()
        rectification = to_rectify(mine)
        extension = self.request(
            mine.users.worker, rectification,
            rectification.deadline + days(1))
        Extension = extension.__class__
        for name in ['worker', 'captain', 'safety']:
            with acting(getattr(mine.users, name)):
                with self.subTest(name=name):
                    with self.assertRaises(AccessError):
                        Extension.write(
                            [Extension(extension.id)], {'reason': "Other"})
                    with self.assertRaises(AccessError):
                        Extension.delete([Extension(extension.id)])

    @with_transaction()
    def test_server_fields(self):
        "Nobody makes up a decision"
        mine = build_mine()
        rectification = to_rectify(mine)
        deadline = rectification.deadline + days(1)
        for values in [
                {'state': 'approved'},
                {'requested_by': mine.employees.captain.id},
                {'decision_note': "Approved"}]:
            with self.subTest(values=values), \
                    self.assertRaises(AccessError):
                self.request(
                    mine.users.worker, rectification, deadline, **values)
        extension = self.request(
            mine.users.worker, rectification, deadline,
            original_deadline=deadline, company=None)
        self.assertEqual(
            extension.original_deadline, rectification.deadline)

    @with_transaction()
    def test_close_open(self):
        "The end of the rectification closes an open request"
        mine = build_mine()
        rectification = to_rectify(mine)
        extension = self.request(
            mine.users.worker, rectification,
            rectification.deadline + days(1))
        finish(mine, rectification.hazard)
        extension = extension.__class__(extension.id)
        self.assertEqual(extension.state, 'rejected')
        self.assertTrue(extension.decision_note)

    @with_transaction()
    def test_ended(self):
        "There is no extension of a rectification that has ended"
        mine = build_mine()
        rectification = to_rectify(mine)
        finish(mine, rectification.hazard)
        with self.assertRaises(Exception) as refused:
            self.request(
                mine.users.worker, rectification,
                rectification.deadline + days(1))
        self.assertIn(
            type(refused.exception).__name__,
            {'ExtensionError', 'DomainValidationError'})

    @with_transaction()
    def test_read(self):
        "Extensions are seen by whom they concern"
        mine = build_mine()
        rectification = to_rectify(mine)
        extension = self.request(
            mine.users.worker, rectification,
            rectification.deadline + days(1))
        readers = set()
        for name, user in vars(mine.users).items():
            with acting(user):
                if extension.__class__.search([('id', '=', extension.id)]):
                    readers.add(name)
        self.assertEqual(readers, {
                'reporter', 'worker', 'captain', 'secretary', 'chief',
                'safety', 'station', 'dispatcher', 'head'})

    @with_transaction()
    def test_wizard(self):
        "The button of the rectification asks and requests at once"
        pool = Pool()
        Extension = pool.get('hazard.extension')
        Rectification = pool.get('hazard.rectification')
        Wizard = pool.get('hazard.extension.request', type='wizard')
        mine = build_mine()
        rectification = to_rectify(mine)
        context = {
            'active_model': 'hazard.rectification',
            'active_id': rectification.id,
            'active_ids': [rectification.id],
            }
        with acting(mine.users.worker, **context):
            action = Rectification.request_extension(
                [Rectification(rectification.id)])
            self.assertTrue(action)
            session, start, end = Wizard.create()
            Wizard.execute(session, {}, start)
            Wizard.execute(session, {
                    'ask': {
                        'current_deadline': rectification.deadline,
                        'deadline': rectification.deadline + days(1),
                        'reason': "The spare part is on its way.",
                        'measures': "A guard stands at the door.",
                        }}, 'request')
        extension, = Extension.search([])
        self.assertEqual(extension.state, 'requested')
        with acting(mine.users.reporter, **context):
            session, start, end = Wizard.create()
            with self.assertRaises(AccessError):
                Wizard.execute(session, {}, start)

    @with_transaction()
    def test_batch(self):
        "Several are approved at once"
        mine = build_mine()
        hazards = [report(mine) for _ in range(2)]
        extensions = []
        for hazard in hazards:
            confirm(mine, hazard)
            rectification = waiting('hazard.rectification', hazard)
            extensions.append(self.request(
                    mine.users.worker, rectification,
                    rectification.deadline + days(1)))
        Extension = extensions[0].__class__
        with acting(mine.users.safety):
            Extension.approve(
                Extension.browse([e.id for e in extensions]))
        for extension in extensions:
            extension = Extension(extension.id)
            self.assertEqual(extension.state, 'approved')
            self.assertEqual(extension.hazard.deadline, extension.deadline)
