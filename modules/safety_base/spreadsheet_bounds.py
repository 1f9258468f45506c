# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Bounds of a workbook, looked for before any of it is read as one.

A file of some kilobytes can hold millions of elements, or name a row so far
down that a reader which fills in the missing ones needs hours.
"""

import io
import zipfile
from contextlib import suppress
from xml.parsers import expat

from trytond.i18n import gettext

from .exceptions import SpreadsheetError

SIZE_MAX = 5 * 1024 * 1024
EXPANDED_MAX = 60 * 1024 * 1024
ELEMENTS_MAX = 2_000_000
# Of Excel: the last row, and the columns with their values and formulas
ROW_LAST = 1_048_576
ROW_ELEMENTS_MAX = 3 * 16_384
# The first characters of XML in any of its encodings
_XML = {b'<', b'\xef', b'\xff', b'\xfe', b'\0', b' ', b'\t', b'\n', b'\r'}


def check_size(data):
    "Raise SpreadsheetError if the file is too large to be looked at."
    if len(data) > SIZE_MAX:
        raise SpreadsheetError(gettext(
                'safety_base.msg_spreadsheet_size',
                size=SIZE_MAX // 1024 // 1024))


def check_bounds(data):
    """Raise SpreadsheetError if the workbook is too large to be read.

    Raise zipfile.BadZipFile if it is none.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(i.file_size for i in archive.infolist()) > EXPANDED_MAX:
            _refuse()
        scan = _Scan()
        for part in archive.infolist():
            with archive.open(part) as file:
                if file.peek(1)[:1] in _XML:
                    scan.read(file)


class _Scan:
    "Counts the elements of all parts together, and of each row."

    def __init__(self):
        self._elements = 0
        self._row = 0

    def read(self, file):
        self._row = 0
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.StartDoctypeDeclHandler = _refuse
        # Of a part that is not read, or else its reader stops here too.
        with suppress(expat.ExpatError):
            parser.ParseFile(file)

    def _start(self, name, attributes):
        self._elements += 1
        if name.rpartition(':')[2] == 'row':
            self._row = self._elements
            if _is_beyond(attributes.get('r', '')):
                _refuse()
        in_row = self._elements - self._row if self._row else 0
        if self._elements > ELEMENTS_MAX or in_row > ROW_ELEMENTS_MAX:
            _refuse()


def _is_beyond(number):
    number = number.strip().lstrip('+0')
    return len(number) > len(str(ROW_LAST)) or (
        number.isdecimal() and int(number) > ROW_LAST)


def _refuse(*args):
    raise SpreadsheetError(gettext(
            'safety_base.msg_spreadsheet_bounds'))
