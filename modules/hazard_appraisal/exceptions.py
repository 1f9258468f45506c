# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.exceptions import UserError
from trytond.model.exceptions import AccessError, ValidationError


class RuleUsedError(AccessError):
    pass


class RuleDateError(ValidationError):
    pass


class EntryAccessError(AccessError):
    pass


class EntryReversalError(UserError):
    pass


class PeriodAccessError(AccessError):
    pass


class PeriodCloseError(UserError):
    pass


class PeriodGenerateError(UserError):
    pass


class SchemeError(UserError):
    pass


class AppealSubjectError(UserError):
    pass


class AppealTimeError(UserError):
    pass


class AppealOwnError(AccessError):
    pass


class AppealDecisionError(UserError):
    pass


class ProposalMemberError(UserError):
    pass


class ProposalOwnError(AccessError):
    pass


class PayoutAccessError(AccessError):
    pass


class PayoutBudgetError(UserError):
    pass


class PayoutPeriodError(UserError):
    pass


class PayoutStaleError(UserError):
    pass


class PayoutAccountError(UserError):
    pass
