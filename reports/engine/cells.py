# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Values as cells of spreadsheets."

import datetime as dt
import re
from decimal import Decimal

from relatorio.templates.opendocument import XML_INVALID_CHAR_EXPR

__all__ = ['escape', 'odf_cell', 'serial', 'xlsx_cell']

_SPECIAL = re.compile('[&<>"]|' + XML_INVALID_CHAR_EXPR.pattern).search
_STRING = ' office:value-type="string" calcext:value-type="string"'
# Of the text in a cell of Excel, which repairs a file with a longer one
CELL_LENGTH = 32_767
EPOCH = dt.datetime(1899, 12, 30)


def escape(text):
    "Return the text for XML, without the characters that it cannot have."
    if _SPECIAL(text):
        text = (XML_INVALID_CHAR_EXPR.sub(' ', text)
            .replace('&', '&amp;').replace('<', '&lt;')
            .replace('>', '&gt;').replace('"', '&#34;'))
    return text


def odf_cell(value):
    "Return the attributes and the paragraphs of the cell of the value."
    convert = _ODF.get(type(value)) or _find(_ODF, value)
    return convert(value)


def _odf_typed(type_, attribute, convert):
    pattern = (f' office:value-type="{type_}" calcext:value-type="{type_}"'
        f' office:{attribute}="%s"')

    def cell(value):
        return pattern % convert(value), f'<text:p>{value}</text:p>'
    return cell


def _odf_text(value):
    text = escape(value)
    if '\n' in text:
        # Line feeds within a paragraph count as spaces.
        lines = ''.join(f'<text:p>{t}</text:p>' for t in text.splitlines())
        return _STRING, lines
    return _STRING, f'<text:p>{text}</text:p>'


def _isoformat(value):
    return value.isoformat()


_odf_number = _odf_typed('float', 'value', str)
_odf_date = _odf_typed('date', 'date-value', _isoformat)
_ODF = {
    str: _odf_text,
    type(None): lambda value: ('', ''),
    bool: _odf_typed(
        'boolean', 'boolean-value', lambda value: str(value).lower()),
    int: _odf_number,
    float: _odf_number,
    Decimal: _odf_number,
    dt.datetime: _odf_date,
    dt.date: _odf_date,
    }


def _find(converters, value):
    for type_, convert in converters.items():
        if isinstance(value, type_):
            return convert
    return lambda value: converters[str](str(value))


def serial(value):
    "Return the date or time as the number that Excel counts by."
    if not isinstance(value, dt.datetime):
        return (value - EPOCH.date()).days
    delta = value - EPOCH
    return round(delta.days + delta.seconds / 86400, 10)


def xlsx_cell(value):
    "Return the attributes and the content of the cell of the value."
    convert = _XLSX.get(type(value)) or _find(_XLSX, value)
    return convert(value)


def _shorten(text):
    "Return as much of the text as Excel takes, which counts in UTF-16."
    units = text.encode('utf-16-le', 'surrogatepass')
    if len(units) <= 2 * CELL_LENGTH:
        return text
    return units[:2 * (CELL_LENGTH - 1)].decode('utf-16-le', 'ignore') + '…'


def _xlsx_number(value):
    return '', f'<v>{value}</v>'


def _xlsx_date(value):
    return '', f'<v>{serial(value)}</v>'


def _xlsx_text(value):
    if not value:
        return '', ''
    if len(value) > CELL_LENGTH // 2:
        value = _shorten(value)
    return (' t="inlineStr"',
        f'<is><t xml:space="preserve">{escape(value)}</t></is>')


_XLSX = {
    str: _xlsx_text,
    type(None): lambda value: ('', ''),
    bool: lambda value: (' t="b"', f'<v>{value:d}</v>'),
    int: _xlsx_number,
    float: _xlsx_number,
    Decimal: _xlsx_number,
    dt.datetime: _xlsx_date,
    dt.date: _xlsx_date,
    }
