# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Displays climb from the officer to the director, each step once.

A step waits so many days after the display opened. Where several are due at
once all are taken, since each tells somebody else.
"""

from collections import defaultdict, namedtuple
from functools import cached_property

from trytond.model import Index, ModelSQL, ModelView, Unique, fields
from trytond.modules.safety_base.notice import notify
from trytond.modules.safety_base.server_written import AppendOnlyMixin
from trytond.modules.safety_base.workflow import now
from trytond.modules.safety_organization.leader import (
    group_members, select_employees)
from trytond.pool import Pool, PoolMeta
from trytond.transaction import without_check_access

from ..exceptions import DisplayAccessError

_in = fields.SQL_OPERATORS['in']
# label names it, days returns from the settings how long after the opening it
# is taken, audience from the people and the display whom it tells.
Step = namedtuple('Step', ['label', 'days', 'audience'])
STEPS = {
    'officer': Step(
        "Officer", lambda settings: 0,
        lambda people, display: people.get_officers(display)),
    'chief': Step(
        "Chief", lambda settings: settings['chief_days'],
        lambda people, display: people.get_leaders(display, 'captain')),
    'deputy': Step(
        "Deputy", lambda settings: settings['deputy_days'],
        lambda people, display: people.get_leaders(display, 'deputy')),
    'director': Step(
        "Director", lambda settings: settings['director_days'],
        lambda people, display: people.directors),
    }


class Display(metaclass=PoolMeta):
    __name__ = 'supervision.display'

    steps = fields.One2Many(
        'supervision.display.step', 'display', "Told", readonly=True)

    @classmethod
    @without_check_access
    def look(cls, company):
        looked = super().look(company)
        if looked:
            tell(company, cls.search([
                        ('company', '=', company.id),
                        ('state', '=', 'open'),
                        ]))
        return looked


class DisplayStep(AppendOnlyMixin, ModelSQL, ModelView):
    __name__ = 'supervision.display.step'
    _refusal = DisplayAccessError, 'hazard_supervision.msg_display_modify'
    _log = False

    display = fields.Many2One(
        'supervision.display', "Display", required=True, readonly=True,
        ondelete='RESTRICT')
    step = fields.Selection(
        [(n, s.label) for n, s in STEPS.items()], "To", required=True,
        readonly=True, sort=False)
    told_at = fields.DateTime("Told at", required=True, readonly=True)
    people = fields.Many2Many(
        'supervision.display.step-company.employee', 'step', 'employee',
        "People", readonly=True,
        help="Whom it concerned; empty if there was nobody.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls.__access__.add('display')
        cls._order = [('told_at', 'ASC'), ('id', 'ASC')]
        cls._sql_constraints += [
            ('step_unique', Unique(t, t.display, t.step),
                'hazard_supervision.msg_display_step_unique'),
            ]
        cls._sql_indexes.add(Index(t, (t.display, Index.Equality())))

    def get_rec_name(self, name):
        return self.display.rec_name

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('display.rec_name', *clause[1:])]


class DisplayStepEmployee(AppendOnlyMixin, ModelSQL):
    __name__ = 'supervision.display.step-company.employee'
    _refusal = DisplayAccessError, 'hazard_supervision.msg_display_modify'
    _log = False

    step = fields.Many2One(
        'supervision.display.step', "Step", required=True,
        ondelete='CASCADE')
    employee = fields.Many2One(
        'company.employee', "Employee", required=True, ondelete='RESTRICT')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls.__access__.add('step')
        cls._sql_indexes.add(Index(t, (t.step, Index.Equality())))


class People:
    "Who answers for the displays of a regulator, read once for all."

    def __init__(self, company, displays):
        self.company = company
        self._enterprises = [d.enterprise.id for d in displays]

    @cached_property
    def _assignments(self):
        pool = Pool()
        Assignment = pool.get('supervision.assignment')
        today = pool.get('ir.date').today()
        return {
            a.enterprise.id: a for a in Assignment.search([
                    ('enterprise', 'in', self._enterprises),
                    *Assignment.get_current(today)])}

    @cached_property
    def _leaders(self):
        "The ids of the leaders by unit and function."
        leader = Pool().get('safety.unit.leader').__table__()
        leaders = defaultdict(set)
        for unit, function, employee in select_employees(
                leader, leader.employee, [leader.unit, leader.function],
                where=_in(leader.unit, list(
                        {a.section.id for a in self._assignments.values()}))):
            leaders[unit, function].add(employee)
        return leaders

    @cached_property
    def directors(self):
        group = Pool().get('ir.model.data').get_id(
            'hazard_supervision', 'group_supervision_director')
        return group_members(group, [self.company.id])[self.company.id]

    def get_officers(self, display):
        """Return who looks after the enterprise.

        Where no officer is named it is the chief of the section; nobody
        answers for an enterprise that is not assigned, which the duty team
        and the lists show.
        """
        assignment = self._assignments.get(display.enterprise.id)
        if assignment and assignment.officer:
            return {assignment.officer.id}
        return self.get_leaders(display, 'captain')

    def get_leaders(self, display, function):
        assignment = self._assignments.get(display.enterprise.id)
        if not assignment:
            return set()
        return self._leaders[assignment.section.id, function]


def tell(company, displays):
    "Take the steps that are due of the open displays, and record them."
    pool = Pool()
    DisplayStep = pool.get('supervision.display.step')
    settings = pool.get('supervision.configuration').settings(company)
    people = People(company, displays)
    taken = {
        (s.display.id, s.step) for s in DisplayStep.search([
                ('display', 'in', [d.id for d in displays])])}
    for name, step in STEPS.items():
        due = [
            d for d in displays
            if d.days > step.days(settings) and (d.id, name) not in taken]
        if due:
            _take(name, {d: step.audience(people, d) for d in due})


def _take(name, audience):
    notify(
        audience, 'hazard_supervision.msg_display_told', 'tryton-warning',
        lambda display: display.words, work=True)
    Pool().get('supervision.display.step').create([{
                'display': display.id,
                'step': name,
                'told_at': now(),
                'people': [('add', sorted(employees))],
                } for display, employees in audience.items()])
