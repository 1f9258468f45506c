# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Questions, exams and members for the tests of the training."

from organization import (
    create_company, create_unit, create_user, get_kind, get_ref)
from proteus import Model

from trytond.modules.company.tests import create_employee
from trytond.pool import Pool
from trytond.transaction import Transaction

__all__ = [
    'create_admin', 'create_exam', 'create_people', 'create_question',
    'create_training', 'fill_bank', 'get_users', 'press_right',
    'press_wrong']


def create_question(company, text, right='B', type='single', **values):
    "Return a question with four options, A to D; right are the letters."
    pool = Pool()
    Question = pool.get('training.question')
    values.setdefault('discipline', get_ref('hazard.discipline_ventilation'))
    number = 2 if type == 'true_false' else 4
    question, = Question.create([{
                'company': company.id,
                'type': type,
                'text': text,
                'explanation': f"Because of {text}",
                'source': "The rules",
                'options': [('create', [{
                                'text': f"{text} {letter}",
                                'right': letter in right,
                                } for letter in 'ABCDEFGH'[:number]])],
                **values}])
    return question


def fill_bank(company, number=40, **values):
    return [
        create_question(company, f"Question {n}", **values)
        for n in range(number)]


def create_exam(company, number=3, **values):
    pool = Pool()
    Exam = pool.get('training.exam')
    values = {
        'name': "Induction",
        'company': company.id,
        'pass_mark': 2 * number,
        'minutes': 30,
        'attempts': 2,
        'waiting_days': 1,
        'lines': [('create', [{'number': number, 'points': 2}])],
        **values}
    exam, = Exam.create([values])
    return exam


def create_people(company, number, unit=None):
    "Return the employees of so many active members."
    pool = Pool()
    Employee = pool.get('company.employee')
    Member = pool.get('safety.member')
    Party = pool.get('party.party')
    parties = Party.create([
            {'name': f"Member {n}"} for n in range(number)])
    employees = Employee.create([
            {'party': p.id, 'company': company.id} for p in parties])
    Member.create([{
                'company': company.id,
                'employee': e.id,
                'kind': get_kind('union').id,
                'unit': unit.id if unit else create_unit(company, "Team").id,
                'state': 'active',
                } for e in employees])
    return employees


def create_admin(company):
    "Return a training administrator."
    return create_user(
        'training', company, create_employee(company, "Training"),
        ['hazard_training.group_training_admin'])


def create_training(config=None):
    "Set up a mine with questions, an exam and who takes it for a scenario."
    with Transaction().start(config.database_name, 0) as transaction:
        pool = Pool()
        Company = pool.get('company.company')
        companies = Company.search([])
        company = companies[0] if companies else create_company("Mine")
        with transaction.set_context(company=company.id):
            fill_bank(company)
            create_exam(company)
            people = create_people(company, 1)
            create_user('member', company, people[0])
            create_admin(company)
        transaction.commit()


def get_users():
    "Return the users of the scenario's training by login."
    User = Model.get('res.user')
    return {u.login: u for u in User.find([])}


def _press(take, is_right):
    "Tap an option of the question that the wizard shows."
    for number, line in enumerate(take.form.options.splitlines(), 1):
        # The right options of these questions end so
        if line.endswith(' B') == is_right:
            return take.execute(f'choose_{number}')


def press_right(take):
    _press(take, True)


def press_wrong(take):
    _press(take, False)
