# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.model import Check, ModelSQL, ModelView, Unique, fields
from trytond.modules.safety_base.named import search_any

from ..appraisal import AppraisalMixin

# Of the kinds of member for which a company has not set any
DEFAULTS = {
    'base': 60,
    'excellent': 85,
    'good': 75,
    'pass_mark': 60,
    'task': 0,
    }


class Standard(AppraisalMixin, ModelSQL, ModelView):
    __name__ = 'appraisal.standard'

    kind = fields.Many2One(
        'safety.member.kind', "Kind of Member", required=True,
        ondelete='RESTRICT')
    base = fields.Numeric(
        "Base Points", digits=(16, 2), required=True,
        help="The score of whoever has no points.")
    excellent = fields.Numeric(
        "Excellent from", digits=(16, 2), required=True)
    good = fields.Numeric("Good from", digits=(16, 2), required=True)
    pass_mark = fields.Numeric("Pass from", digits=(16, 2), required=True)
    task = fields.Integer(
        "Task per Month", required=True,
        help="How many verified hazards each member has to find in a month; "
        "0 for no task.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls.company.readonly = False
        cls._sql_constraints += [
            ('kind_unique', Unique(t, t.company, t.kind),
                'hazard_appraisal.msg_standard_kind_unique'),
            ('marks_order', Check(t,
                    (t.excellent >= t.good) & (t.good >= t.pass_mark)),
                'hazard_appraisal.msg_standard_marks_order'),
            ('task_positive', Check(t, t.task >= 0),
                'hazard_appraisal.msg_standard_task_positive'),
            ]
        cls._order = [('kind', 'ASC'), ('id', 'ASC')]

    @classmethod
    def default_base(cls):
        return DEFAULTS['base']

    @classmethod
    def default_excellent(cls):
        return DEFAULTS['excellent']

    @classmethod
    def default_good(cls):
        return DEFAULTS['good']

    @classmethod
    def default_pass_mark(cls):
        return DEFAULTS['pass_mark']

    @classmethod
    def default_task(cls):
        return DEFAULTS['task']

    def get_rec_name(self, name):
        return self.kind.rec_name

    @classmethod
    def search_rec_name(cls, name, clause):
        return search_any(clause, 'kind.rec_name')
