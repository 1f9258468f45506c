# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.model import ModelSQL, ModelView, Unique, fields
from trytond.modules.safety_base.named import NamedMixin


class Body(NamedMixin, ModelSQL, ModelView):
    __name__ = 'supervision.body'

    kind = fields.Selection([
            ('bureau', "Bureau"),
            ('office', "Office of the Safety Committee"),
            ('committee', "Safety Committee"),
            ], "Kind", required=True, sort=False,
        help="In whose name a paper is issued.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('name_unique', Unique(t, t.company, t.name),
                'hazard_supervision.msg_body_name_unique'),
            ]

    @classmethod
    def default_kind(cls):
        return 'bureau'
