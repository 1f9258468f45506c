# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What stands in the tables and the files of a database, to be compared."

import os
from collections import Counter

import trytond.config as config
from trytond import backend
from trytond.tests.test_tryton import DB_NAME
from trytond.transaction import Transaction

__all__ = ['compare', 'digest']

TABLES = {
    'postgresql':
        "SELECT table_name FROM information_schema.tables"
        " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'",
    'sqlite':
        "SELECT name FROM sqlite_master WHERE type = 'table'",
    }


def digest():
    "Return the rows by table, and the files."
    with Transaction().start(DB_NAME, 0, readonly=True) as transaction:
        cursor = transaction.connection.cursor()
        cursor.execute(TABLES[backend.name])
        tables = sorted(name for name, in cursor.fetchall())
        rows = {name: Counter(_read(cursor, name)) for name in tables}
    return {**rows, 'files': Counter(_files())}


def _read(cursor, table):
    cursor.execute(f'SELECT * FROM "{table}"')
    return map(repr, cursor.fetchall())


def _files():
    "Yield the path and the size of each stored file."
    directory = os.path.join(config.get('database', 'path'), DB_NAME)
    for path, _, names in os.walk(directory):
        for name in names:
            file = os.path.join(path, name)
            yield f'{os.path.relpath(file, directory)} {os.stat(file).st_size}'


def compare(before, after):
    "Return by table the rows that are gone and those that are new."
    return {
        name: (
            sorted((before.get(name, Counter())
                    - after.get(name, Counter())).elements()),
            sorted((after.get(name, Counter())
                    - before.get(name, Counter())).elements()))
        for name in {*before, *after}
        if before.get(name) != after.get(name)}
