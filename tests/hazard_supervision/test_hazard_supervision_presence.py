# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt
import unittest

import time_machine
from access import REFUSED
from organization import (
    acting, create_company, create_employee, create_user, get_ref)
from queries import count_queries
from rpc import Caller, race
from supervision import make_bureau, make_enterprise
from templates import activate_built

from trytond.modules.hazard_supervision.exceptions import PresenceAccessError
from trytond.pool import Pool
from trytond.tests.test_tryton import DB_NAME, drop_db, with_transaction
from trytond.transaction import Transaction

NOON = dt.datetime(2026, 12, 2, 4)
TODAY = dt.date(2026, 12, 2)
MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)


def make_supervised(bureau, **values):
    "Return an enterprise with two users in a company of its own."
    company = create_company("Stone Pit")
    company.timezone = 'Asia/Shanghai'
    company.save()
    enterprise = make_enterprise(
        bureau.company, 7, own_company=company, **values)
    users = [
        create_user(name, company, create_employee(company, name))
        for name in ['digger', 'clerk']]
    return enterprise, users


def get_presences():
    Presence = Pool().get('supervision.presence')
    return Presence.search([], order=[('day', 'ASC'), ('id', 'ASC')])


class PresenceTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built('hazard_supervision', make_bureau)
        cls.addClassCleanup(drop_db)

    def setUp(self):
        self.clock = time_machine.travel(NOON, tick=False)
        self.traveller = self.clock.start()
        self.addCleanup(self.clock.stop)

    def work(self, user):
        Pool().get('supervision.presence').work(user)

    def log_in(self, user):
        Session = Pool().get('ir.session')
        with Transaction().set_user(user.id):
            Session.new()
        # The time of the database stands still in a transaction.
        table = Session.__table__()
        Transaction().connection.cursor().execute(*table.update(
                [table.create_date], [dt.datetime.now()]))

    @with_transaction()
    def test_day(self):
        "There is one row for each local day, with its users and times"
        enterprise, (digger, clerk) = make_supervised(make_bureau())
        self.work(digger.id)
        self.traveller.shift(20 * MINUTE)
        self.work(clerk.id)
        self.traveller.shift(20 * MINUTE)
        self.work(digger.id)
        presence, = get_presences()
        self.assertEqual(presence.enterprise, enterprise)
        self.assertEqual(presence.day, TODAY)
        self.assertEqual(presence.first_at, NOON)
        self.assertEqual(presence.last_at, NOON + 40 * MINUTE)
        self.assertEqual(presence.users, 2)
        # Midnight in Shanghai
        self.traveller.move_to(NOON + 12 * 60 * MINUTE - MINUTE)
        self.work(digger.id)
        self.assertEqual(len(get_presences()), 1)
        self.traveller.shift(MINUTE)
        self.work(digger.id)
        _, following = get_presences()
        self.assertEqual(following.day, TODAY + DAY)
        self.assertEqual(following.users, 1)
        self.assertEqual(
            enterprise.__class__(enterprise.id).last_work, TODAY + DAY)

    @with_transaction()
    def test_warm(self):
        "Work that was kept a short time ago costs no statement"
        _, (digger, _) = make_supervised(make_bureau())
        self.work(digger.id)
        for minutes in [1, 13]:
            self.traveller.shift(minutes * MINUTE)
            with count_queries() as queries:
                self.work(digger.id)
            self.assertEqual(queries, [])
        self.traveller.shift(MINUTE)
        with count_queries() as queries:
            self.work(digger.id)
        self.assertTrue(0 < len(queries) <= 8, queries)
        presence, = get_presences()
        self.assertEqual(presence.last_at, NOON + 15 * MINUTE)

    @with_transaction()
    def test_who_counts(self):
        "Neither regulators nor administrators nor other companies count"
        bureau = make_bureau()
        enterprise, (digger, clerk) = make_supervised(bureau)
        User = Pool().get('res.user')
        User.write([digger], {
                'companies': [('add', [bureau.company.id])],
                'employees': [('add', [bureau.employees.officer.id])],
                })
        User.write([clerk], {'groups': [('add', [get_ref(
                            'res.group_admin')])]})
        other = create_user('alone', enterprise.own_company)
        stranger = create_company("Other")
        stranger = create_user(
            'stranger', stranger, create_employee(stranger, "Stranger"))
        for user in [
                digger, clerk, other, stranger, bureau.users.officer,
                User(1), User(0)]:
            with self.subTest(user=user.id):
                self.work(user.id)
                self.assertEqual(get_presences(), [])

    @with_transaction()
    def test_closed(self):
        "Nothing is kept of who is supervised no more"
        enterprise, (digger, _) = make_supervised(
            make_bureau(), enrolled_on=TODAY - DAY, closed_on=TODAY)
        self.work(digger.id)
        self.assertEqual(get_presences(), [])

    @with_transaction()
    def test_registered(self):
        "The first login registers who was invited, with its day"
        enterprise, (digger, _) = make_supervised(make_bureau())
        self.assertEqual(enterprise.registration, 'invited')
        for day in [TODAY, TODAY + DAY]:
            before = get_presences()
            self.log_in(digger)
            # Two who log in at once would write the same row
            self.assertEqual(get_presences(), before)
            self.work(digger.id)
            enterprise = enterprise.__class__(enterprise.id)
            self.assertEqual(enterprise.registration, 'registered')
            self.assertEqual(enterprise.registered_on, TODAY)
            self.assertEqual(get_presences()[-1].day, day)
            self.assertEqual(
                get_presences()[-1].login_at, dt.datetime.now())
            self.traveller.shift(DAY)

    @with_transaction()
    def test_access(self):
        "The bureau and the township read it, nobody who is counted"
        bureau = make_bureau()
        pool = Pool()
        Presence = pool.get('supervision.presence')
        PresenceUser = pool.get('supervision.presence.user')
        Township = pool.get('supervision.township')
        enterprise, (digger, _) = make_supervised(bureau)
        self.work(digger.id)
        presence, = get_presences()
        townships = Township.create([
                {'name': name, 'company': bureau.company.id,
                    'people': [('add', [bureau.employees.township.id])
                        ] if name == "Here" else None}
                for name in ["Here", "There"]])
        for role in ['officer', 'duty', 'director']:
            with acting(getattr(bureau.users, role)):
                self.assertEqual(Presence.search([]), [presence])
                with self.assertRaises(REFUSED):
                    PresenceUser.search([])
                with self.assertRaises(REFUSED):
                    Presence.write([Presence(presence.id)], {'users': 9})
        with acting(digger), self.assertRaises(REFUSED):
            Presence.search([])
        for township, found in zip(townships, [[presence], []]):
            enterprise.township = township
            enterprise.save()
            with acting(bureau.users.township):
                self.assertEqual(Presence.search([]), found)
        with acting(bureau.users.admin, _check_access=False), \
                self.assertRaises(PresenceAccessError):
            Presence.check_modification('delete', [presence], external=True)


class CallTestCase(unittest.TestCase):

    def setUp(self):
        activate_built('hazard_supervision', make_bureau)
        self.addCleanup(drop_db)

    def test_calls(self):
        "Calls at the same time make one row, tokens and tasks none"
        with Transaction().start(DB_NAME, 0):
            enterprise, users = make_supervised(make_bureau())
            callers = [Caller(u) for u in users]
            Presence = Pool().get('supervision.presence')
            PresenceUser = Pool().get('supervision.presence.user')
            # What the callers have done by their sessions
            PresenceUser.delete(PresenceUser.search([]))
            Presence.delete(get_presences())
            Presence._until_cache._clear(DB_NAME)
        found = race(*(
                lambda c=c: c('ir.module.search_count', [])
                for c in callers * 2))
        self.assertEqual(len(found), 4)
        with Transaction().start(DB_NAME, 0):
            presence, = get_presences()
            self.assertEqual(presence.users, 2)
            self.assertEqual(presence.enterprise.registration, 'registered')


