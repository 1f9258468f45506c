# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from sql import Null
from sql.operators import Equal

from trytond.model import Exclude, ModelSQL, ModelView, Unique, fields
from trytond.modules.safety_base.access import CopyAccessMixin
from trytond.modules.safety_base.named import search_any
from trytond.modules.safety_base.reference import ReferenceMixin
from trytond.pyson import Eval
from trytond.transaction import Transaction


class Kind(ReferenceMixin):
    __name__ = 'safety.feedback.kind'


class Route(CopyAccessMixin, ModelSQL, ModelView):
    __name__ = 'safety.feedback.route'

    company = fields.Many2One(
        'company.company', "Company", required=True, ondelete='CASCADE')
    kind = fields.Many2One(
        'safety.feedback.kind', "Kind", ondelete='CASCADE',
        help="Leave empty for all kinds without a route of their own.")
    unit = fields.Many2One(
        'safety.unit', "Responsible Unit", required=True, ondelete='RESTRICT',
        domain=[('company', '=', Eval('company', -1))])

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('kind_unique', Unique(t, t.company, t.kind),
                'safety_feedback.msg_route_unique'),
            ('default_unique', Exclude(
                    t, (t.company, Equal), where=t.kind == Null),
                'safety_feedback.msg_route_unique'),
            ]
        cls._order = [('kind', 'ASC NULLS LAST'), ('id', 'ASC')]

    @classmethod
    def default_company(cls):
        return Transaction().context.get('company')

    def get_rec_name(self, name):
        kind = self.kind.rec_name if self.kind else '*'
        return f'{kind} → {self.unit.rec_name}'

    @classmethod
    def search_rec_name(cls, name, clause):
        return search_any(clause, 'kind.rec_name', 'unit.rec_name')

    @classmethod
    def find(cls, company):
        "Return the units by kind of the company, None for all other kinds."
        return {
            r.kind: r.unit for r in cls.search([
                    ('company', '=', company.id)])}
