# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The statutory tables: that of the last quarter is signed."

import datetime as dt

from trytond.modules.safety_base.calendar_period import get_period
from trytond.pool import Pool
from trytond.transaction import Transaction

from .tools import working

__all__ = ['state_quarters']

PHONE = "0375-5550119"


def state_quarters(mine, clock, database):
    users = {p.login: p.user for p in mine.people.values()}
    day = clock.local(clock.now).date()
    quarter = get_period('quarterly', day)
    former = get_period('quarterly', quarter.start - dt.timedelta(days=1))
    with working(database), Transaction().set_context(company=mine.company):
        Pool().get('hazard.statutory_report').follow()
    with working(database, users['safety']):
        Report = Pool().get('hazard.statutory_report')
        report = _find(former) or Report.create([{
                    'company': mine.company, 'start_date': former.start}])
        Report.write(report, {'phone': PHONE})
        Report.prepare(report)
    with working(database, users['manager']):
        Pool().get('hazard.statutory_report').sign(_find(former))


def _find(period):
    return Pool().get('hazard.statutory_report').search([
            ('code', '=', period.key)])
