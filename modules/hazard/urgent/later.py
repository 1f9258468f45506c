# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Urgent danger that is noticed when the hazard is reported already.

Who notices it is the finder, the dispatch room, the safety department or the
leader on duty; what follows is the same as at the report.
"""

from decimal import Decimal

from trytond.i18n import gettext
from trytond.model import ModelView, fields
from trytond.model.exceptions import AccessError, ButtonActionException
from trytond.modules.safety_base.guard.value import from_context
from trytond.modules.safety_base.reason import StepWizard, get_reason
from trytond.modules.safety_base.workflow import now, own_employees
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Bool, Eval
from trytond.transaction import Transaction
from trytond.wizard import Button, StateTransition, StateView

from ..loop.steps import OPEN_STATES

WIZARD = 'hazard.wizard_hazard_mark_urgent'
# Who may mark any hazard that they may read
GROUPS = ['group_hazard_safety', 'group_hazard_dispatch']


class Hazard(metaclass=PoolMeta):
    __name__ = 'hazard.hazard'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._buttons.update({
                'mark_urgent': {
                    'invisible': (
                        ~Eval('state').in_(OPEN_STATES)
                        | Bool(Eval('urgent'))),
                    'icon': 'tryton-warning',
                    'depends': ['state', 'urgent'],
                    },
                })

    @classmethod
    @ModelView.button
    def mark_urgent(cls, hazards):
        """Mark hazards in treatment as urgent danger and tell of them.

        The context tells by "urgent_cause" the id of the cause, by
        "concentration" what was measured and by "reason" what was noticed.
        Raises AccessError for who may not.
        """
        Event = Pool().get('hazard.event')
        if not hazards:
            return
        cls.check_marker(hazards)
        cause, concentration = get_danger()
        reason = get_reason(WIZARD)
        # Read anew, without the access of the user
        hazards = cls.browse([h.id for h in hazards])
        for hazard in hazards:
            hazard.urgent = True
            hazard.urgent_cause = cause
            if concentration is not None:
                hazard.concentration = concentration
            hazard.check_danger()
        cls.save(hazards)
        Event.append([{
                    'hazard': h,
                    'action': 'urgent',
                    'note': f'{cause.rec_name}: {reason}',
                    } for h in hazards])
        cls.raise_alarm(hazards)
        return 'reload'

    @classmethod
    def check_marker(cls, hazards):
        "Raise AccessError unless the user may mark the hazards as urgent."
        pool = Pool()
        Data = pool.get('ir.model.data')
        Duty = pool.get('hazard.duty_leader')
        User = pool.get('res.user')
        groups = {Data.get_id('hazard', name) for name in GROUPS}
        if not Transaction().user or groups & set(User.get_groups()):
            return
        employees = own_employees()
        for hazard in hazards:
            if (hazard.found_by.id not in employees
                    and not Duty.at(hazard.company, now()) & employees):
                raise AccessError(gettext(
                        'hazard.msg_urgent_marker', hazard=hazard.rec_name))


def get_danger():
    "Return the cause and the concentration of the context, or ask for them."
    Cause = Pool().get('hazard.urgent_cause')
    causes = Cause.search([
            ('id', '=', from_context('urgent_cause', int, -1))])
    if not causes:
        raise ButtonActionException(WIZARD)
    concentration = from_context('concentration', Decimal)
    if concentration is not None and not 0 <= concentration <= 100:
        raise ButtonActionException(WIZARD)
    return causes[0], concentration


class HazardMarkUrgent(StepWizard):
    __name__ = 'hazard.hazard.mark_urgent'
    _button = 'mark_urgent'

    start_state = 'ask'
    ask = StateView(
        'hazard.hazard.mark_urgent.ask',
        'hazard.hazard_mark_urgent_ask_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Raise the Alarm", 'mark', 'tryton-warning', default=True),
            ])
    mark = StateTransition()

    def default_ask(self, fields):
        return {
            'gas': any(h.asks_concentration for h in self.records),
            }

    def transition_mark(self):
        return self.press_button(
            urgent_cause=self.ask.urgent_cause.id,
            concentration=self.ask.concentration, reason=self.ask.reason)


class HazardMarkUrgentAsk(ModelView):
    __name__ = 'hazard.hazard.mark_urgent.ask'

    urgent_cause = fields.Many2One(
        'hazard.urgent_cause', "Cause of Danger", required=True)
    urgent_duty = fields.Text(
        "To Do at Once", readonly=True,
        states={
            'invisible': ~Eval('urgent_duty'),
            })
    gas = fields.Boolean("Asks for Concentration", readonly=True)
    asks_concentration = fields.Function(
        fields.Boolean("Asks for Concentration"),
        'on_change_with_asks_concentration')
    concentration = fields.Numeric(
        "Gas Concentration (%)", digits=(5, 2),
        domain=['OR',
            ('concentration', '=', None),
            [('concentration', '>=', 0), ('concentration', '<=', 100)],
            ],
        states={
            'required': Bool(Eval('asks_concentration')),
            'invisible': ~Eval('asks_concentration'),
            })
    reason = fields.Text(
        "What Is Noticed", required=True,
        help="What shows the danger, and what was done at once.")

    @fields.depends('urgent_cause')
    def on_change_urgent_cause(self):
        self.urgent_duty = (
            self.urgent_cause.duty if self.urgent_cause else None)

    @fields.depends('gas', 'urgent_cause')
    def on_change_with_asks_concentration(self, name=None):
        return bool(
            self.gas or self.urgent_cause and self.urgent_cause.gas)
