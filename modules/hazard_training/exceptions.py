# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.exceptions import UserError, UserWarning
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


class CaseAccessError(AccessError):
    pass


class CaseAnswerError(UserError):
    pass


class DailyAccessError(AccessError):
    pass


class DailyAnswerError(UserError):
    pass


class ExamAttemptError(UserError):
    pass


class ExamBlueprintError(ValidationError):
    pass


class PaperAccessError(AccessError):
    pass


class PaperClosedError(UserError):
    pass


class QuestionAskedError(AccessError):
    pass


class QuestionDuplicateWarning(UserWarning):
    pass


class QuestionImportError(UserError):
    pass


class QuestionOptionsError(ValidationError):
    pass
