# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.model import ModelView, fields
from trytond.pool import Pool
from trytond.transaction import Transaction, check_access
from trytond.wizard import Button, StateAction, StateTransition, StateView

from .receipt import PrivateWizard

PHOTOS = ['photo1', 'photo2', 'photo3']


class Submit(PrivateWizard):
    __name__ = 'safety.feedback.submit'

    start_state = 'secret'
    # The log of the server leaves out what is called secret.
    secret = StateView(
        'safety.feedback.submit.ask',
        'safety_feedback.submit_ask_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Submit", 'submit', 'tryton-ok', default=True),
            ])
    submit = StateTransition()
    receipt = StateView(
        'safety.feedback.submit.receipt',
        'safety_feedback.submit_receipt_view_form', [
            Button("I Have Noted the Code", 'end', 'tryton-ok', default=True),
            ])
    open_ = StateAction('safety_feedback.act_feedback_own')

    def transition_submit(self):
        pool = Pool()
        Feedback = pool.get('safety.feedback')
        company = Transaction().context.get('company')
        values = {
            'kind': self.secret.kind.id,
            'subject': self.secret.subject,
            'text': self.secret.text,
            }
        photos = [
            image for n in PHOTOS if (image := getattr(self.secret, n, None))]
        if self.secret.anonymous:
            self.receipt.number, self.receipt.code = (
                Feedback.submit_anonymous(
                    company, {**values, 'photos': photos}))
            return 'receipt'
        with check_access():
            feedback, = Feedback.create([{
                        **values,
                        'company': company,
                        'photos': [('create', [
                                    {'image': p} for p in photos])],
                        }])
            Feedback.submit([feedback])
        self._feedback = feedback.id
        return 'open_'

    def default_receipt(self, fields):
        return {
            'number': self.receipt.number,
            'code': self.receipt.code,
            }

    def do_open_(self, action):
        action['views'].reverse()
        return action, {'res_id': self._feedback}


def _photo():
    return fields.Binary(
        "Photo",
        help="A JPEG, PNG or WebP picture of at most 10 MB. The place and "
        "the device that the camera recorded in it are removed.")


class SubmitAsk(ModelView):
    __name__ = 'safety.feedback.submit.ask'

    anonymous = fields.Boolean(
        "Anonymous",
        help="Nobody, not even the administrator, will see whose opinion it "
        "is. You will get a code, shown once, with which to follow the "
        "answer.")
    kind = fields.Many2One('safety.feedback.kind', "Kind", required=True)
    subject = fields.Char("Subject", required=True)
    text = fields.Text("Opinion", required=True)
    photo1 = _photo()
    photo2 = _photo()
    photo3 = _photo()


class SubmitReceipt(ModelView):
    __name__ = 'safety.feedback.submit.receipt'

    number = fields.Char("Number", readonly=True)
    code = fields.Char(
        "Receipt Code", readonly=True,
        help="Who has it reads the answer and may withdraw the opinion. "
        "It is shown only now and cannot be recovered.")
