# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The allowances of a quarter, paid out by kind of member."

from decimal import Decimal
from functools import partial

from sql.aggregate import Sum
from sql.conditionals import Coalesce
from sql.operators import Equal

from trytond.i18n import gettext
from trytond.model import Exclude, Index, ModelSQL, ModelView, Unique, fields
from trytond.modules.currency.fields import Monetary
from trytond.modules.safety_base.named import search_any
from trytond.modules.safety_base.notice import notify
from trytond.modules.safety_base.reason import ReasonWizard, get_reason
from trytond.modules.safety_base.server_written import ServerWrittenMixin
from trytond.modules.safety_base.turn import take_turn
from trytond.modules.safety_base.workflow import LoopMixin, step
from trytond.pool import Pool
from trytond.pyson import Eval, If
from trytond.transaction import Transaction, without_check_access

from ..appraisal import GRADES, AppraisalMixin
from ..exceptions import (
    PayoutAccessError, PayoutBudgetError, PayoutPeriodError, PayoutStaleError)
from ..member_record import MemberMixin, MineMixin
from ..score import totals
from .payout_compute import Computation

# What of a line comes from the computation
COMPUTED = [
    'unit', 'allowance', 'days', 'withdrawn_days', 'grade', 'factor', 'award',
    'amount']
# What appeals and consequences change
DECIDED = ['days', 'withdrawn_days', 'grade', 'award']


