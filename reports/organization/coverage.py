# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The table of who covers which shift of which unit, and which has nobody."

from collections import defaultdict
from types import SimpleNamespace

from trytond.i18n import gettext
from trytond.model import fields
from trytond.pool import Pool
from trytond.wizard import Button, StateReport, StateView, Wizard

from ..engine.document import Table
from ..engine.print_context import TableFormatMixin, UnitMixin
from ..engine.sheet import heading, listing, named, signatures
from .roster import KindMixin

ORDER = [('unit', 'ASC'), ('shift', 'ASC'), ('kind', 'ASC'), ('id', 'ASC')]


class CoverageTable(Table):
    __name__ = 'safety.coverage.table'

    @classmethod
    def get_context(cls, records, header, data):
        context = super().get_context(records, header, data)
        company = context['company']
        coverages = cls._get_coverages(records, company, data)
        rows = list(cls._get_rows(coverages))
        vacant = sum(c.required > 0 and not c.actual for c in coverages)
        short = sum(c.gap > 0 for c in coverages)
        context.update({
                'named': named,
                'title': gettext('hazard_report.msg_coverage_title'),
                'heading': heading(company, data.get('unit')),
                'rows': rows,
                'count': len(rows),
                'total': SimpleNamespace(
                    required=sum(c.required for c in coverages),
                    actual=sum(c.actual for c in coverages),
                    missing=sum(max(c.gap, 0) for c in coverages)),
                'nothing': gettext('hazard_report.msg_coverage_nothing'),
                'summary': gettext(
                    'hazard_report.msg_coverage_summary',
                    number=len(rows), short=short, vacant=vacant),
                'signatures': signatures(
                    context['employee'], company, blanks=5),
                })
        return context

    @classmethod
    def _get_coverages(cls, records, company, data):
        pool = Pool()
        Coverage = pool.get('safety.coverage')
        Unit = pool.get('safety.unit')
        if 'gaps' not in data:
            return Coverage.search(
                [('id', 'in', [int(r) for r in records])], order=ORDER)
        domain = [('company', '=', company.id)]
        if kind := data.get('kind'):
            domain.append(('kind', '=', kind))
        if unit := data.get('unit'):
            domain.append(('unit', 'in', list(Unit.get_descendants([unit]))))
        if data['gaps']:
            domain.append(('gap', '>', 0))
        return Coverage.search(domain, order=ORDER)

    @classmethod
    def _get_rows(cls, coverages):
        names = cls._get_members(coverages)
        for number, coverage in enumerate(coverages, 1):
            yield {
                'number': number,
                'unit': coverage.unit.rec_name,
                'shift': coverage.shift.rec_name,
                'kind': coverage.kind.rec_name,
                'required': coverage.required,
                'actual': coverage.actual,
                'missing': max(coverage.gap, 0),
                'members': listing(
                    names[coverage.unit, coverage.shift, coverage.kind]),
                'remark': cls._get_remark(coverage),
                }

    @classmethod
    def _get_members(cls, coverages):
        "Return the names of the active members by unit, shift and kind."
        pool = Pool()
        Member = pool.get('safety.member')
        names = defaultdict(list)
        for member in Member.search([
                    ('state', '=', 'active'),
                    ('unit', 'in', [c.unit.id for c in coverages]),
                    ('shift', 'in', [c.shift.id for c in coverages]),
                    ]):
            names[member.unit, member.shift, member.kind].append(
                member.employee.rec_name)
        return names

    @classmethod
    def _get_remark(cls, coverage):
        if coverage.gap <= 0:
            return ''
        return gettext('hazard_report.msg_coverage_'
            + ('short' if coverage.actual else 'vacant'))


class CoverageStart(KindMixin, UnitMixin, TableFormatMixin):
    __name__ = 'safety.coverage.table.start'

    gaps = fields.Boolean(
        "Gaps Only",
        help="Check to leave out the shifts that have enough members.")

    @classmethod
    def default_gaps(cls):
        return False


class PrintCoverage(Wizard):
    __name__ = 'safety.coverage.table.print'
    start_state = 'start'
    start = StateView(
        'safety.coverage.table.start',
        'hazard_report.coverage_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Print", 'print_', 'tryton-print', default=True),
            ])
    print_ = StateReport('safety.coverage.table')

    def do_print_(self, action):
        return action, {
            'kind': self.start.kind.id if self.start.kind else None,
            'unit': self.start.unit.id if self.start.unit else None,
            'gaps': self.start.gaps,
            'format': self.start.format,
            }
