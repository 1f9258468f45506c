# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""What a unit has come to in a period (department appraisal).

Like the sheets of members it is computed until the period is closed, and
consists of ten days.
"""

from sql import Cast, Literal, Null, Union, Window
from sql.aggregate import Count, Sum
from sql.conditionals import Case, Coalesce
from sql.functions import Rank, Round

from trytond.model import Index, ModelSQL, ModelView, fields
from trytond.modules.safety_base.named import search_any
from trytond.modules.safety_base.workflow import now
from trytond.pool import Pool
from trytond.pyson import Eval, If
from trytond.transaction import check_access

from ..appraisal import FACTOR, AppraisalMixin, numeric, percentage
from ..configuration import SETTINGS
from . import totals
from .frozen_sheet import FreezingMixin, FrozenMixin
from .period import Tree

COUNTS = [
    'reported', 'recurrences', 'rectified', 'on_time', 'due', 'overdue',
    'checked', 'first_pass']
COLUMNS = [
    'company', 'period', 'unit', *COUNTS, 'on_time_rate', 'first_pass_rate',
    'recurrence_rate', 'required', 'gaps', 'score', 'units', 'rank',
    'former_rank', 'rank_change']


class UnitSheetMixin(AppraisalMixin):
    __slots__ = ()

    period = fields.Many2One(
        'appraisal.period', "Period", required=True, readonly=True,
        ondelete='RESTRICT')
    unit = fields.Many2One(
        'safety.unit', "Unit", required=True, readonly=True,
        ondelete='RESTRICT')
    reported = fields.Integer(
        "Hazards", readonly=True,
        help="The hazards reported for which the unit is responsible.")
    recurrences = fields.Integer(
        "Recurrences", readonly=True,
        help="The hazards among them that had been found there before.")
    recurrence_rate = percentage("Recurrence (%)")
    rectified = fields.Integer("Rectified", readonly=True)
    on_time = fields.Integer("On Time", readonly=True)
    on_time_rate = percentage(
        "On-time Rate (%)", help="Of what was rectified.")
    due = fields.Integer(
        "Due", readonly=True,
        help="The rectifications of which the deadline was in the period.")
    overdue = fields.Integer(
        "Overdue", readonly=True,
        help="Those that were not done at their deadline.")
    checked = fields.Integer(
        "First Rechecks", readonly=True,
        help="The first rechecks of what the unit rectified.")
    first_pass = fields.Integer("Passed First", readonly=True)
    first_pass_rate = percentage("First-time-pass Rate (%)")
    required = fields.Integer(
        "Members Required", readonly=True,
        help="By the coverage of the shifts at the end of the period.")
    gaps = fields.Integer(
        "Members Missing", readonly=True,
        help="At the end of the period.")
    score = numeric("Score", help="Out of the points of the configuration.")
    units = fields.Integer(
        "Units", readonly=True, help="How many are ranked.")
    rank = fields.Integer("Rank", readonly=True)
    former_rank = fields.Integer(
        "Former Rank", readonly=True,
        help="That of the period before, once it is closed.")
    rank_change = fields.Integer(
        "Change of Rank", readonly=True,
        help="By how many ranks the unit has risen.")


class UnitFrozen(FrozenMixin, UnitSheetMixin, ModelSQL):
    __name__ = 'appraisal.unit.sheet.frozen'
    _subject = 'unit'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.add(
            Index(t, (t.period, Index.Equality()), (t.rank, Index.Range())))


class UnitSheet(FreezingMixin, UnitSheetMixin, ModelSQL, ModelView):
    __name__ = 'appraisal.unit.sheet'
    _frozen = 'appraisal.unit.sheet.frozen'
    _columns = COLUMNS

    hazards = fields.Function(
        fields.Many2Many('hazard.hazard', None, None, "Hazards",
            help="Those reported."),
        'get_behind')
    rectifications = fields.Function(
        fields.Many2Many('hazard.rectification', None, None,
            "Rectifications", help="Those done or due."),
        'get_behind')
    rechecks = fields.Function(
        fields.Many2Many('hazard.recheck', None, None, "First Rechecks"),
        'get_behind')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [
            ('start_date', 'DESC'),
            ('end_date', 'ASC'),
            ('rank', 'ASC'),
            ('id', 'ASC'),
            ]

    @classmethod
    def _live(cls):
        row = cls._scored()
        ranked = row.select(
            *(getattr(row, n).as_(n) for n in _SCORED),
            Count(row.unit, window=Window([row.period])).as_('units'),
            Rank(window=Window(
                    [row.period], order_by=[row.score.desc])).as_('rank'))
        return ranked.select(
            (Cast(ranked.period, 'BIGINT') * FACTOR + ranked.unit).as_('id'),
            *(getattr(ranked, n).as_(n) for n in COLUMNS[:-1]),
            (ranked.former_rank - ranked.rank).as_('rank_change'),
            ranked.period_kind, ranked.start_date, ranked.end_date,
            Literal('open').as_('state'))

    @classmethod
    def _scored(cls):
        pool = Pool()
        Frozen = pool.get('appraisal.unit.sheet.frozen')
        Period = pool.get('appraisal.period')
        Settings = pool.get('appraisal.configuration.settings')
        Unit = pool.get('safety.unit')
        sums, gaps, unit = _sums(), _coverage(), Unit.__table__()
        period, former = Period.__table__(), Frozen.__table__()
        settings = Settings.__table__()
        score = _score(sums, gaps, settings)
        return (sums
            .join(unit, condition=sums.unit == unit.id)
            .join(period, condition=sums.period == period.id)
            .join(gaps, 'LEFT', condition=gaps.unit == unit.id)
            .join(settings, 'LEFT',
                condition=settings.company == unit.company)
            .join(former, 'LEFT',
                condition=(former.period == period.former)
                & (former.unit == sums.unit))
            .select(
                unit.company, sums.period, sums.unit,
                *(totals.integer(getattr(sums, n)).as_(n) for n in COUNTS),
                _percent(sums.on_time, sums.rectified).as_('on_time_rate'),
                _percent(sums.first_pass, sums.checked).as_(
                    'first_pass_rate'),
                _percent(sums.recurrences, sums.reported).as_(
                    'recurrence_rate'),
                Coalesce(gaps.required, 0).as_('required'),
                Coalesce(gaps.gaps, 0).as_('gaps'),
                Round(Cast(score, 'NUMERIC'), 2).as_('score'),
                former.rank.as_('former_rank'),
                period.kind.as_('period_kind'),
                period.start_date, period.end_date))

    @classmethod
    def get_behind(cls, sheets, names):
        "Return of what is behind the figures what the reader may read."
        result = {n: {} for n in names}
        for sheet in sheets:
            domains = _domains_behind(sheet.period)
            for name in names:
                Target = cls._fields[name].get_target()
                with check_access():
                    result[name][sheet.id] = list(map(int, Target.search([
                                    ('unit', '=', sheet.unit.id),
                                    domains[name]])))
        return result

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree/field[@name="overdue"]', 'visual', If(
                    Eval('overdue', 0) > 0, 'danger', '')),
            ('/tree/field[@name="gaps"]', 'visual', If(
                    Eval('gaps', 0) > 0, 'danger', '')),
            ('/tree/field[@name="rank_change"]', 'visual', If(
                    Eval('rank_change', 0) < 0, 'danger', If(
                        Eval('rank_change', 0) > 0, 'success', ''))),
            ]

    def get_rec_name(self, name):
        return f'{self.unit.rec_name} - {self.period.rec_name}'

    @classmethod
    def search_rec_name(cls, name, clause):
        return search_any(clause, 'unit.rec_name', 'period.rec_name')


_SCORED = [
    n for n in COLUMNS if n not in {'units', 'rank', 'rank_change'}] + [
    'period_kind', 'start_date', 'end_date']


def _percent(part, whole):
    return Case(
        (whole > 0, Round(Cast(part * 100.0 / whole, 'NUMERIC'), 1)))


def _score(sums, gaps, settings):
    "Return the SQL of the score; nothing to do is nothing done wrong."
    def weighted(name, part, whole):
        name = f'{name}_weight'
        weight = Coalesce(getattr(settings, name), SETTINGS[name].default)
        return weight * Case((whole > 0, part * 1.0 / whole), else_=1)
    return (weighted('on_time', sums.on_time, sums.rectified)
        + weighted('first_pass', sums.first_pass, sums.checked)
        + weighted('recurrence', sums.reported - sums.recurrences,
            sums.reported)
        + weighted('overdue', sums.due - sums.overdue, sums.due)
        + weighted('coverage', gaps.required - gaps.gaps, gaps.required))


def _sums():
    "Return the query of the counts of each unit in each open period."
    rows = Union(*_facts(), _closed_tendays(), all_=True)
    span = totals.spans()
    parts = (rows
        .join(span, condition=rows.tenday == span.tenday)
        .select(
            rows.unit.as_('unit'),
            span.period.as_('period'),
            *(getattr(rows, n).as_(n) for n in COUNTS)))
    all_ = Union(parts, _nothing(), all_=True)
    return all_.select(
        all_.unit.as_('unit'),
        all_.period.as_('period'),
        *(Sum(getattr(all_, n)).as_(n) for n in COUNTS),
        group_by=[all_.unit, all_.period])


def _closed_tendays():
    pool = Pool()
    Frozen = pool.get('appraisal.unit.sheet.frozen')
    frozen, tree = Frozen.__table__(), Tree()
    return (tree.join(frozen, frozen.period)
        .select(
            frozen.unit.as_('unit'),
            frozen.period.as_('tenday'),
            *(getattr(frozen, n).as_(n) for n in COUNTS),
            where=(tree.tenday.kind == 'tenday')
            & ((tree.month.state == 'open') | (tree.quarter.state == 'open')
                | (tree.year.state == 'open'))
            & totals.is_part(frozen.period)))


def _nothing():
    "Return the query of zeros for the teams, whatever they did."
    pool = Pool()
    Period = pool.get('appraisal.period')
    Unit = pool.get('safety.unit')
    period, unit = Period.__table__(), Unit.__table__()
    return (unit
        .join(period, condition=unit.company == period.company)
        .select(
            unit.id.as_('unit'),
            period.id.as_('period'),
            *(Literal(0).as_(n) for n in COUNTS),
            where=(period.state == 'open') & totals.is_chosen(period.id)
            & unit.kind.in_(['team'])
            & (unit.active == Literal(True))))


def _facts():
    "Yield the queries of the counts of units in open ten days."
    pool = Pool()
    Hazard = pool.get('hazard.hazard')
    Recheck = pool.get('hazard.recheck')
    Rectification = pool.get('hazard.rectification')
    hazard = Hazard.__table__()
    yield _fact(
        hazard, hazard.reported_at, ~hazard.state.in_(
            ['draft', 'returned', 'cancelled']),
        reported=Literal(1),
        recurrences=_one(hazard.recurrence > 0))
    done = Rectification.__table__()
    yield _fact(
        done, done.done_at, done.state == 'done',
        rectified=Literal(1),
        on_time=_one((done.due_at == Null) | (done.done_at <= done.due_at)))
    due = Rectification.__table__()
    yield _fact(
        due, due.due_at, (due.state != 'cancelled') & (due.due_at <= now()),
        due=Literal(1),
        overdue=_one((due.done_at == Null) | (due.done_at > due.due_at)))
    recheck = Recheck.__table__()
    yield _fact(
        recheck, recheck.checked_at, (recheck.round == 1)
        & (recheck.rectification != Null)
        & recheck.state.in_(['passed', 'failed']),
        checked=Literal(1),
        first_pass=_one(recheck.state == 'passed'))


def _domains_behind(period):
    "Return the domains of what _facts() counts, by field of the sheet."
    def within(name):
        return [(name, '>=', period.starts_at), (name, '<', period.ends_at)]
    return {
        'hazards': [
            within('reported_at'),
            ('state', 'not in', ['draft', 'returned', 'cancelled'])],
        'rectifications': ['OR',
            [within('done_at'), ('state', '=', 'done')],
            [within('due_at'), ('due_at', '<=', now()),
                ('state', '!=', 'cancelled')]],
        'rechecks': [
            within('checked_at'), ('round', '=', 1),
            ('rectification', '!=', None),
            ('state', 'in', ['passed', 'failed'])],
        }


def _one(condition):
    return Case((condition, 1), else_=0)


def _fact(table, time, where, **counts):
    pool = Pool()
    Period = pool.get('appraisal.period')
    period = Period.__table__()
    return (table
        .join(period, condition=(table.company == period.company)
            & (time >= period.starts_at) & (time < period.ends_at))
        .select(
            table.unit.as_('unit'),
            period.id.as_('tenday'),
            *(counts.get(n, Literal(0)).as_(n) for n in COUNTS),
            where=(period.kind == 'tenday') & (period.state == 'open')
            & totals.is_part(period.id) & where))


def _coverage():
    "Return the query of the members required and missing by unit."
    pool = Pool()
    Coverage = pool.get('safety.coverage')
    coverage = Coverage.table_query()
    return coverage.select(
        coverage.unit.as_('unit'),
        totals.integer(Sum(coverage.required)).as_('required'),
        totals.integer(Sum(Case(
                    (coverage.gap > 0, coverage.gap), else_=0))).as_('gaps'),
        group_by=[coverage.unit])
