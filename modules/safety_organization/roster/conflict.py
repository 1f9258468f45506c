# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""
A limit of the rosters that conflict with hidden people.

The answer to each tells a little about their national IDs and phones, so
whoever goes on guessing is refused for a day.  The conflicts are in the log of
the user.
"""
import datetime as dt
import logging

from sql.aggregate import Count

from trytond.i18n import gettext
from trytond.pool import Pool
from trytond.transaction import Transaction

from ..exceptions import RosterImportError

LIMIT = 10
_TARGET = 'safety.roster.import:conflict'

logger = logging.getLogger(__name__)


def check_conflicts():
    "Raise RosterImportError if the user had too many conflicts in a day"
    Log = Pool().get('ir.model.log')
    transaction = Transaction()
    cursor = transaction.connection.cursor()
    since = dt.datetime.now() - dt.timedelta(days=1)
    table = Log.__table__()
    cursor.execute(*table.select(
            Count(table.id),
            where=(table.user == transaction.user)
            & (table.event == 'wizard')
            & (table.target == _TARGET)
            & (table.create_date >= since)))
    number, = cursor.fetchone()
    if number >= LIMIT:
        raise RosterImportError(gettext(
                'safety_organization.msg_roster_conflicts', number=number))


def record_conflict():
    "Record that the roster of the user conflicts with hidden people"
    pool = Pool()
    Log = pool.get('ir.model.log')
    User = pool.get('res.user')
    user = Transaction().user
    logger.warning(
        "roster of user %s conflicts with people hidden from the user", user)
    Log.create([{
                'user': user,
                'resource': str(User(user)),
                'event': 'wizard',
                'target': _TARGET,
                }])
