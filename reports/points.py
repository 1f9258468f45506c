# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What the documents of the appraisal share."

from trytond.pool import Pool
from trytond.tools import grouped_slice
from trytond.transaction import inactive_records

from .reading import PAGE, find, readable

MINUS = '\N{MINUS SIGN}'


def read_rows(model, domain, names, order=None):
    """Return the values of the records that the user may read.

    They are read by the model, since SQLite gives the numbers that it reckons
    without their type.
    """
    pool = Pool()
    Model = pool.get(model)
    allowed = readable(model, names)
    hidden = dict.fromkeys(set(names) - set(allowed))
    rows = []
    with inactive_records():
        ids = find(model, domain, order=order)
        for page in grouped_slice(ids, PAGE):
            page = list(page)
            values = {r['id']: r for r in Model.read(page, ['id', *allowed])}
            rows += [{**values[i], **hidden} for i in page]
    return rows


def format_points(value, signed=False):
    "Return the points without the zeros behind the point."
    if value is None:
        return ''
    text = f'{abs(value):.2f}'.rstrip('0').rstrip('.')
    sign = MINUS if value < 0 and text != '0' else ''
    if signed and not sign and text != '0':
        sign = '+'
    return sign + text
