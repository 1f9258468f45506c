# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from sql import Union

from trytond.model import DeactivableMixin, Index, ModelSQL, ModelView, fields
from trytond.transaction import Transaction

from .access import CopyAccessMixin
from .text_search import is_short, latest, text_index


def search_any(clause, *names):
    "Return the domain of the records of which any of the fields matches."
    _, operator, operand, *extra = clause
    if operator.startswith('!') or operator.startswith('not '):
        bool_op = 'AND'
    else:
        bool_op = 'OR'
    return [bool_op, *((n, operator, operand, *extra) for n in names)]


def search_each(Model, clause, *names):
    """Return the domain of the records of which any of the fields matches.

    Each field is searched by itself, because no index serves an OR over
    several tables. Where none could anyway, the last records are searched.
    """
    domain = search_any(clause, *names)
    if domain[0] != 'OR':
        return domain
    if is_short(clause):
        return [domain, latest(Model)]
    return [('id', 'in', Union(*(
                    Model.search([d], order=[], query=True)
                    for d in domain[1:])))]


class NamedMixin(CopyAccessMixin, DeactivableMixin, ModelSQL, ModelView):
    "Add to a model what people know the records of a company by."
    __slots__ = ()

    name = fields.Char("Name", required=True)
    code = fields.Char("Code")
    company = fields.Many2One(
        'company.company', "Company", required=True, ondelete='CASCADE')

    @classmethod
    def __setup__(cls):
        cls.code.search_unaccented = False
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.update({
                text_index(cls, 'code'),
                Index(t, (t.company, Index.Equality())),
                })
        cls._order = [
            ('code', 'ASC NULLS LAST'),
            ('name', 'ASC'),
            ('id', 'ASC'),
            ]

    @classmethod
    def default_company(cls):
        return Transaction().context.get('company')

    @classmethod
    def search_rec_name(cls, name, clause):
        return search_any(clause, 'name', 'code')
