# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What kind of file was chosen, told by what is in it and never by its name."

import io
import zipfile

from trytond.i18n import gettext

from .exceptions import SpreadsheetError
from .spreadsheet_bounds import check_bounds

__all__ = ['check_format']

_OLE = b'\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'
# Byte order marks of what Excel saves as Unicode text
_WIDE = (b'\xff\xfe', b'\xfe\xff')
_PAGES = (b'<!doctype', b'<html', b'<?xml', b'<meta', b'<table', b'<head')
_OPENDOCUMENT = b'application/vnd.oasis.opendocument.'


def check_format(data):
    """Return xlsx, calamine or text, by whom the file can be read.

    Raise SpreadsheetError with what to do about a file that is too large or
    has no table.
    """
    if data.startswith(b'PK'):
        return _check_archive(data)
    if data.startswith(_OLE):
        return _check_ole(data)
    if not data.strip():
        _refuse('format')
    if data.startswith((b'%PDF', b'{\\rtf')):
        _refuse('document')
    if data.lstrip(b'\xef\xbb\xbf \t\r\n')[:9].lower().startswith(_PAGES):
        _refuse('format')
    if data.startswith(_WIDE) or not _has_controls(data):
        return 'text'
    _refuse('format')


def _check_archive(data):
    try:
        check_bounds(data)
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            kind = b''
            if 'mimetype' in names:
                with archive.open('mimetype') as file:
                    kind = file.read(100)
    except SpreadsheetError:
        raise
    # zipfile lets any exception of what is unpacked through
    except Exception:
        _refuse('format')
    if 'word/document.xml' in names or kind.startswith(
            _OPENDOCUMENT + b'text'):
        _refuse('document')
    if 'xl/workbook.bin' in names or kind.startswith(
            _OPENDOCUMENT + b'spreadsheet'):
        return 'calamine'
    return 'xlsx'


def _check_ole(data):
    "Tell by the names of the streams, which stand in the file as UTF-16."
    if _has_stream(data, 'EncryptedPackage'):
        _refuse('password')
    if _has_stream(data, 'WordDocument'):
        _refuse('document')
    if _has_stream(data, 'Workbook') or _has_stream(data, 'Book'):
        return 'calamine'
    _refuse('format')


def _has_stream(data, name):
    return name.encode('utf-16-le') + b'\0\0' in data


def _has_controls(data):
    return bool(set(data) & (set(range(32)) - set(b'\t\n\v\f\r\x1a\x1b')))


def _refuse(reason):
    raise SpreadsheetError(gettext(f'safety_base.msg_spreadsheet_{reason}'))
