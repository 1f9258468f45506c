# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.exceptions import UserError
from trytond.model.exceptions import AccessError, ValidationError


class FeedbackAuthorError(AccessError):
    pass


class FeedbackLimitError(UserError):
    pass


class FeedbackUnitError(AccessError):
    pass


class FeedbackForwardError(UserError):
    pass


class FeedbackHazardError(UserError):
    pass


class FeedbackRatedError(UserError):
    pass


class FeedbackPhotoError(ValidationError):
    pass


class ReceiptError(UserError):
    pass


class ReminderAccessError(AccessError):
    pass
