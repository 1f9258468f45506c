# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What a database promises also holds on SQLite, and why it would not."

import os
import sqlite3
import threading
import unittest
from contextlib import closing
from unittest.mock import patch

import trytond.config as config
from trytond import backend
from trytond.cache import MemoryCache
from trytond.ir import cron
from trytond.model.exceptions import SQLConstraintError
from trytond.modules.safety_base.sqlite import (
    TABLE, Request, StaleError, begin_again)
from trytond.pool import Pool
from trytond.protocols import dispatcher, wrappers
from trytond.tests.test_tryton import DB_NAME, activate_module, drop_db
from trytond.transaction import Transaction

FILE = 'shared'


class RollbackTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        drop_db()
        activate_module('safety_base')
        cls.addClassCleanup(drop_db)

    def test_rollback(self):
        "Nothing stays of a transaction that fails, nested ones looked at"
        pool = Pool(DB_NAME)
        Party = pool.get('party.party')
        with self.assertRaises(ZeroDivisionError), \
                Transaction().start(DB_NAME, 1):
            Party.create([{'name': "Refused"}])
            MemoryCache.sync(Transaction())
            1 / 0
        with Transaction().start(DB_NAME, 1):
            self.assertFalse(Party.search([('name', '=', "Refused")]))

    def test_within(self):
        """A transaction within another neither stores nor undoes it

        Only on PostgreSQL does it stay where the outer one is undone.
        """
        pool = Pool(DB_NAME)
        Party = pool.get('party.party')
        for stored in [False, True]:
            with Transaction().start(DB_NAME, 1) as transaction:
                Party.create([{'name': "Outer"}])
                with transaction.new_transaction():
                    Party.create([{'name': "Within"}])
                with self.assertRaises(ZeroDivisionError), \
                        transaction.new_transaction():
                    Party.create([{'name': "Refused"}])
                    1 / 0
                if not stored:
                    transaction.rollback()
            with Transaction().start(DB_NAME, 1):
                names = {p.name for p in Party.search([])}
                self.assertEqual("Outer" in names, stored)
                self.assertEqual(
                    "Within" in names, stored or backend.name != 'sqlite')
                self.assertNotIn("Refused", names)

    def test_many(self):
        "Many records at once are checked to be unique"
        pool = Pool(DB_NAME)
        Language = pool.get('ir.lang')
        values = [{'name': f"L{i}", 'code': f'l{i}'} for i in range(200)]
        with Transaction().start(DB_NAME, 1) as transaction:
            Language.create(values)
            with self.assertRaises(SQLConstraintError):
                Language.create(values[-1:])
            transaction.rollback()


