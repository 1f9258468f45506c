# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""The look that all documents share.

A template holds its body and the styles that only it has.  Fonts, margins,
page heads and named styles come from style.fodt or style.fods, except those
that the template defines under the same name.
"""

import functools
from copy import deepcopy
from io import BytesIO
from pathlib import Path

from lxml import etree

__all__ = ['apply_style']

OFFICE = 'urn:oasis:names:tc:opendocument:xmlns:office:1.0'
STYLE = 'urn:oasis:names:tc:opendocument:xmlns:style:1.0'
FILES = {
    'application/vnd.oasis.opendocument.text': 'style.fodt',
    'application/vnd.oasis.opendocument.spreadsheet': 'style.fods',
    }
# The parts of a flat document in the order in which they stand
PARTS = [
    'meta', 'settings', 'scripts', 'font-face-decls', 'styles',
    'automatic-styles', 'master-styles', 'body']
MERGED = ['font-face-decls', 'styles', 'automatic-styles', 'master-styles']
COPIED = ['meta', 'settings']


def apply_style(content):
    """Return the flat template completed by the shared styles.

    Anything but a flat text or spreadsheet is returned as it is.
    """
    try:
        root = etree.fromstring(
            content, etree.XMLParser(remove_comments=True))
    except etree.XMLSyntaxError:
        return content
    filename = FILES.get(root.get(f'{{{OFFICE}}}mimetype'))
    if not filename:
        return content
    shared = _load(filename)
    for name in COPIED:
        if _part(root, name) is None and _part(shared, name) is not None:
            root.append(deepcopy(_part(shared, name)))
    for name in MERGED:
        _merge(root, shared, name)
    # relatorio knows only the namespaces that the root declares.
    result = etree.Element(
        root.tag, root.attrib, nsmap={**shared.nsmap, **root.nsmap})
    result.extend(sorted(root, key=lambda e: PARTS.index(_name(e))))
    return etree.tostring(result, encoding='UTF-8', xml_declaration=True)


@functools.cache
def _load(filename):
    path = Path(__file__).parent / filename
    return etree.parse(
        BytesIO(path.read_bytes()),
        etree.XMLParser(remove_comments=True)).getroot()


def _part(root, name):
    return root.find(f'{{{OFFICE}}}{name}')


def _name(element):
    return etree.QName(element).localname


def _merge(root, shared, name):
    source = _part(shared, name)
    if source is None:
        return
    part = _part(root, name)
    if part is None:
        part = etree.SubElement(root, f'{{{OFFICE}}}{name}')
    known = {_key(e) for e in part}
    for index, element in enumerate(
            e for e in source if _key(e) not in known):
        # Before the template's own, which may build on them
        part.insert(index, deepcopy(element))


def _key(element):
    return (
        _name(element),
        element.get(f'{{{STYLE}}}name'),
        element.get(f'{{{STYLE}}}family'),
        )
