# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Tasks that end otherwise than well; tests/faults kills real workers."""

import datetime as dt
import unittest

from trytond.modules.safety_base.exceptions import TaskAbandonedError
from trytond.modules.safety_base.queue import LIMIT
from trytond.pool import Pool
from trytond.tests.test_tryton import DB_NAME, activate_module, drop_db
from trytond.transaction import Transaction


class QueueTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        drop_db()
        activate_module('safety_organization')
        cls.addClassCleanup(drop_db)

    def push(self, method='validate', **values):
        "Return the id of a task that a worker has taken from the queue"
        pool = Pool(DB_NAME)
        Queue = pool.get('ir.queue')
        with Transaction().start(DB_NAME, 1):
            User = Pool().get('res.user')
            id_, = getattr(User.__queue__, method)([User(1)])
            Queue.write([Queue(id_)], {
                    'dequeued_at': dt.datetime.now(), **values})
            Transaction().tasks.clear()
        return id_

    def run_(self, id_):
        with Transaction().start(DB_NAME, 0):
            Pool().get('ir.queue')(id_).run()

    def assertEnded(self, id_, finished, failed):
        with Transaction().start(DB_NAME, 0, readonly=True):
            task = Pool().get('ir.queue')(id_)
            self.assertEqual(bool(task.finished_at), finished)
            self.assertEqual(bool(task.failed_at), failed)

    def test_finished(self):
        "A task is finished with what it does and not run again"
        id_ = self.push('set_password_of_nobody')
        with Transaction().start(DB_NAME, 0):
            Queue = Pool().get('ir.queue')
            Queue.write([Queue(id_)], {'finished_at': dt.datetime.now()})
        # It would fail.
        self.run_(id_)
        self.assertEnded(id_, finished=True, failed=False)

    def test_failed(self):
        "A task that failed is not taken for one that was abandoned"
        id_ = self.push('set_password_of_nobody')
        with self.assertRaises(AttributeError):
            self.run_(id_)
        self.assertEnded(id_, finished=False, failed=True)
        # Nor is it run again.
        self.run_(id_)

    def test_taken_up_too_often(self):
        "A task that kills its worker each time ends as an error"
        id_ = self.push(taken_up=LIMIT + 1)
        with self.assertRaises(TaskAbandonedError):
            self.run_(id_)
        self.assertEnded(id_, finished=False, failed=True)

    def test_taken_up(self):
        "A task that was taken up is run"
        id_ = self.push(taken_up=LIMIT)
        self.run_(id_)
        self.assertEnded(id_, finished=True, failed=False)

    def test_pushed_again(self):
        "A task that the worker pushes again is replaced"
        id_ = self.push()
        with Transaction().start(DB_NAME, 0):
            Queue = Pool().get('ir.queue')
            task = Queue(id_)
            again = Queue.push(task.name, task.data)
            Transaction().tasks.clear()
        self.assertEnded(id_, finished=False, failed=True)
        self.assertEnded(again, finished=False, failed=False)

    def test_lost_connection(self):
        "A worker does not go on with a connection that was closed"
        class Connection:
            closed = True

        with Transaction().start(DB_NAME, 0) as transaction:
            Queue = Pool().get('ir.queue')
            with self.assertRaises(ConnectionError):
                Queue.pull(transaction.database, Connection())
