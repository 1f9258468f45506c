# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Tasks whose worker died are taken up again.

A worker marks a task as dequeued before it runs it, so nobody else would run
it when the worker is killed. Here whoever runs a task holds a lock on it; one
that was dequeued long ago, has not ended and is locked by nobody was
abandoned. What a task does and that it is finished are committed at once,
so nothing is done twice.
"""
import datetime as dt
import uuid

from sql import Null
from sql.conditionals import Coalesce
from sql.functions import CurrentTimestamp

import trytond.config as config
from trytond import backend
from trytond.i18n import gettext
from trytond.model import Index, fields
from trytond.pool import PoolMeta
from trytond.transaction import (
    Transaction, TransactionError, without_check_access)

from .exceptions import TaskAbandonedError

# A task that kills its worker each time is not taken up for ever.
LIMIT = 3


class Queue(metaclass=PoolMeta):
    __name__ = 'ir.queue'

    failed_at = fields.Timestamp(
        "Failed at",
        help="When the task failed or was replaced by a new one.")
    taken_up = fields.Integer(
        "Taken Up",
        help="How often the task was taken up from a worker that died.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        table = cls.__table__()
        cls._sql_indexes.add(
            Index(table, (table.dequeued_at, Index.Range()),
                where=cls._unfinished(table) & (table.dequeued_at != Null)))

    @classmethod
    def copy(cls, tasks, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('failed_at')
        default.setdefault('taken_up')
        return super().copy(tasks, default=default)

    @staticmethod
    def _unfinished(table):
        return (table.finished_at == Null) & (table.failed_at == Null)

    @classmethod
    def push(cls, name, data, scheduled_at=None, expected_at=None):
        data = dict(data)
        if key := data.get('key'):
            # The worker failed for now and pushes the task once more.
            cls._replace(key)
        else:
            data['key'] = uuid.uuid4().hex
        return super().push(
            name, data, scheduled_at=scheduled_at, expected_at=expected_at)

    @classmethod
    def _validate(cls, tasks, field_names=None):
        "Read no task again: only the server writes them."

    @classmethod
    def _replace(cls, key):
        with without_check_access():
            tasks = cls.search([
                    ('dequeued_at', '!=', None),
                    ('finished_at', '=', None),
                    ('failed_at', '=', None),
                    ])
            cls.write(
                [t for t in tasks if t.data.get('key') == key],
                {'failed_at': dt.datetime.now()})

    @classmethod
    def pull(cls, database, connection, name=None):
        if connection.closed:
            # The worker would try it for ever and never connect again.
            raise ConnectionError("PostgreSQL has closed the connection")
        cls._take_up(database, connection)
        return super().pull(database, connection, name=name)

    @classmethod
    def _take_up(cls, database, connection):
        "Queue again what was abandoned"
        seconds = config.getint('queue', 'abandoned_after', default=60)
        table, abandoned = cls.__table__(), cls.__table__()
        For = database.get_select_for_skip_locked()
        query = abandoned.select(
            abandoned.id,
            where=cls._unfinished(abandoned)
            # Of tasks without it nobody knows whether they failed.
            & database.json_key_exists(abandoned.data, 'key')
            & (abandoned.dequeued_at
                < CurrentTimestamp() - dt.timedelta(seconds=seconds)),
            for_=For('UPDATE'))
        connection.cursor().execute(*table.update(
                [table.dequeued_at, table.taken_up],
                [Null, Coalesce(table.taken_up, 0) + 1],
                where=table.id.in_(query)))

    def run(self):
        if not self._lock():
            # Another worker runs it or has finished it.
            return
        try:
            self._check_taken_up()
            super().run()
        except (TransactionError, backend.DatabaseOperationalError):
            raise
        except Exception:
            self._fail()
            raise

    def _lock(self):
        transaction = Transaction()
        database = transaction.database
        table = self.__table__()
        query = table.select(
            table.id,
            where=(table.id == self.id) & self._unfinished(table))
        if database.has_select_for():
            query.for_ = database.get_select_for_skip_locked()('UPDATE')
        cursor = transaction.connection.cursor()
        cursor.execute(*query)
        return cursor.fetchone()

    def _check_taken_up(self):
        if (self.taken_up or 0) > LIMIT:
            raise TaskAbandonedError(gettext(
                    'safety_base.msg_task_abandoned',
                    model=self.data['model'], method=self.data['method']))

    def _fail(self):
        "Keep that the task failed, but nothing of what it did"
        transaction = Transaction()
        transaction.rollback()
        with transaction.new_transaction():
            self.__class__.write(
                [self.__class__(self.id)],
                {'failed_at': dt.datetime.now()})
