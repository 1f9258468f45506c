# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Turns the events of a rendered spreadsheet into a workbook of Excel."

import datetime as dt
import math

from genshi.core import END, START, TEXT

from .cells import xlsx_cell
from .sheet_style import SheetStyles
from .xlsx import Workbook, column_name

__all__ = ['XlsxSerializer']

# Of the stand-ins, which are higher than the fonts of Windows
LINE = 1.45
POINTS = 72 / 25.4
# Excel has no higher row.
HIGHEST = 409
NAME_LENGTH = 31
_FORBIDDEN = str.maketrans('[]:*?/\\', '()·····')


class XlsxSerializer:
    """Takes the place of relatorio's serializer.

    content is the template as a zipped spreadsheet, rows the kind of the
    events that hold values of rows.
    """

    def __init__(self, content, rows):
        self._content = content
        self._rows_kind = rows

    def __call__(self, stream, method=None, encoding='utf-8', out=None):
        reader = _Reader(SheetStyles(self._content))
        for kind, data, _ in stream:
            if kind is self._rows_kind:
                reader.add_rows(*data)
            elif kind is START:
                tag, attributes = data
                attributes = {
                    _local(n): v for n, v in attributes}
                reader.start(_local(tag), attributes)
            elif kind is END:
                reader.end(_local(data))
            elif kind is TEXT:
                reader.text(str(data))
        return _Result(reader.save())


class _Result:

    def __init__(self, content):
        self._content = content

    def getvalue(self):
        return self._content


def _local(name):
    return str(name).rsplit('}', 1)[-1]


