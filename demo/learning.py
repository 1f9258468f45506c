# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""The question bank, an exam with papers and weeks of daily questions."""

import datetime as dt

from trytond.pool import Pool
from trytond.transaction import Transaction

from .tools import working

__all__ = ['import_questions', 'learn']

DAYS = 21
EXAM = "三员年度考试"
COURSE = "三员年度复训"
NOTE = "请独立完成。手机作答时点选项字母即可，系统自动保存。"
# Number, type, points each
LINES = [(12, 'single', 4), (5, 'true_false', 4), (4, 'multiple', 8)]
PASS_MARK = 60
PAPERS = 14


def learn(mine, clock, choice, database):
    "Let the people take the exam and answer daily questions."
    with working(database):
        with Transaction().set_context(company=mine.company):
            exam = create_exam(mine)
    people = active_employees(mine, database)
    for day in range(DAYS, -1, -1):
        # Who starts the demonstration by night is asked at once
        clock.move(min(clock.ago(day, 6.5), clock.now))
        with working(database):
            answer_daily(mine, clock, choice, is_today=not day)
        if 0 < day <= PAPERS and people:
            clock.move(clock.ago(day, 15))
            with working(database):
                take_exam(exam, people.pop(0), clock, choice)
    clock.move(clock.now)


def import_questions(mine):
    "Fill the bank with the questions that are delivered."
    from trytond.modules.hazard_training.question.question_import import (
        QuestionCheck, read_delivered)
    pool = Pool()
    Company = pool.get('company.company')
    check = QuestionCheck(Company(mine.company))
    check.run(read_delivered())
    check.write()


def create_exam(mine):
    pool = Pool()
    Exam = pool.get('training.exam')
    exam, = Exam.create([{
                'name': EXAM,
                'company': mine.company,
                'course': mine.courses[COURSE],
                'pass_mark': PASS_MARK,
                'minutes': 60,
                'attempts': 3,
                'waiting_days': 1,
                'note': NOTE,
                'lines': [('create', [
                            {'number': n, 'type': t, 'points': p}
                            for n, t, p in LINES])],
                }])
    return exam.id


def active_employees(mine, database):
    with working(database):
        Member = Pool().get('safety.member')
        members = Member.search([
                ('company', '=', mine.company),
                ('state', '=', 'active'),
                ])
        return list(dict.fromkeys(m.employee.id for m in members))


def answer_daily(mine, clock, choice, is_today):
    "Draw the questions of the day; most are answered in the morning."
    pool = Pool()
    Company = pool.get('company.company')
    Daily = pool.get('training.daily')
    Key = pool.get('training.daily.key')
    dailies = Daily.draw_day(
        Company(mine.company), clock.local(dt.datetime.now()).date())
    keys = Key.of_dailies(dailies)
    for daily in dailies:
        # Today's are left to who visits
        if is_today or choice.random() > .85:
            continue
        _, options = keys[daily.id]
        with Transaction().set_context(employee=daily.employee.id):
            Daily.answer(daily, pick(
                    ''.join('ABCDEFGHIJ'[n]
                        for n, (_, right) in enumerate(options) if right),
                    len(options), choice))


def take_exam(exam, employee, clock, choice):
    pool = Pool()
    Employee = pool.get('company.employee')
    Exam = pool.get('training.exam')
    Item = pool.get('training.paper.item')
    Key = pool.get('training.paper.key')
    Paper = pool.get('training.paper')
    with Transaction().set_context(employee=employee):
        paper = Paper.take(Exam(exam), Employee(employee))
        keys = Key.of_items(paper.items)
        knowledge = choice.choice([.45, .75, .95])
        for item in paper.items:
            _, right, *_ = keys[item.id]
            Item.answer(item, pick(
                    right, len(item.options.splitlines()), choice, knowledge))
        minutes = choice.randrange(15, 50)
        clock.move(paper.started_at + dt.timedelta(minutes=minutes))
        Paper.hand_in([paper])


def pick(right, number, choice, knowledge=.75):
    "Return the right letters, so often as the knowledge tells."
    if choice.random() < knowledge:
        return right
    return 'ABCDEFGHIJ'[choice.randrange(number)]
