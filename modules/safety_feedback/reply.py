# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.model import ModelView, fields
from trytond.modules.safety_base.reason import ReasonWizard, StepWizard
from trytond.pyson import Eval
from trytond.wizard import Button, StateTransition, StateView

from .feedback import SATISFACTIONS


class Answer(ReasonWizard):
    __name__ = 'safety.feedback.answer'
    _button = 'answer'

    # A state of the base cannot be replaced.
    start_state = 'reply'
    reply = StateView(
        'safety.feedback.reply.ask', 'safety_feedback.reply_ask_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("OK", 'press', 'tryton-ok', default=True),
            ])

    def transition_press(self):
        self.ask.reason = self.reply.reason
        return super().transition_press()


class Adopt(Answer):
    __name__ = 'safety.feedback.adopt'
    _button = 'adopt'


class Decline(Answer):
    __name__ = 'safety.feedback.decline'
    _button = 'decline'


class ReplyAsk(ModelView):
    __name__ = 'safety.feedback.reply.ask'

    reason = fields.Text(
        "Answer", required=True,
        help="The author reads it, and everybody when it is published.")


class Forward(StepWizard):
    __name__ = 'safety.feedback.forward'
    _button = 'forward'

    start_state = 'ask'
    ask = StateView(
        'safety.feedback.forward.ask',
        'safety_feedback.forward_ask_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Forward", 'forward', 'tryton-forward', default=True),
            ])
    forward = StateTransition()

    def transition_forward(self):
        return self.press_button(
            reason=self.ask.reason, unit=self.ask.unit.id)


class ForwardAsk(ModelView):
    __name__ = 'safety.feedback.forward.ask'

    unit = fields.Many2One(
        'safety.unit', "Responsible Unit", required=True,
        domain=[
            ('company', '=', Eval('context', {}).get('company', -1)),
            ])
    reason = fields.Text("Reason", required=True)


class Rate(StepWizard):
    __name__ = 'safety.feedback.rate'
    _button = 'rate'

    start_state = 'ask'
    ask = StateView(
        'safety.feedback.rate.ask', 'safety_feedback.rate_ask_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Rate", 'rate', 'tryton-ok', default=True),
            ])
    rate = StateTransition()

    def transition_rate(self):
        return self.press_button(
            satisfaction=self.ask.satisfaction, remark=self.ask.remark)


class RateAsk(ModelView):
    __name__ = 'safety.feedback.rate.ask'

    satisfaction = fields.Selection(
        SATISFACTIONS, "Satisfaction", required=True, sort=False)
    remark = fields.Text("Remark on the Answer")
