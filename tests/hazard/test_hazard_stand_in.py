# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Standing in for who is absent, and what that must not open."

import datetime as dt
import json
import unittest

from mine import build_mine
from organization import acting, create_employee, create_user
from steps import (
    can_see, confirm, finish, hand_over, recheck, report, to_rectify, waiting,
    waits_for)
from templates import activate_built
from undone import undone

from trytond.model.exceptions import AccessError, DomainValidationError
from trytond.modules.hazard.exceptions import HandOverError, RecheckError
from trytond.modules.hazard.integrity.verification import Verifier
from trytond.modules.hazard.loop import notice
from trytond.modules.safety_base.exceptions import StandInError
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction

DAY = dt.timedelta(days=1)


def stand_in(employee, other, user=None, start=None, end=None):
    "Let the other stand in for the employee, as the user enters it."
    StandIn = Pool().get('safety.stand_in')
    today = dt.date.today()
    values = {
        'company': employee.company.id,
        'employee': employee.id,
        'stand_in': other.id,
        'start': start or today,
        'end': end or today + DAY}
    if not user:
        record, = StandIn.create([values])
        return record
    with acting(user):
        record, = StandIn.create([values])
    return StandIn(record.id)


class StandInTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built('hazard', build_mine)

    @with_transaction()
    def test_responsible(self):
        "The stand-in rectifies in the own name for the absent one"
        mine = build_mine()
        rectification = to_rectify(mine)
        hazard = rectification.hazard
        fitter = create_employee(mine.company, "Fitter")
        user = create_user('fitter', mine.company, fitter)
        self.assertFalse(can_see(user, hazard))

        stand_in(mine.employees.worker, fitter, user=mine.users.worker)

        self.assertTrue(can_see(user, hazard))
        self.assertTrue(waits_for(user, rectification))
        self.assertTrue(waits_for(mine.users.worker, rectification))
        done = finish(mine, hazard, user=user)
        self.assertEqual(done.done_by, fitter)
        event = done.hazard.events[-1]
        self.assertEqual(event.employee, fitter)
        self.assertEqual(event.represented, mine.employees.worker)
        self.assertEqual(Verifier(mine.company).run().problems, [])

    @with_transaction()
    def test_leader(self):
        "The stand-in of a leader does what waits for the unit"
        mine = build_mine()
        hazard = report(mine)
        four_fix = waiting('hazard.four_fix', hazard)
        other = mine.users.other_captain
        self.assertFalse(can_see(other, four_fix))
        stand_in(mine.employees.captain, mine.employees.other_captain)

        self.assertTrue(can_see(other, hazard))
        self.assertTrue(waits_for(other, four_fix))
        confirmed = confirm(mine, hazard, user=other)
        self.assertEqual(
            confirmed.confirmed_by, mine.employees.other_captain)
        event = confirmed.hazard.events[-1]
        self.assertEqual(event.represented, mine.employees.captain)
        self.assertEqual(
            json.loads(event.content)['represented'],
            {'employee': mine.employees.captain.id})

    @with_transaction()
    def test_own_right(self):
        "What one may do anyway is done for nobody else"
        mine = build_mine()
        stand_in(mine.employees.captain, mine.employees.secretary)
        confirmed = confirm(mine, report(mine), user=mine.users.secretary)
        self.assertIsNone(confirmed.hazard.events[-1].represented)

    @with_transaction()
    def test_own_work(self):
        "Nobody checks the own work through a stand-in"
        mine = build_mine()
        hazard = report(mine)
        captain = mine.employees.captain
        other = mine.users.other_captain
        confirm(mine, hazard, responsible=captain.id)
        stand_in(captain, mine.employees.other_captain)
        finish(mine, hazard, user=mine.users.captain)

        with self.assertRaises(RecheckError):
            recheck(mine, hazard, 'pass_', user=other)
        recheck(mine, hazard, 'pass_', user=mine.users.secretary)

    @with_transaction()
    def test_checker_chosen(self):
        "Neither the rectifier nor the stand-in chooses who checks it"
        mine = build_mine()
        hazard = report(mine)
        captain, other = mine.employees.captain, mine.employees.other_captain
        confirm(mine, hazard, responsible=captain.id)
        finish(mine, hazard, user=mine.users.captain)
        check = waiting('hazard.recheck', hazard)
        for with_stand_in in [False, True]:
            if with_stand_in:
                stand_in(captain, other)
            for user, error in [
                    (mine.users.captain, RecheckError),
                    (mine.users.other_captain, (AccessError, RecheckError))]:
                for record in [check, hazard]:
                    with self.subTest(user=user.login, record=str(record)), \
                            self.assertRaises(error), undone():
                        hand_over(record, other, user)
        with self.assertRaises(HandOverError), undone():
            hand_over(check, other, mine.users.safety)
        hand_over(check, mine.employees.secretary, mine.users.safety)
        recheck(mine, hazard, 'pass_', user=mine.users.secretary)

    @with_transaction()
    def test_handed_before(self):
        "Who stands in for the rectifier does not check what was handed over"
        mine = build_mine()
        hazard = report(mine)
        captain, other = mine.employees.captain, mine.employees.other_captain
        confirm(mine, hazard, responsible=captain.id)
        finish(mine, hazard, user=mine.users.captain)
        check = waiting('hazard.recheck', hazard)
        hand_over(check, other, mine.users.safety)
        stand_in(captain, other)
        with self.assertRaises(RecheckError):
            recheck(mine, hazard, 'pass_', user=mine.users.other_captain)

    @with_transaction()
    def test_bounds(self):
        "Nobody stands in for ever, or plans a thousand times"
        mine = build_mine()
        worker, station = mine.employees.worker, mine.employees.station
        today = dt.date.today()
        with self.assertRaises(StandInError), undone():
            stand_in(worker, station, user=mine.users.worker,
                end=dt.date.max)
        for n in range(20):
            stand_in(worker, station, user=mine.users.worker,
                start=today + DAY * n, end=today + DAY * n)
        with self.assertRaises(StandInError), undone():
            stand_in(worker, station, user=mine.users.worker,
                start=today + DAY * 20, end=today + DAY * 20)

    @with_transaction()
    def test_left(self):
        "Nobody stands in any more for who has left"
        mine = build_mine()
        rectification = to_rectify(mine)
        fitter = create_employee(mine.company, "Fitter")
        user = create_user('fitter', mine.company, fitter)
        stand_in(mine.employees.worker, fitter)
        self.assertTrue(waits_for(user, rectification))
        mine.employees.worker.end_date = dt.date.today() - DAY
        mine.employees.worker.save()
        self.assertFalse(waits_for(user, rectification))

    @with_transaction()
    def test_work_of_stand_in(self):
        "Neither checks what the stand-in did for the absent one"
        mine = build_mine()
        hazard = to_rectify(mine).hazard
        record = stand_in(
            mine.employees.captain, mine.employees.other_captain)
        finish(mine, hazard, user=mine.users.other_captain)
        with acting(mine.users.captain):
            record.__class__.revoke([record.__class__(record.id)])

        for user in [mine.users.other_captain, mine.users.captain]:
            with self.subTest(user=user.login), self.assertRaises(
                    (AccessError, RecheckError)):
                recheck(mine, hazard, 'pass_', user=user)
        recheck(mine, hazard, 'pass_', user=mine.users.secretary)

    @with_transaction()
    def test_days(self):
        "One stands in on the days only, and until it is revoked"
        mine = build_mine()
        rectification = to_rectify(mine)
        today = dt.date.today()
        fitter = create_employee(mine.company, "Fitter")
        user = create_user('fitter', mine.company, fitter)
        for start, end in [
                (today + DAY * 3, today + DAY * 4),
                (today - DAY * 4, today - DAY * 3)]:
            stand_in(
                mine.employees.worker, fitter, start=start, end=end)
            self.assertFalse(waits_for(user, rectification))
        now = stand_in(mine.employees.worker, fitter)
        self.assertTrue(waits_for(user, rectification))
        with acting(user), self.assertRaises(AccessError):
            now.__class__.revoke([now.__class__(now.id)])
        with acting(mine.users.worker):
            now.__class__.revoke([now.__class__(now.id)])
        self.assertFalse(waits_for(user, rectification))

    @with_transaction()
    def test_groups(self):
        "Standing in gives no group"
        mine = build_mine()
        four_fix = waiting('hazard.four_fix', report(mine))
        stand_in(mine.employees.captain, mine.employees.worker)
        with acting(mine.users.worker), self.assertRaises(AccessError):
            four_fix.__class__.write(
                [four_fix.__class__(four_fix.id)], {'measures': "Any."})

    @with_transaction()
    def test_private(self):
        "What is the absent person's own stays so"
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        mine = build_mine()
        hazard = report(mine)
        with acting(mine.users.captain), Transaction().set_context(
                reason="Wrong place."):
            Hazard.return_([Hazard(hazard.id)])
        stand_in(mine.employees.reporter, mine.employees.worker)
        self.assertFalse(can_see(mine.users.worker, hazard))

    @with_transaction()
    def test_entered(self):
        "Each enters the own absence, the organization that of anybody"
        mine = build_mine()
        worker, station = mine.employees.worker, mine.employees.station
        organizer = create_user(
            'organizer', mine.company,
            create_employee(mine.company, "Organizer"),
            ['safety_organization.group_organization_admin'])
        for user in [mine.users.station, mine.users.captain]:
            with self.subTest(user=user.login), \
                    self.assertRaises(AccessError), undone():
                stand_in(worker, station, user=user)
        record = stand_in(worker, station, user=organizer)
        with acting(mine.users.worker):
            for values in [{'end': dt.date.today() + DAY * 9},
                    {'stand_in': mine.employees.safety.id}]:
                with self.assertRaises(StandInError):
                    record.__class__.write(
                        [record.__class__(record.id)], values)
            with self.assertRaises(StandInError):
                record.__class__.delete([record.__class__(record.id)])

    @with_transaction()
    def test_refused(self):
        "Only another person with a login stands in, one at a time"
        mine = build_mine()
        worker = mine.employees.worker
        today = dt.date.today()
        nobody = create_employee(mine.company, "Without Login")
        again = worker.__class__(party=worker.party, company=mine.company)
        again.save()
        create_user('again', mine.company, again)
        gone = create_employee(mine.company, "Gone")
        create_user('gone', mine.company, gone)
        gone.end_date = today
        gone.save()

        for other in [nobody, again, gone]:
            with self.subTest(other=other.rec_name), \
                    self.assertRaises(StandInError), undone():
                stand_in(worker, other, user=mine.users.worker)
        with self.assertRaises(StandInError), undone():
            stand_in(
                worker, mine.employees.station, user=mine.users.worker,
                start=today - DAY)
        with self.assertRaises(DomainValidationError), undone():
            stand_in(
                worker, mine.employees.station, user=mine.users.worker,
                start=today + DAY, end=today)
        stand_in(worker, mine.employees.station)
        with self.assertRaises(StandInError), undone():
            stand_in(
                worker, mine.employees.safety, user=mine.users.worker,
                start=today + DAY, end=today + DAY * 2)

    @with_transaction()
    def test_told(self):
        "Both are told of the standing in, and of the work that waits"
        mine = build_mine()
        rectification = to_rectify(mine)
        record = stand_in(mine.employees.worker, mine.employees.station)
        both = {mine.users.worker.id, mine.users.station.id}
        for tell in [
                lambda: record.__class__.tell([record]),
                lambda: notice.work_waiting([rectification])]:
            Transaction().user_notifications.clear()
            tell()
            self.assertEqual(
                {n.user.id for n in Transaction().user_notifications}, both)

    @with_transaction()
    def test_no_chain(self):
        "A stand-in lets nobody stand in for the absent one"
        mine = build_mine()
        stand_in(mine.employees.captain, mine.employees.other_captain)
        with self.assertRaises(AccessError):
            stand_in(
                mine.employees.captain, mine.employees.worker,
                user=mine.users.other_captain,
                start=dt.date.today() + DAY * 5,
                end=dt.date.today() + DAY * 6)
