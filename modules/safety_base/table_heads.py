# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Where in the sheets of a workbook the heads and the rows are.

Heads stand below titles, in one row or in several, where a head over several
columns groups those below it; what is merged counts for every cell of the
range. Old ledgers, rosters and banks of questions are all read this way.
"""
import hashlib
import json
import re
from bisect import bisect
from dataclasses import dataclass, field

from openpyxl.utils import get_column_letter

from .spreadsheet import cell_text, compare_key

# Among how many rows of a sheet the heads are looked for, and how many rows
# they may have
_TOP = 30
_HEIGHT = 3
# What is added to a head without changing what it means
_ADDED = re.compile(r'\([^()]*\)|[*:]')


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

    def note(self, cells):
        "Return the text of a row that tells only one, of several columns."
        if len(self.columns) > 1:
            texts = _distinct({
                    c.number: cells.get(c.number) for c in self.columns})
            return texts.pop() if len(texts) == 1 else None

    def filled(self, column):
        "Return how many rows tell something in the column."
        return sum(
            1 for n, cells in self.sheet.rows.items()
            if n > self.last and cell_text(cells.get(column.number)))


def _texts(cells, numbers):
    return [cell_text(cells.get(n)) for n in numbers]


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
    for height in range(1, _HEIGHT + 1):
        for top in tops:
            table = read_table(sheet, top, top + height - 1)
            score = len({
                f for c in table.columns if (f := recognize(c, names))})
            if score > best_score:
                best, best_score = table, score
    if best is None:
        top = max(tops, key=lambda n: len(_distinct(sheet.rows[n])))
        best = read_table(sheet, top, top)
    if (last := _last_of_heads(sheet, best.first, best.last)) > best.last:
        best = read_table(sheet, best.first, last)
    return best


def _distinct(cells):
    return {cell_text(v) for v in cells.values()} - {''}


def _last_of_heads(sheet, first, last):
    "Return the last row of the heads that begin in the rows first to last."
    end = last
    for top, bottom, *_ in sheet.merged:
        # A head that is merged over rows reaches as far down as all of them
        if first <= top <= last < bottom < first + _HEIGHT:
            end = max(end, bottom)
    while end - first + 1 < _HEIGHT and _divides(sheet, end):
        end += 1
    return end


def _divides(sheet, last):
    """Does the row below the last one only divide groups of columns?

    A group is a head that is merged over columns, below which stand other
    texts, while nothing stands below the other heads.
    """
    grouped = {
        n for top, bottom, left, right in sheet.merged
        if top <= last <= bottom and left < right
        and sheet.rows.get(top, {}).get(left) is not None
        for n in range(left, right + 1)}
    heads = set(sheet.rows.get(last, {}))
    below = {
        n for n, v in sheet.rows.get(last + 1, {}).items() if cell_text(v)}
    # A title is merged over all columns and groups none
    return bool(heads - grouped) and len(below) > 1 and below <= grouped


def read_table(sheet, first, last):
    "Return the table of the sheet with its heads in the rows first to last."
    spread = _spread(sheet, first, last)
    used = {
        n for number, cells in sheet.rows.items() if number > last
        for n in cells}
    numbers = sorted({
            n for cells in sheet.rows.values() for n in cells}
        | {n for _, n in spread})
    table, heads = Table(sheet, first, last), set()
    for number in numbers:
        parts, own = [], False
        for row in range(first, last + 1):
            cell = sheet.rows.get(row, {}).get(number)
            own = own or cell is not None
            text = cell_text(spread.get((row, number), cell))
            if text and text not in parts:
                parts.append(text.replace('\n', ''))
        # A head over several columns has one, unless they have cells too
        if not parts or not (own or number in used):
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


def _names_of(column):
    "Yield the names of the column, from the whole one to that of its group."
    parts = column.parts
    yield ''.join(parts)
    if len(parts) > 2:
        yield ''.join(parts[-2:])
        yield parts[0] + parts[-1]
    yield parts[-1]
    yield from parts[-2::-1]


def _find(name, names):
    key = compare_key(name)
    return names.get(key) or names.get(_ADDED.sub('', key))


def recognize(column, names):
    "Return the field that the head of the column names."
    for name in _names_of(column):
        if found := _find(name, names):
            return found


def _rank(column, names):
    "Return how much of the head names the field: the less the higher."
    for rank, name in enumerate(_names_of(column)):
        if _find(name, names):
            return rank


def propose(table, names, kept):
    """Return the field by the head of each column that one is found for.

    kept are the fields by head which people chose before; they come first.
    Then come whole heads, and of the columns of a group the fullest one.
    """
    fields, taken = {}, set()
    for column in table.columns:
        name = kept.get(column.head)
        if column.head in kept and name not in taken:
            fields[column.head] = name
            taken |= {name} - {None}
    known = [
        c for c in table.columns
        if c.head not in fields and recognize(c, names)]
    for column in sorted(known, key=lambda c: (
                _rank(c, names), -_only_group(c, names) * table.filled(c))):
        name = recognize(column, names)
        if name not in taken:
            fields[column.head] = name
            taken.add(name)
    return fields


def _only_group(column, names):
    "Is the column known by the name of its group alone?"
    return len(column.parts) > 1 and not _find(column.parts[-1], names)


def signature(heads):
    "Return by what the same heads, in any order, are known again."
    keys = sorted({compare_key(h) for h in heads})
    return hashlib.sha256(json.dumps(keys).encode('ascii')).hexdigest()
