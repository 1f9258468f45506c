# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Read dates and times that Python cannot hold as the first or last ones.

Only what verifies does so, as it has told of them.
"""
import datetime as dt
import sqlite3
from contextlib import contextmanager

from trytond import backend
from trytond.transaction import Transaction

# Times before the first and from the end on are none, as zones and days may
# still be added to them; they are read as the first and the last one.
FIRST = dt.datetime(2, 1, 1)
LAST = dt.datetime(9999, 12, 1)
END = dt.datetime(9999, 12, 31)


@contextmanager
def lenient_times():
    "Let the transaction read any date and time within."
    restore = (
        _load_leniently(Transaction().connection)
        if backend.name == 'postgresql' else _convert_leniently())
    try:
        yield
    finally:
        restore()


def _load_leniently(connection):
    from psycopg.adapt import Loader
    adapters = connection.adapters
    before = {}
    for name in ['date', 'timestamp']:
        oid = adapters.types[name].oid
        before[oid] = adapters.get_loader(oid, Loader.format)
        adapters.register_loader(oid, _get_loader(
                Loader, before[oid], name == 'date'))

    def restore():
        for oid, loader in before.items():
            adapters.register_loader(oid, loader)
    return restore


def _get_loader(Loader, Strict, date):
    class Lenient(Loader):

        def __init__(self, oid, context=None):
            super().__init__(oid, context)
            self._strict = Strict(oid, context)

        def load(self, data):
            return _read(self._strict.load, bytes(data), date)
    return Lenient


def _convert_leniently():
    # Connections have no converters of their own.
    from trytond.backend.sqlite.database import convert_date, convert_datetime
    strict = {
        'DATE': convert_date, 'DATETIME': convert_datetime,
        'TIMESTAMP': convert_datetime}
    for name, convert in strict.items():
        sqlite3.register_converter(
            name, lambda data, convert=convert: _read(
                convert, data, convert is convert_date))

    def restore():
        for name, convert in strict.items():
            sqlite3.register_converter(name, convert)
    return restore


def _read(strict, data, date):
    "Return the date or time of the data, the first or last one for none."
    try:
        value = strict(data)
        if date or FIRST <= value < END:
            return value
    except (backend.DatabaseDataError, OverflowError, ValueError):
        pass
    value = FIRST if data.startswith(b'-') or data.endswith(b'BC') else LAST
    return value.date() if date else value
