# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.model import ModelSQL, ModelView, Unique, fields
from trytond.modules.safety_base.kept_name import KeptNameMixin
from trytond.modules.safety_base.named import NamedMixin
from trytond.pyson import Eval


class Township(KeptNameMixin, NamedMixin, ModelSQL, ModelView):
    __name__ = 'supervision.township'

    people = fields.Many2Many(
        'supervision.township-company.employee', 'township', 'employee',
        "People",
        domain=[('company', '=', Eval('company', -1))],
        help="Who reads the enterprises of the township.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('name_unique', Unique(t, t.company, t.name),
                'hazard_supervision.msg_township_name_unique'),
            ]


class Member(ModelSQL):
    __name__ = 'supervision.township-company.employee'

    township = fields.Many2One(
        'supervision.township', "Township", required=True,
        ondelete='CASCADE')
    employee = fields.Many2One(
        'company.employee', "Employee", required=True, ondelete='CASCADE')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('township')
        t = cls.__table__()
        cls._sql_constraints += [
            ('employee_unique', Unique(t, t.township, t.employee),
                'hazard_supervision.msg_township_employee_unique'),
            ]
