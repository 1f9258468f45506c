# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What the answers tell of the questions, read for many at once."

import math
from collections import defaultdict

from sql import Cast, Null
from sql.aggregate import Count, Sum
from sql.conditionals import Case
from sql.operators import Mul

from trytond.model import fields
from trytond.pool import Pool
from trytond.transaction import Transaction

ANSWERED = ('passed', 'failed')


def correlation(number, x, y, yy, xy):
    """Return the correlation of right answers (0 or 1) with scores.

    It takes the sums over the answers: of right ones x, of scores y, of
    their squares yy and of the scores of those who were right xy; None where
    one of them does not vary.
    """
    spread = (number * x - x * x) * (number * yy - y * y)
    if number < 2 or spread <= 1e-9:
        return None
    return round((number * xy - x * y) / math.sqrt(spread), 2)


def asked(questions):
    "Return the ids of those of the questions that somebody was asked."
    pool = Pool()
    cursor = Transaction().connection.cursor()
    asked = set()
    for model in [
            'training.paper.key', 'training.daily.key', 'training.case.key']:
        table = pool.get(model).__table__()
        cursor.execute(*table.select(
                table.question,
                where=fields.SQL_OPERATORS['in'](table.question, questions),
                group_by=table.question))
        asked.update(id_ for id_, in cursor)
    return asked


def of_questions(questions):
    "Return the statistics by id of question and name of field."
    asked = defaultdict(int)
    right = defaultdict(int)
    correlations = {}
    for id_, number, x, y, yy, xy in _of_exams(questions):
        asked[id_] += number
        right[id_] += x
        correlations[id_] = correlation(number, x, y, yy, xy)
    for id_, number, x in [*_of_days(questions), *_of_cases(questions)]:
        asked[id_] += number
        right[id_] += x
    return {
        id_: {
            'asked': asked[id_],
            'answered_right': right[id_],
            'right_rate': round(100 * right[id_] / asked[id_], 1)
            if asked[id_] else None,
            'discrimination': correlations.get(id_),
            } for id_ in questions}


def _of_exams(questions):
    pool = Pool()
    Item = pool.get('training.paper.item')
    Key = pool.get('training.paper.key')
    Paper = pool.get('training.paper')
    cursor = Transaction().connection.cursor()
    item, key, paper = Item.__table__(), Key.__table__(), Paper.__table__()
    right = Case((item.right == True, 1), else_=0)  # noqa: E712
    score = Cast(paper.score, 'FLOAT') / paper.total
    cursor.execute(*item.join(
            key, condition=key.item == item.id).join(
            paper, condition=item.paper == paper.id).select(
            key.question, Count(item.id), Sum(right), Sum(score),
            Sum(Mul(score, score)), Sum(Mul(score, right)),
            where=fields.SQL_OPERATORS['in'](key.question, questions)
            & paper.state.in_(ANSWERED) & (paper.total > 0),
            group_by=key.question))
    return cursor.fetchall()


def _of_days(questions):
    pool = Pool()
    return _of_answers(
        pool.get('training.daily'), 'id',
        pool.get('training.daily.key'), 'daily', questions)


def _of_cases(questions):
    pool = Pool()
    return _of_answers(
        pool.get('training.case.reading'), 'case',
        pool.get('training.case.key'), 'case', questions)


def _of_answers(Answer, of_answer, Key, of_key, questions):
    "Return the question, the number of answers and of right ones."
    cursor = Transaction().connection.cursor()
    answer, key = Answer.__table__(), Key.__table__()
    right = Case((answer.right == True, 1), else_=0)  # noqa: E712
    cursor.execute(*answer.join(
            key, condition=getattr(key, of_key) == getattr(answer, of_answer)
            ).select(
            key.question, Count(answer.id), Sum(right),
            where=fields.SQL_OPERATORS['in'](key.question, questions)
            & (answer.answered_at != Null),
            group_by=key.question))
    return cursor.fetchall()
