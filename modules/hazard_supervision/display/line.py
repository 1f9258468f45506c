# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.model import Index, ModelSQL, ModelView, fields
from trytond.modules.safety_base.server_written import ServerWrittenMixin
from trytond.pyson import Eval, If

from ..exceptions import DisplayAccessError
from .display import CLEARINGS


class Line(ServerWrittenMixin, ModelSQL, ModelView):
    __name__ = 'supervision.display.line'
    _refusal = DisplayAccessError, 'hazard_supervision.msg_display_modify'
    _log = False

    display = fields.Many2One(
        'supervision.display', "Display", required=True, readonly=True,
        ondelete='RESTRICT')
    hazard = fields.Many2One(
        'hazard.hazard', "Hazard", required=True, readonly=True,
        ondelete='RESTRICT')
    number = fields.Char("Number", readonly=True)
    grade = fields.Char("Grade", readonly=True)
    deadline = fields.DateTime("Deadline", readonly=True)
    since = fields.Date(
        "Since", required=True, readonly=True,
        help="The day on which it was displayed.")
    cleared_at = fields.DateTime("Cleared at", readonly=True)
    clearing = fields.Selection(
        [(None, ""), *CLEARINGS], "Cleared by", readonly=True, sort=False)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls.__access__.add('display')
        cls._order = [
            ('cleared_at', 'DESC NULLS FIRST'), ('deadline', 'ASC'),
            ('id', 'ASC')]
        cls._sql_indexes.update({
                Index(t, (t.display, Index.Equality())),
                Index(t, (t.hazard, Index.Equality())),
                })

    def get_rec_name(self, name):
        return self.number or f'({self.id})'

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('number', *clause[1:])]

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual', If(Eval('cleared_at'), 'muted', '')),
            ]
