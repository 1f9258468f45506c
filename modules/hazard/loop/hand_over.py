# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Handing the work that waits over to another person.

The stage goes on as it is, with its unit, its deadline and what was filled
in; only whom it waits for is another one. See reassign for another unit.
"""
import datetime as dt
from collections import defaultdict

from sql import Null

from trytond.i18n import gettext
from trytond.model import Index, Model, ModelView, fields
from trytond.modules.safety_base.access import check_readable
from trytond.modules.safety_base.guard.value import from_context
from trytond.modules.safety_base.notice import stand_ins_of
from trytond.modules.safety_base.reason import StepWizard, get_reason
from trytond.modules.safety_organization.person import person_of
from trytond.pool import Pool
from trytond.pyson import Date, Eval
from trytond.transaction import check_access
from trytond.wizard import Button, StateTransition, StateView

from ..exceptions import HandOverError
from . import notice
from .inbox import InboxMixin, Turn


def get_successor():
    "Return the employee whom the context names to take over, or None."
    Employee = Pool().get('company.employee')
    id_ = from_context('successor', int)
    employee = Employee(id_) if id_ else None
    with check_access():
        check_readable([employee] if employee else [])
    return employee


class HandOverMixin(InboxMixin):
    "Let a stage that waits be handed over to another person."
    __slots__ = ()
    # The field that names for whom it waits
    _handed = None

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._buttons.update({
                'hand_over': {
                    'invisible': Eval('state') != 'draft',
                    'icon': 'tryton-switch',
                    'depends': ['state'],
                    },
                })

    @classmethod
    @ModelView.button
    def hand_over(cls, stages):
        Hazard = Pool().get('hazard.hazard')
        if not stages:
            return None
        name = cls.__name__.split('.')[-1]
        get_reason(f'hazard.wizard_{name}_hand_over')
        with check_access():
            Hazard.hand_over(
                Hazard.browse(sorted({s.hazard.id for s in stages})))
        return 'reload'

    @classmethod
    def check_giver(cls, stages):
        "Raise an error unless who acts may choose whom the stages wait for."

    @classmethod
    def get_successors(cls, stages):
        """Return the set of ids of who may take over, by stage.

        None stands for everybody who works in the company.
        """
        return dict.fromkeys(stages)

    @classmethod
    def check_successor(cls, stages, employee):
        """Raise HandOverError unless the employee may take over the stages.

        Nobody checks what the same person did, or another one for whom the
        person stands in, whoever chooses.
        """
        person = person_of(employee)
        successors = cls.get_successors(stages)
        barred = {
            s: {e.id for e in s.get_barred() if e} for s in stages}
        stand_ins = stand_ins_of(set().union(*barred.values()))
        for stage in stages:
            if not _works_for(employee, stage.company):
                stage._refuse_successor('employee')
            if employee == getattr(stage, cls._handed):
                stage._refuse_successor('same', employee=employee.rec_name)
            if (successors[stage] is not None
                    and employee.id not in successors[stage]):
                stage._refuse_successor('login', employee=employee.rec_name)
            if person.is_any(barred[stage].union(
                        *(stand_ins[e] for e in barred[stage]))):
                stage._refuse_successor('work', employee=employee.rec_name)

    def get_barred(self):
        "Return the employees who may not do it."
        return []

    def _refuse_successor(self, case, **variables):
        raise HandOverError(gettext(
                f'hazard.msg_hand_over_{case}',
                hazard=self.hazard.rec_name, **variables))

    @classmethod
    def take_over(cls, stages, employee):
        "Let the stages wait for the employee."
        for stage in stages:
            setattr(stage, cls._handed, employee)
        cls.save_alike(stages)

    @classmethod
    def tell_handed(cls, stages, former, employee, reason):
        """Tell the employee of the work, and that it was handed over the
        former ones, whose ids are by stage, in the same order."""
        waiting = [
            (s, set(f)) for s, f in zip(stages, former)
            if s.state == 'draft']
        notice.work_waiting([s for s, _ in waiting])
        notice.work_handed(dict(waiting), employee, reason)


class AssigneeMixin(HandOverMixin):
    "Let a stage that waits for a role wait for one person of it."
    __slots__ = ()
    _handed = 'assignee'

    assignee = fields.Many2One(
        'company.employee', "Handed Over To", readonly=True,
        states={
            'invisible': ~Eval('assignee'),
            },
        help="The only one for whom it still waits.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.add(
            Index(t, (t.assignee, Index.Equality()),
                where=t.assignee != Null))

    @classmethod
    def get_waiting_domain(cls):
        "What was handed over waits for nobody else."
        turn = Turn()
        return [
            cls.get_acting_domain(),
            ['OR',
                [('assignee', '=', None), cls.get_turn(turn)],
                ('assignee', 'in', list(turn.acting))]]


def _works_for(employee, company):
    today = Pool().get('ir.date').today()
    return (employee is not None
        and employee.company == company
        and (employee.start_date or dt.date.min) <= today
        and today <= (employee.end_date or dt.date.max))


class HandOverSteps(Model):
    "Hand over what waits on hazards."
    __slots__ = ()

    @classmethod
    def hand_stages_over(cls, hazards, reason):
        """Hand the waiting stages of the hazards over, with an event each.

        Who acts is checked as a user, as the rules say who checks.
        """
        Event = Pool().get('hazard.event')
        employee = get_successor()
        for Stage, stages in cls._search_waiting(hazards).items():
            with check_access():
                Stage.check_giver(stages)
            Stage.check_successor(stages, employee)
            former = _get_former(stages, employee)
            Stage.take_over(stages, employee)
            Event.append([{
                        'hazard': s.hazard,
                        'action': 'hand_over',
                        'note': f'{employee.rec_name}: {reason}',
                        'stage': s,
                        } for s in stages])
            Stage.__queue__.tell_handed(
                stages, former, employee.rec_name, reason)

    @classmethod
    def _search_waiting(cls, hazards):
        "Return the stages that wait, by model."
        by_state = defaultdict(list)
        for hazard in hazards:
            by_state[hazard.state].append(hazard.id)
        waiting = {}
        for state, ids in by_state.items():
            Stage = Pool().get(f'hazard.{state}')
            waiting[Stage] = Stage.search([
                    ('hazard', 'in', ids),
                    ('state', '=', 'draft'),
                    ])
        return waiting

    @classmethod
    def get_formerly_responsible(cls, hazards, name):
        """Return the ids of who was responsible for a rectification before it
        was handed over, by id of the hazard."""
        Event = Pool().get('hazard.event')
        handed = Event.get_handed(hazards)
        former = {}
        for hazard in hazards:
            employees = set(handed[hazard.id])
            if employees:
                employees.update(
                    getattr(r.four_fix.responsible, 'id', None)
                    for r in hazard.rectifications if r.four_fix)
                employees -= {None, getattr(hazard.responsible, 'id', None)}
            former[hazard.id] = sorted(employees)
        return former


def _get_former(stages, employee):
    "Return the lists of ids of who is to know that it is no longer theirs."
    User = Pool().get('res.user')
    without = {employee.id, *User.get_employees()}
    audience = notice.actors(stages)
    return [sorted(audience[s] - without) for s in stages]


class HandOver(StepWizard):
    __name__ = 'hazard.hand_over'
    _button = 'hand_over'
    start_state = 'ask'

    ask = StateView(
        'hazard.hand_over.ask', 'hazard.hand_over_ask_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Hand Over", 'hand_over', 'tryton-ok', default=True),
            ])
    hand_over = StateTransition()

    def transition_hand_over(self):
        return self.press_button(
            reason=self.ask.reason, successor=self.ask.employee.id)


class HandOverAsk(ModelView):
    __name__ = 'hazard.hand_over.ask'

    employee = fields.Many2One(
        'company.employee', "Employee", required=True,
        domain=[
            ('company', '=', Eval('context', {}).get('company', -1)),
            ['OR',
                ('end_date', '=', None),
                ('end_date', '>=', Date())],
            ],
        help="Who does it from now on, of the same unit or another one.")
    reason = fields.Text("Reason", required=True)
