# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.modules.hazard.clock import company_zone, local_day
from trytond.modules.hazard.workflow import now
from trytond.modules.safety_organization.access import CopyAccessMixin


def today(company):
    "Return the day that it is in the company."
    return local_day(now(), company_zone(company))


class TrainingMixin(CopyAccessMixin):
    """What the models of the training have in common.

    Their record rules know the employees, the units and the kinds of member
    of the user, and nobody copies what they may not read.
    """
    __slots__ = ()
    _rule_context_organization = True
