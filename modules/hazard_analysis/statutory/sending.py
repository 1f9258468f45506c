# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"To whom the signed table was sent, when, and under which receipt."

import datetime as dt

from trytond.model import Model, ModelView, fields
from trytond.model.exceptions import ButtonActionException
from trytond.modules.safety_base.clock import company_zone, local_day
from trytond.modules.safety_base.guard.value import from_context
from trytond.modules.safety_base.reason import StepWizard
from trytond.modules.safety_base.workflow import check_actor, now, step
from trytond.pool import Pool
from trytond.pyson import Eval
from trytond.transaction import Transaction
from trytond.wizard import Button, StateTransition, StateView

_states = {
    'invisible': Eval('state') != 'sent',
    }


class SentMixin(Model):
    __slots__ = ()

    recipient = fields.Char("Sent To", readonly=True, states=_states)
    receipt_number = fields.Char(
        "Receipt Number", readonly=True, states=_states)
    sent_on = fields.Date("Sent On", readonly=True, states=_states)
    sent_by = fields.Many2One(
        'company.employee', "Sending Recorded By", readonly=True,
        states=_states)
    sent_at = fields.DateTime(
        "Sending Recorded At", readonly=True, states=_states)

    @classmethod
    @step('sent')
    def send(cls, reports):
        """Record that the tables were sent, of which the context tells
        "recipient", "receipt_number" and "sent_on"."""
        if 'recipient' not in Transaction().context:
            raise ButtonActionException(
                'hazard_analysis.wizard_statutory_send')
        check_actor(r.company for r in reports)
        for report in reports:
            report.set_receipt(
                from_context('recipient', str, '').strip(),
                from_context('receipt_number', str, '').strip(),
                from_context('sent_on', dt.date))
        cls.move(reports, 'sent', 'sent')

    def set_receipt(self, recipient, number, day):
        "Raise StatutoryReportError for what cannot be."
        zone = company_zone(self.company)
        signed_on = local_day(self.signed_at, zone)
        if not (recipient and number and day
                and signed_on <= day <= local_day(now(), zone)):
            self._refuse('receipt')
        self.recipient = recipient
        self.receipt_number = number
        self.sent_on = day


class Send(StepWizard):
    __name__ = 'hazard.statutory_report.send'
    _button = 'send'

    start_state = 'ask'
    ask = StateView(
        'hazard.statutory_report.send.ask',
        'hazard_analysis.statutory_send_ask_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Record", 'send', 'tryton-ok', default=True),
            ])
    send = StateTransition()

    def transition_send(self):
        return self.press_button(
            recipient=self.ask.recipient,
            receipt_number=self.ask.receipt_number,
            sent_on=self.ask.sent_on)


class SendAsk(ModelView):
    __name__ = 'hazard.statutory_report.send.ask'

    recipient = fields.Char("Sent To", required=True)
    receipt_number = fields.Char(
        "Receipt Number", required=True,
        help="Under which the receiving body confirmed it.")
    sent_on = fields.Date("Sent On", required=True)

    @classmethod
    def default_sent_on(cls):
        return Pool().get('ir.date').today()
