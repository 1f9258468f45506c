# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Reading of tables in workbooks and texts, and writing of workbooks"

import datetime as dt
import io
import unicodedata
import warnings
from dataclasses import dataclass, field
from xml.etree.ElementTree import iterparse

import openpyxl
from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.utils.datetime import WINDOWS_EPOCH
from openpyxl.worksheet._reader import WorkSheetParser
from openpyxl.worksheet.datavalidation import DataValidation

from trytond.i18n import gettext

from .exceptions import SpreadsheetError
from .spreadsheet_bounds import check_size
from .spreadsheet_format import check_format
from .spreadsheet_process import read_lines

ROWS_MAX = 10_000
COLUMNS_MAX = 100
MERGED_MAX = 20_000
_INVISIBLE = dict.fromkeys(map(ord, '\u200b\u200c\u200d\u2060\ufeff'))


@dataclass
class Column:
    "A column of a table; the first label is the one that is written"
    name: str
    labels: list
    required: bool = False
    width: int = 12
    choices: list = field(default_factory=list)

    @property
    def label(self):
        return self.labels[0]


@dataclass
class Error:
    row: int
    column: str
    value: str
    message: str
    sheet: str = ''


class CellError(str):
    "The error of Excel that a cell contains instead of a value"


class Formula(str):
    "The formula that a cell contains instead of a value"


@dataclass
class Sheet:
    """The cells of a sheet

    rows are dictionaries of values by number of column, by number of row;
    merged are the first and last row and column of each merged range.
    """
    name: str
    rows: dict = field(default_factory=dict)
    merged: list = field(default_factory=list)
    epoch: dt.datetime = WINDOWS_EPOCH


def compare_key(text):
    "Return the text as it is compared: width, case and spaces are ignored"
    text = unicodedata.normalize('NFKC', text or '').translate(_INVISIBLE)
    return ''.join(text.split()).casefold()


def half_width(text):
    "Return the text with half-width digits and letters, without spaces"
    text = unicodedata.normalize('NFKC', text or '').translate(_INVISIBLE)
    return ''.join(text.split())


def visible_text(value):
    "Return the value as text without what nobody sees"
    return str(value).translate(_INVISIBLE).strip()


def cell_text(value):
    "Return the lines of the cell without needless spaces"
    if value is None:
        return ''
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, dt.datetime):
        value = value.date() if value.time() == dt.time() else value
    text = visible_text(value)
    lines = [' '.join(line.split()) for line in text.splitlines()]
    return '\n'.join(filter(None, lines))


def _open(data, data_only=False):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')
            workbook = openpyxl.load_workbook(
                io.BytesIO(data), read_only=True, data_only=data_only,
                keep_links=False)
            sheets = list(workbook.worksheets)
            if not sheets:
                raise ValueError("No sheets but charts")
    # openpyxl lets any exception of its parsers through
    except Exception as exception:
        raise SpreadsheetError(gettext(
                'safety_base.msg_spreadsheet_format')) from exception
    return sheets


def _iter_rows(sheet):
    """Yield the cells of each row of the sheet that have a value.

    Only what is in the file is read: openpyxl itself fills in each row and
    column that is missing before the last ones.
    """
    workbook = sheet.parent
    try:
        with sheet._get_source() as source:
            parser = WorkSheetParser(
                source, sheet._shared_strings, data_only=workbook.data_only,
                epoch=workbook.epoch, date_formats=workbook._date_formats,
                timedelta_formats=workbook._timedelta_formats)
            for _, cells in parser.parse():
                yield [
                    ReadOnlyCell(sheet, **c) for c in cells
                    if c['value'] is not None and c['column'] <= COLUMNS_MAX]
    except Exception as exception:
        raise SpreadsheetError(gettext(
                'safety_base.msg_spreadsheet_format')) from exception


def read_sheets(data, formulas=False):
    """
    Return the visible sheets of the workbook that have cells.

    Formulas have the value that was saved with them, unless they are wanted
    and the workbook is an .xlsx.
    Raise SpreadsheetError if the workbook cannot be read or has too many rows.
    """
    check_size(data)
    kind = check_format(data)
    if kind == 'xlsx':
        sheets = _read_workbook(data, formulas)
    else:
        sheets = _read_other(data, kind)
    found, count = [], 0
    for sheet, rows in sheets:
        for number, cells in rows:
            count += 1
            if count > ROWS_MAX:
                raise SpreadsheetError(gettext(
                        'safety_base.msg_spreadsheet_rows',
                        rows=ROWS_MAX))
            sheet.rows[number] = cells
        if sheet.rows:
            found.append(sheet)
    return found


