# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from sql.operators import Equal

from trytond.model import Exclude, ModelSQL, ModelView, fields
from trytond.modules.safety_base.named import NamedMixin
from trytond.pyson import Eval


class Zone(NamedMixin, ModelSQL, ModelView):
    __name__ = 'safety.zone'

    unit = fields.Many2One(
        'safety.unit', "Unit", ondelete='RESTRICT',
        domain=[('company', '=', Eval('company', -1))])

    @classmethod
    def __setup__(cls):
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
