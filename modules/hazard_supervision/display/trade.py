# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.model import fields
from trytond.pool import PoolMeta


def _days(name, string):
    return fields.Integer(
        string, domain=[['OR', (name, '=', None), (name, '>=', 1)]],
        help="Leave empty for the days of the configuration.")


class Trade(metaclass=PoolMeta):
    __name__ = 'supervision.trade'

    login_days = _days('login_days', "Silent Without Login (days)")
    report_days = _days('report_days', "Silent Without Report (days)")
