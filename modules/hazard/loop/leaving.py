# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""The work of who leaves: what waits for somebody who can do it no more.

Who sets the end of an employee or deactivates the last login is warned, the
leaders are told, and hand all of it over at once.
"""
from collections import defaultdict

from trytond.i18n import gettext
from trytond.model import ModelView, fields
from trytond.modules.safety_base.access import get_writable
from trytond.modules.safety_base.notice import notify, users_of
from trytond.modules.safety_base.reason import StepWizard
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Date, Eval
from trytond.transaction import Transaction, check_access
from trytond.wizard import Button, StateTransition, StateView

from ..exceptions import EmployeeWorkWarning
from .hand_over import HandOverMixin
from .notice import People

# How many numbers a warning names
_NAMED = 10


def find_work(employees):
    "Return the lists of stages that wait for the employees, by their ids."
    work = defaultdict(list)
    for _, Stage in Pool().iterobject():
        if issubclass(Stage, HandOverMixin):
            for stage in Stage.search([
                        (Stage._handed, 'in', list(map(int, employees))),
                        ('state', '=', 'draft'),
                        ]):
                work[getattr(stage, Stage._handed).id].append(stage)
    return work


def warn_work(employees):
    "Warn who takes the employees away that work waits for them."
    Warning = Pool().get('res.user.warning')
    work = find_work(employees)
    for employee in employees:
        if not (stages := work.get(employee.id)):
            continue
        key = Warning.format('employee_work', [employee, *stages])
        if Warning.check(key):
            raise EmployeeWorkWarning(key, gettext(
                    'hazard.msg_employee_work', employee=employee.rec_name,
                    count=len(stages), hazards=_get_numbers(stages)))


def tell_work(employees):
    "Tell the leaders of the employees of the work that waits for them."
    work = find_work(employees)
    people = People(employees)
    audience = {}
    for employee in employees:
        if not work.get(employee.id):
            continue
        company = employee.company.id
        without = {employee.id}
        audience[employee] = (
            people.get_leaders(employee.unit, without)
            or people.safety[company] - without
            or people.mine[company] - without)
    notify(
        audience, 'hazard.msg_notice_work_left', 'tryton-warning',
        describe=lambda e: _get_numbers(work[e.id]), work=True)


def _get_numbers(stages):
    numbers = sorted(s.hazard.rec_name for s in stages)
    if len(numbers) > _NAMED:
        numbers[_NAMED:] = ['…']
    return ', '.join(numbers)


class Employee(metaclass=PoolMeta):
    __name__ = 'company.employee'

    @classmethod
    def check_modification(
            cls, mode, employees, values=None, external=False):
        super().check_modification(
            mode, employees, values=values, external=external)
        if mode == 'write' and external and values.get('end_date'):
            warn_work(employees)

    @classmethod
    def on_modification(cls, mode, employees, field_names=None):
        super().on_modification(mode, employees, field_names=field_names)
        if mode == 'write' and 'end_date' in (field_names or []):
            cls.__queue__.tell_work([e for e in employees if e.end_date])

    @classmethod
    def tell_work(cls, employees):
        tell_work(employees)


class User(metaclass=PoolMeta):
    __name__ = 'res.user'

    @classmethod
    def check_modification(cls, mode, users, values=None, external=False):
        super().check_modification(
            mode, users, values=values, external=external)
        if (mode == 'write' and external
                and values.get('active', True) is False):
            ids = set(map(int, users))
            employees = _get_employees(users)
            logins = users_of([e.id for e in employees])
            warn_work([
                    e for e in employees
                    if {u for u, _ in logins[e.id]} <= ids])

    @classmethod
    def on_modification(cls, mode, users, field_names=None):
        Employee = Pool().get('company.employee')
        super().on_modification(mode, users, field_names=field_names)
        if mode == 'write' and 'active' in (field_names or []):
            employees = _get_employees(u for u in users if not u.active)
            logins = users_of([e.id for e in employees])
            Employee.__queue__.tell_work([
                    e for e in employees if not logins.get(e.id)])


def _get_employees(users):
    return list(dict.fromkeys(e for u in users for e in u.employees))


class HandAllOver(StepWizard):
    __name__ = 'hazard.hand_over.all'
    start_state = 'ask'

    ask = StateView(
        'hazard.hand_over.all.ask', 'hazard.hand_over_all_ask_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Hand Over", 'hand_over', 'tryton-ok', default=True),
            ])
    hand_over = StateTransition()

    def default_ask(self, fields):
        return {
            'employee': self.record.id,
            'hazards': [h.id for h in self._find_hazards()],
            }

    def _find_hazards(self):
        "Return the hazards of the work that the user may hand over."
        Hazard = Pool().get('hazard.hazard')
        ids = {
            s.hazard.id for s in find_work([self.record])[self.record.id]}
        with check_access():
            hazards = Hazard.search([('id', 'in', list(ids))])
            own = get_writable(hazards) if hazards else set()
        return [h for h in hazards if h.id in own]

    def transition_hand_over(self):
        Hazard = Pool().get('hazard.hazard')
        hazards = self._find_hazards()
        with Transaction().set_context(
                reason=self.ask.reason, successor=self.ask.successor.id), \
                check_access():
            Hazard.hand_over(hazards)
        return 'end'


class HandAllOverAsk(ModelView):
    __name__ = 'hazard.hand_over.all.ask'

    employee = fields.Many2One(
        'company.employee', "Employee", readonly=True)
    hazards = fields.Many2Many(
        'hazard.hazard', None, None, "Hazards", readonly=True,
        help="On which work waits for the employee that you may hand over.")
    successor = fields.Many2One(
        'company.employee', "Handed Over To", required=True,
        domain=[
            ('company', '=', Eval('context', {}).get('company', -1)),
            ('id', '!=', Eval('employee', -1)),
            ['OR',
                ('end_date', '=', None),
                ('end_date', '>=', Date())],
            ])
    reason = fields.Text("Reason", required=True)
