# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The points of the corps: the default rules and the months that are closed."

from trytond.pool import Pool

from .tools import working

__all__ = ['appraise']


def appraise(mine, clock, days, database):
    "Count the points since so many days ago and close what is over."
    from trytond.modules.hazard_appraisal.scheme import (
        get_rules, get_standards)
    with working(database):
        pool = Pool()
        Entry = pool.get('appraisal.entry')
        Period = pool.get('appraisal.period')
        company = pool.get('company.company')(mine.company)
        start = clock.local(clock.ago(days, 12)).date().replace(day=1)
        pool.get('appraisal.rule').create(get_rules(company, start))
        pool.get('appraisal.standard').create(get_standards(company))
        Entry.collect(company)
        Period.close(Period.search([
                    ('kind', 'in', ['tenday', 'month']),
                    ('ends_at', '<=', clock.now),
                    ('start_date', '>=', start),
                    ]))
