# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.model import ModelSQL, ModelView, Unique, fields
from trytond.modules.safety_base.named import NamedMixin
from trytond.pyson import Bool, Eval, If


class Programme(NamedMixin, ModelSQL, ModelView):
    __name__ = 'supervision.programme'

    start = fields.Date("From", required=True)
    end = fields.Date(
        "To",
        domain=[
            If(Bool(Eval('start')) & Bool(Eval('end')),
                ('end', '>=', Eval('start', None)),
                ()),
            ],
        help="The last day. Empty while it goes on.")
    description = fields.Text("Description")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('name_unique', Unique(t, t.company, t.name),
                'hazard_supervision.msg_programme_name_unique'),
            ]
