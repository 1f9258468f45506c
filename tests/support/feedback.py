# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Makes a company whose people submit and answer opinions."

from types import SimpleNamespace

from access import call, run
from built import kept
from organization import (
    create_company, create_employee, create_unit, create_user, get_ref, lead)

from trytond.modules.company.tests import set_company
from trytond.pool import Pool
from trytond.transaction import Transaction

__all__ = [
    'SUBJECT', 'TEXT', 'build_office', 'kind', 'press', 'reload', 'route',
    'run_tasks', 'submit', 'submit_anonymous']

SUBJECT, TEXT = "Lamps", "The lamps of the road are too dim."
PEOPLE = ['author', 'colleague', 'leader', 'other_leader', 'head']


@kept
def build_office(company=None, prefix=''):
    """Return a company with two departments under a mine, and its people.

    The leaders lead the departments, the head the mine; the administrator
    administers feedback.  Opinions go to the first department.
    """
    company = company or create_company("Office")
    with set_company(company):
        mine = create_unit(company, "Mine", kind='mine')
        units = {
            'mine': mine,
            'works': create_unit(
                company, "Works", kind='department', parent=mine),
            'kitchen': create_unit(
                company, "Kitchen", kind='department', parent=mine),
            }
        employees = {
            name: create_employee(company, name.title())
            for name in [*PEOPLE, 'administrator']}
        for unit, name in [
                ('works', 'leader'), ('kitchen', 'other_leader'),
                ('mine', 'head')]:
            lead(units[unit], employees[name])
        users = {
            name: create_user(
                prefix + name, company, employee,
                ['safety_feedback.group_feedback_admin']
                if name == 'administrator' else [])
            for name, employee in employees.items()}
        route(units['works'])
    return SimpleNamespace(
        company=company, units=SimpleNamespace(**units),
        employees=SimpleNamespace(**employees),
        users=SimpleNamespace(**users))


def route(unit, kind=None):
    pool = Pool()
    Route = pool.get('safety.feedback.route')
    Route.create([{
                'company': unit.company.id, 'kind': kind, 'unit': unit.id}])


def kind(code='suggestion'):
    return get_ref(f'safety_feedback.kind_{code}')


def submit(office, user=None, **values):
    "Return an opinion that its author submitted in the client."
    pool = Pool()
    Feedback = pool.get('safety.feedback')
    user = user or office.users.author
    id_, = call(user, 'model.safety.feedback.create', [{
                'kind': kind(), 'subject': SUBJECT, 'text': TEXT, **values}])
    call(user, 'model.safety.feedback.submit', [id_])
    return Feedback(id_)


def submit_anonymous(office, user=None, **values):
    "Return an opinion that nobody submitted, and its code."
    pool = Pool()
    Feedback = pool.get('safety.feedback')
    result = run(user or office.users.author, 'safety.feedback.submit', [
            ('submit', {'secret': {
                        'anonymous': True, 'kind': kind(),
                        'subject': SUBJECT, 'text': TEXT, **values}})])
    shown = result['view']['defaults']
    feedback, = Feedback.search([('number', '=', shown['number'])])
    return feedback, shown['code']


def press(user, feedback, button, **context):
    call(user, f'model.safety.feedback.{button}', [feedback.id], **context)
    return reload(feedback)


def reload(record):
    return record.__class__(record.id)


def run_tasks():
    "Run what is queued and create the notifications as a server would."
    pool = Pool()
    Queue = pool.get('ir.queue')
    transaction = Transaction()
    for task in Queue.browse(transaction.tasks):
        with transaction.set_user(0), transaction.reset_context():
            task.run()
            transaction._store_user_notifications()
    transaction.tasks.clear()
