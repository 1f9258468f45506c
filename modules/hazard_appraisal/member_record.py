# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Records of what a member did, is due or has come to."

from trytond.model import fields
from trytond.modules.safety_base.boolean_search import asks_for_true
from trytond.modules.safety_base.workflow import own_employees

from .appraisal import AppraisalMixin


class MemberMixin(AppraisalMixin):
    """Belongs to a member.

    kind and unit are those which the member had when it was recorded.
    """
    __slots__ = ()

    member = fields.Many2One(
        'safety.member', "Member", required=True, readonly=True,
        ondelete='RESTRICT')
    kind = fields.Many2One(
        'safety.member.kind', "Kind", required=True, readonly=True,
        ondelete='RESTRICT')
    unit = fields.Many2One(
        'safety.unit', "Unit", readonly=True, ondelete='RESTRICT')


class MemberEmployeeMixin(MemberMixin):
    """Its employee is that of the member.

    Not for what keeps the employee: a field of a mixin cannot be replaced.
    """
    __slots__ = ()

    employee = fields.Function(
        fields.Many2One('company.employee', "Employee"), 'get_employee',
        searcher='search_employee')

    @classmethod
    def get_employee(cls, records, name):
        return {r.id: r.member.employee.id for r in records}

    @classmethod
    def search_employee(cls, name, clause):
        return [('member.' + clause[0], *clause[1:])]


class MineMixin:
    "Tells whether the employee is the user's own."
    __slots__ = ()

    mine = fields.Function(
        fields.Boolean("Mine"), 'get_mine', searcher='search_mine')

    @classmethod
    def get_mine(cls, records, name):
        own = own_employees()
        return {r.id: r.employee.id in own for r in records}

    @classmethod
    def search_mine(cls, name, clause):
        own = [e for e in own_employees() if e]
        operator = 'in' if asks_for_true(clause) else 'not in'
        return [('employee', operator, own)]
