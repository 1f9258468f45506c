# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Writes workbooks of Excel, row by row.

Libraries write a cell at a time; a ledger of half a million cells is written
in a fifth of their time when whole rows are.
"""

import tempfile
import zipfile
from io import BytesIO

from .cells import escape

__all__ = ['Workbook', 'column_name']

MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
RELATIONS = (
    'http://schemas.openxmlformats.org/officeDocument/2006/relationships')
PACKAGE = 'http://schemas.openxmlformats.org/package/2006'
CONTENT = 'application/vnd.openxmlformats-officedocument.spreadsheetml'
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MILLIMETRES = 25.4
# Codes of papers by width and height in millimetres
PAPERS = {(297, 420): 8, (210, 297): 9, (148, 210): 11}
# The height of the foot in millimetres
FOOTER = 8
# Kept in memory until then
SPOOL = 16 * 1024 * 1024


class Workbook:

    def __init__(self):
        self.sheets = []
        self._fonts, self._fills, self._borders = {}, {}, {}
        self._numbers, self._formats = {}, {}
        self._fill('<patternFill patternType="none"/>')
        self._fill('<patternFill patternType="gray125"/>')
        self.format(None)

    def add_sheet(self, name, page):
        sheet = Sheet(name, page)
        self.sheets.append(sheet)
        return sheet

    def _fill(self, xml):
        return _index(self._fills, f'<fill>{xml}</fill>')

    def format(self, style):
        "Return the number of the format of cells of the style."
        if style is None:
            return _index(self._formats, self._format(
                    '<font><sz val="10"/><name val="宋体"/></font>'))
        font = '<font>'
        if style.bold:
            font += '<b/>'
        font += f'<sz val="{style.size:g}"/>'
        if style.color:
            font += f'<color rgb="FF{style.color[1:].upper()}"/>'
        font += f'<name val="{escape(style.font)}"/></font>'
        fill = 0
        if style.background:
            color = style.background[1:].upper()
            fill = self._fill(
                '<patternFill patternType="solid">'
                f'<fgColor rgb="FF{color}"/></patternFill>')
        alignment = '<alignment'
        if style.align in {'left', 'right', 'center'}:
            alignment += f' horizontal="{style.align}"'
        if style.vertical in {'top', 'center'}:
            alignment += f' vertical="{style.vertical}"'
        alignment += f' wrapText="{style.wrap:d}"/>'
        return _index(self._formats, self._format(
                font, fill, style.border, style.number, alignment))

    def _format(self, font, fill=0, border=False, number='', alignment=''):
        side = ' style="thin"' if border else ''
        border = ''.join(
            f'<{s}{side}/>' for s in ['left', 'right', 'top', 'bottom'])
        border = _index(
            self._borders, f'<border>{border}<diagonal/></border>')
        number = 164 + _index(self._numbers, number) if number else 0
        return (
            f'<xf numFmtId="{number}" fontId="{_index(self._fonts, font)}"'
            f' fillId="{fill}" borderId="{border}" xfId="0"'
            ' applyNumberFormat="1" applyFont="1" applyFill="1"'
            f' applyBorder="1" applyAlignment="1">{alignment}</xf>')

    def save(self):
        "Return the workbook and close its sheets."
        result = BytesIO()
        with zipfile.ZipFile(
                result, 'w', zipfile.ZIP_DEFLATED, compresslevel=1) as file:
            for name, text in self._parts():
                file.writestr(name, HEAD + text)
            for number, sheet in enumerate(self.sheets, 1):
                name = f'xl/worksheets/sheet{number}.xml'
                with file.open(name, 'w') as part:
                    sheet.write(part, selected=number == 1)
        return result.getvalue()

    def _parts(self):
        count = len(self.sheets)
        numbers = range(1, count + 1)
        yield '[Content_Types].xml', (
            f'<Types xmlns="{PACKAGE}/content-types">'
            '<Default Extension="rels" ContentType="'
            'application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            + _override('/xl/workbook.xml', 'sheet.main')
            + _override('/xl/styles.xml', 'styles')
            + ''.join(
                _override(f'/xl/worksheets/sheet{n}.xml', 'worksheet')
                for n in numbers)
            + '</Types>')
        yield '_rels/.rels', (
            f'<Relationships xmlns="{PACKAGE}/relationships">'
            f'{_relation(1, "officeDocument", "xl/workbook.xml")}'
            '</Relationships>')
        yield 'xl/_rels/workbook.xml.rels', (
            f'<Relationships xmlns="{PACKAGE}/relationships">'
            + ''.join(
                _relation(n, 'worksheet', f'worksheets/sheet{n}.xml')
                for n in numbers)
            + _relation(count + 1, 'styles', 'styles.xml')
            + '</Relationships>')
        yield 'xl/workbook.xml', self._workbook()
        yield 'xl/styles.xml', self._styles()

    def _workbook(self):
        sheets = ''.join(
            f'<sheet name="{escape(s.name)}" sheetId="{n}" r:id="rId{n}"/>'
            for n, s in enumerate(self.sheets, 1))
        names = ''.join(
            f'<definedName name="_xlnm.Print_Titles" localSheetId="{n}">'
            f'{escape(s.print_titles)}</definedName>'
            for n, s in enumerate(self.sheets) if s.print_titles)
        if names:
            names = f'<definedNames>{names}</definedNames>'
        return (
            f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">'
            '<bookViews><workbookView/></bookViews>'
            f'<sheets>{sheets}</sheets>{names}</workbook>')

    def _styles(self):
        numbers = ''.join(
            f'<numFmt numFmtId="{164 + i}" formatCode="{escape(n)}"/>'
            for n, i in self._numbers.items())
        if numbers:
            numbers = (f'<numFmts count="{len(self._numbers)}">{numbers}'
                '</numFmts>')
        return (
            f'<styleSheet xmlns="{MAIN}">{numbers}'
            + _list('fonts', self._fonts) + _list('fills', self._fills)
            + _list('borders', self._borders)
            + '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0"'
            ' fillId="0" borderId="0"/></cellStyleXfs>'
            + _list('cellXfs', self._formats)
            + '<cellStyles count="1"><cellStyle name="Normal" xfId="0"'
            ' builtinId="0"/></cellStyles></styleSheet>')


class Sheet:
    """A sheet whose rows are written in their order.

    widths are those of the columns in millimetres, head the numbers, from 0,
    of the first row of the head and of the one after its last.
    """

    def __init__(self, name, page):
        self.name = name
        self.page = page
        self.widths = []
        self.head = None
        self.frozen_columns = 0
        self.footer = ''
        self.count = 0
        self._merged = []
        self._rows = tempfile.SpooledTemporaryFile(SPOOL)  # noqa: SIM115

    @property
    def print_titles(self):
        if self.head:
            first, last = self.head
            name = self.name.replace("'", "''")
            return f"'{name}'!${first + 1}:${last}"

    def add_row(self, cells, height=None):
        """Add a row of tuples of column, number of the format and the value
        as it is in the file, by height in points."""
        self.count += 1
        row = self.count
        attributes = (
            f' ht="{height:.1f}" customHeight="1"' if height else '')
        self._rows.write((
                f'<row r="{row}"{attributes}>' + ''.join([
                    f'<c r="{column}{row}" s="{format_}"{type_}>{value}</c>'
                    for column, format_, (type_, value) in cells])
                + '</row>').encode())

    def merge(self, column, columns, rows):
        "Merge the cells from the column of the last row on."
        first, last = column_name(column), column_name(column + columns - 1)
        self._merged.append(
            f'{first}{self.count}:{last}{self.count + rows - 1}')

    def write(self, part, selected=False):
        part.write(f'{HEAD}<worksheet xmlns="{MAIN}">{self._before(selected)}'
            '<sheetData>'.encode())
        self._rows.seek(0)
        while chunk := self._rows.read(1 << 20):
            part.write(chunk)
        self._rows.close()
        part.write(f'</sheetData>{self._after()}</worksheet>'.encode())

    def _before(self, selected):
        columns = ''.join(
            f'<col min="{n}" max="{n}" width="{_characters(w):.2f}"'
            ' customWidth="1"/>' for n, w in enumerate(self.widths, 1))
        return (
            '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
            f'<sheetViews><sheetView tabSelected="{selected:d}"'
            f' workbookViewId="0">{self._pane()}</sheetView></sheetViews>'
            '<sheetFormatPr defaultRowHeight="15"/>'
            + (f'<cols>{columns}</cols>' if columns else ''))

    def _pane(self):
        rows, columns = self.head[1] if self.head else 0, self.frozen_columns
        if not rows and not columns:
            return ''
        split = (f' xSplit="{columns}"' if columns else '') + (
            f' ySplit="{rows}"' if rows else '')
        pane = {
            (True, True): 'bottomRight', (True, False): 'bottomLeft',
            (False, True): 'topRight'}[bool(rows), bool(columns)]
        cell = f'{column_name(columns)}{rows + 1}'
        return (f'<pane{split} topLeftCell="{cell}" activePane="{pane}"'
            f' state="frozen"/><selection pane="{pane}"/>')

    def _after(self):
        merged = ''.join(f'<mergeCell ref="{m}"/>' for m in self._merged)
        if merged:
            merged = (f'<mergeCells count="{len(self._merged)}">{merged}'
                '</mergeCells>')
        page = self.page
        margins = ' '.join(
            f'{name}="{length / MILLIMETRES:.3f}"' for name, length in [
                ('left', page.left), ('right', page.right),
                ('top', page.top), ('bottom', page.bottom + FOOTER),
                ('header', page.top / 2), ('footer', page.bottom)])
        size = tuple(sorted([round(page.width), round(page.height)]))
        orientation = 'landscape' if page.landscape else 'portrait'
        return (
            f'{merged}<printOptions horizontalCentered="1"/>'
            f'<pageMargins {margins}/>'
            f'<pageSetup paperSize="{PAPERS.get(size, 9)}"'
            f' orientation="{orientation}" fitToWidth="1" fitToHeight="0"/>'
            f'<headerFooter><oddFooter>&amp;C{escape(self.footer)}'
            '</oddFooter></headerFooter>')


def column_name(index):
    "Return the letters of the column, which is counted from 0."
    name = ''
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def _index(known, key):
    return known.setdefault(key, len(known))


def _list(tag, known):
    return f'<{tag} count="{len(known)}">{"".join(known)}</{tag}>'


def _override(name, type_):
    return (f'<Override PartName="{name}"'
        f' ContentType="{CONTENT}.{type_}+xml"/>')


def _relation(number, type_, target):
    return (f'<Relationship Id="rId{number}" Type="{RELATIONS}/{type_}"'
        f' Target="{target}"/>')


def _characters(width):
    "Return the width in millimetres as that in characters of Excel."
    return max((width / MILLIMETRES * 96 - 5) / 7, 0)