def _read_workbook(data, formulas):
    "Yield the visible sheets and their rows, from the file as they are read."
    for source in _open(data, data_only=not formulas):
        if source.sheet_state == 'visible':
            sheet = Sheet(source.title, epoch=source.parent.epoch)
            yield sheet, (
                (cells[0].row, {c.column: _value(c) for c in cells})
                for cells in _iter_rows(source) if cells)
            if sheet.rows:
                sheet.merged = _read_merged(source)


def _read_other(data, kind):
    "Return the sheets that another process reads, with their rows."
    sheets = []
    for first, second in read_lines(
            data, kind, ROWS_MAX, COLUMNS_MAX, MERGED_MAX):
        if isinstance(first, int):
            sheets[-1][1].append((first, second))
        else:
            sheets.append((Sheet(first, merged=second), []))
    return sheets


def _value(cell):
    if cell.data_type == 'f':
        return Formula(cell.value)
    return CellError(cell.value) if cell.data_type == 'e' else cell.value


def _read_merged(sheet):
    "Return the ranges, which openpyxl leaves out when it reads only"
    merged = []
    try:
        with sheet._get_source() as source:
            for _, element in iterparse(source):
                if element.tag.endswith('}mergeCell'):
                    left, top, right, bottom = range_boundaries(
                        element.get('ref'))
                    if left > COLUMNS_MAX:
                        continue
                    if len(merged) == MERGED_MAX:
                        raise SpreadsheetError(gettext(
                                'safety_base.msg_spreadsheet_bounds'))
                    merged.append((
                            top, bottom, left, min(right, COLUMNS_MAX)))
                elif element.tag.endswith('}row'):
                    element.clear()
    except SpreadsheetError:
        raise
    except Exception as exception:
        raise SpreadsheetError(gettext(
                'safety_base.msg_spreadsheet_format')) from exception
    return merged


def _write_header(sheet, columns):
    for index, column in enumerate(columns, 1):
        cell = sheet.cell(1, index)
        cell.value, cell.data_type = column.label, 's'
        cell.font = Font(bold=True)
        cell.fill = PatternFill('solid', start_color='DDEBF7')
        cell.alignment = Alignment(horizontal='center')
        letter = get_column_letter(index)
        sheet.column_dimensions[letter].width = column.width
        # Excel must not turn identifiers into numbers
        sheet.column_dimensions[letter].number_format = '@'
    sheet.freeze_panes = 'A2'
    sheet.print_title_rows = '1:1'
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _write_choices(workbook, sheet, columns, rows):
    choices = None
    for index, column in enumerate(columns, 1):
        if not column.choices:
            continue
        if choices is None:
            choices = workbook.create_sheet('choices')
            choices.sheet_state = 'hidden'
        letter = get_column_letter(index)
        for number, choice in enumerate(column.choices, 1):
            cell = choices.cell(number, index)
            cell.value, cell.data_type = choice, 's'
        validation = DataValidation(
            'list', allow_blank=True, showErrorMessage=False,
            formula1=f'choices!${letter}$1:${letter}${len(column.choices)}')
        validation.add(f'{letter}2:{letter}{rows + 1}')
        sheet.add_data_validation(validation)


def write_table(columns, rows=(), title=None, blank_rows=0):
    """
    Return the workbook of the table.

    The rows are lists of texts in the order of the columns.  blank_rows are
    formatted as text and offer the choices of the columns.
    """
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    if title:
        sheet.title = title[:31].strip("'")
    _write_header(sheet, columns)
    last = 1
    for last, row in enumerate(rows, 2):
        for index, text in enumerate(row, 1):
            cell = sheet.cell(last, index)
            # A text that begins with an equals sign is not a formula
            cell.value, cell.data_type = text or '', 's'
            cell.number_format = '@'
    for number in range(last + 1, last + 1 + blank_rows):
        for index in range(1, len(columns) + 1):
            sheet.cell(number, index).number_format = '@'
    _write_choices(workbook, sheet, columns, blank_rows)
    output = io.BytesIO()
    workbook.save(output)
    return output.getvalue()
