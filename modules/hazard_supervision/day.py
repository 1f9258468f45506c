# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.modules.safety_base.clock import company_zone, local_day
from trytond.modules.safety_base.workflow import now
from trytond.pool import Pool


def get_today(company):
    "Return the day that it is in the company."
    Company = Pool().get('company.company')
    return local_day(now(), company_zone(Company(int(company))))
