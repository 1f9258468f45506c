# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""One after the other: who changes what depends on many records.

Two imports of one file at once would each find nothing of it in the database
and write all of it. The slower one waits here, finds its transaction overtaken
and is started again by the server, with what the faster one has written.
"""
import zlib

from sql import Select

from trytond.model import fields
from trytond.transaction import Transaction

__all__ = ['take_turn', 'try_turn']
# More than there are companies
_COMPANIES = 2 ** 20


def take_turn(records):
    """Let no other transaction take its turn on the records until this ends.

    Whoever has waited for another's turn, or begun before it ended, is
    started again: backend.DatabaseOperationalError. Others may read and
    refer to the records meanwhile.
    """
    if not records:
        return
    table = records[0].__table__()
    cursor = Transaction().connection.cursor()
    # A change, unlike a lock, also tells whoever began before and comes late.
    cursor.execute(*table.update(
            [table.write_date], [table.write_date],
            where=fields.SQL_OPERATORS['in'](
                table.id, sorted(r.id for r in records))))


def try_turn(name, company):
    """Return whether no other transaction has the turn of the name.

    Whoever has it keeps it until the transaction ends; nobody waits. name
    tells the turns of one company apart.
    """
    transaction = Transaction()
    cursor = transaction.connection.cursor()
    cursor.execute(*Select([transaction.database.lock_id(
                    zlib.crc32(name.encode()) * _COMPANIES + company.id)]))
    turn, = cursor.fetchone()
    return turn
