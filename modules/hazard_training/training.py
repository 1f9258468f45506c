# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.modules.safety_base.access import CopyAccessMixin
from trytond.modules.safety_base.clock import company_zone, local_day
from trytond.modules.safety_base.workflow import now
from trytond.pool import Pool
from trytond.transaction import without_check_access


def today(company):
    "Return the day that it is in the company."
    return local_day(now(), company_zone(company))


@without_check_access
def find_people(company, kinds, units, day, states):
    """Return who is a member of the kinds, in one of the states.

    Only those of the units and of the units below them; without kinds all of
    their employees; nobody without any of both.  Who has left by the day is
    left out.
    """
    pool = Pool()
    Employee = pool.get('company.employee')
    Member = pool.get('safety.member')
    Unit = pool.get('safety.unit')
    units = list(Unit.get_descendants(u.id for u in units))
    domain = [
        ('company', '=', company.id),
        ('unit', 'in', units) if units else (),
        ]
    if kinds:
        employees = {m.employee for m in Member.search([domain,
                    ('kind', 'in', [k.id for k in kinds]),
                    ('state', 'in', states),
                    ])}
    elif units:
        employees = Employee.search(domain)
    else:
        employees = []
    return sorted((
            e for e in employees if not e.end_date or e.end_date >= day),
        key=lambda e: e.id)


class TrainingMixin(CopyAccessMixin):
    """What the models of the training have in common.

    Their record rules know the employees, the units and the kinds of member
    of the user, and nobody copies what they may not read.
    """
    __slots__ = ()
    _rule_context_organization = True
