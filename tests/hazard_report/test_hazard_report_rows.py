# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt
import unittest
import zipfile
from decimal import Decimal
from io import BytesIO
from types import SimpleNamespace

import openpyxl
from lxml import etree

from trytond.modules.hazard_report.engine.rows import RowsTemplate
from trytond.modules.hazard_report.engine.template import Template

OFFICE = '{urn:oasis:names:tc:opendocument:xmlns:office:1.0}'
TABLE = '{urn:oasis:names:tc:opendocument:xmlns:table:1.0}'
CALCEXT = (
    '{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}')
HEAD = """<office:document
    xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"
    xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
    xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"
    xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
    xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
    office:version="1.3"
    office:mimetype="application/vnd.oasis.opendocument.spreadsheet">
    <office:automatic-styles>
        <style:style style:name="Wide" style:family="table-column">
            <style:table-column-properties style:column-width="40mm"/>
        </style:style>
    </office:automatic-styles>
    <office:body>
        <office:spreadsheet>
            <table:table table:name="Sheet" table:style-name="SheetA4L">
                <table:table-header-columns>
                    <table:table-column table:style-name="Wide"/>
                </table:table-header-columns>
                <table:table-column table:style-name="Wide"
                    table:number-columns-repeated="6"/>
"""
TAIL = """            </table:table>
        </office:spreadsheet>
    </office:body>
</office:document>
"""
NAMES = ['text', 'integer', 'number', 'flag', 'day', 'time', 'nothing']
STYLES = ['Text', 'Number', 'Amount', 'Center', 'Date', 'Time', 'Text']


def placeholder(code):
    return (
        '<text:placeholder text:placeholder-type="text">'
        f'&lt;{code}&gt;</text:placeholder>')


def cell(content, style='Text', span=1):
    return (
        f'<table:table-cell table:style-name="{style}"'
        f' table:number-columns-spanned="{span}">'
        f'<text:p>{content}</text:p></table:table-cell>')


def row(*cells, style='Row'):
    return (
        f'<table:table-row table:style-name="{style}">{"".join(cells)}'
        '</table:table-row>')


def loop(rows, *cells):
    return (
        row(cell(placeholder(f'for each=&quot;r in {rows}&quot;')))
        + row(*cells) + row(cell(placeholder('/for'))))


def template(rows='rows', *more):
    title = (
        cell("Title", 'Title', 7)
        + '<table:covered-table-cell table:number-columns-repeated="6"/>')
    head = ''.join(cell(n.title(), 'Head') for n in NAMES)
    cells = [
        cell(placeholder(f'r.{n}'), s) for n, s in zip(NAMES, STYLES)]
    return (
        HEAD + row(title, style='RowTitle')
        + f'<table:table-header-rows>{row(head, style="RowHead")}'
        '</table:table-header-rows>'
        + loop(rows, *cells) + ''.join(more) + TAIL).encode()


def value(number, text="Door & <frame> \"5%\" open"):
    return SimpleNamespace(
        text=text, integer=number, number=Decimal('1234.50') * number,
        flag=bool(number % 2), day=dt.date(2026, 11, 22),
        time=dt.datetime(2026, 11, 22, 14, 30), nothing=None)


def render(content, repeated=None, class_=RowsTemplate, **context):
    if class_ is RowsTemplate:
        made = RowsTemplate(content, repeated=repeated)
    else:
        made = class_(content)
    return made.generate(
        page_words=["第 ", " 页 共 ", " 页"], **context).render().getvalue()


def read(content, name='content.xml'):
    with zipfile.ZipFile(BytesIO(content)) as file:
        return etree.fromstring(file.read(name))


def cells(content):
    "Return the attributes, which mean something, and the text of the cells."
    result = []
    for element in read(content).iter(f'{TABLE}table-row'):
        result.append([])
        for part in element:
            attributes = dict(part.attrib)
            attributes.pop(f'{OFFICE}string-value', None)
            if attributes.get(f'{OFFICE}value-type') == 'void':
                del attributes[f'{OFFICE}value-type']
                del attributes[f'{CALCEXT}value-type']
            result[-1].append((attributes, ''.join(part.itertext())))
    return result


def load(content):
    return openpyxl.load_workbook(BytesIO(content))


