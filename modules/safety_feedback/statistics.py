# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt

from sql import Cast, Literal, Null
from sql.aggregate import Avg, Count, Min, Sum
from sql.conditionals import Case, NullIf

from trytond.model import ModelSQL, ModelView, fields
from trytond.modules.safety_base.guard.value import from_context
from trytond.pool import Pool
from trytond.pyson import Eval, If
from trytond.transaction import Transaction

from .feedback import REPLIED, get_today

STATES = ['submitted', 'answered', 'adopted', 'declined', 'withdrawn']


class StatisticsContext(ModelView):
    __name__ = 'safety.feedback.statistics.context'

    from_date = fields.Date("From")
    to_date = fields.Date("To")


class StatisticsMixin(ModelSQL, ModelView):
    "Count by _group the opinions submitted within the days of the context."
    __slots__ = ()
    _group = None

    company = fields.Many2One('company.company', "Company", readonly=True)
    number = fields.Integer("Opinions", readonly=True)
    submitted = fields.Integer("Submitted", readonly=True)
    answered = fields.Integer("Answered", readonly=True)
    adopted = fields.Integer("Adopted", readonly=True)
    declined = fields.Integer("Declined", readonly=True)
    withdrawn = fields.Integer("Withdrawn", readonly=True)

    @classmethod
    def table_query(cls):
        pool = Pool()
        Feedback = pool.get('safety.feedback')
        table = Feedback.__table__()
        where = table.state != 'draft'
        if from_date := from_context('from_date', dt.date):
            where &= table.submitted_on >= from_date
        if to_date := from_context('to_date', dt.date):
            where &= table.submitted_on <= to_date
        return cls._count(table, where)

    @classmethod
    def _count(cls, table, where):
        group = getattr(table, cls._group)
        return table.select(
            Min(table.id).as_('id'),
            table.company.as_('company'),
            group.as_(cls._group),
            Count(Literal(1)).as_('number'),
            *(_sum(table.state == s).as_(s) for s in STATES),
            where=where & (group != Null),
            group_by=[table.company, group])

    def get_rec_name(self, name):
        return getattr(self, self._group).rec_name

    @classmethod
    def search_rec_name(cls, name, clause):
        return [(f'{cls._group}.rec_name', *clause[1:])]


class ByKind(StatisticsMixin):
    __name__ = 'safety.feedback.by_kind'
    _group = 'kind'

    kind = fields.Many2One('safety.feedback.kind', "Kind", readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('kind', 'ASC'), ('id', 'ASC')]


class ByUnit(StatisticsMixin):
    __name__ = 'safety.feedback.by_unit'
    _group = 'unit'

    unit = fields.Many2One('safety.unit', "Unit", readonly=True)
    on_time = fields.Integer("Answered on Time", readonly=True)
    late = fields.Integer("Answered Late", readonly=True)
    overdue = fields.Integer("Overdue", readonly=True)
    on_time_rate = fields.Float(
        "On-time Rate (%)", digits=(1, 3), readonly=True,
        help="Of what was answered or is overdue.")
    satisfaction = fields.Float(
        "Average Satisfaction", digits=(1, 1), readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('unit', 'ASC'), ('id', 'ASC')]

    @classmethod
    def _count(cls, table, where):
        query = super()._count(table, where)
        replied = table.state.in_(REPLIED)
        on_time = _sum(replied & ~_is_true(table.late))
        late = _sum(replied & _is_true(table.late))
        overdue = _sum(
            (table.state == 'submitted') & (table.due_on < cls._today()))
        query.columns = [
            *query.columns,
            on_time.as_('on_time'),
            late.as_('late'),
            overdue.as_('overdue'),
            (on_time * 1.0 / NullIf(on_time + late + overdue, 0)).as_(
                'on_time_rate'),
            Avg(Cast(table.satisfaction, 'FLOAT')).as_('satisfaction'),
            ]
        return query

    @classmethod
    def _today(cls):
        pool = Pool()
        Company = pool.get('company.company')
        company = Transaction().context.get('company')
        if company is None:
            return pool.get('ir.date').today()
        return get_today(Company(company))

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree/field[@name="overdue"]', 'visual',
                If(Eval('overdue', 0) > 0, 'danger', '')),
            ]


def _is_true(column):
    return column == Literal(True)


def _sum(condition):
    return Sum(Case((condition, 1), else_=0))
