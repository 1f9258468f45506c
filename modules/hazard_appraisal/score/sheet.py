# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""What a member has come to in a period.

A sheet of a period that is open is computed when somebody looks; closing the
period freezes it.
"""

from sql import Cast, Literal, Null, Window
from sql.aggregate import Count
from sql.conditionals import Case, Coalesce
from sql.functions import Lead, Rank, Round
from sql.operators import Exists

from trytond.model import Index, ModelSQL, ModelView, fields
from trytond.modules.safety_base.named import search_any
from trytond.pool import Pool
from trytond.pyson import Eval, If

from ..appraisal import FACTOR, GRADES, numeric
from ..member_record import MemberMixin, MineMixin
from . import totals
from .frozen_sheet import FreezingMixin, FrozenMixin
from .kind_standard import DEFAULTS
from .period import MONTHS

# Of how many of each kind everybody may read the sheets once it is closed
PUBLISHED = 10
TASK_STATES = [
    (None, ""),
    ('reached', "Reached"),
    ('missed', "Missed"),
    ]


class SheetMixin(MemberMixin):
    __slots__ = ()

    period = fields.Many2One(
        'appraisal.period', "Period", required=True, readonly=True,
        ondelete='RESTRICT')
    employee = fields.Many2One(
        'company.employee', "Employee", required=True, readonly=True,
        ondelete='RESTRICT')
    base = numeric("Base Points")
    report_points = numeric("Reports")
    loop_points = numeric("Rectification")
    training_points = numeric("Training")
    opinion_points = numeric("Opinions")
    duty_points = numeric("Duty")
    points = numeric("Points", help="What counts of all entries.")
    over_cap = numeric(
        "Over Cap", help="What does not count because of caps.")
    score = numeric(
        "Score",
        help="The base points and the points, those of quarters and years "
        "divided by their months.")
    members = fields.Integer(
        "Members", readonly=True, help="How many are ranked.")
    rank = fields.Integer(
        "Rank", readonly=True, help="Among the members of the kind.")
    bottom_rank = fields.Integer(
        "Rank from Below", readonly=True,
        help="Among the members of the kind, counted from the last one.")
    unit_rank = fields.Integer(
        "Rank in Unit", readonly=True,
        help="Among the members of the unit.")
    former_rank = fields.Integer(
        "Former Rank", readonly=True,
        help="That of the period before, once it is closed.")
    rank_change = fields.Integer(
        "Change of Rank", readonly=True,
        help="By how many ranks the member has risen.")
    task = fields.Integer(
        "Task", readonly=True,
        help="How many verified hazards the member has to find.")
    verified = fields.Integer(
        "Verified Hazards", readonly=True,
        help="How many of the member's hazards were verified.")
    task_state = fields.Selection(
        TASK_STATES, "Task State", readonly=True, sort=False,
        help="Empty where there is no task or the member did not serve "
        "through the whole period.")
    grade = fields.Selection(GRADES, "Grade", readonly=True, sort=False)


COLUMNS = [
    'company', 'period', 'member', 'employee', 'kind', 'unit', 'base',
    *totals.GROUP_COLUMNS, 'points', 'over_cap', 'score', 'members', 'rank',
    'bottom_rank', 'unit_rank', 'former_rank', 'rank_change', 'task',
    'verified', 'task_state', 'grade']


class Frozen(FrozenMixin, SheetMixin, ModelSQL):
    __name__ = 'appraisal.sheet.frozen'
    _subject = 'member'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.add(
            Index(t, (t.period, Index.Equality()),
                (t.kind, Index.Equality()),
                (t.rank, Index.Range())))


class Sheet(FreezingMixin, MineMixin, SheetMixin, ModelSQL, ModelView):
    __name__ = 'appraisal.sheet'
    _frozen = 'appraisal.sheet.frozen'
    _columns = COLUMNS

    missing = fields.Function(
        fields.Integer(
            "Still to Find",
            help="How many verified hazards are missing to the task."),
        'get_missing')
    published = fields.Boolean(
        "Published", readonly=True,
        help="Everybody may read it: it is of a closed period, among the "
        "first ten of its kind and in the upper half.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [
            ('start_date', 'DESC'),
            ('end_date', 'ASC'),
            ('kind', 'ASC'),
            ('rank', 'ASC NULLS LAST'),
            ('id', 'ASC'),
            ]

    @classmethod
    def _only_closed(cls, frozen):
        return [
            ((frozen.rank <= PUBLISHED)
                & (frozen.rank * 2 <= frozen.members + 1)).as_('published')]

    @classmethod
    def _live(cls):
        row = cls._ranked()
        graded = row.period_kind != 'tenday'
        grade = Case(
            (row.score >= row.excellent, 'excellent'),
            (row.score >= row.good, 'good'),
            (row.score >= row.pass_mark, 'pass'),
            else_='fail')
        task_state = Case(
            (row.throughout & (row.verified >= row.task), 'reached'),
            (row.throughout & (row.verified < row.task), 'missed'))
        values = {
            'rank_change': row.former_rank - row.rank,
            'task_state': task_state,
            'grade': Case((graded, grade)),
            }
        return row.select(
            (Cast(row.period, 'BIGINT') * FACTOR + row.member).as_('id'),
            *(values.get(n, getattr(row, n)).as_(n) for n in COLUMNS),
            row.period_kind, row.start_date, row.end_date,
            Literal(False).as_('published'),
            Literal('open').as_('state'))

    @classmethod
    def _ranked(cls):
        row = cls._scored()
        in_kind = [row.period, row.kind, row.serving]
        in_unit = [row.period, row.unit, row.serving]
        best, worst = [row.score.desc], [row.score.asc]
        values = {
            'members': Count(row.member, window=Window(in_kind)),
            'rank': Rank(window=Window(in_kind, order_by=best)),
            'bottom_rank': Rank(window=Window(in_kind, order_by=worst)),
            'unit_rank': Case((row.unit != Null, Rank(
                        window=Window(in_unit, order_by=best)))),
            }
        return row.select(
            *(getattr(row, n).as_(n) for n in _SCORED),
            *(Case((row.serving == 1, v)).as_(n) for n, v in values.items()))

    @classmethod
    def _scored(cls):
        pool = Pool()
        Frozen = pool.get('appraisal.sheet.frozen')
        Member = pool.get('safety.member')
        Period = pool.get('appraisal.period')
        Standard = pool.get('appraisal.standard')
        sums, member, period = (
            totals.member_sums(), Member.__table__(), Period.__table__())
        standard, former = Standard.__table__(), Frozen.__table__()
        total = sum(
            (getattr(sums, n) for n in totals.GROUP_COLUMNS[1:]),
            getattr(sums, totals.GROUP_COLUMNS[0]))
        months = Case(
            *((period.kind == k, m) for k, m in MONTHS.items()), else_=1)
        setting = {
            n: Coalesce(totals.number(getattr(standard, n)), v)
            for n, v in DEFAULTS.items()}
        task = Case((
                (period.kind != 'tenday') & (setting['task'] > 0),
                totals.integer(setting['task'] * months)))
        # Late entries may be of members who do not serve any more
        serving = Case((
                (member.since <= period.end_date)
                & (Coalesce(member.until, period.start_date)
                    >= period.start_date), 1), else_=0)
        throughout = ((member.since <= period.start_date)
            & (Coalesce(member.until, period.end_date) >= period.end_date)
            & ~Exists(_suspensions(member, period)))
        return (sums
            .join(member, condition=sums.member == member.id)
            .join(period, condition=sums.period == period.id)
            .join(standard, 'LEFT',
                condition=(standard.company == member.company)
                & (standard.kind == member.kind))
            .join(former, 'LEFT',
                condition=(former.period == period.former)
                & (former.member == sums.member))
            .select(
                member.company, sums.period, sums.member, member.employee,
                member.kind, member.unit,
                *(_points(getattr(sums, n)).as_(n)
                    for n in totals.SUMS[:-1]),
                totals.integer(sums.verified).as_('verified'),
                _points(total).as_('points'),
                setting['base'].as_('base'),
                _points(setting['base'] + total * 1.0 / months).as_('score'),
                setting['excellent'].as_('excellent'),
                setting['good'].as_('good'),
                setting['pass_mark'].as_('pass_mark'),
                task.as_('task'),
                serving.as_('serving'),
                throughout.as_('throughout'),
                former.rank.as_('former_rank'),
                period.kind.as_('period_kind'),
                period.start_date, period.end_date))

    @classmethod
    def get_missing(cls, sheets, name):
        return {
            s.id: max(s.task - s.verified, 0) if s.task else None
            for s in sheets}

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual', If(
                    Eval('grade') == 'fail', 'danger',
                    If(Eval('task_state') == 'missed', 'warning', ''))),
            ('/tree/field[@name="grade"]', 'visual', If(
                    Eval('grade') == 'excellent', 'success', '')),
            ('/tree/field[@name="rank_change"]', 'visual', If(
                    Eval('rank_change', 0) < 0, 'danger', If(
                        Eval('rank_change', 0) > 0, 'success', ''))),
            ]

    def get_rec_name(self, name):
        return f'{self.employee.rec_name} - {self.period.rec_name}'

    @classmethod
    def search_rec_name(cls, name, clause):
        return search_any(clause, 'employee.rec_name', 'period.rec_name')


_SCORED = [
    'company', 'period', 'member', 'employee', 'kind', 'unit', 'base',
    *totals.SUMS, 'points', 'score', 'excellent', 'good', 'pass_mark', 'task',
    'serving', 'throughout', 'former_rank', 'period_kind', 'start_date',
    'end_date']


def _points(expression):
    return Round(totals.number(expression), 2)


def _suspensions(member, period):
    """Return the query of when the member was not active in the period.

    On the day on which it ends or begins again a member is active.
    """
    Change = Pool().get('safety.member.change')
    change = Change.__table__()
    spell = change.select(
        change.member.as_('member'),
        change.from_state.as_('from_state'),
        change.to_state.as_('to_state'),
        change.date.as_('left_on'),
        Lead(change.date, window=Window(
                [change.member], order_by=[change.at.asc, change.id.asc])).as_(
            'back_on'))
    return spell.select(
        spell.member,
        where=spell.from_state.in_(['active', 'suspended'])
        & (spell.to_state != 'active')
        & (spell.member == member.id)
        & (spell.left_on < period.end_date)
        & ((spell.back_on == Null)
            | (spell.back_on > spell.left_on)
            & (spell.back_on > period.start_date)))
