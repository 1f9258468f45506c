# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, Unique, fields
from trytond.modules.currency.fields import Monetary
from trytond.modules.safety_base.clock import (
    company_zone, day_start, local_day)
from trytond.modules.safety_base.reason import ReasonWizard, get_reason
from trytond.modules.safety_base.server_written import ServerWrittenMixin
from trytond.modules.safety_base.workflow import hours_later, now, step
from trytond.pool import Pool
from trytond.pyson import Eval, If
from trytond.transaction import Transaction

from ..exceptions import PlanAccessError, PlanError
from . import notice
from .inbox import InboxMixin, Turn
from .plan_duty import check_approver, check_checker
from .stage import HazardPartMixin
from .withdrawal import WithdrawalMixin

# What Order 16 (2007) of the State Administration of Work Safety asks to be
# told of a major hazard (article 14), and the six contents that its treatment
# plan must have (article 15).
SITUATION = {
    'causes': ['causes'],
    'danger': ['danger'],
    'stop_area': ['stop_area'],
    }
CONTENTS = {
    'goals': ['goals'],
    'methods': ['methods'],
    'funds': ['funds', 'amount'],
    'institution': ['institution', 'principal'],
    'requirements': ['requirements', 'finish_on'],
    'safety_measures': ['safety_measures', 'emergency_plan'],
    }
_SECOND = dt.timedelta(seconds=1)


