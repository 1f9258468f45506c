# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.exceptions import UserError
from trytond.model.exceptions import AccessError, ValidationError


class AssignmentAccessError(AccessError):
    pass


class AssignmentError(ValidationError):
    pass


class CertificateError(ValidationError):
    pass


class CreditCodeError(ValidationError):
    pass


class DutyError(ValidationError):
    pass


class EnterpriseError(UserError):
    pass


class ExemptionError(AccessError):
    pass


class ExemptionDayError(ValidationError):
    pass


class EnterpriseAccessError(AccessError):
    pass


class PresenceAccessError(AccessError):
    pass


class DisplayAccessError(AccessError):
    pass


class DisplayError(UserError):
    pass
