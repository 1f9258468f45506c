# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.i18n import gettext
from trytond.model import Index, Unique, fields
from trytond.modules.currency.fields import Monetary
from trytond.modules.safety_base.workflow import step
from trytond.pool import Pool
from trytond.pyson import Eval, If

from ..exceptions import PlanError
from .stage import HazardPartMixin

# The six contents that the treatment plan of a major hazard must have by
# article 15 of Order 16 (2007) of the State Administration of Work Safety.
CONTENTS = {
    'goals': ['goals'],
    'methods': ['methods'],
    'funds': ['funds', 'amount'],
    'institution': ['institution', 'principal'],
    'requirements': ['requirements', 'finish_on'],
    'safety_measures': ['safety_measures', 'emergency_plan'],
    }


class Plan(HazardPartMixin):
    __name__ = 'hazard.plan'

    _states = {
        'readonly': Eval('state') != 'draft',
        }
    _editable = frozenset(n for names in CONTENTS.values() for n in names)

    unit = fields.Function(
        fields.Many2One('safety.unit', "Responsible Unit"),
        'get_hazard', searcher='search_hazard')
    goals = fields.Text("Goals and Tasks", states=_states)
    methods = fields.Text("Methods and Measures", states=_states)
    funds = fields.Text("Funds and Materials", states=_states)
    amount = Monetary(
        "Amount", currency='currency', digits='currency', states=_states,
        domain=['OR', ('amount', '=', None), ('amount', '>=', 0)])
    institution = fields.Text(
        "Institution and Persons Responsible", states=_states)
    principal = fields.Many2One(
        'company.employee', "Person in Charge", states=_states,
        domain=[('company', '=', Eval('company', -1))])
    requirements = fields.Text("Time Limit and Requirements", states=_states)
    finish_on = fields.Date("To Be Finished On", states=_states)
    safety_measures = fields.Text("Safety Measures", states=_states)
    emergency_plan = fields.Text("Emergency Plan", states=_states)
    missing = fields.Function(
        fields.Char(
            "Missing",
            states={
                'invisible': Eval('state') == 'approved',
                },
            help="Which of the six legal contents are not complete yet."),
        'get_missing')
    approved_by = fields.Many2One(
        'company.employee', "Approved By", readonly=True)
    approved_at = fields.DateTime("Approved At", readonly=True)
    state = fields.Selection([
            ('draft', "Draft"),
            ('approved', "Approved"),
            ], "State", required=True, readonly=True, sort=False)
    state_string = state.translated('state')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('hazard_unique', Unique(t, t.hazard),
                'hazard.msg_plan_hazard_unique'),
            ]
        cls._sql_indexes.update({
                Index(
                    t,
                    (t.company, Index.Equality()),
                    (t.id, Index.Range()),
                    where=t.state == 'draft'),
                })
        cls._order = [('id', 'DESC')]
        cls._transitions |= {
            ('draft', 'approved'),
            ('approved', 'draft'),
            }
        cls._buttons.update({
                'approve': {
                    'invisible': Eval('state') != 'draft',
                    'icon': 'tryton-ok',
                    'depends': ['state'],
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

    @classmethod
    def get_missing(cls, plans, name):
        return {p.id: ', '.join(p.missing_contents) for p in plans}

    @property
    def missing_contents(self):
        "The labels of the legal contents which are not complete."
        return [
            self.__names__(content)['field']
            for content, names in CONTENTS.items()
            if any(self._is_empty(n) for n in names)]

    def _is_empty(self, name):
        value = getattr(self, name)
        if isinstance(value, str):
            value = value.strip()
        return value is None or value == ''

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual', If(
                    Eval('state') == 'approved', 'muted', '')),
            ('/tree/field[@name="missing"]', 'visual', 'warning'),
            ]

    @classmethod
    def prepare(cls, hazards):
        "Create the plans that the grades of the hazards still require."
        required = [h for h in hazards if h.grade and h.grade.plan_required]
        if required:
            existing = {
                p.hazard for p in cls.search([
                        ('hazard', 'in', [h.id for h in required]),
                        ])}
            cls.create([{
                        'hazard': h.id,
                        'company': h.company.id,
                        } for h in required if h not in existing])

    @classmethod
    def check_approved(cls, hazards):
        """Raise PlanError unless each hazard whose grade requires a plan has
        one that is approved with all its contents."""
        required = [h for h in hazards if h.grade and h.grade.plan_required]
        if required:
            plans = {
                p.hazard: p for p in cls.search([
                        ('hazard', 'in', [h.id for h in required]),
                        ('state', '=', 'approved'),
                        ])}
            for hazard in required:
                if hazard not in plans:
                    raise PlanError(gettext(
                            'hazard.msg_plan_not_approved',
                            hazard=hazard.rec_name))
                plans[hazard].check_complete()

    def check_complete(self):
        "Raise PlanError unless the plan has the six legal contents."
        if missing := self.missing_contents:
            raise PlanError(gettext(
                    'hazard.msg_plan_incomplete',
                    hazard=self.hazard.rec_name,
                    contents=', '.join(missing)))

    @classmethod
    @step('approved')
    def approve(cls, plans):
        pool = Pool()
        Event = pool.get('hazard.event')
        for plan in plans:
            plan.check_complete()
        cls.move(plans, 'approved', 'approved')
        Event.append([{
                    'hazard': p.hazard,
                    'action': 'plan',
                    'note': p.goals,
                    'stage': p,
                    } for p in plans])

    @classmethod
    @step('draft')
    def reopen(cls, plans):
        pool = Pool()
        Event = pool.get('hazard.event')
        for plan in plans:
            if plan.hazard.state not in {'four_fix', 'returned'}:
                raise PlanError(gettext(
                        'hazard.msg_plan_reopen',
                        hazard=plan.hazard.rec_name))
            plan.approved_by = None
            plan.approved_at = None
        cls.move(plans, 'draft')
        Event.append([{
                    'hazard': p.hazard,
                    'action': 'replan',
                    'stage': p,
                    } for p in plans])
