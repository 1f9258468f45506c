# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.i18n import gettext
from trytond.model import ModelView, fields
from trytond.model.exceptions import AccessError, ButtonActionException
from trytond.transaction import Transaction, check_access
from trytond.wizard import Button, StateTransition, StateView, Wizard

from .guard.value import from_context


def get_reason(wizard):
    """
    Return the reason that the context carries.

    wizard is the XML id of the wizard that opens to ask for the reason when
    there is none.
    """
    reason = from_context('reason', str, '').strip()
    if not reason:
        raise ButtonActionException(wizard)
    return reason


class ReasonAsk(ModelView):
    __name__ = 'safety.reason.ask'

    reason = fields.Text("Reason", required=True)


class StepWizard(Wizard):
    "Base of the wizards that press the button _button, which takes a step."
    _button = None

    def press_button(self, **context):
        "Press the button on the records with the context, and end."
        with Transaction().set_context(**context), check_access():
            # A forged action would pass by the model of the wizard.
            if self._button not in getattr(self.model, '_buttons', ()):
                raise AccessError(gettext(
                        'ir.msg_access_wizard_model_error',
                        wizard=self.__name__,
                        model=getattr(self.model, '__name__', '')))
            records = self.model.browse([r.id for r in self.records])
            getattr(self.model, self._button)(records)
        return 'end'

    def end(self):
        return 'reload'


class ReasonWizard(StepWizard):
    "Base of the wizards that ask for the reason of the button _button"

    start_state = 'ask'
    ask = StateView(
        'safety.reason.ask',
        'safety_base.reason_ask_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("OK", 'press', 'tryton-ok', default=True),
            ])
    press = StateTransition()

    def transition_press(self):
        return self.press_button(reason=self.ask.reason)
