# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Makes documents as their readers would and reads what stands in them."

import io
import subprocess
import tempfile
import zipfile
from pathlib import Path

from built import kept
from lxml import etree
from mine import build_mine
from organization import acting, create_company

from trytond.pool import Pool

TABLE = '{urn:oasis:names:tc:opendocument:xmlns:table:1.0}'
TEXT = '{urn:oasis:names:tc:opendocument:xmlns:text:1.0}'


def create_printer():
    "Return a company in China that prints its documents in English."
    pool = Pool()
    Language = pool.get('ir.lang')
    company = create_company("Mine")
    company.timezone = 'Asia/Shanghai'
    company.save()
    company.party.lang, = Language.search([('code', '=', 'en')])
    company.party.save()
    return company


@kept
def build_printed_mine():
    "Return the mine of a company that prints its documents in English."
    return build_mine(create_printer())


def print_as(user, report, ids=(), **data):
    "Return the extension and the content of the report made by the user."
    pool = Pool()
    ActionReport = pool.get('ir.action.report')
    # The client names the action, which others than its groups cannot find.
    action, *_ = ActionReport.search(
        [('report_name', '=', report)], order=[('id', 'ASC')])
    data['action_id'] = action.id
    with acting(user):
        Report = pool.get(report, type='report')
        extension, content, _, _ = Report.execute(
            [int(i) for i in ids], data)
    return extension, content


def read_part(content, name='content.xml'):
    "Return the root of the XML in the ODF."
    return etree.fromstring(zipfile.ZipFile(io.BytesIO(content)).read(name))


def read_sheets(content):
    "Return the texts of the cells of the ODS by sheet and row."
    return {
        sheet.get(f'{TABLE}name'): [
            [''.join(cell.itertext()).strip() for cell in row
                if cell.tag == f'{TABLE}table-cell']
            for row in sheet.iter(f'{TABLE}table-row')]
        for sheet in read_part(content).iter(f'{TABLE}table')}


def read_paragraphs(content):
    "Return the texts of the paragraphs of the ODT in their order."
    texts = [
        ''.join(p.itertext()) for p in read_part(content).iter(f'{TEXT}p')]
    return [text for text in texts if text.strip()]


def read_pdf(content):
    "Return the text of each page of the PDF, as it is laid out."
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / 'document.pdf'
        path.write_bytes(content)
        text = subprocess.run(
            ['pdftotext', '-layout', path, '-'],
            check=True, capture_output=True, text=True).stdout
    return text.rstrip('\f').split('\f')