class RowsTestCase(unittest.TestCase):

    def test_same_as_relatorio(self):
        "The compiled rows are those that relatorio gives, cell by cell"
        for count in [0, 1, 3, 300]:
            rows = [value(n) for n in range(count)]
            made, plain = [
                cells(render(template(), class_=c, rows=rows))
                for c in [RowsTemplate, Template]]
            self.assertEqual(len(made), count + 2)
            self.assertEqual(made, plain)

    def test_invalid_characters(self):
        "What XML cannot have is left out"
        rows = [value(1, "a\x0bb")]
        self.assertEqual(
            cells(render(template(), rows=rows))[-1][0][1], "a b")
        sheet = load(render(template(), xlsx=True, rows=rows)).active
        self.assertEqual(sheet['A3'].value, "a b")

    def test_compiled(self):
        self.assertEqual(len(RowsTemplate(template()).patterns), 1)

    def test_rows_read_once(self):
        "The rows may come from a generator"
        rows = (value(n) for n in range(3))
        self.assertEqual(len(cells(render(template(), rows=rows))), 5)

    def test_other_loops(self):
        "A loop that is more than one row of values is left to relatorio"
        both = cell(f"{placeholder('r.text')}: {placeholder('r.integer')}")
        content = template('rows', loop('rows', both))
        rows = [value(n, "Door") for n in range(2)]
        self.assertEqual(len(RowsTemplate(content).patterns), 1)
        made = cells(render(content, rows=rows))
        self.assertEqual(made[-1][0][1], "Door: 1")
        self.assertEqual(made, cells(
                render(content, class_=Template, rows=rows)))

    def test_fixed_cells(self):
        "A row may have cells that are always the same"
        content = template('rows', loop(
                'rows', cell(placeholder('r.integer'), 'Number'),
                cell("5 % &amp; more"), cell('')))
        self.assertEqual(len(RowsTemplate(content).patterns), 2)
        made = cells(render(content, rows=[value(1)]))
        self.assertEqual(
            [text for _, text in made[-1]], ["1", "5 % & more", ""])
        sheet = load(render(content, xlsx=True, rows=[value(1)])).active
        self.assertEqual(
            [c.value for c in sheet[4]][:3], [1, "5 % & more", None])

    def test_line_feeds(self):
        "Each line of a text is a paragraph"
        content = render(template(), rows=[value(1, "One\nTwo\n\nFour")])
        paragraphs = list(read(content).iter(f'{TABLE}table-row'))[-1][0]
        self.assertEqual(
            [p.text for p in paragraphs], ["One", "Two", None, "Four"])
        sheet = load(render(
                template(), xlsx=True, rows=[value(1, "One\nTwo")])).active
        self.assertEqual(sheet['A3'].value, "One\nTwo")
        self.assertTrue(sheet['A3'].alignment.wrap_text)

    def test_heights(self):
        "Rows that follow their text have no height of their own"
        content = template().replace(
            b'<style:style style:name="Wide"',
            b'<style:style style:name="Row" style:family="table-row">'
            b'<style:table-row-properties style:row-height="5mm" '
            b'style:use-optimal-row-height="true"/></style:style>'
            b'<style:style style:name="Wide"')
        made = etree.tostring(read(render(content, rows=[])))
        self.assertNotIn(b'row-height="5mm"', made)

    def test_frozen(self):
        "The settings freeze the head and the first column"
        settings = read(render(template(), rows=[]), 'settings.xml')
        items = {
            e.values()[0]: e.text for e in settings.iter('{*}config-item')}
        self.assertEqual(items['VerticalSplitPosition'], '2')
        self.assertEqual(items['HorizontalSplitPosition'], '1')
        self.assertEqual(items['VerticalSplitMode'], '2')

    def test_sheets(self):
        "A sheet is made for each item"
        sheets = [
            SimpleNamespace(name=name, rows=[value(n) for n in range(count)])
            for name, count in [("通风队", 2), ("机电队", 0)]]
        content = render(template('sheet.rows'), 'sheets', sheets=sheets)
        tables = list(read(content).iter(f'{TABLE}table'))
        self.assertEqual(
            [t.get(f'{TABLE}name') for t in tables], ["通风队", "机电队"])
        self.assertEqual(
            [len(list(t.iter(f'{TABLE}table-row'))) for t in tables], [4, 2])
        frozen = read(content, 'settings.xml').findall(
            './/{*}config-item-map-named/{*}config-item-map-entry')
        self.assertEqual(
            [e.values()[0] for e in frozen], ["通风队", "机电队"])

    def test_frozen_named(self):
        "The settings call a sheet as the directive in it does"
        content = template().replace(
            b'Title</text:p>',
            placeholder("attrs table:table='name'").encode() + b'</text:p>')
        name = {f'{TABLE}name': "通风队"}
        settings = read(render(content, rows=[], name=name), 'settings.xml')
        entries = settings.findall(
            './/{*}config-item-map-named/{*}config-item-map-entry')
        self.assertEqual([e.values()[0] for e in entries], ["通风队"])

    def test_several_at_once(self):
        "A template is rendered again while it is"
        made = RowsTemplate(template())

        def rows():
            inner = made.generate(
                page_words=['', '', ''], rows=[value(1)]).render()
            yield value(len(cells(inner.getvalue())))
        content = made.generate(
            page_words=['', '', ''], rows=rows()).render().getvalue()
        self.assertEqual(cells(content)[-1][1][1], "3")


