# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.exceptions import UserError
from trytond.model.exceptions import AccessError, ValidationError


class ApplicationError(AccessError):
    pass


class CallArgumentError(UserError):
    pass


class ColleagueError(AccessError):
    pass


class ColumnError(UserError):
    pass


class DomainFormError(UserError):
    pass


class DomainLimitError(UserError):
    pass


class DomainSecretError(AccessError):
    pass


class DomainValueError(UserError):
    pass


class AttachmentLimitError(ValidationError):
    pass


class MailAddressError(ValidationError):
    pass


class MailLimitError(ValidationError):
    pass


class RecordLimitError(UserError):
    pass


class SettingLimitError(UserError):
    pass


class StoredFileError(AccessError):
    pass


class StoreFullError(UserError):
    pass


class TextLengthError(UserError):
    pass


class TextError(ValidationError):
    pass


class IdentityError(AccessError):
    pass


class PreferenceError(AccessError):
    pass


class ExportDefinitionError(UserError):
    pass


class ResourceError(AccessError):
    pass


class WizardDataError(UserError):
    pass


class WizardOwnerError(AccessError):
    pass


class PathLimitError(UserError):
    pass


class SingletonError(UserError):
    pass


class SpreadsheetError(UserError):
    pass


class TaskAbandonedError(UserError):
    pass


class StandInError(UserError):
    pass


class StepError(UserError):
    pass


class PhotoFormatError(ValidationError):
    pass


class PhotoSizeError(ValidationError):
    pass


class ActorError(UserError):
    pass


class ViewShowError(UserError):
    pass
