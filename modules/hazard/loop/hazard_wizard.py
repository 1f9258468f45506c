# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
from trytond.model import ModelView, fields
from trytond.modules.safety_base.reason import ReasonWizard, StepWizard
from trytond.pyson import Eval
from trytond.wizard import Button, StateTransition, StateView


class Return(ReasonWizard):
    __name__ = 'hazard.hazard.return'
    _button = 'return_'


class Cancel(ReasonWizard):
    __name__ = 'hazard.hazard.cancel'
    _button = 'cancel'


class Reassign(StepWizard):
    __name__ = 'hazard.hazard.reassign'
    _button = 'reassign'
    start_state = 'ask'

    ask = StateView(
        'hazard.hazard.reassign.ask',
        'hazard.hazard_reassign_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Reassign", 'reassign', 'tryton-ok', default=True),
            ])
    reassign = StateTransition()

    def transition_reassign(self):
        return self.press_button(
            reason=self.ask.reason, unit=self.ask.unit.id)


class ReassignAsk(ModelView):
    __name__ = 'hazard.hazard.reassign.ask'

    unit = fields.Many2One(
        'safety.unit', "Unit", required=True,
        domain=[
            ('company', '=', Eval('context', {}).get('company', -1)),
            ])
    reason = fields.Text("Reason", required=True)
