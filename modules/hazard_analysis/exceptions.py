# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.exceptions import UserError
from trytond.model.exceptions import AccessError


class EarlySignAccessError(AccessError):
    pass


class ParquetError(UserError):
    pass


class StatutoryAccessError(AccessError):
    pass


class StatutoryReportError(UserError):
    pass
