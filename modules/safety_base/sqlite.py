# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Transactions on SQLite are what they are on PostgreSQL.

Tryton asks the database for another connection with autocommit to look for
changes of its caches. Of SQLite it gets the one of the transaction, which
from then on stores each statement at once: nothing is rolled back any more.
And it begins a transaction at its first change, so what it has read before
may have changed meanwhile: two who press a button at once both succeed.

Here the connection of a transaction stays in it, a request or a job reads
what was true when it began, and whoever changes what somebody else has
changed since begins again, alone. Tryton has no place for an own database of
the name sqlite, so its classes are changed when this module is imported.

A transaction within another waits in vain for the outer one where this has
changed something, or ends it too where they share the connection, in memory.
Here it is a savepoint of the outer one then: what it stores is stored with the
outer one only, but nothing of the outer one is stored or undone by it.

Tryton also checks what must be unique of all new records by one expression,
which SQLite refuses from about ninety records on.
"""
import sqlite3
from functools import wraps

from trytond import backend
from trytond.cache import MemoryCache
from trytond.ir import cron
from trytond.model import ModelSQL
from trytond.protocols import dispatcher, wrappers
from trytond.tools import grouped_slice
from trytond.transaction import Transaction, TransactionError

__all__ = ['Request', 'install']

# Its lock stands for that of the whole database.
TABLE = 'ir_cache'
# Who starts a transaction again that asks for it
RESTARTING = [dispatcher, wrappers, cron]
# How many records are checked by one expression
SLICE = 20


class Request(Transaction):
    "A transaction of a request or a job, started again when it asks for it"


class StaleError(backend.DatabaseOperationalError, TransactionError):
    "Somebody else has changed the database since the transaction began"

    def fix(self, extras):
        super().fix(extras)
        extras.setdefault('_lock_tables', []).append(TABLE)


def install():
    "Change Tryton's classes, on SQLite only"
    if backend.name != 'sqlite':
        return
    from trytond.backend.sqlite.database import Database, SQLiteCursor
    Database.get_connection = get_connection(Database.get_connection)
    Database.lock = classmethod(lock)
    SQLiteCursor.execute = begin_again(SQLiteCursor.execute)
    SQLiteCursor.executemany = begin_again(SQLiteCursor.executemany)
    MemoryCache.commit = classmethod(clear_after(MemoryCache.commit.__func__))
    ModelSQL.validate = classmethod(by_slices(ModelSQL.validate.__func__))
    Transaction.new_transaction = within(Transaction.new_transaction)
    for module in RESTARTING:
        module.Transaction = Request


def get_connection(platform):
    "Keep the connection of an open transaction as it is"
    @wraps(platform)
    def wrapper(
            self, autocommit=False, readonly=False, statement_timeout=None):
        transactions = Transaction._local.transactions
        for transaction in reversed(transactions):
            if self._conn and _outer(transaction.connection) is self._conn:
                return transaction.connection
        connection = platform(
            self, autocommit=autocommit, readonly=readonly,
            statement_timeout=statement_timeout)
        if not autocommit and not connection.in_transaction:
            if readonly or _is_request(transactions):
                # All is read as it was at the first reading.
                connection.execute('BEGIN')
                connection.unchanged = connection.total_changes
        return connection
    return wrapper


class Savepoint:
    "The connection of a transaction within one that has changed something"

    def __init__(self, connection):
        self._connection = connection
        self._is_set = False

    def __getattr__(self, name):
        return getattr(self._connection, name)

    def __eq__(self, other):
        return self._connection == other

    def cursor(self, *args, **kwargs):
        if not self._is_set:
            self._connection.execute('SAVEPOINT within')
            self._is_set = True
        return self._connection.cursor(*args, **kwargs)

    def commit(self):
        if self._is_set:
            self._connection.execute('RELEASE within')
            self._is_set = False

    def rollback(self):
        if self._is_set:
            self._connection.execute('ROLLBACK TO within')
        self.commit()


def within(platform):
    "Make a savepoint of a transaction within one that has changed something"
    @wraps(platform)
    def wrapper(self, *args, **kwargs):
        has_changed = _has_changed(self)
        transaction = platform(self, *args, **kwargs)
        if has_changed:
            outer = _outer(self.connection)
            if _outer(transaction.connection) is not outer:
                transaction.connection.close()
            transaction.database = self.database
            transaction.connection = Savepoint(outer)
        return transaction
    return wrapper


def lock(cls, connection, table):
    "Wait until nobody else writes, and let nobody else write"
    connection.cursor().execute(f'UPDATE "{table}" SET id = id WHERE 0')


def begin_again(platform):
    "Let the request begin again when somebody else writes or has written"
    @wraps(platform)
    def wrapper(self, *args):
        try:
            return platform(self, *args)
        except backend.DatabaseOperationalError as exception:
            if _is_busy(exception) and _can_begin_again(self.connection):
                raise StaleError(*exception.args) from exception
            raise
    return wrapper


def clear_after(platform):
    """Clear the caches once more when the changes are stored.

    Tryton clears them before, and whoever reads in between would keep what
    is old.
    """
    @wraps(platform)
    def wrapper(cls, transaction):
        names = set(cls._reset.get(transaction, ()))
        database = transaction.database.name
        platform(cls, transaction)
        for name in names & cls._instances.keys():
            cache = cls._instances[name]
            cache._clear(database, cache._timestamp.get(database))
    return wrapper


def by_slices(platform):
    "Validate the records in slices"
    @wraps(platform)
    def wrapper(cls, records):
        for sub_records in grouped_slice(records, SLICE):
            platform(cls, list(sub_records))
    return wrapper


def _outer(connection):
    return getattr(connection, '_connection', connection)


def _has_changed(transaction):
    connection = transaction.connection
    return connection.in_transaction and (
        transaction._locked_tables
        or connection.total_changes != getattr(connection, 'unchanged', None))


def _is_request(transactions):
    return len(transactions) == 1 and isinstance(transactions[0], Request)


def _is_busy(exception):
    # The higher bits tell why.
    return exception.sqlite_errorcode & 0xff == sqlite3.SQLITE_BUSY


def _can_begin_again(connection):
    transactions = Transaction._local.transactions
    if not _is_request(transactions):
        return False
    transaction, = transactions
    # Tryton notes what is locked once it has begun.
    locked = getattr(transaction, '_locked_tables', {TABLE})
    return transaction.connection is connection and TABLE not in locked
