# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""What members object to in their points.

An accepted appeal changes nothing that is recorded: the entries in question
are reversed in the ledger, which keeps the reason.
"""

import datetime as dt
from operator import attrgetter

from sql.operators import Equal

from trytond.i18n import gettext
from trytond.model import Exclude, Index, ModelSQL, ModelView, fields
from trytond.modules.safety_base.guard.value import ids_from_context
from trytond.modules.safety_base.named import search_any
from trytond.modules.safety_base.notice import notify
from trytond.modules.safety_base.reason import get_reason
from trytond.modules.safety_base.workflow import (
    LoopMixin, now, own_employees, step)
from trytond.modules.safety_organization.person import (
    acting_person, represented_people)
from trytond.pool import Pool
from trytond.pyson import Eval, If
from trytond.transaction import check_access, without_check_access

from ..appraisal import FACTOR
from ..exceptions import (
    AppealDecisionError, AppealOwnError, AppealSubjectError, AppealTimeError)
from ..managers import get_managers, get_members
from ..member_record import MemberEmployeeMixin, MineMixin

DECIDED = ['accepted', 'rejected']


class Appeal(MineMixin, MemberEmployeeMixin, LoopMixin, ModelSQL, ModelView):
    __name__ = 'appraisal.appeal'

    _editable = frozenset({'reason'})
    _derived = frozenset({
            'subject', 'company', 'member', 'kind', 'unit', 'period'})

    subject = fields.Reference(
        "Against", selection='get_subjects', required=True,
        states={
            'readonly': Eval('id', -1) >= 0,
            },
        help="What of one's own the appeal is against.")
    period = fields.Many2One(
        'appraisal.period', "Period", required=True, readonly=True,
        ondelete='RESTRICT')
    until = fields.Function(
        fields.DateTime(
            "Until",
            help="The time until which the appeal can be submitted, empty "
            "as long as the period is open."),
        'get_until')
    reason = fields.Text(
        "Reason", required=True,
        states={
            'readonly': Eval('state') != 'draft',
            },
        help="What is wrong and why.")
    submitted_by = fields.Many2One(
        'company.employee', "Submitted By", readonly=True)
    submitted_at = fields.DateTime("Submitted At", readonly=True)
    decision = fields.Text(
        "Decision", readonly=True,
        states={
            'required': Eval('state').in_(DECIDED),
            'invisible': ~Eval('state').in_(DECIDED),
            })
    decided_by = fields.Many2One(
        'company.employee', "Decided By", readonly=True)
    decided_at = fields.DateTime("Decided At", readonly=True)
    reversals = fields.One2Many(
        'appraisal.entry', 'origin', "Reversals", readonly=True,
        states={
            'invisible': ~Eval('reversals'),
            })
    counted_in = fields.Many2One(
        'appraisal.period', "Counted in", readonly=True, ondelete='RESTRICT',
        states={
            'invisible': ~Eval('counted_in'),
            },
        help="The open ten days in which the reversals count.")
    state = fields.Selection([
            ('draft', "Draft"),
            ('submitted', "Submitted"),
            ('accepted', "Accepted"),
            ('rejected', "Rejected"),
            ('withdrawn', "Withdrawn"),
            ], "State", required=True, readonly=True, sort=False)
    state_string = state.translated('state')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        submitted = t.state == 'submitted'
        cls._sql_constraints += [
            ('subject_exclude', Exclude(t,
                    (t.subject, Equal),
                    where=t.state.in_(['submitted', *DECIDED])),
                'hazard_appraisal.msg_appeal_unique'),
            ]
        cls._sql_indexes.update({
                Index(t, (t.member, Index.Equality()),
                    (t.id, Index.Range(order='DESC'))),
                Index(t, (t.company, Index.Equality()),
                    (t.kind, Index.Equality()),
                    (t.id, Index.Range(order='DESC'))),
                Index(t, (t.company, Index.Equality()),
                    (t.id, Index.Range()), where=submitted),
                })
        cls._order = [('id', 'DESC')]
        cls._transitions |= {
            ('draft', 'submitted'),
            ('submitted', 'accepted'),
            ('submitted', 'rejected'),
            ('submitted', 'withdrawn'),
            }
        cls._buttons.update({
                'submit': {
                    'invisible': Eval('state') != 'draft',
                    'icon': 'tryton-forward',
                    'depends': ['state'],
                    },
                'withdraw': {
                    'invisible': (
                        (Eval('state') != 'submitted')
                        | ~Eval('mine', False)),
                    'icon': 'tryton-undo',
                    'depends': ['state', 'mine'],
                    },
                'accept': {
                    'invisible': (
                        (Eval('state') != 'submitted')
                        | Eval('mine', False)),
                    'icon': 'tryton-ok',
                    'depends': ['state', 'mine'],
                    },
                'reject': {
                    'invisible': (
                        (Eval('state') != 'submitted')
                        | Eval('mine', False)),
                    'icon': 'tryton-cancel',
                    'depends': ['state', 'mine'],
                    },
                })

    @classmethod
    def default_state(cls):
        return 'draft'

    @classmethod
    def _get_subjects(cls):
        "Return the names of the models that appeals may be against."
        return ['appraisal.sheet', 'appraisal.entry', 'appraisal.proposal']

    @classmethod
    def get_subjects(cls):
        pool = Pool()
        get_name = pool.get('ir.model').get_name
        return [(m, get_name(m)) for m in cls._get_subjects()]

    @classmethod
    def get_until(cls, appeals, name):
        pool = Pool()
        Configuration = pool.get('appraisal.configuration')
        until = {}
        for appeal in appeals:
            days = Configuration.settings(appeal.company.id)['appeal_days']
            since = appeal.open_since
            until[appeal.id] = since + dt.timedelta(days=days) if (
                since) else None
        return until

    @property
    def open_since(self):
        "The time at which what the appeal is against became final, or None."
        if self.subject.__name__ == 'appraisal.proposal':
            return self.subject.decided_at
        return self.period.closed_at

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual', If(
                    Eval('state').in_([*DECIDED, 'withdrawn']), 'muted', '')),
            ('/tree/field[@name="state"]', 'visual', If(
                    Eval('state') == 'accepted', 'success', '')),
            ]

    def get_rec_name(self, name):
        return f'{self.member.employee.rec_name} - {self.period.rec_name}'

    @classmethod
    def search_rec_name(cls, name, clause):
        return search_any(clause, 'member.rec_name', 'period.rec_name')

    @classmethod
    def preprocess_values(cls, mode, values):
        values = super().preprocess_values(mode, values)
        if mode == 'create' and values.get('subject'):
            model, _, id_ = str(values['subject']).partition(',')
            if id_.isdigit() and model in cls._get_subjects():
                with without_check_access():
                    values.update(cls._get_subject_values(model, int(id_)))
        return values

    @classmethod
    def check_modification(cls, mode, appeals, values=None, external=False):
        super().check_modification(
            mode, appeals, values=values, external=external)
        if mode == 'create' and external:
            for appeal in appeals:
                appeal.check_readable()

    def check_readable(self):
        "Raise AppealSubjectError for what the user may not know of."
        with check_access():
            if not self.subject.__class__.search(
                    [('id', '=', self.subject.id)], count=True):
                raise AppealSubjectError(gettext(
                        'hazard_appraisal.msg_appeal_subject'))

    @classmethod
    def _get_subject_values(cls, model, id_):
        pool = Pool()
        Member = pool.get('safety.member')
        if model == 'appraisal.sheet':
            period, member = divmod(id_, FACTOR)
            member = Member(member)
        else:
            record = pool.get(model)(id_)
            period, member = record.period.id, record.member
        return {
            'company': member.company.id,
            'member': member.id,
            'kind': member.kind.id,
            'unit': member.unit.id if member.unit else None,
            'period': period,
            }

    @classmethod
    def check_appellant(cls, appeals):
        "Raise AppealOwnError unless the appeals are the user's own."
        own = own_employees()
        for appeal in appeals:
            if appeal.member.employee.id not in own:
                raise AppealOwnError(gettext(
                        'hazard_appraisal.msg_appeal_not_own',
                        appeal=appeal.rec_name))

    @classmethod
    def check_decider(cls, appeals):
        "Raise AppealOwnError for who decides upon an own appeal."
        person = acting_person() | represented_people()
        for appeal in appeals:
            if person.is_any([appeal.member.employee]):
                raise AppealOwnError(gettext(
                        'hazard_appraisal.msg_appeal_own',
                        appeal=appeal.rec_name))

    @classmethod
    @step('submitted', check='check_appellant')
    def submit(cls, appeals):
        for appeal in appeals:
            appeal.check_subject()
            appeal.check_time()
        cls.move(appeals, 'submitted', 'submitted')
        notify(
            get_managers(appeals),
            'hazard_appraisal.msg_notice_appeal_submitted',
            'tryton-notification', attrgetter('reason'))

    def check_subject(self):
        "Raise AppealSubjectError for what there is nothing to decide about."
        if self.subject.__name__ == 'appraisal.entry':
            if self.subject.reversal_of or self.subject.reversed_by:
                raise AppealSubjectError(gettext(
                        'hazard_appraisal.msg_appeal_reversed',
                        entry=self.subject.rec_name))
        elif self.subject.__name__ == 'appraisal.sheet':
            Sheet = self.subject.__class__
            if (self.period.state != 'closed'
                    or not Sheet.search([('id', '=', self.subject.id)])):
                raise AppealSubjectError(gettext(
                        'hazard_appraisal.msg_appeal_sheet_open',
                        period=self.period.rec_name))
        elif (self.subject.state != 'confirmed'
                or self.subject.action == 'award'):
            raise AppealSubjectError(gettext(
                    'hazard_appraisal.msg_appeal_proposal',
                    proposal=self.subject.rec_name))

    def check_time(self):
        "Raise AppealTimeError when the days of the configuration are over."
        if self.until and now() > self.until:
            raise AppealTimeError(gettext(
                    'hazard_appraisal.msg_appeal_late',
                    appeal=self.rec_name))

    @classmethod
    @step('withdrawn', check='check_appellant')
    def withdraw(cls, appeals):
        cls.move(appeals, 'withdrawn')

    @classmethod
    @step('accepted', check='check_decider')
    def accept(cls, appeals):
        """Reverse the entries in question.

        The context carries the decision as reason and, for the appeal
        against a sheet, the ids of the entries.
        """
        decision = get_reason('hazard_appraisal.wizard_appeal_accept')
        for appeal in appeals:
            appeal.decision = decision
            appeal.correct()
        cls.move(appeals, 'accepted', 'decided')
        cls._notify_appellants(appeals, 'accepted', 'tryton-ok')

    def correct(self):
        "Put right what the appeal is against, in the next open period."
        pool = Pool()
        Entry = pool.get('appraisal.entry')
        Proposal = pool.get('appraisal.proposal')
        if self.subject.__name__ == 'appraisal.proposal':
            Proposal.revoke([self.subject], self.decision)
            return
        reversals = Entry.reverse(
            self.get_questioned(), self.decision, origin=self)
        self.counted_in = reversals[0].period

    def get_questioned(self):
        """Return the entries to be reversed.

        Raises AppealDecisionError unless they are behind the sheet.
        """
        pool = Pool()
        Entry = pool.get('appraisal.entry')
        if self.subject.__name__ == 'appraisal.entry':
            return [self.subject]
        ids = ids_from_context('entries')
        entries = Entry.search([
                ('id', 'in', ids),
                ('sheet', '=', self.subject.id),
                ('reversal_of', '=', None),
                ])
        if not entries or len(entries) != len(set(ids)):
            raise AppealDecisionError(gettext(
                    'hazard_appraisal.msg_appeal_entries',
                    appeal=self.rec_name))
        return entries

    @classmethod
    @step('rejected', check='check_decider')
    def reject(cls, appeals):
        decision = get_reason('hazard_appraisal.wizard_appeal_reject')
        for appeal in appeals:
            appeal.decision = decision
        cls.move(appeals, 'rejected', 'decided')
        cls._notify_appellants(appeals, 'rejected', 'tryton-cancel')

    @classmethod
    def _notify_appellants(cls, appeals, state, icon):
        notify(
            get_members(appeals),
            f'hazard_appraisal.msg_notice_appeal_{state}', icon, _describe)


def _describe(appeal):
    if not appeal.counted_in or appeal.counted_in == appeal.period:
        return appeal.decision
    return gettext(
        'hazard_appraisal.msg_appeal_counted_in', decision=appeal.decision,
        period=appeal.counted_in.rec_name)
