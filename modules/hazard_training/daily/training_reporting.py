# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What the answers come to by unit and day, computed by the database."

from sql import Cast, Literal, Null
from sql.aggregate import Avg, Count, Max, Min, Sum
from sql.conditionals import Case
from sql.functions import Round

from trytond.model import ModelSQL, ModelView, fields
from trytond.modules.safety_base.boolean_search import asks_for_true
from trytond.pool import Pool

from ..training import TrainingMixin, today


def percent(part, whole):
    "Return the SQL of the rate in percent, null of nothing."
    return Case(
        (whole > 0, _round(part * 100.0 / whole)),
        else_=None)


def _round(expression):
    return Round(Cast(expression, 'NUMERIC'), 1)


def number(condition):
    return Sum(Case((condition, 1), else_=0))


def rate(string, **options):
    return fields.Numeric(string, digits=(3, 1), readonly=True, **options)


class ReportingMixin(TrainingMixin, ModelSQL, ModelView):
    __slots__ = ()

    company = fields.Many2One('company.company', "Company", readonly=True)
    day = fields.Date("Day", readonly=True)
    asked = fields.Integer("Asked", readonly=True)
    answered = fields.Integer("Answered", readonly=True)
    right = fields.Integer("Right", readonly=True)
    is_today = fields.Function(
        fields.Boolean(
            "Today", help="Whether it is the day that it is in the company."),
        'get_is_today', searcher='search_is_today')
    answer_rate = rate("Answered (%)", help="Of those that were asked.")
    right_rate = rate("Right (%)", help="Of those that were answered.")

    @classmethod
    def get_is_today(cls, boards, name):
        days = {c: today(c) for c in {b.company for b in boards}}
        return {b.id: b.day == days[b.company] for b in boards}

    @classmethod
    def search_is_today(cls, name, clause):
        # The client knows the day of the computer, not that of the company.
        pool = Pool()
        Company = pool.get('company.company')
        User = pool.get('res.user')
        query = cls.search(['OR', ('id', '=', -1), *(
                    [('company', '=', c.id), ('day', '=', today(c))]
                    for c in Company.browse(User.get_companies()))],
            order=[], query=True)
        is_today = asks_for_true(clause)
        return [('id', 'in' if is_today else 'not in', query)]

    @classmethod
    def _group_by(cls, table):
        return [table.company, table.day]

    @classmethod
    def _columns(cls, table):
        return []

    @classmethod
    def table_query(cls):
        pool = Pool()
        Daily = pool.get('training.daily')
        table = Daily.__table__()
        asked = Count(table.id)
        answered = number(table.answered_at != Null)
        right = number(table.right == Literal(True))
        return table.select(
            Min(table.id).as_('id'),
            table.company.as_('company'),
            table.day.as_('day'),
            *cls._columns(table),
            asked.as_('asked'),
            answered.as_('answered'),
            right.as_('right'),
            percent(answered, asked).as_('answer_rate'),
            percent(right, answered).as_('right_rate'),
            group_by=cls._group_by(table))


class DailyBoard(ReportingMixin):
    __name__ = 'training.daily.board'

    unit = fields.Many2One('safety.unit', "Unit", readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [
            ('day', 'DESC'),
            ('right_rate', 'DESC NULLS LAST'),
            ('id', 'ASC'),
            ]

    @classmethod
    def _group_by(cls, table):
        return [*super()._group_by(table), table.unit]

    @classmethod
    def _columns(cls, table):
        return [table.unit.as_('unit')]

    def get_rec_name(self, name):
        return f'{self.unit.rec_name if self.unit else ""} - {self.day}'

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('unit.rec_name', *clause[1:])]


class DailyDay(ReportingMixin):
    __name__ = 'training.daily.day'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('day', 'DESC'), ('id', 'ASC')]

    def get_rec_name(self, name):
        return str(self.day)


class UnitResult(TrainingMixin, ModelSQL, ModelView):
    __name__ = 'training.result.unit'

    company = fields.Many2One('company.company', "Company", readonly=True)
    exam = fields.Many2One('training.exam', "Exam", readonly=True)
    unit = fields.Many2One('safety.unit', "Unit", readonly=True)
    papers = fields.Integer("Papers", readonly=True)
    passed = fields.Integer("Passed", readonly=True)
    pass_rate = rate("Passed (%)")
    average = rate("Average (%)", help="Of the points of the paper.")
    best = rate("Best (%)")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [
            ('exam', 'ASC'),
            ('pass_rate', 'DESC NULLS LAST'),
            ('id', 'ASC'),
            ]

    @classmethod
    def table_query(cls):
        pool = Pool()
        Paper = pool.get('training.paper')
        table = Paper.__table__()
        papers = Count(table.id)
        passed = number(table.state == 'passed')
        score = table.score * 100.0 / table.total
        return table.select(
            Min(table.id).as_('id'),
            table.company.as_('company'),
            table.exam.as_('exam'),
            table.unit.as_('unit'),
            papers.as_('papers'),
            passed.as_('passed'),
            percent(passed, papers).as_('pass_rate'),
            _round(Avg(score)).as_('average'),
            _round(Max(score)).as_('best'),
            where=(table.state != 'running') & (table.total > 0),
            group_by=[table.company, table.exam, table.unit])

    def get_rec_name(self, name):
        return ' - '.join(
            r.rec_name for r in [self.exam, self.unit] if r)

    @classmethod
    def search_rec_name(cls, name, clause):
        return ['OR',
            ('exam.rec_name', *clause[1:]),
            ('unit.rec_name', *clause[1:]),
            ]
