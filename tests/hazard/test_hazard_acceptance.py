# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The acceptance of major hazards."

import datetime as dt
import hashlib
import unittest

import time_machine
from mine import build_mine
from organization import acting, create_employee, create_user, get_ref
from pictures import picture
from steps import accept, outside, recheck, report, to_accept, waiting
from templates import activate_built

from trytond.model.exceptions import AccessButtonError, AccessError
from trytond.modules.hazard.exceptions import AcceptanceError, PhotoAccessError
from trytond.modules.hazard.integrity.verification import Verifier
from trytond.modules.safety_base.exceptions import ActorError, StepError
from trytond.modules.safety_base.workflow import now
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction

REFUSED = AccessError, AccessButtonError, AcceptanceError


class HazardAcceptanceTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built('hazard', build_mine)

    def own_grade(self, **values):
        """Return the values of a hazard of a grade that is treated as a major
        one because the mine wants so, which may be otherwise too."""
        Grade = Pool().get('hazard.grade')
        grade = Grade(get_ref('hazard.grade_larger'))
        lawful = {n: v[0] for n, v in Grade._lawful.items()}
        Grade.write([grade], {**lawful, **values})
        return {'grade': grade.id, 'criterion': None}

    def fill(self, user, hazard, **values):
        acceptance = waiting('hazard.acceptance', hazard)
        Acceptance = acceptance.__class__
        with acting(user):
            Acceptance.write([Acceptance(acceptance.id)], values)

    def press(self, user, hazard, button):
        acceptance = waiting('hazard.acceptance', hazard)
        Acceptance = acceptance.__class__
        with acting(user):
            getattr(Acceptance, button)([Acceptance(acceptance.id)])
        return Acceptance(acceptance.id)

    def add_to_group(self, user, group):
        User = Pool().get('res.user')
        User.write([user], {'groups': [('add', [get_ref(group)])]})

    @with_transaction()
    def test_open(self):
        "A major hazard whose recheck passed waits for its acceptance"
        mine = build_mine()
        hazard = to_accept(mine)
        self.assertEqual(hazard.state, 'acceptance')
        self.assertIsNone(hazard.closed_at)
        acceptance, = hazard.acceptances
        self.assertEqual(acceptance.acceptor, 'head')
        self.assertTrue(acceptance.outside)
        self.assertEqual(acceptance.recheck, hazard.rechecks[-1])
        self.assertEqual(
            acceptance.due_at, acceptance.opened_at + dt.timedelta(hours=72))
        self.assertEqual(acceptance.rectified_by, mine.employees.worker)
        self.assertEqual(
            acceptance.recheck_reason, "The gas is below the limit.")

    @with_transaction()
    def test_general(self):
        "Other hazards are closed by the recheck"
        mine = build_mine()
        hazard = report(
            mine, grade=get_ref('hazard.grade_larger'), handling='on_site',
            on_site_measures="Closed.", on_site_at=now())
        recheck(mine, hazard, 'pass_', user=mine.users.safety)
        hazard = hazard.__class__(hazard.id)
        self.assertEqual(hazard.state, 'closed')
        self.assertFalse(hazard.acceptances)

    @with_transaction()
    def test_pass(self):
        "An accepted hazard is closed"
        mine = build_mine()
        hazard = to_accept(mine)
        acceptance = accept(mine, hazard)
        self.assertEqual(acceptance.state, 'passed')
        self.assertEqual(acceptance.decided_by, mine.employees.head)
        self.assertEqual(
            acceptance.document_sha256,
            hashlib.sha256(outside()['document']).hexdigest())
        hazard = hazard.__class__(hazard.id)
        self.assertEqual(hazard.state, 'closed')
        self.assertTrue(hazard.closed_at)
        self.assertEqual(hazard.events[-1].action, 'accept')
        self.assertEqual(hazard.events[-1].stage, acceptance)
        self.assertEqual(Verifier(mine.company).run().problems, [])

    @with_transaction()
    def test_fail(self):
        "A failed acceptance opens the next round"
        mine = build_mine()
        hazard = to_accept(mine)
        acceptance = accept(mine, hazard, 'fail', reason="It leaks again.")
        self.assertEqual(acceptance.state, 'failed')
        hazard = hazard.__class__(hazard.id)
        self.assertEqual(hazard.state, 'four_fix')
        self.assertEqual(hazard.round, 2)
        self.assertEqual(hazard.events[-1].action, 'refuse')
        self.assertEqual(hazard.events[-1].note, "It leaks again.")
        self.assertTrue(waiting('hazard.four_fix', hazard).due_at)
        self.assertEqual(Verifier(mine.company).run().problems, [])

    @with_transaction()
    def test_on_site(self):
        "What was eliminated at once is accepted too"
        mine = build_mine()
        hazard = to_accept(
            mine, handling='on_site', on_site_measures="Power cut.",
            on_site_at=now() - dt.timedelta(minutes=5))
        self.assertEqual(hazard.state, 'acceptance')
        acceptance, = hazard.acceptances
        self.assertEqual(acceptance.actions, "Power cut.")
        self.add_to_group(mine.users.reporter, 'hazard.group_hazard_head')
        with self.assertRaises(AcceptanceError):
            accept(mine, hazard, user=mine.users.reporter)
        self.assertEqual(accept(mine, hazard).state, 'passed')

    @with_transaction()
    def test_deciders(self):
        "Only whom the grade names decides"
        mine = build_mine()
        for acceptor, allowed in [('head', 'head'), ('safety', None)]:
            hazard = to_accept(mine, **self.own_grade(acceptor=acceptor))
            self.fill(mine.users.safety, hazard, **outside())
            for name in sorted(set(vars(mine.users)) - {allowed}):
                for button in ['pass_', 'fail']:
                    with self.subTest(
                                acceptor=acceptor, name=name, button=button), \
                            self.assertRaises(REFUSED):
                        self.press(getattr(mine.users, name), hazard, button)
        # Who has not rechecked is another one of the department.
        other = create_user(
            'other_safety', mine.company,
            create_employee(mine.company, "Other Safety"),
            ['hazard.group_hazard_safety'])
        self.assertEqual(self.press(other, hazard, 'pass_').state, 'passed')

    @with_transaction()
    def test_own_work(self):
        "Who rectified or rechecked in any round does not accept"
        mine = build_mine()
        hazard = to_accept(mine)
        self.fill(mine.users.safety, hazard, **outside())
        for name in ['worker', 'chief', 'safety']:
            user = getattr(mine.users, name)
            self.add_to_group(user, 'hazard.group_hazard_head')
            for button in ['pass_', 'fail']:
                with self.subTest(name=name, button=button), \
                        self.assertRaises(AcceptanceError):
                    self.press(user, hazard, button)

    @with_transaction()
    def test_own_work_other_login(self):
        "Nor does the same person with another login"
        User = Pool().get('res.user')
        mine = build_mine()
        hazard = to_accept(mine)
        self.fill(mine.users.safety, hazard, **outside())
        User.write([mine.users.head], {
                'employees': [('add', [mine.employees.chief.id])]})
        with self.assertRaises(AcceptanceError):
            self.press(mine.users.head, hazard, 'pass_')

    @with_transaction()
    def test_nobody(self):
        "Who is no employee of the mine accepts nothing"
        mine = build_mine()
        hazard = to_accept(mine)
        self.fill(mine.users.safety, hazard, **outside())
        nobody = create_user(
            'nobody', mine.company, groups=['hazard.group_hazard_head'])
        for button in ['pass_', 'fail']:
            with self.subTest(button=button), self.assertRaises(ActorError):
                self.press(nobody, hazard, button)

    @with_transaction()
    def test_opinion(self):
        "The day and the opinion are required, and the day makes sense"
        mine = build_mine()
        hazard = to_accept(mine)
        today = dt.date.today()
        day = dt.timedelta(days=1)
        for values in [
                {'reason': None}, {'reason': ' \n'}, {'accepted_on': None},
                {'accepted_on': today + 2 * day},
                {'accepted_on': today - 2 * day}]:
            for button in ['pass_', 'fail']:
                with self.subTest(values=values, button=button), \
                        self.assertRaises(AcceptanceError):
                    accept(mine, hazard, button, **values)

    @with_transaction()
    def test_outside(self):
        "Somebody from outside has signed"
        mine = build_mine()
        hazard = to_accept(mine)
        for values in [
                {'outside_name': None}, {'outside_name': ' '},
                {'outside_body': None}, {'document': None},
                {'outside_name': mine.employees.captain.party.name},
                {'outside_name': "CAPTAIN."}, {'outside_name': "C ap-tain"},
                {'outside_name': "Ｃａｐｔａｉｎ"}, {'outside_name': "."}]:
            with self.subTest(values=values), \
                    self.assertRaises(AcceptanceError):
                accept(mine, hazard, **values)
        self.assertEqual(accept(mine, hazard).state, 'passed')

    @with_transaction()
    def test_document(self):
        "The document is a scan or a photo, and its file is the server's"
        mine = build_mine()
        hazard = to_accept(mine)
        end = b'%%EOF'
        for document in [
                b'MZ', b'<html>', b'%PDF-' + bytes(20 * 1024 ** 2) + end,
                b'%PDF-', b'%PDF-' + bytes(490) + b'%%EO',
                b'%PDF-' + bytes(400) + end,
                b'%PDF-' + bytes(500) + end + bytes(1024),
                b'\xff\xd8\xff', b'\x89PNG\r\n', picture()[:100],
                picture('PNG')[:60], picture('WEBP')]:
            with self.subTest(document=document[:6], size=len(document)), \
                    self.assertRaises(AcceptanceError):
                self.fill(mine.users.safety, hazard, document=document)
        for values in [
                {'document_id': 'x'}, {'document_sha256': 'x'}]:
            with self.subTest(values=values), \
                    self.assertRaises(AccessError):
                self.fill(mine.users.safety, hazard, **values)
        self.fill(
            mine.users.safety, hazard, document=outside()['document'],
            document_name='../a/b.pdf')
        self.assertNotIn(
            '/', waiting('hazard.acceptance', hazard).document_name)
        self.fill(mine.users.safety, hazard, document=None)
        self.assertIsNone(
            waiting('hazard.acceptance', hazard).document_sha256)

    @with_transaction()
    def test_replaced(self):
        "A document that another one replaces is removed from the store"
        Queue = Pool().get('ir.filestore.queue')
        mine = build_mine()
        hazard = to_accept(mine)
        self.fill(
            mine.users.safety, hazard, document=outside()['document'])
        old = waiting('hazard.acceptance', hazard).document_id
        self.fill(mine.users.safety, hazard, document=picture())
        acceptance = waiting('hazard.acceptance', hazard)
        self.assertEqual(bytes(acceptance.document), picture())
        self.assertNotEqual(acceptance.document_id, old)
        removed, = Queue.search([('model', '=', acceptance.__name__)])
        self.assertEqual(removed.file_id, old)

    @with_transaction()
    def test_two_persons(self):
        "Without somebody from outside a second person of the mine confirms"
        mine = build_mine()
        hazard = to_accept(
            mine, **self.own_grade(acceptance_outside=False))
        values = outside(
            outside_name=None, outside_body=None, outside_title=None,
            document=None)
        with self.assertRaises(AcceptanceError):
            accept(mine, hazard, **values)
        for name in ['worker', 'chief', 'head']:
            employee = getattr(mine.employees, name)
            with self.subTest(name=name), self.assertRaises(AcceptanceError):
                accept(mine, hazard, **values, second_checker=employee.id)
        self.fill(
            mine.users.safety, hazard, **values,
            second_checker=mine.employees.station.id)
        with self.assertRaises(AcceptanceError):
            self.press(mine.users.head, hazard, 'pass_')
        for name in ['safety', 'captain']:
            with self.subTest(name=name), self.assertRaises(REFUSED):
                self.press(getattr(mine.users, name), hazard, 'confirm')
        self.press(mine.users.station, hazard, 'confirm')
        # What is changed then is to be confirmed again
        self.fill(mine.users.safety, hazard, reason="Accepted.")
        with self.assertRaises(AcceptanceError):
            self.press(mine.users.head, hazard, 'pass_')
        self.press(mine.users.station, hazard, 'confirm')
        acceptance = self.press(mine.users.head, hazard, 'pass_')
        self.assertEqual(acceptance.second_checker, mine.employees.station)
        self.assertEqual(Verifier(mine.company).run().problems, [])

    @with_transaction()
    def test_writers(self):
        "The safety department fills it in, and whom the grade names"
        mine = build_mine()
        hazard = to_accept(mine)
        for name in sorted(
                set(vars(mine.users)) - {'safety', 'head'}):
            with self.subTest(name=name), self.assertRaises(AccessError):
                self.fill(
                    getattr(mine.users, name), hazard, reason="Fine.")
        self.fill(mine.users.head, hazard, reason="Fine.")
        for values in [
                {'state': 'passed'}, {'outside': False},
                {'acceptor': 'safety'}, {'decided_at': now()},
                {'second_at': now()}]:
            with self.subTest(values=values), self.assertRaises(AccessError):
                self.fill(mine.users.safety, hazard, **values)

    @with_transaction()
    def test_recorded(self):
        "What is decided stays, also for who decided"
        mine = build_mine()
        hazard = to_accept(mine)
        acceptance = accept(mine, hazard)
        Acceptance = acceptance.__class__
        for user in [mine.users.safety, mine.users.head]:
            with acting(user), self.assertRaises(AccessError):
                Acceptance.write([Acceptance(acceptance.id)], {
                        'reason': "No."})
            with acting(user), self.assertRaises(AccessError):
                Acceptance.delete([Acceptance(acceptance.id)])
            with acting(user), self.assertRaises((StepError, *REFUSED)):
                Acceptance.fail([Acceptance(acceptance.id)])

    @with_transaction()
    def test_mine(self):
        "It waits for whom the grade names"
        mine = build_mine()
        Acceptance = Pool().get('hazard.acceptance')
        for acceptor in ['head', 'safety']:
            hazard = to_accept(mine, **self.own_grade(acceptor=acceptor))
            acceptance = waiting('hazard.acceptance', hazard)
            waits = set()
            for name, user in vars(mine.users).items():
                with acting(user):
                    if Acceptance.search([
                                ('mine', '=', True),
                                ('id', '=', acceptance.id)]):
                        waits.add(name)
            self.assertEqual(waits, {acceptor})
            with acting(getattr(mine.users, acceptor)):
                self.assertTrue(Acceptance(acceptance.id).mine)
                self.assertNotIn(
                    acceptance, Acceptance.search([('mine', '!=', True)]))

    @with_transaction()
    def test_read(self):
        "It is seen by whom it concerns"
        mine = build_mine()
        acceptance = waiting('hazard.acceptance', to_accept(mine))
        readers = set()
        for name, user in vars(mine.users).items():
            with acting(user):
                if acceptance.__class__.search(
                        [('id', '=', acceptance.id)]):
                    readers.add(name)
        self.assertEqual(readers, {
                'reporter', 'worker', 'captain', 'secretary', 'chief',
                'safety', 'station', 'dispatcher', 'head'})

    @with_transaction()
    def test_photos(self):
        "Photos are added until it is decided"
        Photo = Pool().get('hazard.photo')
        mine = build_mine()
        hazard = to_accept(mine)
        acceptance = waiting('hazard.acceptance', hazard)
        with acting(mine.users.captain), self.assertRaises(AccessError):
            Photo.create([{
                        'acceptance': acceptance.id, 'image': picture()}])
        with acting(mine.users.safety):
            photo, = Photo.create([{
                        'acceptance': acceptance.id,
                        'recheck': hazard.rechecks[0].id,
                        'image': picture()}])
        self.assertEqual(photo.stage, 'acceptance')
        self.assertIsNone(photo.recheck)
        self.assertEqual(photo.hazard, hazard)
        accept(mine, hazard)
        self.assertEqual(Verifier(mine.company).run().problems, [])
        with acting(mine.users.safety), \
                self.assertRaises(PhotoAccessError):
            Photo.delete([Photo(photo.id)])

    @with_transaction()
    def test_verify(self):
        "A changed acceptance does not fit its event"
        mine = build_mine()
        hazard = to_accept(mine)
        acceptance = accept(mine, hazard)
        table = acceptance.__table__()
        cursor = Transaction().connection.cursor()
        for name, value in [
                ('outside_name', "Li Si"), ('reason', "Fine."),
                ('document_sha256', '0' * 64),
                ('decided_by', mine.employees.chief.id),
                ('state', 'failed')]:
            with self.subTest(name=name):
                before = getattr(acceptance, name)
                cursor.execute(*table.update(
                        [getattr(table, name)], [value],
                        where=table.id == acceptance.id))
                problems = Verifier(mine.company).run().problems
                self.assertIn(name, {p.field for p in problems})
                cursor.execute(*table.update(
                        [getattr(table, name)],
                        [getattr(before, 'id', before)],
                        where=table.id == acceptance.id))
        self.assertEqual(Verifier(mine.company).run().problems, [])

    @with_transaction()
    def test_cancel(self):
        "Cancelling the hazard closes its acceptance"
        mine = build_mine()
        hazard = to_accept(mine)
        Hazard = hazard.__class__
        with acting(mine.users.head, reason="Entered twice."):
            Hazard.cancel([Hazard(hazard.id)])
        acceptance, = Hazard(hazard.id).acceptances
        self.assertEqual(acceptance.state, 'cancelled')
        self.assertEqual(Verifier(mine.company).run().problems, [])

    @with_transaction()
    def test_reminder(self):
        "Who accepts is reminded and told of what is overdue"
        Reminder = Pool().get('hazard.reminder')
        mine = build_mine()
        hazard = to_accept(mine)
        acceptance, = hazard.acceptances
        with time_machine.travel(
                acceptance.due_at + dt.timedelta(hours=1), tick=False):
            Reminder.remind()
        reminder, = Reminder.search([
                ('stage', '=', str(acceptance)), ('step', '=', 'overdue')])
        self.assertEqual(
            set(reminder.users), {mine.users.head, mine.users.safety})
