# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.model import Index, ModelSQL, ModelView, fields
from trytond.modules.safety_base.server_written import AppendOnlyMixin
from trytond.modules.safety_base.workflow import acting_employee, now
from trytond.transaction import Transaction, without_check_access

from ..exceptions import AssignmentAccessError


class Change(AppendOnlyMixin, ModelSQL, ModelView):
    __name__ = 'supervision.assignment.change'
    _refusal = (
        AssignmentAccessError, 'hazard_supervision.msg_assignment_change')

    assignment = fields.Many2One(
        'supervision.assignment', "Assignment", required=True, readonly=True,
        ondelete='RESTRICT')
    action = fields.Selection([
            ('assigned', "Assigned"),
            ('ended', "Ended"),
            ], "Action", required=True, readonly=True, sort=False)
    action_string = action.translated('action')
    at = fields.DateTime("At", required=True, readonly=True)
    user = fields.Many2One(
        'res.user', "User", readonly=True, ondelete='RESTRICT')
    employee = fields.Many2One(
        'company.employee', "Employee", readonly=True, ondelete='RESTRICT')
    reason = fields.Text("Reason", readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('assignment')
        t = cls.__table__()
        cls._order = [('at', 'DESC'), ('id', 'DESC')]
        cls._sql_indexes.add(Index(t, (t.assignment, Index.Equality())))

    def get_rec_name(self, name):
        return f'{self.assignment.rec_name} {self.action_string}'

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('assignment.rec_name', *clause[1:])]

    @classmethod
    def append(cls, assignments, action, reason=None):
        "Record what the user does with the assignments."
        at = now()
        employees = {
            c: acting_employee(c) for c in {a.company for a in assignments}}
        with without_check_access():
            cls.create([{
                        'assignment': a.id,
                        'action': action,
                        'at': at,
                        'user': Transaction().user or None,
                        'employee': employees[a.company],
                        'reason': reason,
                        } for a in assignments])
