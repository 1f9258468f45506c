# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What a hazard keeps of the workbook in which its finding was written."

from trytond.model import fields
from trytond.pool import PoolMeta
from trytond.pyson import Eval


class Hazard(metaclass=PoolMeta):
    __name__ = 'hazard.hazard'

    # Not on the card, as only some may read it
    finding_list = fields.Many2One(
        'hazard.finding.list', "Imported Findings", readonly=True,
        ondelete='RESTRICT')
    list_row = fields.Char(
        "Row of the Workbook", readonly=True,
        states={
            'invisible': ~Eval('list_row'),
            },
        help="The file, sheet and row from which the finding was imported.")

    def _report_note(self):
        note = super()._report_note()
        return f'{note}\n{self.list_row}' if self.list_row else note

    @classmethod
    def copy(cls, hazards, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('finding_list')
        default.setdefault('list_row')
        return super().copy(hazards, default=default)
