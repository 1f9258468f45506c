# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.exceptions import UserError
from trytond.model.exceptions import AccessError


class FormatError(UserError):
    pass


class RecordCountError(UserError):
    pass


class FormCountError(UserError):
    pass


class ConversionError(UserError):
    pass


class ConversionBusyError(ConversionError):
    pass


class OfficeMissingError(ConversionError):
    pass


class PrintAccessError(AccessError):
    pass


class ZeroReportError(UserError):
    pass


class IssuedAccessError(AccessError):
    pass


class IssuedFileError(UserError):
    pass


class NoticeError(UserError):
    pass


class OpinionError(UserError):
    pass


class ExportAccessError(AccessError):
    pass


class ArchiveError(UserError):
    pass


class PublicationPrintError(UserError):
    pass


class PointsAccessError(AccessError):
    pass
