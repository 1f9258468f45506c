# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Counts the queries of a piece of work."

from trytond.transaction import Transaction

__all__ = ['count_queries']


class count_queries:
    "Collect the queries that run inside"

    def __enter__(self):
        self.connection = Transaction().connection
        self.queries = []
        counter = self

        class Connection:
            def cursor(self):
                return Cursor(counter.connection.cursor())

            def __getattr__(self, name):
                return getattr(counter.connection, name)

        class Cursor:
            def __init__(self, cursor):
                self._cursor = cursor

            def execute(self, query, *args):
                counter.queries.append(query)
                return self._cursor.execute(query, *args)

            def __getattr__(self, name):
                return getattr(self._cursor, name)

            def __iter__(self):
                return iter(self._cursor)

        Transaction().connection = Connection()
        return self.queries

    def __exit__(self, *args):
        Transaction().connection = self.connection
