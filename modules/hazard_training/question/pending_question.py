# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Questions that somebody is just being asked."

import datetime as dt

from sql import Null

from trytond.model import fields
from trytond.modules.safety_base.workflow import now, own_employees
from trytond.pool import Pool
from trytond.transaction import Transaction

_in = fields.SQL_OPERATORS['in']


def get_waiting(employees):
    """Return the (employee, question), as ids, that wait for an answer.

    Only those of the user: the answers to a paper that is open or to the
    question of the day are not to be looked up, neither in the mistakes nor
    in what was answered before.
    """
    pool = Pool()
    Daily = pool.get('training.daily')
    DailyKey = pool.get('training.daily.key')
    Item = pool.get('training.paper.item')
    Paper = pool.get('training.paper')
    PaperKey = pool.get('training.paper.key')
    employees = employees & own_employees()
    if not employees:
        return set()
    cursor = Transaction().connection.cursor()
    paper, item, key = (
        M.__table__() for M in [Paper, Item, PaperKey])
    cursor.execute(*paper
        .join(item, condition=item.paper == paper.id)
        .join(key, condition=key.item == item.id)
        .select(
            paper.employee, key.question,
            where=_in(paper.employee, list(employees))
            & (paper.state == 'running')))
    waiting = set(cursor.fetchall())
    daily, key = Daily.__table__(), DailyKey.__table__()
    # The day of the company may be one further than that of the server.
    yesterday = now().date() - dt.timedelta(days=1)
    cursor.execute(*daily
        .join(key, condition=key.daily == daily.id)
        .select(
            daily.employee, key.question,
            where=_in(daily.employee, list(employees))
            & (daily.answered_at == Null) & (daily.day >= yesterday)))
    return waiting | set(cursor.fetchall())
