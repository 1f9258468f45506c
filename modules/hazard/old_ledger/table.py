# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Where in the sheets of an old ledger the heads and the rows are.

Heads stand below titles, in one row or in two; what is merged counts for
every cell of the range.
"""
import hashlib
import json
from bisect import bisect
from dataclasses import dataclass, field

from openpyxl.utils import get_column_letter

from trytond.modules.safety_base.spreadsheet import compare_key

from .text import clean

# Among how many rows of a sheet the heads are looked for
_TOP = 30


@dataclass
class Column:
    "A column with the texts that stand above each other in its head."
    number: int
    parts: list
    head: str

    @property
    def label(self):
        return f'{get_column_letter(self.number)} {self.head}'


@dataclass
class Table:
    "The columns of a sheet, whose heads stand in the rows first to last."
    sheet: object
    first: int
    last: int
    columns: list = field(default_factory=list)

    def rows(self):
        "Yield the number and the cells by column of the rows below the heads."
        numbers = [c.number for c in self.columns]
        heads = [
            _texts(self.sheet.rows.get(n, {}), numbers)
            for n in range(self.first, self.last + 1)]
        for number in sorted(self.sheet.rows):
            cells = self.sheet.rows[number]
            if number <= self.last:
                continue
            texts = _texts(cells, numbers)
            # Heads are repeated where a page begins
            if any(texts) and texts not in heads:
                yield number, cells


def _texts(cells, numbers):
    return [clean(cells.get(n)) for n in numbers]


def fill_merged(sheet):
    """Repeat the value of what is merged over rows in each of the rows.

    A row that has nothing of its own belongs to the one above it.
    """
    numbers = sorted(sheet.rows)
    for top, bottom, left, _ in sheet.merged:
        value = sheet.rows.get(top, {}).get(left)
        if value is not None:
            begin, end = bisect(numbers, top), bisect(numbers, bottom)
            for number in numbers[begin:end]:
                sheet.rows[number].setdefault(left, value)


def find_table(sheet, names):
    """Return the table whose heads have the most fields of names.

    names are the fields by what they are called in heads. A sheet without any
    of them begins with the first row that has the most texts.
    """
    tops = sorted(sheet.rows)[:_TOP]
    best, best_score = None, 1
    for height in [1, 2]:
        for top in tops:
            table = read_table(sheet, top, top + height - 1)
            score = len({
                f for c in table.columns if (f := recognize(c, names))})
            if score > best_score:
                best, best_score = table, score
    if best is None:
        top = max(tops, key=lambda n: len(_distinct(sheet.rows[n])))
        best = read_table(sheet, top, top)
    return best


def _distinct(cells):
    return {clean(v) for v in cells.values()} - {''}


def read_table(sheet, first, last):
    "Return the table of the sheet with its heads in the rows first to last."
    spread = _spread(sheet, first, last)
    numbers = sorted({
            n for cells in sheet.rows.values() for n in cells}
        | {n for _, n in spread})
    table, heads = Table(sheet, first, last), set()
    for number in numbers:
        parts = []
        for row in range(first, last + 1):
            text = clean(spread.get(
                    (row, number), sheet.rows.get(row, {}).get(number)))
            if text and text not in parts:
                parts.append(text.replace('\n', ''))
        if not parts:
            continue
        head = name = ' / '.join(parts)
        again = 2
        while head in heads:
            head, again = f'{name} ({again})', again + 1
        heads.add(head)
        table.columns.append(Column(number, parts, head))
    return table


def _spread(sheet, first, last):
    "Return the values of merged cells in the rows by row and column."
    values = {}
    for top, bottom, left, right in sheet.merged:
        if top > last or bottom < first:
            continue
        value = sheet.rows.get(top, {}).get(left)
        for row in range(max(top, first), min(bottom, last) + 1):
            for number in range(left, right + 1):
                values[row, number] = value
    return values


def recognize(column, names):
    "Return the field that the head of the column names."
    for key in [
            ''.join(column.parts), column.parts[-1], column.parts[0]]:
        if name := names.get(compare_key(key)):
            return name


def propose(table, names, kept):
    """Return the field by the head of each column that one is found for.

    kept are the fields by head which people chose before; they come first.
    """
    fields, taken = {}, set()
    for column in table.columns:
        name = kept.get(column.head)
        if column.head in kept and name not in taken:
            fields[column.head] = name
            taken |= {name} - {None}
    for column in table.columns:
        name = recognize(column, names)
        if column.head not in fields and name and name not in taken:
            fields[column.head] = name
            taken.add(name)
    return fields


def signature(heads):
    "Return by what the same heads, in any order, are known again."
    keys = sorted({compare_key(h) for h in heads})
    return hashlib.sha256(json.dumps(keys).encode('ascii')).hexdigest()
