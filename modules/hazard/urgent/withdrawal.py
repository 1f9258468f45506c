# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The records of stopping work, cutting the power and withdrawing people."

import datetime as dt

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, fields
from trytond.modules.safety_base.guard.value import from_context
from trytond.modules.safety_base.reason import StepWizard, get_reason
from trytond.modules.safety_base.reference import ReferenceMixin
from trytond.modules.safety_base.workflow import now, step
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Bool, Eval, If
from trytond.transaction import Transaction
from trytond.wizard import Button, StateTransition, StateView

from ..exceptions import WithdrawalError
from ..loop.stage import HazardPartMixin, stamped_by
from ..loop.steps import OPEN_STATES
from .approval import get_approvers

REQUIRED = [
    'stopped_at', 'area', 'people', 'ordered_by', 'authority', 'reported_to',
    'reported_at']
TIMES = ['stopped_at', 'power_cut_at', 'withdrawn_at', 'reported_at']


class StopAuthority(ReferenceMixin):
    __name__ = 'hazard.stop_authority'

    legal_bases = fields.Many2Many(
        'hazard.stop_authority-hazard.legal_basis', 'authority',
        'legal_basis', "Legal Bases", order=[('id', 'ASC')],
        help="The provisions that give the right to stop work.")


class StopAuthorityLegalBasis(ModelSQL):
    __name__ = 'hazard.stop_authority-hazard.legal_basis'

    authority = fields.Many2One(
        'hazard.stop_authority', "Function", ondelete='CASCADE')
    legal_basis = fields.Many2One(
        'hazard.legal_basis', "Legal Basis", ondelete='CASCADE')


