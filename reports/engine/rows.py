# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Spreadsheets of many rows.

relatorio evaluates each directive of each cell.  Here a loop over one row is
compiled to one expression, which gives the values of the row, and to a
pattern into which they are filled.  Expressions stay Genshi's, in its
sandbox.  A loop over anything else is rendered by relatorio.
"""

import re
from io import BytesIO
from itertools import islice

from genshi.core import PI, TEXT, Markup, StreamEventKind
from genshi.output import XMLSerializer
from genshi.template import MarkupTemplate
from relatorio.templates.base import RelatorioStream
from relatorio.templates.opendocument import GENSHI_URI

from .cells import escape, odf_cell
from .freeze_panes import freeze_settings, frozen
from .template import Template
from .xlsx_stream import XlsxSerializer

__all__ = ['ROWS', 'RowPattern', 'RowsTemplate']

# Its data are the pattern and a list of the values of rows.
ROWS = StreamEventKind('ROWS')
CHUNK = 64
TABLE = 'urn:oasis:names:tc:opendocument:xmlns:table:1.0'
STYLE = 'urn:oasis:names:tc:opendocument:xmlns:style:1.0'
PY = f'{{{GENSHI_URI}}}'
_TYPED = re.compile(
    r'__relatorio_guess_type\(__relatorio_store_cache\(\d+, (.*)\)\)$', re.S)


class RowsTemplate(Template):
    """Template of a spreadsheet.

    repeated is the name of a list in the context, whose items have a name:
    each gets a copy of the first table, in which it is called sheet.
    """

    def __init__(self, content, repeated=None):
        self.repeated = repeated
        self.patterns = []
        self.frozen = []
        super().__init__(content)

    def _parse(self, source, encoding):
        parsed = super()._parse(source, encoding)
        self._files.add('settings.xml')
        settings = MarkupTemplate._parse(
            self, BytesIO(freeze_settings(self.frozen)), encoding)
        return [*parsed, (PI, ('relatorio', 'settings.xml'), None), *settings]

    def _handle_relatorio_tags(self, tree):
        super()._handle_relatorio_tags(tree)
        if not tree.getroot().tag.endswith('}document-content'):
            return
        self._let_rows_grow(tree)
        for index, table in enumerate(list(tree.iter(f'{{{TABLE}}}table'))):
            loop = None
            if self.repeated and not index:
                loop = f'sheet in {self.repeated}'
                self._repeat(table, loop)
            self.frozen.append((_table_name(table), loop, *frozen(table)))
        for loop in list(tree.iter(f'{PY}for')):
            self._compile(loop)

    def _let_rows_grow(self, tree):
        """Remove the heights of rows that shall be as high as their text.

        With them LibreOffice computes only those of the first rows.
        """
        for properties in tree.iter(f'{{{STYLE}}}table-row-properties'):
            if properties.get(f'{{{STYLE}}}use-optimal-row-height') == 'true':
                properties.attrib.pop(f'{{{STYLE}}}row-height', None)

    def _repeat(self, table, loop):
        node = table.makeelement(
            f'{PY}for', {'each': loop}, nsmap={'py': GENSHI_URI})
        table.getparent().replace(table, node)
        node.append(table)
        table.set(
            f'{PY}attrs', f"{{'{{{TABLE}}}name': sheet.name}}")

    def _compile(self, loop):
        if len(loop) != 1 or loop[0].tag != f'{{{TABLE}}}table-row':
            return
        pattern = RowPattern.compile(loop[0], self.namespaces)
        if pattern is None:
            return
        target, iterable = loop.get('each').split(' in ', 1)
        values = ''.join(f'({e}), ' for e in pattern.expressions)
        node = loop.makeelement(loop[0].tag, nsmap=loop.nsmap)
        node.set(f'{PY}replace', (
                f'__relatorio_rows({len(self.patterns)}, '
                f'(({values}) for {target} in {iterable}))'))
        self.patterns.append(pattern)
        loop.getparent().replace(loop, node)

    def _rows(self, index, rows):
        rows = iter(rows)
        while chunk := list(islice(rows, CHUNK)):
            yield ROWS, (self.patterns[index], chunk), (None, -1, -1)
        # Genshi needs an event.
        yield TEXT, Markup(''), (None, -1, -1)

    def generate(self, *args, xlsx=False, **kwargs):
        "Return the stream of an ODS or an XLSX."
        stream = super().generate(
            *args, __relatorio_rows=self._rows, **kwargs)
        if xlsx:
            return RelatorioStream(
                stream.events, XlsxSerializer(self._content, ROWS))
        stream.serializer.xml_serializer = RowsSerializer()
        # Half the time for a quarter more of bytes
        stream.serializer.compresslevel = 1
        return stream


def _table_name(table):
    "Return the name of the table for an attribute of a template."
    name = f'{{{TABLE}}}name'
    if attributes := table.get(f'{PY}attrs'):
        return f"${{({attributes}).get('{name}', '')}}"
    return table.get(name)


class RowsSerializer(XMLSerializer):

    def __init__(self):
        # The cache would keep each text.
        super().__init__(cache=False)
        self.filters.append(self._write_rows)

    def _write_rows(self, stream):
        for kind, data, position in stream:
            if kind is ROWS:
                pattern, rows = data
                kind, data = TEXT, Markup(''.join(map(pattern.odf, rows)))
            yield kind, data, position


class RowPattern:
    """A row of a table with an expression in some of its cells.

    cells are tuples of the style, the columns spanned and the text, which is
    None for a cell with an expression.
    """

    def __init__(self, row_style):
        self.row_style = row_style
        self.cells = []
        self.expressions = []
        self._pattern = ''

    @classmethod
    def compile(cls, row, namespaces):
        "Return the pattern of the row, None if it has more than values."
        prefixes = {uri: prefix for prefix, uri in namespaces.items()}
        pattern = cls(row.get(f'{{{TABLE}}}style-name'))
        pattern._pattern = _start(row, prefixes)
        for cell in row:
            if not pattern._add(cell, prefixes):
                return
        pattern._pattern += '</table:table-row>'
        return pattern

    def _add(self, cell, prefixes):
        covered = cell.tag == f'{{{TABLE}}}covered-table-cell'
        if not covered and cell.tag != f'{{{TABLE}}}table-cell':
            return False
        span = int(cell.get(f'{{{TABLE}}}number-columns-spanned', 1))
        repeated = int(cell.get(f'{{{TABLE}}}number-columns-repeated', 1))
        style = cell.get(f'{{{TABLE}}}style-name')
        attributes = cell.get(f'{PY}attrs')
        if attributes is None:
            if any(a.startswith(PY) for e in cell.iter() for a in e.attrib):
                return False
            text = '\n'.join(''.join(p.itertext()) for p in cell)
            name = 'covered-table-cell' if covered else 'table-cell'
            content = ''.join(
                f'<text:p>{escape(t)}</text:p>' for t in text.splitlines())
            content = content.replace('%', '%%')
            self._pattern += (
                f'{_start(cell, prefixes)}{content}</table:{name}>')
            if not covered:
                self.cells.extend([(style, span, text)] * repeated)
            return True
        match = _TYPED.match(attributes)
        if not match or repeated > 1 or len(cell) != 1 or len(cell[0]) != 1:
            return False
        self.expressions.append(match[1])
        self.cells.append((style, span, None))
        self._pattern += (
            _start(cell, prefixes)[:-1] + '%s>%s</table:table-cell>')
        return True

    def odf(self, values):
        return self._pattern % tuple(
            part for value in values for part in odf_cell(value))


def _start(element, prefixes):
    "Return the start tag as the right side of the operator % would have it."
    def name(tag):
        uri, local = tag[1:].split('}')
        return f'{prefixes[uri]}:{local}'
    attributes = ''.join(
        f' {name(key)}="{escape(value)}"'
        for key, value in element.attrib.items()
        if not key.startswith(PY) and not key.endswith('value-type'))
    return f'<{name(element.tag)}{attributes}>'.replace('%', '%%')
