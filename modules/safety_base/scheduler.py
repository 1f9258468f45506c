# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What the jobs of the scheduler share."

from trytond.pool import Pool
from trytond.transaction import Transaction


def get_companies():
    """Return the companies for which a job works.

    It is the one of the context or, as the scheduler calls it, all of them.
    """
    pool = Pool()
    Company = pool.get('company.company')
    company = Transaction().context.get('company')
    return Company.search(
        [('id', '=', company)] if company is not None else [])