class Withdrawal(HazardPartMixin):
    __name__ = 'hazard.withdrawal'

    _states = {
        'readonly': Eval('state') != 'draft',
        }
    _resumed = {
        'invisible': Eval('state') != 'resumed',
        }
    _editable = frozenset({
            *REQUIRED, 'power_cut', 'power_cut_at', 'withdrawn_at', 'note'})
    _derived = frozenset({'hazard', 'company'})

    unit = fields.Function(
        fields.Many2One('safety.unit', "Responsible Unit"),
        'get_hazard', searcher='search_hazard')
    stopped_at = fields.DateTime("Work Stopped At", states=_states)
    area = fields.Text(
        "Area", states=_states,
        help="Where work was stopped and from where people were withdrawn.")
    power_cut = fields.Boolean("Power Cut", states=_states)
    power_cut_at = fields.DateTime(
        "Power Cut At", states={
            'readonly': _states['readonly'],
            'required': Bool(Eval('power_cut')),
            'invisible': ~Eval('power_cut'),
            })
    people = fields.Integer(
        "People Withdrawn", states=_states,
        domain=['OR', ('people', '=', None), ('people', '>=', 0)])
    withdrawn_at = fields.DateTime(
        "People Withdrawn At", states=_states,
        help="When the last of them had reached safety.")
    ordered_by = fields.Many2One(
        'company.employee', "Ordered By", states=_states,
        domain=[('company', '=', Eval('company', -1))])
    authority = fields.Many2One(
        'hazard.stop_authority', "In the Function of", ondelete='RESTRICT',
        states=_states,
        help="The function to which the rules give the right to stop work.")
    reported_to = fields.Many2One(
        'company.employee', "Reported To", states=_states,
        domain=[('company', '=', Eval('company', -1))],
        help="Who in the dispatch room, or which leader, took the report.")
    reported_at = fields.DateTime("Reported At", states=_states)
    note = fields.Text("Note", states=_states)
    missing = fields.Function(
        fields.Char(
            "Missing",
            states={
                'invisible': Eval('state') != 'draft',
                }),
        'get_missing')
    resumed_at = fields.DateTime(
        "Work Resumed At", readonly=True, states=_resumed)
    conditions = fields.Text(
        "Conditions of Resumption", readonly=True, states=_resumed,
        help="What was found before work went on.")
    approved_by = fields.Many2One(
        'company.employee', "Resumption Approved By", readonly=True,
        states=_resumed)
    confirmed_by = stamped_by("Confirmed By", 'confirmed_by')
    confirmed_at = fields.DateTime(
        "Confirmed At", readonly=True,
        states={
            'invisible': ~Eval('confirmed_at'),
            })
    resumption_by = stamped_by("Resumption Recorded By", 'resumption_by')
    resumption_at = fields.DateTime(
        "Resumption Recorded At", readonly=True, states=_resumed)
    state = fields.Selection([
            ('draft', "Draft"),
            ('confirmed', "Work Stopped"),
            ('resumed', "Work Resumed"),
            ], "State", required=True, readonly=True, sort=False)
    state_string = state.translated('state')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        # The hazard is chosen once
        cls.hazard.readonly = False
        cls.hazard.states = {'readonly': Eval('id', -1) >= 0}
        cls.hazard.domain = [
            If(Eval('id', -1) < 0, ('state', 'in', OPEN_STATES), ())]
        cls._order = [('id', 'DESC')]
        cls._sql_indexes.add(Index(
                t,
                (t.company, Index.Equality()),
                (t.state, Index.Equality(cardinality='low')),
                (t.id, Index.Range(order='DESC'))))
        cls._transitions |= {
            ('draft', 'confirmed'),
            ('confirmed', 'resumed'),
            }
        cls._buttons.update({
                'confirm': {
                    'invisible': Eval('state') != 'draft',
                    'icon': 'tryton-ok',
                    'depends': ['state'],
                    },
                'resume': {
                    'invisible': Eval('state') != 'confirmed',
                    'icon': 'tryton-forward',
                    'depends': ['state'],
                    },
                })

    @classmethod
    def default_hazard(cls):
        return from_context('withdrawal_hazard', int)

    @classmethod
    def default_company(cls):
        return Transaction().context.get('company')

    @classmethod
    def default_state(cls):
        return 'draft'

    @classmethod
    def default_stopped_at(cls):
        return now()

    @classmethod
    def default_power_cut(cls):
        return False

    @fields.depends('hazard', '_parent_hazard.company')
    def on_change_hazard(self):
        if self.hazard:
            self.company = self.hazard.company

    @fields.depends('power_cut', 'power_cut_at', 'stopped_at')
    def on_change_power_cut(self):
        if self.power_cut and not self.power_cut_at:
            self.power_cut_at = self.stopped_at

    @classmethod
    def get_missing(cls, withdrawals, name):
        return {w.id: ', '.join(w._missing()) for w in withdrawals}

    def _missing(self):
        "Return the labels of what must still be filled in."
        names = [*REQUIRED, *(['withdrawn_at'] if self.people else [])]
        return [
            self.__names__(n)['field'] for n in names
            if getattr(self, n) is None or getattr(self, n) == '']

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual', If(
                    Eval('state') == 'resumed', 'muted', If(
                        Eval('state') == 'confirmed', 'danger', ''))),
            ]

    @classmethod
    def preprocess_values(cls, mode, values):
        Hazard = Pool().get('hazard.hazard')
        values = super().preprocess_values(mode, values)
        if mode == 'create':
            # The defaults are filled in later.
            hazard = values.get('hazard') or cls.default_hazard()
            if hazard:
                values['hazard'] = hazard
                values['company'] = Hazard(hazard).company.id
        return values

    def check_complete(self):
        "Raise WithdrawalError unless it tells all in a possible order."
        if missing := self._missing():
            raise WithdrawalError(gettext(
                    'hazard.msg_withdrawal_incomplete',
                    hazard=self.hazard.rec_name, fields=', '.join(missing)))
        at = now()
        times = [t for n in TIMES if (t := getattr(self, n))]
        if any(t > at for t in times) or any(
                t < self.stopped_at for t in times):
            raise WithdrawalError(gettext(
                    'hazard.msg_withdrawal_times',
                    hazard=self.hazard.rec_name))
        self.check_hazard()

    def check_hazard(self):
        "Raise WithdrawalError for a hazard that is not in treatment."
        if self.hazard.state not in OPEN_STATES:
            raise WithdrawalError(gettext(
                    'hazard.msg_withdrawal_hazard',
                    hazard=self.hazard.rec_name))

    @classmethod
    @step('confirmed')
    def confirm(cls, withdrawals):
        pool = Pool()
        Event = pool.get('hazard.event')
        for withdrawal in withdrawals:
            withdrawal.check_complete()
        cls.move(withdrawals, 'confirmed', 'confirmed')
        Event.append([{
                    'hazard': w.hazard,
                    'action': 'withdraw',
                    'note': w.area,
                    'stage': w,
                    } for w in withdrawals])

    @classmethod
    @step('resumed')
    def resume(cls, withdrawals):
        """Record that work goes on.

        The context tells by "reason" the conditions, by "resumed_at" when
        and by "approved_by" the id of the employee on whose approval.
        """
        pool = Pool()
        Event = pool.get('hazard.event')
        reason = get_reason('hazard.wizard_withdrawal_resume')
        context = Transaction().context
        for withdrawal in withdrawals:
            withdrawal.set_resumption(
                reason, context.get('resumed_at'),
                from_context('approved_by', int))
        cls.move(withdrawals, 'resumed', 'resumption')
        Event.append([{
                    'hazard': w.hazard,
                    'action': 'resume',
                    'note': w.conditions,
                    'stage': w,
                    } for w in withdrawals])

    def set_resumption(self, conditions, resumed_at, approved_by):
        "Raise WithdrawalError for a time or a person that cannot be."
        Employee = Pool().get('company.employee')
        last = max(t for n in TIMES if (t := getattr(self, n)))
        # A client may send anything.
        if isinstance(resumed_at, dt.datetime):
            resumed_at = resumed_at.replace(microsecond=0)
        else:
            resumed_at = dt.datetime.max
        if not last <= resumed_at <= now() or (
                approved_by not in get_approvers(self.company.id, resumed_at)):
            raise WithdrawalError(gettext(
                    'hazard.msg_withdrawal_resumption',
                    hazard=self.hazard.rec_name))
        self.conditions = conditions
        self.resumed_at = resumed_at
        self.approved_by = Employee(approved_by)


