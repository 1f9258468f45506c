# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What the documents of the appraisal share: rows, entries, points."

from trytond.i18n import gettext
from trytond.pool import Pool
from trytond.tools import grouped_slice
from trytond.transaction import inactive_records, without_check_access

from ..engine.bulk_read import PAGE, count, find, readable
from ..exceptions import PointsAccessError

__all__ = [
    'check_entries', 'entry_domain', 'find_entries', 'format_points',
    'read_rows']

MINUS = '\N{MINUS SIGN}'
ENTRY = [
    'rule', 'source_name', 'member', 'date', 'points', 'late', 'reversal_of',
    'reversed_by', 'reason']
# Each kind of period is a part of the next one.
KINDS = ['tenday', 'month', 'quarter', 'year']


def read_rows(model, domain, names, order=None):
    """Return the values of the records that the user may read.

    They are read by the model, since SQLite gives the numbers that it computes
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


def entry_domain(kind, period):
    "Return the domain of the entries of the period (id) of the kind."
    return [('period' + '.parent' * KINDS.index(kind), '=', period)]


def check_entries(domain):
    """Raise PointsAccessError unless the user may read all of the entries.

    Sheets are published of who comes first, but not what they consist of.
    """
    readable = count('appraisal.entry', domain)
    with without_check_access():
        if readable != count('appraisal.entry', domain):
            raise PointsAccessError(gettext(
                    'hazard_report.msg_points_access'))


def find_entries(kind, period, members):
    "Return the entries of the members (ids) in the period (id) of the kind."
    domain = [('member', 'in', members), *entry_domain(kind, period)]
    check_entries(domain)
    return read_rows(
        'appraisal.entry', domain, ENTRY,
        order=[('date', 'ASC'), ('id', 'ASC')])


def format_points(value, signed=False):
    "Return the points without the zeros behind the point."
    if value is None:
        return ''
    text = f'{abs(value):.2f}'.rstrip('0').rstrip('.')
    sign = MINUS if value < 0 and text != '0' else ''
    if signed and not sign and text != '0':
        sign = '+'
    return sign + text
