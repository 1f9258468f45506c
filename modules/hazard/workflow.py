# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Kept for modules that import it from here."

from trytond.modules.safety_organization.workflow import (
    LoopMixin, acting_employee, days_between, hours_later, now, own_employees,
    step)

__all__ = [
    'LoopMixin', 'acting_employee', 'days_between', 'hours_later', 'now',
    'own_employees', 'step']
