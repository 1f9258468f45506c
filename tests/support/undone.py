# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Attempts within a test that leave nothing behind, also where they fail."

from contextlib import contextmanager

from trytond.transaction import Transaction


@contextmanager
def undone():
    """Undo what is done within.

    Without it PostgreSQL refuses all that comes after an error of its own.
    """
    cursor = Transaction().connection.cursor()
    cursor.execute('SAVEPOINT undone')
    try:
        yield
    finally:
        cursor.execute('ROLLBACK TO SAVEPOINT undone')
        Transaction().cache.clear()
