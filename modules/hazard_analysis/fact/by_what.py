# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Indicators by what the hazards are: discipline, grade, category, cause."

from sql import Null
from sql.conditionals import Case

from trytond.model import fields
from trytond.modules.hazard.loop.hazard import CAUSES

from .indicator import IndicatorMixin


class ByDiscipline(IndicatorMixin):
    __name__ = 'hazard.analysis.by_discipline'
    _keys = ('discipline', 'grade')

    discipline = fields.Many2One(
        'hazard.discipline', "Discipline", readonly=True)
    grade = fields.Many2One('hazard.grade', "Grade", readonly=True)


class ByCategory(IndicatorMixin):
    __name__ = 'hazard.analysis.by_category'
    _keys = ('category',)

    category = fields.Many2One('hazard.category', "Category", readonly=True)


class ByCause(IndicatorMixin):
    __name__ = 'hazard.analysis.by_cause'
    _keys = ('cause',)

    cause = fields.Selection(CAUSES, "Cause", sort=False, readonly=True)
    cause_string = cause.translated('cause')

    @classmethod
    def _get_id(cls, key, second=None):
        numbers = [(key == c, n) for n, (c, _) in enumerate(CAUSES, 1) if c]
        return Case((key == Null, 1), *numbers, else_=len(CAUSES) + 1)

    def get_rec_name(self, name):
        return self.cause_string if self.cause else ''

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('cause', *clause[1:])]
