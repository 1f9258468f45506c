# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.exceptions import UserError
from trytond.model.exceptions import AccessError, ValidationError
from trytond.modules.safety_organization.exceptions import (
    MemberActivationError)


class SessionError(UserError):
    pass


class AttendanceAccessError(AccessError):
    pass


class CertificateError(ValidationError):
    pass


class MemberCertificateError(MemberActivationError):
    pass


class CaseError(UserError):
    pass
