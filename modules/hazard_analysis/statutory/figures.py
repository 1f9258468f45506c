# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""What the figures of the statutory table mean, each written once.

The table is what article 14 of Order 16 (2007) of the State Administration of
Work Safety asks for.  A figure is the number of the hazards of a domain, by
which it opens them, too.
"""

from decimal import Decimal
from functools import cached_property

from sql import Literal, Union
from sql.aggregate import Count

from trytond.modules.hazard.loop.figures import found_domain
from trytond.modules.hazard.loop.overdue import CLOSED_STATES
from trytond.pool import Pool
from trytond.transaction import Transaction, without_check_access

# The contents of plans that have a column; methods have none.
PLANNED = {
    'goals': 'goals',
    'funds': 'funds',
    'institution': 'institution',
    'requirements': 'requirements',
    'safety': 'safety_measures',
    }
LABELS = [
    ('general', "General Hazards"),
    ('general_closed', "General Hazards Rectified"),
    ('general_rate', "Rectified of the General Ones (%)"),
    ('major', "Major Hazards"),
    ('major_closed', "Major Hazards Rectified and Closed"),
    ('major_rate', "Closed of the Major Ones (%)"),
    ('planned', "Major Hazards with a Plan"),
    ('goals', "Goals and Tasks Fixed"),
    ('funds', "Funds and Materials Fixed"),
    ('institution', "Institution and Persons Fixed"),
    ('requirements', "Time Limit Fixed"),
    ('safety', "Safety Measures and Emergency Plan Fixed"),
    ('amount', "Funds of the Year so far (10,000)"),
    ]
RATES = {
    'general_rate': ('general_closed', 'general'),
    'major_rate': ('major_closed', 'major'),
    }
COUNTS = ['general', 'general_closed', 'major', 'major_closed', 'planned',
    *PLANNED]
_TENTH = Decimal('0.1')
_CENT = Decimal('0.01')
_TEN_THOUSAND = 10_000


class Figures:
    "The figures of reports of periods, as the data are now."

    def __init__(self, reports):
        self.reports = list(dict.fromkeys(reports))

    @without_check_access
    def read(self):
        "Return the figures by name, by id of the report."
        values = {r.id: dict.fromkeys(COUNTS, 0) for r in self.reports}
        for (report, name), number in self._select(
                COUNTS, lambda found: Count()):
            values[report.id][name] = number
        for report in self.reports:
            values[report.id]['amount'] = Decimal(0)
        amounts = {p.hazard.id: p.amount or 0 for p in self._plans}
        for (report, name), hazard in self._select(
                ['amount'], lambda found: found.id):
            values[report.id][name] += amounts[hazard]
        return {id_: _complete(figures) for id_, figures in values.items()}

    def get_domain(self, report, name):
        "Return the domain of the hazards of which the figure tells."
        _, name = RATES.get(name, (None, name))
        kind, _, closed = name.partition('_')
        if kind in _DOMAINS:
            return [
                *_DOMAINS[kind](report),
                *(_closed(report) if closed else [])]
        since = report.year_starts_at if name == 'amount' else None
        plans = self._get_plans(report, name)
        return [
            *_major(report, since),
            ('id', 'in', [p.hazard.id for p in plans])]

    def _select(self, names, get_column):
        """Return for the reports and names what the column of the hazards
        is, by one query."""
        keys = [(r, name) for r in self.reports for name in names]
        if not keys:
            return []
        Hazard = Pool().get('hazard.hazard')
        queries = []
        for i, key in enumerate(keys):
            found = Hazard.search(
                self.get_domain(*key), order=[], query=True)
            queries.append(found.select(
                    Literal(i).as_('key'), get_column(found).as_('value')))
        cursor = Transaction().connection.cursor()
        cursor.execute(*Union(*queries, all_=True))
        return [(keys[i], value) for i, value in cursor]

    def _get_plans(self, report, name):
        "Return the plans that were approved by then and have the content."
        content = PLANNED.get(name)
        return [
            p for p in self._plans
            if p.company == report.company
            and p.approved_at < report.ends_at
            and (not content or p.is_complete(content))]

    @cached_property
    @without_check_access
    def _plans(self):
        "The plans that are approved, few as major hazards are."
        return Pool().get('hazard.plan').search([
                ('company', 'in', [r.company.id for r in self.reports]),
                ('state', '=', 'approved'),
                ('approved_at', '!=', None),
                ])


def _complete(figures):
    "Return the figures with the rates, and the amount in ten thousands."
    figures['amount'] = (figures['amount'] / _TEN_THOUSAND).quantize(_CENT)
    for name, (part, whole) in RATES.items():
        figures[name] = get_rate(figures[part], figures[whole])
    return {name: figures[name] for name, _ in LABELS}


def get_rate(part, whole):
    "Return the percentage, None of nothing."
    if whole:
        return (Decimal(100 * part) / whole).quantize(_TENTH)


def _found(report, legal_class):
    return [
        ('company', '=', report.company.id), *found_domain(),
        ('grade.legal_class', '=', legal_class),
        ('found_at', '<', report.ends_at)]


def _general(report):
    "What was found in the period"
    return [
        *_found(report, 'general'), ('found_at', '>=', report.starts_at)]


def _major(report, since=None):
    "What was found in the period, or was not closed yet when it began"
    since = since or report.starts_at
    return [
        *_found(report, 'major'), ['OR',
            ('found_at', '>=', since),
            ('state', 'not in', CLOSED_STATES),
            ('closed_at', '>=', since)]]


def _closed(report):
    "By the end of the period; what an old ledger closed may have no time."
    return [('state', 'in', CLOSED_STATES), ['OR',
            ('closed_at', '=', None), ('closed_at', '<', report.ends_at)]]


_DOMAINS = {'general': _general, 'major': _major}