class Payout(AppraisalMixin, LoopMixin, ModelSQL, ModelView):
    __name__ = 'appraisal.payout'
    _rec_name = 'number'

    _editable = frozenset({'budget'})
    _derived = frozenset({'number', 'company', 'kind', 'period'})
    _states_new = {
        'readonly': Eval('id', -1) >= 0,
        }

    number = fields.Char("Number", required=True, readonly=True)
    period = fields.Many2One(
        'appraisal.period', "Quarter", required=True, ondelete='RESTRICT',
        domain=[
            ('company', '=', Eval('company', -1)),
            ('kind', '=', 'quarter'),
            If(Eval('state') == 'draft', ('state', '=', 'closed'), ()),
            ],
        states=_states_new)
    kind = fields.Many2One(
        'safety.member.kind', "Kind of Member", required=True,
        ondelete='RESTRICT', states=_states_new)
    currency = fields.Function(
        fields.Many2One('currency.currency', "Currency"),
        'on_change_with_currency')
    budget = Monetary(
        "Budget", currency='currency', digits='currency',
        domain=['OR', ('budget', '=', None), ('budget', '>=', 0)],
        states={
            'readonly': Eval('state') != 'draft',
            'required': Eval('state').in_(['confirmed', 'paid']),
            },
        help="What the pay-out may come to at most.")
    total = fields.Function(Monetary(
            "Total", currency='currency', digits='currency'), 'get_total')
    lines = fields.One2Many(
        'appraisal.payout.line', 'payout', "Lines", readonly=True)
    reason = fields.Text(
        "Reason", readonly=True,
        states={
            'required': Eval('state') == 'cancelled',
            'invisible': Eval('state') != 'cancelled',
            })
    confirmed_by = fields.Many2One(
        'company.employee', "Confirmed By", readonly=True)
    confirmed_at = fields.DateTime("Confirmed At", readonly=True)
    paid_by = fields.Many2One('company.employee', "Paid By", readonly=True)
    paid_at = fields.DateTime("Paid At", readonly=True)
    cancelled_by = fields.Many2One(
        'company.employee', "Cancelled By", readonly=True,
        states={
            'invisible': Eval('state') != 'cancelled',
            })
    cancelled_at = fields.DateTime(
        "Cancelled At", readonly=True,
        states={
            'invisible': Eval('state') != 'cancelled',
            })
    state = fields.Selection([
            ('draft', "Draft"),
            ('confirmed', "Confirmed"),
            ('paid', "Paid"),
            ('cancelled', "Cancelled"),
            ], "State", required=True, readonly=True, sort=False)
    state_string = state.translated('state')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('period_exclude', Exclude(t,
                    (t.company, Equal),
                    (t.kind, Equal),
                    (t.period, Equal),
                    where=t.state != 'cancelled'),
                'hazard_appraisal.msg_payout_unique'),
            ]
        cls._sql_indexes.add(
            Index(t, (t.company, Index.Equality()),
                (t.state, Index.Equality(cardinality='low')),
                (t.id, Index.Range(order='DESC'))))
        cls._order = [('id', 'DESC')]
        cls._transitions |= {
            ('draft', 'confirmed'),
            ('draft', 'cancelled'),
            ('confirmed', 'paid'),
            ('confirmed', 'cancelled'),
            }
        cls._buttons.update({
                'compute': {
                    'invisible': Eval('state') != 'draft',
                    'icon': 'tryton-refresh',
                    'depends': ['state'],
                    },
                'confirm': {
                    'invisible': Eval('state') != 'draft',
                    'icon': 'tryton-ok',
                    'depends': ['state'],
                    },
                'pay': {
                    'invisible': Eval('state') != 'confirmed',
                    'icon': 'tryton-forward',
                    'depends': ['state'],
                    },
                'cancel': {
                    'invisible': ~Eval('state').in_(['draft', 'confirmed']),
                    'icon': 'tryton-cancel',
                    'depends': ['state'],
                    },
                })

    @classmethod
    def default_state(cls):
        return 'draft'

    @classmethod
    def default_kind(cls):
        pool = Pool()
        Member = pool.get('safety.member')
        return Member.default_kind()

    @fields.depends('company')
    def on_change_with_currency(self, name=None):
        return self.company.currency if self.company else None

    @classmethod
    def get_total(cls, payouts, name):
        pool = Pool()
        Line = pool.get('appraisal.payout.line')
        line = Line.__table__()
        ids = [p.id for p in payouts]
        total = dict.fromkeys(ids, Decimal(0))
        cursor = Transaction().connection.cursor()
        cursor.execute(*line.select(
                line.payout, Coalesce(Sum(totals.number(line.amount)), 0),
                where=fields.SQL_OPERATORS['in'](line.payout, ids),
                group_by=[line.payout]))
        for id_, amount in cursor:
            total[id_] = Decimal(str(amount))
        return {p.id: p.currency.round(total[p.id]) for p in payouts}

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual', If(
                    Eval('state').in_(['paid', 'cancelled']), 'muted', '')),
            ]

    @classmethod
    def search_rec_name(cls, name, clause):
        return search_any(clause, 'number', 'period.rec_name')

    @classmethod
    def preprocess_values(cls, mode, values):
        pool = Pool()
        Configuration = pool.get('appraisal.configuration')
        values = super().preprocess_values(mode, values)
        if mode == 'create':
            company = values.get('company', cls.default_company())
            with without_check_access():
                sequence = Configuration(1).get_multivalue(
                    'payout_sequence', company=company)
                values['number'] = sequence.get()
        return values

    @classmethod
    def copy(cls, payouts, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('lines')
        return super().copy(payouts, default=default)

    @classmethod
    @step('confirmed', start=['draft'])
    def compute(cls, payouts):
        "Make the lines anew from what is known now."
        pool = Pool()
        Line = pool.get('appraisal.payout.line')
        # Nobody confirms or computes meanwhile.
        take_turn(payouts)
        lines = []
        for payout in payouts:
            payout.check_period()
            lines += payout._get_line_values()
        with without_check_access():
            Line.delete([line for p in payouts for line in p.lines])
            Line.create(lines)

    def _get_line_values(self):
        return [{
                'payout': self.id,
                'company': self.company.id,
                'period': self.period.id,
                'kind': self.kind.id,
                **values,
                } for values in Computation(self).get_lines()]

    def check_period(self):
        "Raise PayoutPeriodError unless the quarter is closed."
        if self.period.kind != 'quarter' or self.period.state != 'closed':
            raise PayoutPeriodError(gettext(
                    'hazard_appraisal.msg_payout_period_open',
                    period=self.period.rec_name))

    @classmethod
    @step('confirmed')
    def confirm(cls, payouts):
        for payout in payouts:
            payout.check_period()
            payout.check_lines()
            payout.check_budget()
        cls.move(payouts, 'confirmed', 'confirmed')

    def check_lines(self):
        "Raise PayoutStaleError unless the lines are what is known now."
        if not self.lines or self._differs(COMPUTED):
            raise PayoutStaleError(gettext(
                    'hazard_appraisal.msg_payout_stale',
                    payout=self.rec_name))

    def check_decided(self):
        """Raise PayoutStaleError when something was decided since.

        The rate of the allowance may have changed for the quarters to come.
        """
        if self._differs(DECIDED):
            raise PayoutStaleError(gettext(
                    'hazard_appraisal.msg_payout_decided',
                    payout=self.rec_name))

    def _differs(self, names):
        "Return whether the lines are not what is known now."
        def tell(get):
            return [get('member'), *(get(n) for n in names)]

        def get_id(line, name):
            value = getattr(line, name)
            return getattr(value, 'id', value)
        kept = [
            tell(partial(get_id, line)) for line in self.lines]
        known = [tell(v.get) for v in Computation(self).get_lines()]
        return sorted(kept, key=str) != sorted(known, key=str)

    def check_budget(self):
        "Raise PayoutBudgetError when the total is above the budget."
        pool = Pool()
        Lang = pool.get('ir.lang')
        if self.budget is None:
            raise PayoutBudgetError(gettext(
                    'hazard_appraisal.msg_payout_budget_missing',
                    payout=self.rec_name))
        if self.total > self.budget:
            lang = Lang.get()
            raise PayoutBudgetError(gettext(
                    'hazard_appraisal.msg_payout_budget',
                    payout=self.rec_name,
                    total=lang.currency(self.total, self.currency),
                    budget=lang.currency(self.budget, self.currency)))

    @classmethod
    @step('paid')
    def pay(cls, payouts):
        for payout in payouts:
            payout.check_decided()
            payout.check_budget()
        cls._pay(payouts)

    @classmethod
    def _pay(cls, payouts):
        pool = Pool()
        Line = pool.get('appraisal.payout.line')
        cls.move(payouts, 'paid', 'paid')
        Line.notify_members([line for p in payouts for line in p.lines])

    @classmethod
    @step('cancelled')
    def cancel(cls, payouts):
        reason = get_reason('hazard_appraisal.wizard_payout_cancel')
        for payout in payouts:
            payout.reason = reason
        cls.move(payouts, 'cancelled', 'cancelled')


class PayoutLine(
        ServerWrittenMixin, MineMixin, MemberMixin, ModelSQL, ModelView):
    __name__ = 'appraisal.payout.line'
    _refusal = PayoutAccessError, 'hazard_appraisal.msg_payout_line_modify'
    _log = False

    payout = fields.Many2One(
        'appraisal.payout', "Pay-out", required=True, readonly=True,
        ondelete='CASCADE')
    period = fields.Many2One(
        'appraisal.period', "Quarter", required=True, readonly=True,
        ondelete='RESTRICT')
    employee = fields.Many2One(
        'company.employee', "Employee", required=True, readonly=True,
        ondelete='RESTRICT')
    allowance = Monetary(
        "Allowance", currency='currency', digits='currency', required=True,
        readonly=True, help="The amount per month.")
    days = fields.Integer(
        "Days on Duty", required=True, readonly=True,
        help="The days of the quarter on which the member was active.")
    withdrawn_days = fields.Integer(
        "Days Withdrawn", required=True, readonly=True,
        help="Those of them on which the allowance was withdrawn.")
    grade = fields.Selection(GRADES, "Grade", readonly=True, sort=False)
    factor = fields.Numeric(
        "Factor", digits=(16, 2), required=True, readonly=True,
        help="That of the grade.")
    award = Monetary(
        "Award", currency='currency', digits='currency', required=True,
        readonly=True)
    amount = Monetary(
        "Amount", currency='currency', digits='currency', required=True,
        readonly=True,
        help="Three months' allowance, by the share of the days that are "
        "paid, times the factor, rounded to the currency, and the award.")
    currency = fields.Function(
        fields.Many2One('currency.currency', "Currency"),
        'on_change_with_currency')
    state = fields.Function(fields.Selection([
                ('draft', "Draft"),
                ('confirmed', "Confirmed"),
                ('paid', "Paid"),
                ('cancelled', "Cancelled"),
                ], "State", sort=False), 'get_state', searcher='search_state')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('member_unique', Unique(t, t.payout, t.member),
                'hazard_appraisal.msg_payout_line_unique'),
            ]
        cls._sql_indexes.add(
            Index(t, (t.employee, Index.Equality()),
                (t.id, Index.Range(order='DESC'))))
        cls._order = [
            ('payout', 'DESC'),
            ('unit', 'ASC NULLS LAST'),
            ('employee', 'ASC'),
            ('id', 'ASC'),
            ]

    @fields.depends('company')
    def on_change_with_currency(self, name=None):
        return self.company.currency if self.company else None

    @classmethod
    def get_state(cls, lines, name):
        return {line.id: line.payout.state for line in lines}

    @classmethod
    def search_state(cls, name, clause):
        return [('payout.' + clause[0], *clause[1:])]

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual', If(
                    Eval('withdrawn_days', 0) > 0, 'warning', '')),
            ]

    def get_rec_name(self, name):
        return f'{self.employee.rec_name} - {self.period.rec_name}'

    @classmethod
    def search_rec_name(cls, name, clause):
        return search_any(clause, 'employee.rec_name', 'period.rec_name')

    @classmethod
    def notify_members(cls, lines):
        notify({line: {line.employee.id} for line in lines},
            'hazard_appraisal.msg_notice_payout_paid', 'tryton-ok',
            cls._describe)

    def _describe(self):
        pool = Pool()
        Lang = pool.get('ir.lang')
        return Lang.get().currency(self.amount, self.currency)


class PayoutCancel(ReasonWizard):
    __name__ = 'appraisal.payout.cancel'
    _button = 'cancel'
