# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Files of tables that are no .xlsx, with the same rows."

import csv
import datetime as dt
import io
import zipfile
from xml.sax.saxutils import escape

import xlwt

_CONTENT = '''<office:document-content
xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">
<office:body><office:spreadsheet><table:table table:name="Sheet">%s
</table:table></office:spreadsheet></office:body></office:document-content>'''
_SPREADSHEET = 'application/vnd.oasis.opendocument.spreadsheet'


def xls(*sheets, merged=(), hidden=()):
    "Return the workbook of the sheets: names and rows."
    book, day = xlwt.Workbook(), xlwt.easyxf(num_format_str='YYYY-MM-DD')
    for name, *rows in sheets:
        sheet = book.add_sheet(name)
        sheet.visibility = name in hidden
        for row, values in enumerate(rows):
            for column, value in enumerate(values):
                if value is None:
                    continue
                style = [day] if isinstance(value, dt.date) else []
                sheet.write(row, column, value, *style)
        for top, bottom, left, right in merged:
            sheet.merge(top - 1, bottom - 1, left - 1, right - 1)
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def text_file(rows, encoding='utf-8-sig', delimiter=','):
    output = io.StringIO()
    csv.writer(output, delimiter=delimiter).writerows(rows)
    return output.getvalue().encode(encoding)


def archive(parts):
    "Return the archive of the texts by name."
    output = io.BytesIO()
    with zipfile.ZipFile(output, 'w', zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return output.getvalue()


def ods(rows):
    return ods_of(''.join(
            '<table:table-row>' + ''.join(
                '<table:table-cell office:value-type="string"><text:p>'
                f'{escape(str(v))}</text:p></table:table-cell>'
                for v in row) + '</table:table-row>'
            for row in rows))


def ods_of(xml):
    return archive({
            'mimetype': _SPREADSHEET, 'content.xml': _CONTENT % xml,
            'META-INF/manifest.xml': '<manifest/>'})
