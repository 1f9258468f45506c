# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What the sheets of a spreadsheet share: attributes, lists, signatures."

import datetime as dt
import re

from trytond.i18n import gettext
from trytond.modules.safety_base.clock import company_zone
from trytond.pool import Pool
from trytond.transaction import Transaction

from .document import format_day

__all__ = [
    'heading', 'listing', 'named', 'pieces', 'selection_texts', 'signatures',
    'spanned']

BLANK = '\N{IDEOGRAPHIC SPACE}'

_NAME_LENGTH = 31
_TABLE = 'urn:oasis:names:tc:opendocument:xmlns:table:1.0'


def named(name):
    "Return the attributes of a sheet of this name, as far as Excel allows it."
    name = re.sub(r"[][:*?/\\]", ' ', name).strip("' ")[:_NAME_LENGTH]
    return {f'{{{_TABLE}}}name': name}


def spanned(columns):
    "Return the attributes of a cell that spans so many columns."
    if columns > 1:
        return {f'{{{_TABLE}}}number-columns-spanned': str(columns)}
    return {}


def listing(names):
    "Return the names one after the other, in the way of the language."
    if Transaction().language.startswith('zh'):
        separator = '\N{IDEOGRAPHIC COMMA}'
    else:
        separator = ', '
    return separator.join(filter(None, names))


def pieces(text, width, lines=30):
    """Return the parts of the text of which each fits into a cell of a page.

    width is how many narrow characters a line of the cell holds; Chinese ones
    take two of them.  LibreOffice prints no row over several pages.
    """
    parts, start, line, column = [], 0, 0, 0
    for index, character in enumerate(text or ''):
        size = 2 if ord(character) >= 0x2e80 else 1
        column += size
        if column > width or character == '\n':
            line, column = line + 1, size if column > width else 0
        if line >= lines:
            parts.append(text[start:index])
            start, line = index, 0
    return [*parts, (text or '')[start:]]


def selection_texts(model, name):
    "Return the texts by value of the selection of the model."
    Model = Pool().get(model)
    return dict(Model.fields_get([name])[name]['selection'])


def heading(company, unit=None, days=None):
    """Return the line below the title: company, unit and days or today.

    unit is an id, days the text of the days.
    """
    pool = Pool()
    Unit = pool.get('safety.unit')
    parts = [gettext(
            'hazard_report.msg_sheet_company', company=company.rec_name)]
    if unit:
        # Read, since an attribute would not check the access
        values, = Unit.read([unit], ['rec_name'])
        parts.append(gettext(
                'hazard_report.msg_sheet_unit', unit=values['rec_name']))
    if not days:
        days = gettext(
            'hazard_report.msg_sheet_until', date=_today(company))
    return (BLANK * 4).join([*parts, days])


def _today(company):
    return format_day(dt.datetime.now(), company_zone(company))


def signatures(employee, company, blanks=8):
    """Return the line on which those sign who answer for the document.

    blanks is the number of characters that are left for each of them.
    """
    return (BLANK * blanks).join([
            gettext('hazard_report.msg_sheet_leader'),
            gettext('hazard_report.msg_sheet_checked'),
            gettext('hazard_report.msg_sheet_prepared',
                employee=employee.rec_name if employee else ''),
            gettext('hazard_report.msg_sheet_date', date=_today(company)),
            ])
