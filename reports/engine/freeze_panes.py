# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The heads of sheets, which stay in view while one scrolls."

import re
from io import BytesIO
from zipfile import ZipFile

from lxml import etree
from openpyxl.utils import get_column_letter
from relatorio.templates.opendocument import GENSHI_URI

__all__ = ['freeze_settings', 'freeze_workbook', 'frozen']

OFFICE = 'urn:oasis:names:tc:opendocument:xmlns:office:1.0'
CONFIG = 'urn:oasis:names:tc:opendocument:xmlns:config:1.0'
OOO = 'http://openoffice.org/2004/office'
TABLE = 'urn:oasis:names:tc:opendocument:xmlns:table:1.0'
FROZEN = 2
_VIEW = re.compile(rb'<sheetView\b([^>]*?)(?:/>|>.*?</sheetView>)', re.S)


def frozen(table):
    "Return how many rows and columns of the table are or precede its heads."
    return (
        _count(table, 'table-header-rows', 'table-row', 'rows'),
        _count(table, 'table-header-columns', 'table-column', 'columns'))


def _count(table, head, tag, plural):
    count = 0
    for child in table:
        if child.tag == f'{{{TABLE}}}{head}':
            return count + sum(_repeated(e, plural) for e in child)
        if child.tag == f'{{{TABLE}}}{tag}':
            count += _repeated(child, plural)
    return 0


def _repeated(element, plural):
    return int(element.get(f'{{{TABLE}}}number-{plural}-repeated', 1))


def freeze_settings(tables):
    """Return the settings that freeze the heads of the tables.

    tables are tuples of the name, which may hold expressions, the loop over
    the sheets or None, and the frozen rows and columns.
    """
    root = etree.Element(
        f'{{{OFFICE}}}document-settings', {f'{{{OFFICE}}}version': '1.3'},
        nsmap={
            'office': OFFICE, 'config': CONFIG, 'ooo': OOO,
            'py': GENSHI_URI})
    settings = etree.SubElement(root, f'{{{OFFICE}}}settings')
    views = _add(settings, 'item-set', 'ooo:view-settings')
    views = _add(views, 'item-map-indexed', 'Views')
    view = etree.SubElement(views, f'{{{CONFIG}}}config-item-map-entry')
    _item(view, 'ViewId', 'string', 'view1')
    entries = _add(view, 'item-map-named', 'Tables')
    for name, loop, rows, columns in tables:
        entry = _add(entries, 'item-map-entry', name)
        if loop:
            entry.set(f'{{{GENSHI_URI}}}for', loop)
        for direction, opposite, count in [
                ('Horizontal', 'Right', columns),
                ('Vertical', 'Bottom', rows)]:
            _item(entry, f'{direction}SplitMode', 'short',
                FROZEN if count else 0)
            _item(entry, f'{direction}SplitPosition', 'int', count)
            _item(entry, f'Position{opposite}', 'int', count)
        _item(entry, 'ActiveSplitRange', 'short', 3 if columns else 2)
    return etree.tostring(root, encoding='UTF-8', xml_declaration=True)


def freeze_workbook(content, heads):
    """Return the XLSX with the heads of its sheets frozen.

    heads are the frozen rows and columns of each sheet.  LibreOffice drops
    them, as it makes no view when it converts.
    """
    output = BytesIO()
    parts = {
        f'xl/worksheets/sheet{number}.xml': _pane(*head)
        for number, head in enumerate(heads, 1) if any(head)}
    with ZipFile(BytesIO(content)) as source, ZipFile(output, 'w') as target:
        for item in source.infolist():
            part = source.read(item)
            if pane := parts.get(item.filename):
                part = _VIEW.sub(
                    rb'<sheetView\1>' + pane + rb'</sheetView>', part, count=1)
            target.writestr(item, part)
    return output.getvalue()


def _pane(rows, columns):
    split = [
        f'{n}Split="{c}"' for n, c in [('x', columns), ('y', rows)] if c]
    active = {
        (True, True): 'bottomRight', (True, False): 'bottomLeft',
        (False, True): 'topRight'}[bool(rows), bool(columns)]
    corner = f'{get_column_letter(columns + 1)}{rows + 1}'
    return (
        f'<pane {" ".join(split)} topLeftCell="{corner}"'
        f' activePane="{active}" state="frozen"/>'
        f'<selection pane="{active}"/>').encode()


def _add(parent, tag, name):
    return etree.SubElement(
        parent, f'{{{CONFIG}}}config-{tag}', {f'{{{CONFIG}}}name': name})


def _item(parent, name, type_, value):
    item = _add(parent, 'item', name)
    item.set(f'{{{CONFIG}}}type', type_)
    item.text = str(value)