class _Reader:
    "Reads the events of content.xml and the feet of styles.xml."

    def __init__(self, styles):
        self._styles = styles
        self._workbook = Workbook()
        self._sheet = None
        self._row = None
        self._cell = None
        self._texts = None
        self._master = None
        self._footer = None
        self._example = False
        self._footers = {}
        self._patterns = {}

    def save(self):
        for sheet in self._workbook.sheets:
            sheet.footer = self._footers.get(sheet.page.name, '')
        return self._workbook.save()

    def start(self, tag, attributes):
        handler = getattr(self, '_start_' + tag.replace('-', '_'), None)
        if handler:
            handler(attributes)

    def end(self, tag):
        handler = getattr(self, '_end_' + tag.replace('-', '_'), None)
        if handler:
            handler()

    def text(self, text):
        if self._example:
            return
        if self._footer is not None:
            self._footer.append(text.strip('\n').replace('&', '&&'))
        elif self._texts:
            self._texts[-1] += text

    def _start_master_page(self, attributes):
        self._master = attributes.get('name')

    def _start_footer(self, attributes):
        self._footer = []

    def _end_footer(self):
        self._footers[self._master] = ''.join(self._footer).strip()
        self._footer = None

    def _start_page_number(self, attributes):
        self._start_field('&P')

    def _start_page_count(self, attributes):
        self._start_field('&N')

    def _start_field(self, code):
        if self._footer is not None:
            self._footer.append(code)
        # The element has the number of an example.
        self._example = True

    def _end_page_number(self):
        self._example = False

    _end_page_count = _end_page_number

    def _start_table(self, attributes):
        taken = {s.name.casefold() for s in self._workbook.sheets}
        self._sheet = self._workbook.add_sheet(
            _sheet_name(attributes['name'], taken),
            self._styles.page(attributes.get('style-name')))

    def _end_table(self):
        self._sheet = None

    def _start_table_column(self, attributes):
        width = self._styles.column_width(attributes.get('style-name'))
        self._sheet.widths.extend(
            [width] * int(attributes.get('number-columns-repeated', 1)))

    def _end_table_header_columns(self):
        self._sheet.frozen_columns = len(self._sheet.widths)

    def _start_table_header_rows(self, attributes):
        self._sheet.head = (self._sheet.count, None)

    def _end_table_header_rows(self):
        self._sheet.head = (self._sheet.head[0], self._sheet.count)

    def _start_table_row(self, attributes):
        self._row = []
        self._column = 0
        self._row_style = attributes.get('style-name')
        self._merges = []

    def _start_table_cell(self, attributes):
        self._cell = attributes
        self._texts = []

    def _start_p(self, attributes):
        if self._texts is not None:
            self._texts.append('')

    def _end_table_cell(self):
        attributes = self._cell
        columns = int(attributes.get('number-columns-spanned', 1))
        rows = int(attributes.get('number-rows-spanned', 1))
        if columns > 1 or rows > 1:
            self._merges.append((self._column, columns, rows))
        value = _value(attributes, '\n'.join(self._texts))
        for _ in range(int(attributes.get('number-columns-repeated', 1))):
            self._row.append(
                (self._column, attributes.get('style-name'), columns, value))
            self._column += 1
        self._cell, self._texts = None, None

    def _start_covered_table_cell(self, attributes):
        for _ in range(int(attributes.get('number-columns-repeated', 1))):
            # Its borders are those of the cell that covers it.
            style = self._row[-1][1] if self._row else None
            self._row.append((self._column, style, 1, None))
            self._column += 1

    def _end_table_row(self):
        if self._row is None:
            return
        cells, texts = [], []
        for column, name, columns, value in self._row:
            style = self._styles.cell(name)
            cells.append((
                    column_name(column), self._workbook.format(style),
                    xlsx_cell(value)))
            texts.append((self._fitting(column, columns, style), value))
        self._sheet.add_row(cells, self._height(self._row_style, texts))
        for merge in self._merges:
            self._sheet.merge(*merge)
        self._row = None

    def add_rows(self, pattern, rows):
        "Add the rows, each of the values of the expressions of the pattern."
        self._row = None
        columns, fixed = self._pattern_cells(pattern)
        sheet, style = self._sheet, pattern.row_style
        for values in rows:
            values = iter(values)
            cells, texts = [], []
            for name, format_, fitting, text in columns:
                value = next(values) if text is None else text
                cells.append((name, format_, xlsx_cell(value)))
                if fitting and type(value) is str:
                    texts.append((fitting, value))
            sheet.add_row(
                cells, fixed or self._height(style, texts))

    def _pattern_cells(self, pattern):
        key = (pattern, self._sheet)
        if key not in self._patterns:
            columns, column = [], 0
            for name, span, text in pattern.cells:
                style = self._styles.cell(name)
                columns.append((
                        column_name(column), self._workbook.format(style),
                        self._fitting(column, span, style), text))
                column += span
            height = self._styles.row_height(pattern.row_style)
            self._patterns[key] = columns, height and height * POINTS
        return self._patterns[key]

    def _fitting(self, column, columns, style):
        "Return how many narrow characters fit in a line and its height."
        if not style.wrap:
            return None
        width = sum(self._sheet.widths[column:column + columns])
        # Less what lies between the text and the border
        fitting = (width - 2) * POINTS / (style.size / 2)
        return max(int(fitting), 2), style.size * LINE

    def _height(self, row_style, texts):
        if height := self._styles.row_height(row_style):
            return height * POINTS
        highest = 0
        for fitting, text in texts:
            if fitting and type(text) is str:
                characters, line = fitting
                if len(text) * 2 <= characters and '\n' not in text:
                    height = line
                else:
                    height = _lines(text, characters) * line
                highest = max(highest, height)
        return min(highest + 4, HIGHEST) if highest else None


def _sheet_name(name, taken):
    "Return the name as Excel takes it, none of those casefolded in taken."
    name = name.translate(_FORBIDDEN)[:NAME_LENGTH].strip("'") or '·'
    result, again = name, 1
    while result.casefold() in taken:
        again += 1
        suffix = f' ({again})'
        result = name[:NAME_LENGTH - len(suffix)] + suffix
    return result


def _lines(text, characters):
    "Return the lines of the text, of which Chinese is twice as wide."
    return sum(
        math.ceil(len(line.encode('gbk', 'replace')) / characters) or 1
        for line in text.split('\n'))


def _value(attributes, text):
    type_ = attributes.get('value-type')
    if type_ in {'float', 'percentage', 'currency'}:
        return float(attributes['value'])
    if type_ == 'date':
        value = attributes['date-value']
        if len(value) > 10:
            return dt.datetime.fromisoformat(value)
        return dt.date.fromisoformat(value)
    return text or None