class Plan(InboxMixin, WithdrawalMixin, HazardPartMixin):
    __name__ = 'hazard.plan'
    _reminded = True

    _states = {
        'readonly': Eval('state') != 'draft',
        }
    _editable = frozenset(
        n for names in [*SITUATION.values(), *CONTENTS.values()]
        for n in names)
    _confirmed = ('drawn_by', 'drawn_at')
    _confirms = _editable
    _waiting_states = ('draft', 'checked')
    # They move when it waits anew, of which the events of the hazard tell.
    _unrecorded = frozenset({'opened_at', 'due_at'})

    unit = fields.Function(
        fields.Many2One('safety.unit', "Responsible Unit"),
        'get_hazard', searcher='search_hazard')
    opened_at = fields.DateTime("Waiting Since", readonly=True)
    due_at = fields.DateTime(
        "Due At", readonly=True,
        help="Until when the plan is to be approved.")
    causes = fields.Text(
        "Present State and Causes", states=_states)
    danger = fields.Text(
        "Degree of Danger and Difficulty of Treatment", states=_states)
    stop_area = fields.Text(
        "Area to Stop", states=_states,
        help="Where work stops until the hazard is treated, or why it need "
        "not.")
    goals = fields.Text("Goals and Tasks", states=_states)
    methods = fields.Text("Methods and Measures", states=_states)
    funds = fields.Text("Funds and Materials", states=_states)
    amount = Monetary(
        "Amount", currency='currency', digits='currency', states=_states,
        domain=['OR', ('amount', '=', None), ('amount', '>=', 0)])
    institution = fields.Text(
        "Institution and Persons Responsible", states=_states)
    principal = fields.Many2One(
        'company.employee', "Responsible for the Treatment", states=_states,
        domain=[('company', '=', Eval('company', -1))],
        help="Who has the hazard treated. The plan is approved by the head "
        "of the mine.")
    requirements = fields.Text("Time Limit and Requirements", states=_states)
    finish_on = fields.Date(
        "To Be Finished On", states=_states,
        help="The end of this day is the deadline of the hazard.")
    safety_measures = fields.Text("Safety Measures", states=_states)
    emergency_plan = fields.Text("Emergency Plan", states=_states)
    missing = fields.Function(
        fields.Char(
            "Missing",
            states={
                'invisible': Eval('state') == 'approved',
                },
            help="Which of the contents are not complete yet."),
        'get_missing')
    return_reason = fields.Text(
        "Reason of Return", readonly=True,
        states={
            'invisible': ~Eval('return_reason'),
            })
    writers = fields.Many2Many(
        'hazard.plan-res.user', 'plan', 'user', "Written By", readonly=True,
        help="None of them checks or approves the plan.")
    drawn_by = fields.Many2One(
        'company.employee', "Drawn Up By", readonly=True)
    drawn_at = fields.DateTime("Drawn Up At", readonly=True)
    checked_by = fields.Many2One(
        'company.employee', "Checked By", readonly=True)
    checked_at = fields.DateTime("Checked At", readonly=True)
    approved_by = fields.Many2One(
        'company.employee', "Approved By", readonly=True)
    approved_at = fields.DateTime("Approved At", readonly=True)
    state = fields.Selection([
            ('draft', "Draft"),
            ('checked', "Checked"),
            ('approved', "Approved"),
            ], "State", required=True, readonly=True, sort=False)
    state_string = state.translated('state')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        waiting = t.state.in_(cls._waiting_states)
        cls._sql_constraints += [
            ('hazard_unique', Unique(t, t.hazard),
                'hazard.msg_plan_hazard_unique'),
            ]
        cls._sql_indexes.update({
                Index(
                    t,
                    (t.company, Index.Equality()),
                    (t.id, Index.Range()),
                    where=waiting),
                Index(t, (t.due_at, Index.Range()), where=waiting),
                })
        cls._order = [('id', 'DESC')]
        cls._transitions |= {
            ('draft', 'draft'),
            ('draft', 'checked'),
            ('checked', 'approved'),
            ('checked', 'draft'),
            ('approved', 'draft'),
            }
        cls._buttons.update({
                'draw': {
                    'invisible': (
                        (Eval('state') != 'draft') | Eval('drawn_at')),
                    'icon': 'tryton-forward',
                    'depends': ['state', 'drawn_at'],
                    },
                'check': {
                    'invisible': (
                        (Eval('state') != 'draft') | ~Eval('drawn_at')),
                    'icon': 'tryton-ok',
                    'depends': ['state', 'drawn_at'],
                    },
                'approve': {
                    'invisible': Eval('state') != 'checked',
                    'icon': 'tryton-ok',
                    'depends': ['state'],
                    },
                'return_': {
                    'invisible': ~(
                        (Eval('state') == 'checked')
                        | ((Eval('state') == 'draft') & Eval('drawn_at'))),
                    'icon': 'tryton-back',
                    'depends': ['state', 'drawn_at'],
                    },
                'reopen': {
                    'invisible': Eval('state') != 'approved',
                    'icon': 'tryton-undo',
                    'depends': ['state'],
                    },
                })

    @classmethod
    def default_state(cls):
        return 'draft'

    @property
    def deadline(self):
        "The end of the day on which it is to be finished, None for no day."
        if self.finish_on:
            day = self.finish_on + dt.timedelta(days=1)
            return day_start(day, company_zone(self.company)) - _SECOND

    @classmethod
    def get_missing(cls, plans, name):
        return {p.id: ', '.join(p.missing_contents) for p in plans}

    @property
    def missing_contents(self):
        """The labels of the contents which are not complete.

        Plans that were approved before the situation was asked for stand.
        """
        contents = {**SITUATION, **CONTENTS}
        if self.state == 'approved':
            contents = CONTENTS
        return [
            self.__names__(content)['field'] for content in contents
            if not self.is_complete(content)]

    def is_complete(self, content):
        "Is all there of what the content asks for?"
        names = {**SITUATION, **CONTENTS}[content]
        return not any(self._is_empty(n) for n in names)

    def _is_empty(self, name):
        value = getattr(self, name)
        if isinstance(value, str):
            value = value.strip()
        return value is None or value == ''

    @classmethod
    def get_waiting_domain(cls):
        "It waits for who draws it up, checks it and approves it in turn."
        turn = Turn()
        domains = {
            'leader': [
                ('state', '=', 'draft'), ('drawn_at', '=', None),
                turn.get_units()],
            'safety': [('state', '=', 'draft'), ('drawn_at', '!=', None)],
            'head': [('state', '=', 'checked')],
            }
        return [
            ('hazard.state', '=', 'four_fix'),
            ['OR', ('id', '<', 0), *(
                    domain for group, domain in domains.items()
                    if turn.is_in(group))]]

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual', If(
                    Eval('state') == 'approved', 'muted', '')),
            ('/tree/field[@name="missing"]', 'visual', 'warning'),
            ]

    @classmethod
    def on_modification(cls, mode, plans, field_names=None):
        super().on_modification(mode, plans, field_names=field_names)
        if mode == 'write' and cls._editable & set(field_names or []):
            cls._note_writer(plans)

    @classmethod
    def _note_writer(cls, plans):
        pool = Pool()
        Writer = pool.get('hazard.plan-res.user')
        user = Transaction().user
        if user:
            Writer.create([
                    {'plan': p.id, 'user': user} for p in plans
                    if user not in map(int, p.writers)])

    @classmethod
    def prepare(cls, hazards):
        "Let the hazards wait for the plans that their grades still require."
        required = [h for h in hazards if h.grade and h.grade.plan_required]
        if not required:
            return
        existing = cls._search_of(required)
        cls.create([{
                    'hazard': h.id,
                    'company': h.company.id,
                    } for h in required
                if h not in {p.hazard for p in existing}])
        waiting = [
            p for p in cls._search_of(required) if p.state != 'approved']
        cls._wait([p for p in waiting if not p.due_at])
        cls.__queue__.tell_waiting(waiting)

    @classmethod
    def _search_of(cls, hazards):
        return cls.search([('hazard', 'in', [h.id for h in hazards])])

    @classmethod
    def _wait(cls, plans):
        for plan in plans:
            plan.opened_at = now()
            plan.due_at = hours_later(now(), plan.hazard.grade.plan_hours)
        cls.save_alike(plans)

    @classmethod
    def rest(cls, hazards):
        "Ask nobody for the plans of hazards that were returned or cancelled."
        plans = cls._search_of(hazards)
        for plan in plans:
            plan.due_at = None
        cls.save_alike(plans)

    @classmethod
    def begin_again(cls, hazards):
        """Ask nobody for the plans of hazards that were returned, and take
        back what was checked and approved of cards that may change now."""
        Hazard = Pool().get('hazard.hazard')
        cls.rest(hazards)
        plans = [p for p in cls._search_of(hazards) if p.drawn_at]
        if not plans:
            return
        approved = [p.hazard for p in plans if p.state == 'approved']
        for hazard in approved:
            hazard.deadline = None
        Hazard.save_alike(approved)
        cls._undo(plans)
        cls._step(plans, 'replan')

    @classmethod
    def tell_waiting(cls, plans):
        "Tell whoever must act on those that still wait."
        notice.plan_waiting([
                p for p in plans
                if p.state in cls._waiting_states and p.due_at])

    @classmethod
    def get_approved(cls, hazards):
        "Return the approved plans of the hazards by hazard."
        required = [h for h in hazards if h.grade and h.grade.plan_required]
        return {
            p.hazard: p for p in cls._search_of(required)
            if p.state == 'approved'} if required else {}

    @classmethod
    def check_approved(cls, hazards):
        """Return the plans by hazard that the grades require.

        Raises PlanError unless each of them is approved with all its
        contents.
        """
        plans = cls.get_approved(hazards)
        for hazard in hazards:
            if hazard.grade and hazard.grade.plan_required:
                if hazard not in plans:
                    raise PlanError(gettext(
                            'hazard.msg_plan_not_approved',
                            hazard=hazard.rec_name))
                plans[hazard].check_complete()
        return plans

    def check_complete(self):
        "Raise PlanError unless the plan has all its contents."
        if missing := self.missing_contents:
            raise PlanError(gettext(
                    'hazard.msg_plan_incomplete',
                    hazard=self.hazard.rec_name,
                    contents=', '.join(missing)))

    def check_day(self):
        "Raise PlanError for a plan whose day has passed."
        today = local_day(now(), company_zone(self.company))
        if self.finish_on < today:
            raise PlanError(gettext(
                    'hazard.msg_plan_finish_past',
                    hazard=self.hazard.rec_name))

    def check_open(self):
        "Raise PlanError unless the hazard waits for its four-fix."
        if self.hazard.state != 'four_fix':
            raise PlanError(gettext(
                    'hazard.msg_plan_reopen',
                    hazard=self.hazard.rec_name))

    @classmethod
    def _step(cls, plans, action, note=None):
        Pool().get('hazard.event').append([{
                    'hazard': p.hazard,
                    'action': action,
                    'note': note(p) if callable(note) else note,
                    'stage': p,
                    } for p in plans])
        cls.__queue__.tell_waiting(plans)

    @classmethod
    @step('draft', start=['draft'])
    def draw(cls, plans):
        "Put the plans that are drawn up before the safety department."
        for plan in plans:
            plan.check_open()
            plan.check_complete()
            plan.check_day()
            plan.return_reason = None
        cls.move(plans, 'draft', 'drawn')
        cls._step(plans, 'draw')

    @classmethod
    @step('checked')
    def check(cls, plans):
        check_checker(plans)
        for plan in plans:
            plan.check_open()
            plan.check_complete()
            plan.check_day()
        cls.move(plans, 'checked', 'checked')
        cls._step(plans, 'check')

    @classmethod
    @step('approved')
    def approve(cls, plans):
        "Let the deadlines of the hazards be those of the plans."
        pool = Pool()
        FourFix = pool.get('hazard.four_fix')
        Hazard = pool.get('hazard.hazard')
        check_approver(plans)
        for plan in plans:
            plan.check_open()
            plan.check_complete()
            plan.check_day()
            plan.due_at = None
            plan.hazard.deadline = plan.deadline
        hazards = [p.hazard for p in plans]
        Hazard.save_alike(hazards)
        cls.move(plans, 'approved', 'approved')
        cls._step(plans, 'plan', note=lambda p: p.goals)
        FourFix.follow(dict(zip(hazards, plans)))

    @classmethod
    @step('draft', start=['draft', 'checked'])
    def return_(cls, plans):
        reason = get_reason('hazard.wizard_plan_return')
        for plan in plans:
            plan.return_reason = reason
        cls._undo(plans)
        cls._step(plans, 'plan_return', note=reason)

    @classmethod
    @step('draft', start=['approved'])
    def reopen(cls, plans):
        pool = Pool()
        FourFix = pool.get('hazard.four_fix')
        Hazard = pool.get('hazard.hazard')
        for plan in plans:
            plan.check_open()
            plan.hazard.deadline = None
        hazards = [p.hazard for p in plans]
        Hazard.save_alike(hazards)
        FourFix.wait(hazards)
        cls._undo(plans)
        cls._wait(plans)
        cls._step(plans, 'replan')

    @classmethod
    def _undo(cls, plans):
        for plan in plans:
            for stamp in ['drawn', 'checked', 'approved']:
                setattr(plan, f'{stamp}_by', None)
                setattr(plan, f'{stamp}_at', None)
        cls.move(plans, 'draft')


class PlanWriter(ServerWrittenMixin, ModelSQL):
    __name__ = 'hazard.plan-res.user'
    _refusal = PlanAccessError, 'hazard.msg_plan_writer_modify'
    _log = False

    plan = fields.Many2One(
        'hazard.plan', "Plan", required=True, ondelete='CASCADE')
    user = fields.Many2One(
        'res.user', "User", required=True, ondelete='RESTRICT')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('plan')


class PlanReturn(ReasonWizard):
    __name__ = 'hazard.plan.return'
    _button = 'return_'
