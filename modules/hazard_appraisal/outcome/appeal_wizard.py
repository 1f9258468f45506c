# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Appealing from where the points are shown, and deciding."

from trytond.i18n import gettext
from trytond.model import ModelView, fields
from trytond.modules.safety_base.reason import ReasonWizard, StepWizard
from trytond.pool import Pool
from trytond.pyson import Bool, Eval
from trytond.transaction import Transaction, check_access
from trytond.wizard import Button, StateTransition, StateView, Wizard

from ..exceptions import AppealSubjectError


class AppealMake(Wizard):
    __name__ = 'appraisal.appeal.make'

    start_state = 'ask'
    ask = StateView(
        'safety.reason.ask',
        'safety_base.reason_ask_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Submit", 'submit', 'tryton-ok', default=True),
            ])
    submit = StateTransition()

    @classmethod
    def check_access(cls):
        # Nobody writes what he appeals against; creating the appeal is
        # checked, for which it must be one's own.
        with Transaction().set_context(
                active_model=None, active_id=None, active_ids=None):
            super().check_access()

    def transition_submit(self):
        pool = Pool()
        Appeal = pool.get('appraisal.appeal')
        if not self.record:
            raise AppealSubjectError(gettext(
                    'hazard_appraisal.msg_appeal_subject'))
        with check_access():
            appeal, = Appeal.create([{
                        'subject': str(self.record),
                        'reason': self.ask.reason,
                        }])
            Appeal.submit([appeal])
        return 'end'


class AppealAccept(StepWizard):
    __name__ = 'appraisal.appeal.accept'

    start_state = 'ask'
    ask = StateView(
        'appraisal.appeal.accept.ask',
        'hazard_appraisal.appeal_accept_ask_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Accept", 'press', 'tryton-ok', default=True),
            ])
    press = StateTransition()

    def default_ask(self, fields):
        with check_access():
            # Whoever forges the action reads the appeal as himself.
            appeal, = self.model.browse([self.record.id])
            against = appeal.subject.__name__ == 'appraisal.sheet'
            return {
                'sheet': appeal.subject.id if against else None,
                }

    def transition_press(self):
        with Transaction().set_context(
                reason=self.ask.decision,
                entries=[e.id for e in self.ask.entries or []]), \
                check_access():
            self.model.accept(self.model.browse([self.record.id]))
        return 'end'


class AppealAcceptAsk(ModelView):
    __name__ = 'appraisal.appeal.accept.ask'

    sheet = fields.Many2One('appraisal.sheet', "Sheet", readonly=True)
    entries = fields.Many2Many(
        'appraisal.entry', None, None, "Entries to Reverse",
        domain=[
            ('sheet', '=', Eval('sheet', -1)),
            ('reversal_of', '=', None),
            ('reversed_by', '=', None),
            ],
        states={
            'invisible': ~Eval('sheet'),
            'required': Bool(Eval('sheet')),
            })
    decision = fields.Text("Decision", required=True)


class AppealReject(ReasonWizard):
    __name__ = 'appraisal.appeal.reject'
    _button = 'reject'
