# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Jobs that run at once count nothing twice, and need few queries."

import datetime as dt
import unittest

from organization import acting
from points import build_appraisal, create_rule, get_period
from queries import count_queries
from rpc import race
from steps import confirm, report

from trytond import backend
from trytond.pool import Pool
from trytond.tests.test_tryton import (
    DB_NAME, activate_module, drop_db, with_transaction)
from trytond.transaction import Transaction, TransactionError


def work(function):
    "Call the function in a transaction, again as the server would."
    extras = {}
    while True:
        with Transaction().start(DB_NAME, 1, **extras) as transaction:
            try:
                result = function()
                transaction.commit()
                return result
            except TransactionError as exception:
                transaction.rollback()
                exception.fix(extras)
            except backend.DatabaseOperationalError:
                transaction.rollback()


class JobsTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        drop_db()
        activate_module('hazard_appraisal')
        cls.addClassCleanup(drop_db)
        with Transaction().start(DB_NAME, 1) as transaction:
            start = dt.date.today().replace(day=1)
            cls.built = built = build_appraisal(
                start=start - dt.timedelta(days=1))
            create_rule(
                built.company, 'hazard_verified', 3,
                valid_from=start - dt.timedelta(days=40))
            cls.hazards = [
                confirm(built.mine, report(
                        built.mine, user=built.users.ann,
                        found_by=built.members.ann.employee,
                        found_as=built.members.ann.kind)).hazard.id
                for _ in range(20)]
            transaction.commit()

    def collect(self):
        pool = Pool()
        Company = pool.get('company.company')
        Entry = pool.get('appraisal.entry')
        Entry.collect(Company(self.built.company.id))

    def live(self):
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        Hazard.count_points(Hazard.browse(self.hazards))

    def test_at_once(self):
        "Jobs and steps at once count each hazard once"
        race(*[
                lambda f=f: work(f)
                for f in [self.collect, self.live] * 3])
        with Transaction().start(DB_NAME, 1, readonly=True):
            Entry = Pool().get('appraisal.entry')
            entries = Entry.search([])
            self.assertEqual(len(entries), len(self.hazards))
            self.assertEqual(
                {e.source.id for e in entries}, set(self.hazards))


class QueriesTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_module('hazard_appraisal')

    def prepare(self, number):
        for _ in range(number):
            confirm(self.built.mine, report(
                    self.built.mine, user=self.built.users.ann,
                    found_by=self.built.members.ann.employee,
                    found_as=self.built.members.ann.kind))

    @with_transaction()
    def test_collect(self):
        "Counting takes as many queries for ten hazards as for one"
        pool = Pool()
        Entry = pool.get('appraisal.entry')
        start = dt.date.today().replace(day=1)
        self.built = build_appraisal(start=start)
        create_rule(
            self.built.company, 'hazard_verified', 3, valid_from=start)
        # The periods are made
        Entry.collect(self.built.company)
        counts = []
        for number in [1, 10]:
            self.prepare(number)
            with count_queries() as queries:
                self.assertEqual(
                    Entry.collect(self.built.company), number)
            counts.append(len(queries))
        self.assertEqual(counts[0], counts[1])
        self.assertLess(counts[0], 60)

    @with_transaction()
    def test_sheets(self):
        "Sheets are read by a few queries however many they are"
        pool = Pool()
        Sheet = pool.get('appraisal.sheet')
        self.built = build_appraisal(end=dt.date(2026, 3, 31))
        month = get_period(self.built.company, 'month')
        names = ['rank', 'score', 'points', 'grade', 'task_state']
        with acting(self.built.users.admin):
            Sheet.search_read([], limit=1, fields_names=names)
            with count_queries() as queries:
                sheets = Sheet.search_read(
                    [('period', '=', month.id)], fields_names=names)
        self.assertEqual(len(sheets), 3)
        # Five of them find out of which periods sheets are computed
        self.assertLess(len(queries), 9)
