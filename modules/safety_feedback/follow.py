# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.i18n import gettext
from trytond.model import ModelView, fields
from trytond.pool import Pool
from trytond.pyson import Bool, Eval
from trytond.transaction import Transaction
from trytond.wizard import Button, StateTransition, StateView

from .exceptions import FeedbackRatedError
from .feedback import REPLIED, SATISFACTIONS
from .receipt import PrivateWizard, as_nobody, blurred

_SHOWN = [
    'number', 'subject', 'text', 'submitted_on', 'due_on', 'answer_text',
    'satisfaction', 'remark', 'state']


class Follow(PrivateWizard):
    __name__ = 'safety.feedback.follow'

    start_state = 'secret'
    # The log of the server leaves out what is called secret.
    secret = StateView(
        'safety.feedback.follow.ask',
        'safety_feedback.follow_ask_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Follow", 'secret_answer', 'tryton-ok', default=True),
            ])
    secret_answer = StateView(
        'safety.feedback.follow.show',
        'safety_feedback.follow_show_view_form', [
            Button("Withdraw", 'withdraw', 'tryton-undo', states={
                    'invisible': Eval('state') != 'submitted',
                    }),
            Button("Rate", 'rate', 'tryton-star', states={
                    'invisible': ~Eval('may_rate', False),
                    }),
            Button("Close", 'end', 'tryton-close', default=True),
            ])
    withdraw = StateTransition()
    rate = StateTransition()

    def _find(self):
        "Return the opinion of the code, which each view sends anew."
        pool = Pool()
        Feedback = pool.get('safety.feedback')
        code = self.secret_answer.code or self.secret.code
        return Feedback.find_by_code(
            Transaction().context.get('company'), code)

    def default_secret_answer(self, fields):
        with as_nobody(Transaction().context.get('company')):
            feedback = self._find()
            values = {n: getattr(feedback, n) for n in _SHOWN}
            values['unit'] = feedback.unit.rec_name if feedback.unit else None
            values['may_rate'] = (
                feedback.state in REPLIED and not feedback.satisfaction)
        values['code'] = self.secret_answer.code or self.secret.code
        return values

    def transition_withdraw(self):
        with as_nobody(Transaction().context.get('company')):
            feedback = self._find()
            feedback.__class__.check_step([feedback], ['withdrawn'])
            with blurred(feedback):
                feedback.__class__.move([feedback], 'withdrawn')
        return 'secret_answer'

    def transition_rate(self):
        rated = self.secret_answer
        satisfaction, remark = rated.satisfaction, rated.remark
        with as_nobody(Transaction().context.get('company')):
            feedback = self._find()
            if not satisfaction:
                raise FeedbackRatedError(gettext(
                        'safety_feedback.msg_feedback_rating',
                        feedback=feedback.rec_name))
            with blurred(feedback):
                feedback.__class__.set_satisfaction(
                    [feedback], satisfaction, remark)
        return 'secret_answer'


class FollowAsk(ModelView):
    __name__ = 'safety.feedback.follow.ask'

    code = fields.Char(
        "Receipt Code", required=True,
        help="The code that was shown when the opinion was submitted.")


class FollowShow(ModelView):
    __name__ = 'safety.feedback.follow.show'

    _rated = {
        'readonly': ~Eval('may_rate', False),
        'invisible': ~Eval('may_rate', False) & ~Bool(Eval('satisfaction')),
        }

    code = fields.Char("Receipt Code", readonly=True)
    number = fields.Char("Number", readonly=True)
    subject = fields.Char("Subject", readonly=True)
    text = fields.Text("Opinion", readonly=True)
    unit = fields.Char("Responsible Unit", readonly=True)
    submitted_on = fields.Date("Submitted on", readonly=True)
    due_on = fields.Date("Answer Due on", readonly=True)
    answer_text = fields.Text("Answer", readonly=True)
    satisfaction = fields.Selection(
        SATISFACTIONS, "Satisfaction", states=_rated, sort=False)
    remark = fields.Text("Remark on the Answer", states=_rated)
    may_rate = fields.Boolean("May Rate", readonly=True)
    state = fields.Selection([
            ('submitted', "Submitted"),
            ('answered', "Answered"),
            ('adopted', "Adopted"),
            ('declined', "Declined"),
            ('withdrawn', "Withdrawn"),
            ], "State", readonly=True, sort=False)