class WithdrawalResume(StepWizard):
    __name__ = 'hazard.withdrawal.resume'
    _button = 'resume'

    start_state = 'ask'
    ask = StateView(
        'hazard.withdrawal.resume.ask',
        'hazard.withdrawal_resume_ask_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Resume", 'resume', 'tryton-ok', default=True),
            ])
    resume = StateTransition()

    def transition_resume(self):
        return self.press_button(
            reason=self.ask.reason, resumed_at=self.ask.resumed_at,
            approved_by=self.ask.approved_by.id)


class WithdrawalResumeAsk(ModelView):
    __name__ = 'hazard.withdrawal.resume.ask'

    resumed_at = fields.DateTime("Work Resumed At", required=True)
    approved_by = fields.Many2One(
        'company.employee', "Approved By", required=True,
        domain=[
            ('company', '=', Eval('context', {}).get('company', -1)),
            ('id', 'in', Eval('approvers', [])),
            ],
        help="The head of the mine, one of its leaders, the leader on duty or "
        "the dispatch room.")
    approvers = fields.Many2Many('company.employee', None, None, "Approvers")
    reason = fields.Text(
        "Conditions", required=True,
        help="What was found before work went on.")

    @classmethod
    def default_resumed_at(cls):
        return now()

    @fields.depends('resumed_at')
    def on_change_with_approvers(self):
        company = Transaction().context.get('company')
        if company is None:
            return []
        return list(get_approvers(company, self.resumed_at or now()))


class Hazard(metaclass=PoolMeta):
    __name__ = 'hazard.hazard'

    withdrawals = fields.One2Many(
        'hazard.withdrawal', 'hazard', "Withdrawals", readonly=True,
        order=[('id', 'ASC')],
        states={
            'invisible': ~Eval('withdrawals'),
            })
    withdrawal_state = fields.Function(
        # A choice would be read and checked with each change of a card.
        fields.Char("Withdrawal"),
        'get_withdrawal_state')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._buttons.update({
                'withdraw': {
                    'invisible': ~Eval('state').in_(OPEN_STATES),
                    'icon': 'tryton-warning',
                    'depends': ['state'],
                    },
                })

    @classmethod
    def get_withdrawal_state(cls, hazards, name):
        "Return the label of the state of the last withdrawal, by hazard."
        Withdrawal = Pool().get('hazard.withdrawal')
        states = dict.fromkeys(map(int, hazards))
        for withdrawal in Withdrawal.search([
                    ('hazard', 'in', list(states))], order=[('id', 'ASC')]):
            states[withdrawal.hazard.id] = withdrawal.state_string
        return states

    @classmethod
    @ModelView.button_action('hazard.act_withdrawal_hazard')
    def withdraw(cls, hazards):
        pass

    @classmethod
    def check_closing(cls, hazards):
        "Also raise WithdrawalError for urgent danger without its record."
        super().check_closing(hazards)
        hazards = [h for h in hazards if h.urgent]
        if not hazards:
            return
        records = {}
        for withdrawal in Pool().get('hazard.withdrawal').search([
                    ('hazard', 'in', [h.id for h in hazards])]):
            if withdrawal.company == withdrawal.hazard.company:
                records.setdefault(withdrawal.hazard, []).append(withdrawal)
        for hazard in hazards:
            found = records.get(hazard, [])
            required = hazard.urgent_cause
            if any(w.state == 'draft' for w in found) or (
                    required and required.withdrawal_required and not found):
                raise WithdrawalError(gettext(
                        'hazard.msg_withdrawal_closing',
                        hazard=hazard.rec_name))

    @classmethod
    def copy(cls, hazards, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('withdrawals', [])
        return super().copy(hazards, default=default)