class SharedTestCase(unittest.TestCase):
    "Several transactions on one file, each of a thread"

    def setUp(self):
        super().setUp()
        database = backend.Database(FILE)
        path = os.path.join(config.get('database', 'path'), f'{FILE}.sqlite')
        self.addCleanup(os.remove, path)
        backend.Database.create(None, FILE)
        with closing(database.connect().get_connection(True)) as connection:
            for table in [
                    'ir_cache (id INTEGER, name UNIQUE, timestamp)',
                    'ir_module (id INTEGER, name, state)',
                    'door (state)']:
                connection.execute(f'CREATE TABLE {table}')
            connection.execute("INSERT INTO door (state) VALUES ('open')")

    def start(self, cls=Request, **extras):
        return cls().start(FILE, 0, **extras)

    def execute(self, query):
        cursor = Transaction().connection.cursor()
        cursor.execute(query)
        return cursor.fetchall()

    def read(self):
        (state,), = self.execute('SELECT state FROM door')
        return state

    def write(self, state):
        self.execute(f"UPDATE door SET state = '{state}'")

    def elsewhere(self, function):
        "Call the function in a transaction of another thread"
        def run():
            with Transaction().start(FILE, 0):
                results.append(function())
        results = []
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
        return results[0]

    def test_platform(self):
        "Tryton still takes the only connection out of its transaction"
        with self.start() as transaction:
            self.write('closed')
            platform = backend.Database.get_connection.__wrapped__
            platform(transaction.database, autocommit=True)
            self.assertFalse(transaction.connection.in_transaction)

    def test_autocommit(self):
        "The connection of a transaction stays in it"
        with self.start() as transaction:
            self.write('closed')
            self.assertIs(
                transaction.database.get_connection(autocommit=True),
                transaction.connection)
            transaction.rollback()
            self.assertEqual(self.read(), 'open')

    def test_within(self):
        "A transaction within one that has changed something waits for none"
        with self.start() as transaction:
            self.write('closed')
            with transaction.new_transaction():
                with Transaction().new_transaction():
                    self.write('ajar')
                self.assertEqual(self.read(), 'ajar')
            self.assertEqual(self.elsewhere(self.read), 'open')
            transaction.rollback()
        self.assertEqual(self.elsewhere(self.read), 'open')

    def test_within_unchanged(self):
        "A transaction within one that has changed nothing stores at once"
        with self.start(readonly=True) as transaction:
            self.read()
            with transaction.new_transaction():
                self.write('closed')
            self.assertEqual(self.elsewhere(self.read), 'closed')

    def test_requests(self):
        "The transactions of requests and jobs can begin again"
        for module in [dispatcher, wrappers, cron]:
            self.assertIs(module.Transaction, Request)

    def test_snapshot(self):
        "A request reads what was true when it began"
        for extras in [{}, {'readonly': True}]:
            with self.subTest(**extras), self.start(**extras):
                self.read()
                self.elsewhere(lambda: self.write('closed'))
                self.assertEqual(self.read(), 'open')
            self.elsewhere(lambda: self.write('open'))

    def test_stale(self):
        "Who changes what was changed meanwhile begins again, alone"
        extras = {}
        with self.start() as transaction:
            self.read()
            self.elsewhere(lambda: self.write('closed'))
            with self.assertRaises(StaleError) as raised:
                self.write('open')
            raised.exception.fix(extras)
            transaction.rollback()
        self.assertEqual(extras, {'_lock_tables': [TABLE]})
        with self.start(**extras) as transaction:
            self.assertTrue(transaction.connection.in_transaction)
            self.assertEqual(self.read(), 'closed')
            with patch.object(config, 'getint', return_value=0):
                self.assertTrue(self.elsewhere(self._is_locked))
            self.write('locked')
        self.assertEqual(self.elsewhere(self.read), 'locked')

    def _is_locked(self):
        self.execute('PRAGMA busy_timeout = 0')
        try:
            self.write('mine')
        except backend.DatabaseOperationalError as exception:
            # Nobody starts this one again.
            return not isinstance(exception, StaleError)

    def test_once(self):
        "Who has begun again does not do so without end"
        def write(cursor):
            error = backend.DatabaseOperationalError()
            error.sqlite_errorcode = sqlite3.SQLITE_BUSY
            raise error
        for extras, is_stale in [
                ({}, True), ({'_lock_tables': [TABLE]}, False)]:
            with self.start(**extras) as transaction, \
                    self.assertRaises(backend.DatabaseOperationalError) as e:
                begin_again(write)(transaction.connection.cursor())
            self.assertEqual(isinstance(e.exception, StaleError), is_stale)

    def test_within_alone(self):
        "Who has begun again stays alone, whatever is done within"
        with self.start(_lock_tables=[TABLE]):
            with Transaction().new_transaction():
                self.write('nested')
            with patch.object(config, 'getint', return_value=0):
                self.assertTrue(self.elsewhere(self._is_locked))

    def test_cache(self):
        "What others read before a change is stored is not kept"
        cache = MemoryCache('test.shared', context=False)
        self.addCleanup(cache._instances.pop, 'test.shared')
        clear = cache._clear

        def clear_and_read(*args):
            clear(*args)
            if not Transaction().connection.in_transaction:
                return
            # Tryton has cleared the cache and not yet stored the change.
            self.elsewhere(lambda: cache.set('door', self.read()))

        with self.start(), patch.object(cache, '_clear', clear_and_read):
            self.write('closed')
            cache.clear()
            Transaction().commit()
        self.assertIsNone(self.elsewhere(lambda: cache.get('door')))


if backend.name != 'sqlite':
    del SharedTestCase
