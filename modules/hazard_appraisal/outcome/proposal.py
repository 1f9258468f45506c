# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""What follows for members from their sheets.

Closing a period proposes it by rule, people of the managing department
confirm or dismiss it.
"""

import datetime as dt
from operator import attrgetter

from sql.aggregate import Count

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Unique, fields
from trytond.modules.currency.fields import Monetary
from trytond.modules.safety_base.clock import company_zone, local_day
from trytond.modules.safety_base.named import search_any
from trytond.modules.safety_base.notice import notify
from trytond.modules.safety_base.reason import ReasonWizard, get_reason
from trytond.modules.safety_base.workflow import LoopMixin, now, step
from trytond.modules.safety_organization.person import (
    acting_person, represented_people)
from trytond.pool import Pool
from trytond.pyson import Eval, If
from trytond.transaction import Transaction, without_check_access

from ..appraisal import FACTOR
from ..exceptions import ProposalMemberError, ProposalOwnError
from ..managers import get_managers, get_members
from ..member_record import MemberEmployeeMixin, MineMixin

ACTIONS = [
    ('withdraw', "Withdraw Allowance"),
    ('dismiss', "End Membership"),
    ('award', "Award"),
    ]
# The kind of period and the setting of the company by action
RULES = {
    'withdraw': ('month', 'withdraw_months'),
    'dismiss': ('quarter', 'dismiss_quarters'),
    'award': ('quarter', 'award_top'),
    }
AWARDED = ['excellent', 'good']


class Proposal(MineMixin, MemberEmployeeMixin, LoopMixin, ModelSQL, ModelView):
    __name__ = 'appraisal.proposal'

    _editable_states = ()
    _states_withdraw = {
        'invisible': Eval('action') != 'withdraw',
        }

    action = fields.Selection(
        ACTIONS, "Consequence", required=True, readonly=True, sort=False)
    action_string = action.translated('action')
    period = fields.Many2One(
        'appraisal.period', "Period", required=True, readonly=True,
        ondelete='RESTRICT')
    number = fields.Integer(
        "Number", required=True, readonly=True,
        help="How many periods in succession were below the pass mark, or "
        "how many members are awarded.")
    sheets = fields.Function(
        fields.Many2Many(
            'appraisal.sheet', None, None, "Sheets",
            help="What the proposal rests on."),
        'get_sheets')
    amount = Monetary(
        "Amount", currency='currency', digits='currency', readonly=True,
        states={
            'invisible': Eval('action') != 'award',
            },
        help="Paid out with the allowance of the quarter.")
    currency = fields.Function(
        fields.Many2One('currency.currency', "Currency"),
        'on_change_with_currency')
    start_date = fields.Date(
        "Withdrawn from", readonly=True, states=_states_withdraw)
    end_date = fields.Date(
        "Withdrawn to", readonly=True, states=_states_withdraw,
        help="The last day, empty as long as the allowance is withdrawn.")
    reason = fields.Text(
        "Reason", readonly=True,
        states={
            'required': Eval('state').in_(['dismissed', 'ended', 'revoked']),
            'invisible': ~Eval('reason'),
            })
    decided_by = fields.Many2One(
        'company.employee', "Decided By", readonly=True)
    decided_at = fields.DateTime("Decided At", readonly=True)
    ended_by = fields.Many2One(
        'company.employee', "Restored By", readonly=True,
        states=_states_withdraw)
    ended_at = fields.DateTime(
        "Restored At", readonly=True, states=_states_withdraw)
    state = fields.Selection([
            ('proposed', "Proposed"),
            ('confirmed', "Confirmed"),
            ('dismissed', "Dismissed"),
            ('ended', "Restored"),
            ('revoked', "Revoked"),
            ], "State", required=True, readonly=True, sort=False,
        help="A consequence is revoked by an appeal.")
    state_string = state.translated('state')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('action_unique', Unique(t, t.action, t.member, t.period),
                'hazard_appraisal.msg_proposal_unique'),
            ]
        cls._sql_indexes.update({
                Index(t, (t.member, Index.Equality()),
                    (t.action, Index.Equality(cardinality='low'))),
                Index(t, (t.company, Index.Equality()),
                    (t.kind, Index.Equality()),
                    (t.id, Index.Range(order='DESC'))),
                Index(t, (t.company, Index.Equality()),
                    (t.id, Index.Range()), where=t.state == 'proposed'),
                })
        cls._order = [('id', 'DESC')]
        cls._transitions |= {
            ('proposed', 'confirmed'),
            ('proposed', 'dismissed'),
            ('confirmed', 'ended'),
            ('confirmed', 'revoked'),
            }
        proposed = (Eval('state') == 'proposed') & ~Eval('mine', False)
        cls._buttons.update({
                'confirm': {
                    'invisible': ~proposed,
                    'icon': 'tryton-ok',
                    'depends': ['state', 'mine'],
                    },
                'dismiss': {
                    'invisible': ~proposed,
                    'icon': 'tryton-cancel',
                    'depends': ['state', 'mine'],
                    },
                'restore': {
                    'invisible': (
                        (Eval('state') != 'confirmed')
                        | (Eval('action') != 'withdraw')
                        | Eval('mine', False)),
                    'icon': 'tryton-undo',
                    'depends': ['state', 'action', 'mine'],
                    },
                })

    @classmethod
    def default_state(cls):
        return 'proposed'

    @fields.depends('company')
    def on_change_with_currency(self, name=None):
        return self.company.currency if self.company else None

    @classmethod
    def get_sheets(cls, proposals, name):
        return {
            p.id: [
                period.id * FACTOR + p.member.id
                for period in _last(
                    p.period, 1 if p.action == 'award' else p.number)]
            for p in proposals}

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual', If(
                    Eval('state').in_(['dismissed', 'ended', 'revoked']),
                    'muted', '')),
            ('/tree/field[@name="action"]', 'visual', If(
                    Eval('action') == 'award', 'success', If(
                        Eval('action') == 'dismiss', 'danger', 'warning'))),
            ]

    def get_rec_name(self, name):
        return (f'{self.action_string} - {self.member.employee.rec_name} - '
            f'{self.period.rec_name}')

    @classmethod
    def search_rec_name(cls, name, clause):
        return search_any(clause, 'member.rec_name', 'period.rec_name')

    @classmethod
    def propose(cls, periods):
        """Propose what follows from the sheets of the closed periods.

        What was proposed before is not proposed again.
        """
        pool = Pool()
        Configuration = pool.get('appraisal.configuration')
        values = []
        with without_check_access():
            for period in periods:
                settings = Configuration.settings(period.company.id)
                for action, (kind, name) in RULES.items():
                    if kind == period.kind and settings[name]:
                        values += cls._new_values(
                            action, period, settings[name],
                            settings['award_amount'])
            proposals = cls.create(values)
            if proposals:
                notify(
                    get_managers(proposals),
                    'hazard_appraisal.msg_notice_proposal_proposed',
                    'tryton-notification', _describe)
        return proposals

    @classmethod
    def _new_values(cls, action, period, number, amount):
        return [{
                'company': period.company.id,
                'action': action,
                'member': member,
                'kind': kind,
                'unit': unit,
                'period': period.id,
                'number': number,
                'amount': amount if action == 'award' else None,
                } for member, kind, unit in cls._read_members(
                    action, period, number)]

    @classmethod
    def _read_members(cls, action, period, number):
        "Return the id, kind and unit of those who meet the rule."
        pool = Pool()
        Frozen = pool.get('appraisal.sheet.frozen')
        Member = pool.get('safety.member')
        frozen, member, known = (
            Frozen.__table__(), Member.__table__(), cls.__table__())
        since = [period] if action == 'award' else _last(period, number)
        again = known.period == period.id
        if action == 'award':
            where = (frozen.rank <= number) & frozen.grade.in_(AWARDED)
        else:
            where = frozen.grade == 'fail'
            again |= known.state.in_(['proposed', 'confirmed'])
            if len(since) < number:
                return []
        where &= fields.SQL_OPERATORS['in'](
            frozen.period, [p.id for p in since])
        where &= member.state != 'dismissed'
        where &= ~member.id.in_(known.select(
                known.member, where=(known.action == action) & again))
        cursor = Transaction().connection.cursor()
        cursor.execute(*frozen
            .join(member, condition=frozen.member == member.id)
            .select(
                member.id, member.kind, member.unit,
                where=where,
                group_by=[member.id, member.kind, member.unit],
                having=Count(frozen.id) == len(since),
                order_by=[member.kind.asc, member.id.asc]))
        return cursor.fetchall()

    @classmethod
    def check_decider(cls, proposals):
        "Raise ProposalOwnError for who decides about himself."
        person = acting_person() | represented_people()
        for proposal in proposals:
            if person.is_any([proposal.member.employee]):
                raise ProposalOwnError(gettext(
                        'hazard_appraisal.msg_proposal_own',
                        proposal=proposal.rec_name))

    @classmethod
    @step('confirmed', check='check_decider')
    def confirm(cls, proposals):
        "Carry out what is proposed."
        for proposal in proposals:
            proposal.check_member()
            if proposal.action == 'withdraw':
                proposal.start_date = (
                    proposal.period.end_date + dt.timedelta(days=1))
        cls.move(proposals, 'confirmed', 'decided')
        for proposal in proposals:
            if proposal.action == 'dismiss':
                proposal._dismiss_member()
        cls._notify_members(proposals, 'confirmed')

    def check_member(self):
        "Raise ProposalMemberError when the membership has ended."
        if self.action != 'award' and self.member.state == 'dismissed':
            raise ProposalMemberError(gettext(
                    'hazard_appraisal.msg_proposal_member_dismissed',
                    proposal=self.rec_name))

    def _dismiss_member(self):
        Member = self.member.__class__
        reason = gettext(
            'hazard_appraisal.msg_proposal_dismiss_reason',
            number=self.number, period=self.period.rec_name)
        with Transaction().set_context(reason=reason):
            Member.dismiss([self.member])

    @classmethod
    @step('dismissed', check='check_decider')
    def dismiss(cls, proposals):
        reason = get_reason('hazard_appraisal.wizard_proposal_dismiss')
        for proposal in proposals:
            proposal.reason = reason
        cls.move(proposals, 'dismissed', 'decided')

    @classmethod
    @step('ended', check='check_decider')
    def restore(cls, proposals):
        "Let the allowances be paid again from today on."
        reason = get_reason('hazard_appraisal.wizard_proposal_restore')
        for proposal in proposals:
            proposal.reason = reason
            zone = company_zone(proposal.company)
            proposal.end_date = local_day(now(), zone) - dt.timedelta(days=1)
        cls.move(proposals, 'ended', 'ended')
        cls._notify_members(proposals, 'ended')

    @classmethod
    def revoke(cls, proposals, reason):
        """Undo what was confirmed, because of an appeal.

        Nobody is made active again without the department, so that whoever
        was dismissed becomes a candidate again.
        """
        pool = Pool()
        Member = pool.get('safety.member')
        cls.check_step(proposals, ['revoked'])
        candidates = []
        for proposal in proposals:
            proposal.reason = reason
            if proposal.action == 'dismiss':
                candidates.append(proposal._get_candidate())
        cls.move(proposals, 'revoked')
        Member.create([c for c in candidates if c])

    def _get_candidate(self):
        "Return the values of the new membership, None when there is one."
        member = self.member
        if member.search([
                    ('employee', '=', member.employee.id),
                    ('kind', '=', member.kind.id),
                    ('state', '!=', 'dismissed'),
                    ], count=True):
            return None
        return {
            'company': member.company.id,
            'employee': member.employee.id,
            'allowance': member.allowance,
            **{
                n: getattr(member, n).id if getattr(member, n) else None
                for n in ['kind', 'unit', 'shift', 'zone']},
            }

    @classmethod
    def _notify_members(cls, proposals, state):
        notify(
            get_members(proposals),
            f'hazard_appraisal.msg_notice_proposal_{state}',
            'tryton-notification', attrgetter('reason'))


class ProposalDismiss(ReasonWizard):
    __name__ = 'appraisal.proposal.dismiss'
    _button = 'dismiss'


class ProposalRestore(ReasonWizard):
    __name__ = 'appraisal.proposal.restore'
    _button = 'restore'


def _last(period, number):
    "Return up to number closed periods in succession, the last one first."
    periods = []
    while period and period.state == 'closed' and len(periods) < number:
        periods.append(period)
        period = period.former
    return periods


def _describe(proposal):
    return gettext(
        'hazard_appraisal.msg_proposal_number', number=proposal.number)
