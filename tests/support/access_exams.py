# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The part of the access matrix about questions and exams."

import datetime as dt

from access_values import company_id, first, of, worker
from bank import create_exam, create_question
from organization import get_ref

from trytond.modules.hazard_training.question.question_table import COLUMNS
from trytond.modules.safety_base.spreadsheet import Column, write_table
from trytond.pool import Pool

DAY = dt.date(2026, 1, 5)
TIME = dt.datetime(2026, 1, 5)
OPTIONS = [('create', [{'text': "A", 'right': True}, {'text': "B"}])]

WRITTEN = {
    'training.case.key': {},
    'training.daily': {'streak': 9},
    'training.daily.key': {'order': '1'},
    'training.exam.line': {'points': 9},
    'training.mistake': {'times': 9},
    'training.paper': {'score': 9},
    'training.paper.item': {'score': 9},
    'training.paper.key': {'letters': 'D'},
    'training.question': {'explanation': "None."},
    'training.question.option': {'text': "None."},
    }
CREATED = {
    'training.case.key': {'': of(
            case=first('training.case', 'draft'),
            question=first('training.question', 'unasked'))},
    'training.daily': {'': of(
            company=company_id, employee=worker, day=dt.date(2026, 1, 7))},
    'training.daily.key': {'': of(
            daily=first('training.daily', 'second'),
            question=first('training.question'), order='1')},
    'training.exam': {'': of(
            name="New", company=company_id, pass_mark=1, minutes=1,
            attempts=1, waiting_days=0)},
    'training.exam.line': {'': of(
            exam=first('training.exam'), number=1, points=1)},
    'training.mistake': {'': of(
            company=company_id, employee=worker,
            question=first('training.question', 'unasked'), times=1,
            wrong_on=DAY, step=0, state='open')},
    'training.paper': {'': of(
            company=company_id, exam=first('training.exam'),
            employee=worker, attempt=9, started_at=TIME, due_at=TIME,
            total=1, pass_mark=1, state='failed')},
    'training.paper.item': {'': of(
            paper=first('training.paper', 'worker'), text="New",
            options="A", points=1)},
    'training.paper.key': {'': of(
            item=first('training.paper.item', 'worker'),
            question=first('training.question'), letters='A')},
    'training.question': {'': lambda f, role: {
            'company': f.mine.company.id, 'type': 'single',
            'discipline': get_ref('hazard.discipline_mining'),
            'difficulty': 'easy', 'text': f"New {role}",
            'options': OPTIONS}},
    'training.question.option': {'': of(
            question=first('training.question', 'unasked'), text="E")},
    }
COPIED = {
    'training.daily': of(day=dt.date(2026, 1, 8)),
    'training.question': lambda f, role: {'text': f"Copy {role}"},
    }


def _import(f):
    row = {
        'type': 'true_false', 'discipline': 'mining', 'text': "Is it?",
        'right': 'A'}
    data = write_table(
        [Column(n, [n]) for n in COLUMNS],
        [[row.get(n, '') for n in COLUMNS]])
    return [('import_', {'start': {'file': data}})]


def _take(f):
    exam = f.records['training.exam']['any']
    return [('draw', {'start': {'exam': str(exam.id)}})]


_ODT = {'format': 'odt'}
REPORTS = [
    ('training.exam.draw', 'training.exam', 'any', _ODT),
    ('training.exam.results', 'training.exam', 'any', {'format': 'ods'}),
    ('training.mistake.book', 'training.mistake', 'worker', _ODT),
    ('training.paper.answers', 'training.paper', 'worker', _ODT),
    ('training.paper.blank', 'training.paper', 'worker', _ODT),
    ]
WIZARDS = [
    ('training.case.answer', 'training.case', 'asked',
        [('choose_1', {}), ('answer', {})]),
    ('training.daily.take', None, '', []),
    ('training.exam.take', None, '', _take),
    ('training.question.import', None, '', _import),
    ]


def build_exams(mine, records):
    pool = Pool()
    Board = pool.get('training.daily.board')
    Day = pool.get('training.daily.day')
    Key = pool.get('training.paper.key')
    Option = pool.get('training.question.option')
    Paper = pool.get('training.paper')
    Result = pool.get('training.result.unit')
    CaseKey = pool.get('training.case.key')
    company, employee = mine.company, mine.employees.worker
    question = create_question(company, "What is it?")
    exam = create_exam(company, 1, waiting_days=0, attempts=9)
    paper = Paper.take(exam, employee)
    Paper.close([paper])
    item, = paper.items
    key, = Key.search([('item', '=', item.id)])
    unasked = create_question(company, "What is that?")
    case_key, = CaseKey.create([{
                'case': records['training.case']['asked'].id,
                'question': question.id}])
    option, = Option.search([('question', '=', unasked.id)], limit=1)
    belongs = ('company', '=', company.id)
    return {
        'training.case.key': {'any': case_key},
        'training.question': {'any': question, 'unasked': unasked},
        'training.question.option': {'unasked': option},
        'training.exam': {'any': exam},
        'training.exam.line': {'any': exam.lines[0]},
        'training.paper': {'worker': Paper(paper.id)},
        'training.paper.item': {'worker': item},
        'training.paper.key': {'worker': key},
        **_build_dailies(company, employee, question),
        'training.daily.board': {'any': Board.search([belongs])[0]},
        'training.daily.day': {'any': Day.search([belongs])[0]},
        'training.result.unit': {'any': Result.search([belongs])[0]},
        }


def _build_dailies(company, employee, question):
    pool = Pool()
    Daily = pool.get('training.daily')
    Key = pool.get('training.daily.key')
    Mistake = pool.get('training.mistake')
    daily, second = Daily.create([{
                'company': company.id, 'employee': employee.id, 'day': day,
                } for day in [DAY, DAY + dt.timedelta(days=1)]])
    key, = Key.create([{
                'daily': daily.id, 'question': question.id,
                'order': ','.join(str(o.id) for o in question.options)}])
    mistake, = Mistake.search([
            ('employee', '=', employee.id),
            ('question', '=', question.id)])
    return {
        'training.daily': {'worker': daily, 'second': second},
        'training.daily.key': {'worker': key},
        'training.mistake': {'worker': mistake},
        }
