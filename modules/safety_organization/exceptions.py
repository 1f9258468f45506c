# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.exceptions import UserError
from trytond.model.exceptions import AccessError, ValidationError


class PhoneAccessError(AccessError):
    pass


class EmployeeAccessError(AccessError):
    pass


class PasswordResetError(UserError):
    pass


class ShiftValidationError(ValidationError):
    pass


class MemberAccessError(AccessError):
    pass


class MemberActivationError(UserError):
    pass


class MemberChangeError(AccessError):
    pass


class RosterImportError(UserError):
    pass
