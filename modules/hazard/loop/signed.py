# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What somebody from outside leaves: a name and a signed paper."

import unicodedata

from trytond.modules.safety_base import image
from trytond.modules.safety_base.exceptions import PhotoFormatError
from trytond.pool import Pool
from trytond.transaction import Transaction

SIZE_MAX = 20 * 1024 * 1024
PDF = b'%PDF-'
# A blank page is longer.
PDF_MIN = 500
# Where readers look for the end of a PDF
PDF_END = b'%%EOF'
PDF_TAIL = 1024
PICTURES = (b'\xff\xd8\xff', b'\x89PNG\r\n')
# What a scan or a photo of a signed paper may begin with
SIGNED = (PDF, *PICTURES)


def plain_name(name):
    "Return the letters and digits of the name, however it is written."
    name = unicodedata.normalize('NFKC', name or '').casefold()
    return ''.join(c for c in name if c.isalnum())


def is_employee(name, company):
    "Does anybody who was ever employed by the company bear the name?"
    pool = Pool()
    Employee = pool.get('company.employee')
    Party = pool.get('party.party')
    cursor = Transaction().connection.cursor()
    employee, party = Employee.__table__(), Party.__table__()
    cursor.execute(*employee
        .join(party, condition=employee.party == party.id)
        .select(party.name, where=employee.company == company.id))
    return plain_name(name) in {plain_name(n) for n, in cursor}


def is_paper(data):
    """Return whether the data are a whole PDF, JPEG or PNG file.

    Raises PhotoSizeError for a picture too large to be looked at.
    """
    if len(data) > SIZE_MAX:
        return False
    if data.startswith(PDF):
        return len(data) >= PDF_MIN and PDF_END in data[-PDF_TAIL:]
    return data.startswith(PICTURES) and _is_picture(data)


def _is_picture(data):
    try:
        image.reduced(data, image.THUMBNAIL_SIZE)
    except PhotoFormatError:
        return False
    return True
