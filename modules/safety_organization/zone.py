# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from sql.operators import Equal

from trytond.model import (
    DeactivableMixin, Exclude, Index, ModelSQL, ModelView, fields)
from trytond.pyson import Eval
from trytond.transaction import Transaction


class Zone(DeactivableMixin, ModelSQL, ModelView):
    __name__ = 'safety.zone'

    name = fields.Char("Name", required=True)
    code = fields.Char("Code")
    company = fields.Many2One(
        'company.company', "Company", required=True, ondelete='CASCADE')
    unit = fields.Many2One(
        'safety.unit', "Unit", ondelete='RESTRICT',
        domain=[('company', '=', Eval('company', -1))])

    @classmethod
    def __setup__(cls):
        cls.code.search_unaccented = False
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('code_unique', Exclude(t,
                    (t.company, Equal),
                    (t.code, Equal)),
                'safety_organization.msg_zone_code_unique'),
            ('name_unique', Exclude(t,
                    (t.company, Equal),
                    (t.name, Equal)),
                'safety_organization.msg_zone_name_unique'),
            ]
        cls._sql_indexes.add(Index(t, (t.company, Index.Equality())))
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
        _, operator, operand, *extra = clause
        if operator.startswith('!') or operator.startswith('not '):
            bool_op = 'AND'
        else:
            bool_op = 'OR'
        return [bool_op,
            ('code', operator, operand, *extra),
            ('name', operator, operand, *extra),
            ]
