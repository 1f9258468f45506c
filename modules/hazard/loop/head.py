# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What of major hazards only the head of the mine decides."

from trytond.model import fields
from trytond.pool import Pool
from trytond.transaction import Transaction


def acts_as_head():
    "Return whether who acts is a head of the mine; the system may anything."
    user = Transaction().user
    return not user or bool(get_heads([user]))


def get_heads(users):
    "Return the ids of those users who are heads of the mine."
    pool = Pool()
    Data = pool.get('ir.model.data')
    UserGroup = pool.get('res.user-res.group')
    cursor = Transaction().connection.cursor()
    table = UserGroup.user_group_all_table()
    cursor.execute(*table.select(
            table.user,
            where=fields.SQL_OPERATORS['in'](table.user, list(users))
            & (table.group == Data.get_id('hazard', 'group_hazard_head'))))
    return {user for user, in cursor}
