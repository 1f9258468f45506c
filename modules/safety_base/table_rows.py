# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Reading the rows of the tables in a workbook that have known columns"

from dataclasses import dataclass, field

from trytond.i18n import gettext

from .exceptions import SpreadsheetError
from .spreadsheet import (
    CellError, Error, Formula, compare_key, read_sheets, visible_text)
from .table_heads import fill_merged, find_table, propose

__all__ = ['Rows', 'read_rows']

# Excel keeps 15 digits of a number
NUMBER_MAX = 10 ** 15


@dataclass
class Rows:
    """What the tables of a workbook tell

    rows are tuples of the number of the row, a dictionary of the texts by name
    of column and the name of the sheet; left_out are the names of the sheets
    that have no such table, notes the number of rows that are left out because
    they tell only one thing.
    """
    rows: list = field(default_factory=list)
    errors: list = field(default_factory=list)
    left_out: list = field(default_factory=list)
    notes: int = 0


def read_rows(data, columns, skip_notes=False):
    """
    Return the rows of the sheets of the workbook that have the columns.

    The text of a cell that cannot be read is None and has an error.  Formulas
    are not evaluated.  A row that tells only one thing, like a note below the
    table, is an error unless such rows are skipped.
    Raise SpreadsheetError if there is no such table.
    """
    result, tables, missing = Rows(), [], []
    for sheet in read_sheets(data, formulas=True):
        fill_merged(sheet)
        table, fields = _find(sheet, columns)
        lacking = [
            c.label for c in columns
            if c.required and c.name not in fields.values()]
        if lacking:
            missing.append(lacking)
            result.left_out.append(sheet.name)
        else:
            tables.append((table, fields))
    if not tables:
        _refuse(missing)
    for table, fields in tables:
        _read_table(table, fields, columns, result, skip_notes)
    if not result.rows:
        raise SpreadsheetError(gettext(
                'safety_base.msg_spreadsheet_empty'))
    return result


def _refuse(missing):
    if not missing:
        raise SpreadsheetError(gettext(
                'safety_base.msg_spreadsheet_empty'))
    raise SpreadsheetError(gettext(
            'safety_base.msg_spreadsheet_column_missing',
            columns=', '.join(min(missing, key=len))))


def _find(sheet, columns):
    "Return the table of the sheet and the names of its columns by head"
    names = {}
    for column in columns:
        for label in [column.name, *column.labels]:
            names.setdefault(compare_key(label), column.name)
    table = find_table(sheet, names)
    fields = propose(table, names, {})
    for column in table.columns:
        head = column.head.removesuffix(' (2)')
        if head != column.head and head in fields:
            raise SpreadsheetError(gettext(
                    'safety_base.msg_spreadsheet_column_twice', column=head))
    return table, fields


def _read_table(table, fields, columns, result, skip_notes):
    labels = {c.name: c.label for c in columns}
    heads = {
        c.number: fields[c.head] for c in table.columns if c.head in fields}
    for number, cells in table.rows():
        if note := table.note(cells):
            result.notes += 1
            if not skip_notes:
                result.errors.append(Error(
                        number, '', note,
                        gettext('safety_base.msg_spreadsheet_note'),
                        sheet=table.sheet.name))
            continue
        texts = {}
        for column, name in heads.items():
            if column not in cells:
                continue
            texts[name], message = _text(cells[column])
            if message:
                result.errors.append(Error(
                        number, labels[name], texts[name],
                        gettext(f'safety_base.{message}'),
                        sheet=table.sheet.name))
                texts[name] = None
        if any(t or t is None for t in texts.values()):
            result.rows.append((number, texts, table.sheet.name))


def _text(value):
    "Return the text of the cell and the id of the message if it is wrong"
    if isinstance(value, Formula):
        return str(value), 'msg_spreadsheet_formula'
    if isinstance(value, CellError):
        return str(value), 'msg_spreadsheet_error'
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if abs(value) >= NUMBER_MAX:
            return str(value), 'msg_spreadsheet_number'
        if value == int(value):
            value = int(value)
    return visible_text(value), None
