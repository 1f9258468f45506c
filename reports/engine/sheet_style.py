# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What the styles of a spreadsheet say, for a writer of another format."

import re
import zipfile
from io import BytesIO
from typing import NamedTuple

from lxml import etree

__all__ = ['CellStyle', 'PageStyle', 'SheetStyles']

NS = {
    'fo': 'urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0',
    'number': 'urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0',
    'office': 'urn:oasis:names:tc:opendocument:xmlns:office:1.0',
    'style': 'urn:oasis:names:tc:opendocument:xmlns:style:1.0',
    'table': 'urn:oasis:names:tc:opendocument:xmlns:table:1.0',
    }
_LENGTH = re.compile(r'([\d.]+)(mm|cm|in|pt)')
_MILLIMETRES = {'mm': 1, 'cm': 10, 'in': 25.4, 'pt': 25.4 / 72}
_NUMBERS = {
    'year': 'yyyy', 'month': 'mm', 'day': 'dd', 'hours': 'hh',
    'minutes': 'mm', 'seconds': 'ss'}


class CellStyle(NamedTuple):
    font: str = ''
    size: float = 10
    bold: bool = False
    color: str | None = None
    background: str | None = None
    border: bool = False
    align: str = ''
    vertical: str = ''
    wrap: bool = False
    number: str = ''


class PageStyle(NamedTuple):
    "The size and the margins are in millimetres."
    name: str = ''
    width: float = 210
    height: float = 297
    landscape: bool = False
    top: float = 20
    bottom: float = 20
    left: float = 20
    right: float = 20


class SheetStyles:
    "The styles of a zipped spreadsheet"

    def __init__(self, content):
        with zipfile.ZipFile(BytesIO(content)) as file:
            roots = [
                etree.fromstring(file.read(f'{name}.xml'))
                for name in ['styles', 'content']]
        self._styles, self._defaults = {}, {}
        self._layouts, self._masters, self._numbers = {}, {}, {}
        for root in roots:
            for element in root.iter():
                self._note(element)
        self._cells = {}

    def _note(self, element):
        name = _get(element, 'style:name')
        tag = etree.QName(element)
        if tag.namespace == NS['number'] and name:
            self._numbers[name] = _number_format(element)
        elif tag.namespace != NS['style']:
            return
        elif tag.localname == 'style':
            self._styles[_get(element, 'style:family'), name] = element
        elif tag.localname == 'default-style':
            self._defaults[_get(element, 'style:family')] = element
        elif tag.localname == 'page-layout':
            self._layouts[name] = element
        elif tag.localname == 'master-page':
            self._masters[name] = _get(element, 'style:page-layout-name')

    def cell(self, name):
        if name not in self._cells:
            self._cells[name] = self._resolve(name)
        return self._cells[name]

    def _resolve(self, name):
        elements = [self._defaults.get('table-cell')]
        chain = []
        while name and (
                element := self._styles.get(('table-cell', name))) is not None:
            chain.insert(0, element)
            name = _get(element, 'style:parent-style-name')
        style = CellStyle()
        for element in filter(lambda e: e is not None, elements + chain):
            style = style._replace(**self._read(element))
        return style

    def _read(self, element):
        values = {}
        if number := _get(element, 'style:data-style-name'):
            values['number'] = self._numbers.get(number, '')
        for part in element:
            for attribute, (name, convert) in _READ.items():
                value = _get(part, attribute)
                if value is not None:
                    values[name] = convert(value)
        return values

    def column_width(self, name):
        "Return the width of the column in millimetres."
        return self._length(
            'table-column', name, 'style:column-width', 22.58)

    def row_height(self, name):
        "Return the height in millimetres, None if it follows the text."
        element = self._styles.get(('table-row', name))
        for part in element if element is not None else []:
            if _get(part, 'style:use-optimal-row-height') == 'true':
                return None
        return self._length('table-row', name, 'style:row-height', None)

    def _length(self, family, name, attribute, default):
        element = self._styles.get((family, name))
        for part in element if element is not None else []:
            if value := _get(part, attribute):
                return millimetres(value)
        return default

    def page(self, table):
        "Return the page on which tables of the style are printed."
        element = self._styles.get(('table', table))
        master = None
        if element is not None:
            master = _get(element, 'style:master-page-name')
        layout = self._layouts.get(self._masters.get(master))
        values = {'name': master or ''}
        for part in layout if layout is not None else []:
            for attribute, name in [
                    ('fo:page-width', 'width'), ('fo:page-height', 'height'),
                    ('fo:margin-top', 'top'), ('fo:margin-bottom', 'bottom'),
                    ('fo:margin-left', 'left'), ('fo:margin-right', 'right')]:
                if value := _get(part, attribute):
                    values[name] = millimetres(value)
            if value := _get(part, 'style:print-orientation'):
                values['landscape'] = value == 'landscape'
        return PageStyle(**values)


def _get(element, name):
    prefix, local = name.split(':')
    return element.get(f'{{{NS[prefix]}}}{local}')


def millimetres(length):
    number, unit = _LENGTH.match(length).groups()
    return float(number) * _MILLIMETRES[unit]


def _points(length):
    return millimetres(length) / _MILLIMETRES['pt']


def _align(value):
    return {'start': 'left', 'end': 'right'}.get(value, value)


def _vertical(value):
    return {'middle': 'center'}.get(value, value)


def _not(unset):
    return lambda value: None if value == unset else value


_READ = {
    'style:font-name-asian': ('font', str),
    'style:font-size-asian': ('size', _points),
    'fo:font-weight': ('bold', lambda value: value == 'bold'),
    'fo:color': ('color', str),
    'fo:background-color': ('background', _not('transparent')),
    'fo:border': ('border', lambda value: value != 'none'),
    'fo:text-align': ('align', _align),
    'style:vertical-align': ('vertical', _vertical),
    'fo:wrap-option': ('wrap', lambda value: value == 'wrap'),
    }


def _number_format(element):
    "Return the format as Excel writes it."
    parts = []
    for part in element:
        local = etree.QName(part).localname
        if local == 'number':
            format_ = '0'
            if _get(part, 'number:grouping') == 'true':
                format_ = '#,##0'
            if places := int(_get(part, 'number:decimal-places') or 0):
                format_ += '.' + '0' * places
            parts.append(format_)
        elif local == 'text':
            parts.append(part.text or '')
        else:
            parts.append(_NUMBERS.get(local, ''))
    return ''.join(parts)
