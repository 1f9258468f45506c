# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What a document tells: its paragraphs and tables, or its text as PDF."

import subprocess
import tempfile
import zipfile
from io import BytesIO
from pathlib import Path

from lxml import etree

__all__ = ['get_lines', 'get_pages', 'get_tables']

NAMESPACES = {
    'office': 'urn:oasis:names:tc:opendocument:xmlns:office:1.0',
    'table': 'urn:oasis:names:tc:opendocument:xmlns:table:1.0',
    'text': 'urn:oasis:names:tc:opendocument:xmlns:text:1.0',
    }


def get_lines(content):
    "Return the paragraphs outside of tables of the ODT file."
    return [
        text for paragraph in _find(
            _body(content), './/text:p[not(ancestor::table:table)]')
        if (text := _text(paragraph))]


def get_tables(content):
    "Return the tables of the ODT file as rows of the texts of their cells."
    return [
        [
            ['\n'.join(map(_text, _find(cell, 'text:p')))
                for cell in _find(row, 'table:table-cell')]
            for row in _find(table, './/table:table-row')]
        for table in _find(_body(content), './/table:table')]


def get_pages(content):
    "Return the text of each page of the PDF."
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / 'document.pdf'
        path.write_bytes(content)
        text = subprocess.run(
            ['pdftotext', '-layout', path, '-'], check=True,
            capture_output=True, text=True).stdout
    return text.split('\f')[:-1]


def _body(content):
    with zipfile.ZipFile(BytesIO(content)) as archive:
        root = etree.fromstring(archive.read('content.xml'))
    body, = _find(root, './/office:body')
    return body


def _find(element, path):
    return element.xpath(path, namespaces=NAMESPACES)


def _text(element):
    return ''.join(element.itertext()).strip()
