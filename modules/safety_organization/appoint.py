# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.model import ModelView, fields
from trytond.pool import Pool
from trytond.pyson import Eval
from trytond.transaction import check_access
from trytond.wizard import Button, StateAction, StateView, Wizard

from .shift import shift_domain


class AppointAsk(ModelView):
    __name__ = 'safety.member.appoint.ask'

    kind = fields.Many2One(
        'safety.member.kind', "Kind", required=True,
        domain=[
            ('group', 'in', Eval('context', {}).get('groups', [])),
            ])
    shift = fields.Many2One(
        'safety.shift', "Shift", domain=[shift_domain()])
    shift_set = fields.Many2One('safety.shift.set', "Shift Set")

    @classmethod
    def default_kind(cls):
        pool = Pool()
        Member = pool.get('safety.member')
        return Member.default_kind()

    @classmethod
    def default_shift_set(cls):
        pool = Pool()
        Configuration = pool.get('safety.configuration')
        shift_set = Configuration(1).shift_set
        return shift_set.id if shift_set else None


class Appoint(Wizard):
    __name__ = 'safety.member.appoint'

    start_state = 'ask'
    ask = StateView(
        'safety.member.appoint.ask',
        'safety_organization.safety_member_appoint_ask_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Appoint", 'appoint', 'tryton-ok', default=True),
            ])
    appoint = StateAction('safety_organization.act_safety_member_form')

    def do_appoint(self, action):
        pool = Pool()
        Member = pool.get('safety.member')
        members = Member.search([
                ('employee', 'in', [e.id for e in self.records]),
                ('kind', '=', self.ask.kind.id),
                ('state', '!=', 'dismissed'),
                ])
        appointed = {m.employee for m in members}
        with check_access():
            members += Member.create([{
                        'company': employee.company.id,
                        'employee': employee.id,
                        'kind': self.ask.kind.id,
                        'unit': employee.unit.id if employee.unit else None,
                        'shift': self.ask.shift.id if self.ask.shift else None,
                        } for employee in self.records
                    if employee not in appointed])
        return action, {'res_id': [m.id for m in members]}
