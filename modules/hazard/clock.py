# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Kept for modules that import it from here."

from trytond.modules.safety_organization.clock import (
    company_zone, current_zone, day_start, local_day, search_today, today)

__all__ = [
    'company_zone', 'current_zone', 'day_start', 'local_day', 'search_today',
    'today']
