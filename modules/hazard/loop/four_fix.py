# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt

from sql.conditionals import Coalesce

from trytond.i18n import gettext
from trytond.model import fields
from trytond.modules.currency.fields import Monetary
from trytond.modules.safety_base.clock import company_zone, full_hour
from trytond.modules.safety_base.reason import get_reason
from trytond.modules.safety_base.workflow import now, step
from trytond.pool import Pool
from trytond.pyson import Bool, Eval
from trytond.transaction import Transaction

from ..configuration import REQUIRED_BY_FORMULA
from ..exceptions import FinderRectifiesWarning, FourFixError
from . import notice
from .hand_over import AssigneeMixin
from .stage import StageMixin, stamped_by


def warn_finder_rectifies(stages):
    "Warn that who found the hazards of the stages shall rectify them."
    Warning = Pool().get('res.user.warning')
    if not stages:
        return
    key = Warning.format('four_fix_finder_rectifies', stages)
    if Warning.check(key):
        hazard = stages[0].hazard
        raise FinderRectifiesWarning(key, gettext(
                'hazard.msg_four_fix_finder_rectifies',
                hazard=hazard.rec_name,
                employee=hazard.found_by.rec_name))


class FourFix(AssigneeMixin, StageMixin):
    __name__ = 'hazard.four_fix'

    _states = {
        'readonly': Eval('state') != 'draft',
        }
    _editable = frozenset({
            'measures', 'responsible', 'deadline', 'funding',
            'funding_source', 'emergency_plan', 'supervisor'})

    measures = fields.Text("Measures", states=_states)
    responsible = fields.Many2One(
        'company.employee', "Responsible", states=_states,
        domain=[('company', '=', Eval('company', -1))],
        help="Who has the hazard rectified.")
    deadline = fields.DateTime(
        "Rectify Until", states=_states,
        help="The first deadline; extensions do not change it.")
    funding = Monetary(
        "Funds", currency='currency', digits='currency', states=_states,
        domain=['OR', ('funding', '=', None), ('funding', '>=', 0)])
    funding_source = fields.Char("Source of Funds", states=_states)
    emergency_plan = fields.Text(
        "Emergency Plan", states=_states,
        help="What protects people until the hazard is rectified.")
    supervisor = fields.Many2One(
        'company.employee', "Supervisor", states=_states,
        domain=[('company', '=', Eval('company', -1))],
        help="Who watches over the rectification.")
    confirmed_by = stamped_by("Confirmed By", 'confirmed_by')
    confirmed_at = fields.DateTime(
        "Confirmed At", readonly=True,
        states={
            'invisible': ~Eval('confirmed_at'),
            })
    state = fields.Selection([
            ('draft', "Waiting"),
            ('confirmed', "Confirmed"),
            ('cancelled', "Cancelled"),
            ], "State", required=True, readonly=True, sort=False)
    state_string = state.translated('state')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._transitions |= {
            ('draft', 'confirmed'),
            ('draft', 'cancelled'),
            }
        waiting = {
            'invisible': Eval('state') != 'draft',
            'depends': ['state'],
            }
        cls._buttons.update({
                'confirm': {'icon': 'tryton-ok', **waiting},
                'return_': {
                    'icon': 'tryton-back',
                    'invisible': (
                        waiting['invisible'] | Bool(Eval('urgent'))),
                    'depends': ['state', 'urgent'],
                    },
                'reassign': {'icon': 'tryton-switch', **waiting},
                })

    @classmethod
    def get_successors(cls, four_fixes):
        leading = notice.People(four_fixes).leading
        return {f: leading[f.company.id] for f in four_fixes}

    @classmethod
    def get_turn(cls, turn):
        return turn.get_units()

    @property
    def ended_at(self):
        if self.state == 'confirmed':
            return self.confirmed_at
        if self.state == 'cancelled':
            return self.write_date

    @classmethod
    def open(cls, hazards, due=None):
        """Put the hazards into the inbox of those who lead their units.

        due gives the time by hazard until which to four-fix those that are
        only passed on.
        """
        pool = Pool()
        Plan = pool.get('hazard.plan')
        last = cls._last_confirmed(hazards)
        plans = Plan.get_approved(hazards)
        four_fixes = []
        for hazard in hazards:
            four_fix = cls.new(
                hazard, responsible=last.get((hazard.unit, hazard.discipline)),
                funding=0)
            if not hazard.grade.plan_required:
                # A notice or an order names no odd minutes
                four_fix.deadline = full_hour(
                    hazard.grade.later(
                        now(), hazard.grade.rectify_hours, hazard.company),
                    company_zone(hazard.company))
                four_fix.allow_time((due or {}).get(hazard))
            elif hazard in plans:
                four_fix.keep_to(plans[hazard], (due or {}).get(hazard))
            four_fixes.append(four_fix)
        cls.save_new(four_fixes)
        Plan.prepare(hazards)
        cls.__queue__.tell_waiting([f for f in four_fixes if f.due_at])

    def allow_time(self, due_at=None):
        grade = self.hazard.grade
        self.due_at = due_at or grade.later(
            now(), grade.four_fix_hours, self.hazard.company)

    def keep_to(self, plan, due_at=None):
        "Wait from now on, for what is fixed until the day of the plan."
        self.deadline = plan.deadline
        self.allow_time(due_at)

    @classmethod
    def follow(cls, plans):
        "Let the waiting four-fixes keep to the approved plans of the hazards."
        four_fixes = cls._search_waiting(plans)
        for four_fix in four_fixes:
            four_fix.keep_to(plans[four_fix.hazard])
        cls.save_alike(four_fixes)
        cls.__queue__.tell_waiting(four_fixes)

    @classmethod
    def wait(cls, hazards):
        "Let the waiting four-fixes of the hazards wait for the plan again."
        four_fixes = cls._search_waiting(hazards)
        for four_fix in four_fixes:
            four_fix.deadline = four_fix.due_at = None
        cls.save_alike(four_fixes)

    @classmethod
    def _search_waiting(cls, hazards):
        return cls.search([
                ('hazard', 'in', [h.id for h in hazards]),
                ('state', '=', 'draft'),
                ])

    @classmethod
    def _last_confirmed(cls, hazards):
        "Return who was last made responsible by unit and discipline."
        pool = Pool()
        Date = pool.get('ir.date')
        Employee = pool.get('company.employee')
        Hazard = pool.get('hazard.hazard')
        cursor = Transaction().connection.cursor()
        hazard = Hazard.__table__()
        employee = Employee.__table__()
        still_here = Coalesce(employee.end_date, dt.date.max) >= Date.today()
        last = {}
        for unit, discipline in {(h.unit, h.discipline) for h in hazards}:
            cursor.execute(*hazard
                .join(employee, condition=hazard.responsible == employee.id)
                .select(
                    employee.id,
                    where=(hazard.unit == unit.id)
                    & (hazard.discipline == discipline.id)
                    & still_here,
                    order_by=hazard.id.desc, limit=1))
            for id_, in cursor:
                last[unit, discipline] = id_
        return last

    def check_complete(self):
        "Raise FourFixError unless all that the formula asks for is fixed."
        pool = Pool()
        Configuration = pool.get('hazard.configuration')
        formula = Configuration.settings(self.company)['formula']
        missing = [
            n for n in sorted(REQUIRED_BY_FORMULA[formula])
            if getattr(self, n) is None or getattr(self, n) == '']
        if missing:
            labels = [self.__names__(n)['field'] for n in missing]
            raise FourFixError(gettext(
                    'hazard.msg_four_fix_incomplete',
                    hazard=self.rec_name, fields=', '.join(labels)))
        if self.deadline <= now():
            raise FourFixError(gettext(
                    'hazard.msg_four_fix_deadline_past',
                    hazard=self.rec_name))

    @classmethod
    @step('confirmed')
    def confirm(cls, four_fixes):
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        Plan = pool.get('hazard.plan')
        Rectification = pool.get('hazard.rectification')
        hazards = [f.hazard for f in four_fixes]
        plans = Plan.check_approved(hazards)
        for four_fix in four_fixes:
            four_fix.check_complete()
        cls._check_plans(four_fixes, plans)
        warn_finder_rectifies([
                f for f in four_fixes if f.responsible == f.hazard.found_by])
        cls.move(four_fixes, 'confirmed', 'confirmed')
        measures = {}
        for four_fix, hazard in zip(four_fixes, hazards):
            hazard.deadline = four_fix.deadline
            hazard.responsible = four_fix.responsible
            measures[hazard] = four_fix.measures
        Hazard.advance(
            hazards, 'rectification', 'confirm',
            note=measures.get, stages=four_fixes)
        Rectification.open(four_fixes)

    @classmethod
    def _check_plans(cls, four_fixes, plans):
        for four_fix in four_fixes:
            plan = plans.get(four_fix.hazard)
            if plan and four_fix.deadline > plan.deadline:
                raise FourFixError(gettext(
                        'hazard.msg_four_fix_plan_deadline',
                        hazard=four_fix.rec_name,
                        day=Pool().get('ir.lang').get().strftime(
                            plan.finish_on)))

    @classmethod
    @step('cancelled')
    def return_(cls, four_fixes):
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        get_reason('hazard.wizard_four_fix_return')
        Hazard.return_([f.hazard for f in four_fixes])

    @classmethod
    @step('cancelled')
    def reassign(cls, four_fixes):
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        get_reason('hazard.wizard_four_fix_reassign')
        Hazard.reassign([f.hazard for f in four_fixes])