class WorkbookTestCase(unittest.TestCase):

    def test_values(self):
        "Numbers, dates and times are such"
        sheet = load(render(
                template(), xlsx=True, rows=[value(2), value(3)])).active
        self.assertEqual([c.value for c in sheet[3]], [
                "Door & <frame> \"5%\" open", 2, 2469, False,
                dt.datetime(2026, 11, 22), dt.datetime(2026, 11, 22, 14, 30),
                None])
        self.assertEqual([c.number_format for c in sheet[3]][1:6], [
                '0', '#,##0.00', 'General', 'yyyy-mm-dd',
                'yyyy-mm-dd hh:mm'])

    def test_page(self):
        "Head, paper, titles and page numbers are those of the template"
        sheet = load(render(template(), xlsx=True, rows=[value(1)])).active
        self.assertEqual(sheet.title, "Sheet")
        self.assertEqual(sheet.freeze_panes, 'B3')
        self.assertEqual(sheet.print_title_rows, '$2:$2')
        self.assertEqual(sheet.page_setup.paperSize, 9)
        self.assertEqual(sheet.page_setup.orientation, 'landscape')
        self.assertEqual(sheet.oddFooter.center.text, "第 &P 页 共 &N 页")
        self.assertEqual([str(m) for m in sheet.merged_cells.ranges], [
                'A1:G1'])
        self.assertEqual(sheet['A1'].font.b, True)
        self.assertEqual(sheet['A1'].alignment.horizontal, 'center')
        self.assertEqual(sheet['A3'].border.left.style, 'thin')
        self.assertAlmostEqual(
            sheet.column_dimensions['A'].width, 20.9, delta=.1)

    def test_heights(self):
        "A row is as high as its longest text"
        sheet = load(render(template(), xlsx=True, rows=[
                    value(1, "短"), value(1, "很长的文字" * 30)])).active
        heights = [sheet.row_dimensions[n].height for n in [3, 4]]
        self.assertLess(heights[0], 20)
        self.assertGreater(heights[1], 8 * 9)

    def test_sheets(self):
        "Names of sheets are what Excel allows"
        sheets = [SimpleNamespace(name="[综采/一队]" + "很长" * 20, rows=[])]
        book = load(render(
                template('sheet.rows'), 'sheets', xlsx=True, sheets=sheets))
        self.assertEqual(
            book.sheetnames, [("(综采·一队)" + "很长" * 20)[:31]])
        self.assertEqual(book.active.max_row, 2)
        sheets = [
            SimpleNamespace(name=n, rows=[])
            for n in ["'综采'", "综采", "'" * 40, 'A' * 40, 'a' * 50]]
        book = load(render(
                template('sheet.rows'), 'sheets', xlsx=True, sheets=sheets))
        self.assertEqual(book.sheetnames, [
                "综采", "综采 (2)", "·", 'A' * 31, 'a' * 27 + ' (2)'])

    def test_long_text(self):
        "A cell has no more text than Excel takes"
        for character in ['长', '😀']:
            sheet = load(render(template(), xlsx=True, rows=[
                        value(1, character * 40_000),
                        value(2, character * 16_000)])).active
            long, short = sheet['A3'].value, sheet['A4'].value
            self.assertLessEqual(len(long.encode('utf-16-le')) // 2, 32_767)
            self.assertTrue(long.endswith(character + '…'))
            self.assertEqual(short, character * 16_000)
