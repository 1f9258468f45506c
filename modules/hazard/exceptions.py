# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.exceptions import UserError, UserWarning
from trytond.model.exceptions import AccessError, ValidationError


class FirstStepsError(UserError):
    pass


class ReportTimeError(ValidationError):
    pass


class ProvisionError(ValidationError):
    pass


class GradeError(ValidationError):
    pass


class MajorError(UserError):
    pass


class ReportError(UserError):
    pass


class FourFixError(UserError):
    pass


class FinderRectifiesWarning(UserWarning):
    pass


class RectificationError(UserError):
    pass


class RecheckError(UserError):
    pass


class AcceptanceError(UserError):
    pass


class ReassignError(UserError):
    pass


class HandOverError(UserError):
    pass


class EmployeeWorkWarning(UserWarning):
    pass


class EventAccessError(AccessError):
    pass


class EventActionError(ValidationError):
    pass


class PlanAccessError(AccessError):
    pass


class NumberingAccessError(AccessError):
    pass


class SealAccessError(AccessError):
    pass


class ReminderAccessError(AccessError):
    pass


class PhotoAccessError(AccessError):
    pass


class PhotoRequiredError(UserError):
    pass


class ExtensionError(UserError):
    pass


class PlanError(UserError):
    pass


class InspectionError(UserError):
    pass


class LedgerError(UserError):
    pass


class LedgerMappingError(UserError):
    pass


class LedgerUndoError(UserError):
    pass


class LedgerAccessError(AccessError):
    pass


class UrgentError(UserError):
    pass


class DutyError(AccessError):
    pass


class DutyOverlapWarning(UserWarning):
    pass


class WithdrawalError(UserError):
    pass


class ProofError(UserError):
    pass


class DisclosureError(UserError):
    pass


class DisclosureAccessError(AccessError):
    pass


class FilingError(UserError):
    pass


class PublicationError(UserError):
    pass
