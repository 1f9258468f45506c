# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""The process that reads one table for the server and may fail in its place.

It gets the file and writes the visible sheets and their rows, a line of JSON
each: [name, merged ranges] and [number, [[column, kind, value], ...]]. A small
file can hold more than any computer: what it needs, and how long, is limited.
It stands alone, without trytond.
"""
import argparse
import csv
import datetime as dt
import io
import json
import re
import resource
import sys
from collections import Counter

# Exit codes: unreadable, too large, protected by a password
FORMAT, BOUNDS, PASSWORD = 3, 4, 5
_LIMITS = ['rows', 'columns', 'merged', 'output', 'memory', 'seconds']
_DELIMITERS = ',;\t'
# How many lines and characters tell by what the columns are set apart
_SAMPLE = 50
_SAMPLE_SIZE = 100_000
# Characters of a cell; Excel has no more
_CELL_MAX = 32_767
# How exports keep Excel from taking a text for a number
_AS_TEXT = re.compile(r'="([^"]*)"')


def limit(memory, seconds):
    "Let this process have no more memory (bytes) and time of the processor."
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


class Output:
    "Writes sheets and rows until there are too many."

    def __init__(self, limits):
        self._limits = limits
        self._rows = self._size = 0

    def sheet(self, name, merged=()):
        if len(merged) > self._limits.merged:
            sys.exit(BOUNDS)
        self._write([name, merged])

    def row(self, number, values, left=1):
        width = max(self._limits.columns - left + 1, 0)
        cells = [
            [n, *kind_and_value(v)]
            for n, v in enumerate(values[:width], left) if v != '']
        if cells:
            self._write([number, cells])
            self._rows += 1
        # The server refuses what has a row too many
        if self._rows > self._limits.rows:
            sys.exit()

    def _write(self, line):
        text = json.dumps(line, ensure_ascii=False) + '\n'
        self._size += len(text)
        if self._size > self._limits.output:
            sys.exit(BOUNDS)
        sys.stdout.write(text)


def kind_and_value(value):
    "Return the value of a cell as JSON knows it, and what it is."
    if isinstance(value, (dt.datetime, dt.date)):
        return 'day', value.isoformat()
    if isinstance(value, dt.time):
        return 'time', value.isoformat()
    if isinstance(value, dt.timedelta):
        return 'span', value.total_seconds()
    return None, value


def read_workbook(data, output):
    from python_calamine import CalamineWorkbook, SheetVisibleEnum

    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    for position, about in enumerate(book.sheets_metadata):
        if about.visible != SheetVisibleEnum.Visible:
            continue
        sheet = book.get_sheet_by_index(position)
        merged = [
            [top + 1, bottom + 1, left + 1, right + 1]
            for (top, left), (bottom, right)
            in sheet.merged_cell_ranges or []]
        output.sheet(about.name, merged)
        # Rows come from the first of the sheet on, columns of what is filled
        left = (sheet.start or (0, 0))[1] + 1
        for number, values in enumerate(sheet.iter_rows(), 1):
            output.row(number, values, left)


def read_text(data, output):
    text = decode(data)
    reader = csv.reader(
        io.StringIO(text, newline=''), delimiter=find_delimiter(text))
    output.sheet('CSV')
    for number, values in enumerate(reader, 1):
        output.row(number, [_AS_TEXT.sub(r'\1', v) for v in values])


def decode(data):
    "Return the text in the encoding that it has, or that Excel writes here."
    if data.startswith((b'\xff\xfe', b'\xfe\xff')):
        return data.decode('utf-16')
    try:
        return data.decode('utf-8-sig')
    except UnicodeDecodeError:
        return data.decode('gb18030')


def find_delimiter(text):
    "Return what sets most of the first lines apart into as many columns."
    def agree(delimiter):
        reader = csv.reader(
            io.StringIO(text[:_SAMPLE_SIZE], newline=''),
            delimiter=delimiter)
        widths = Counter(
            len(row) for row, _ in zip(reader, range(_SAMPLE)) if len(row) > 1)
        return max((count, width) for width, count in [
                (1, 0), *widths.items()])
    return max(_DELIMITERS, key=agree)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('kind', choices=['calamine', 'text'])
    for name in _LIMITS:
        parser.add_argument(name, type=int)
    limits = parser.parse_args()
    limit(limits.memory, limits.seconds)
    csv.field_size_limit(_CELL_MAX)
    read = read_text if limits.kind == 'text' else read_workbook
    try:
        read(sys.stdin.buffer.read(), Output(limits))
    except MemoryError:
        sys.exit(BOUNDS)
    # calamine lets exceptions of its parsers through
    except Exception as exception:
        sys.exit(
            PASSWORD if type(exception).__name__ == 'PasswordError'
            else FORMAT)


if __name__ == '__main__':
    main()
