# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""The questions that are delivered, and those that no longer are.

A delivered question is known by its content: type, text and options.  Where
the law changes the answer, the new question is another one; the content of
the old one joins the retired ones and is no longer asked where it was
imported.  Papers, questions of the day and cases keep it.
"""

import csv
import datetime as dt
import hashlib

from trytond.pool import Pool
from trytond.tools import file_open
from trytond.transaction import Transaction

DELIVERED = 'hazard_training/data/questions_zh.csv'
RETIRED = 'hazard_training/data/questions_retired.csv'
OPTIONS = [f'option_{n}' for n in range(1, 11)]
LETTERS = 'ABCDEFGHIJ'
REFRESHED = ['explanation', 'source', 'edition']


def content_key(type, text, options):
    """Return what tells the content of a question from that of another one.

    options are (text, right) in the order of the bank, which counts only for
    a question to which true or false is the answer: its words are those of a
    language.
    """
    if type == 'true_false':
        options = [(str(n), right) for n, (_, right) in enumerate(options)]
    lines = [type, text, *sorted(
            f'{"x" if right else "-"} {option}' for option, right in options)]
    return hashlib.sha256('\n'.join(lines).encode()).hexdigest()


def read_delivered():
    "Return the rows of the delivered questions as those of a workbook."
    with file_open(DELIVERED, mode='r', encoding='utf-8') as file:
        return list(enumerate(csv.DictReader(file), 2))


def row_key(texts):
    "Return the content key of a row of the delivered questions."
    options = [texts[n] for n in OPTIONS if texts[n]]
    if texts['type'] == 'true_false' and not options:
        options = LETTERS[:2]
    return content_key(texts['type'], texts['text'], [
            (option, letter in texts['right'])
            for letter, option in zip(LETTERS, options)])


def read_retired():
    "Return the content keys of the questions that are no longer delivered."
    with file_open(RETIRED, mode='r', encoding='utf-8') as file:
        return {row['content'] for row in csv.DictReader(file)}


def bank_keys(where):
    "Return the content keys by id of the questions for which where holds."
    pool = Pool()
    Option = pool.get('training.question.option')
    Question = pool.get('training.question')
    cursor = Transaction().connection.cursor()
    table = Question.__table__()
    cursor.execute(*table.select(
            table.id, table.type, table.text, where=where(table)))
    questions = cursor.fetchall()
    options = Option.of_questions([id_ for id_, *_ in questions])
    return {
        id_: content_key(type, text, [
                (option, right) for _, option, right in options.get(id_, [])])
        for id_, type, text in questions}


def update_bank():
    """Bring the imported questions up to date.

    The retired ones are no longer in use, and those which nobody has changed
    get the explanation and the legal basis that are delivered now.
    """
    pool = Pool()
    Question = pool.get('training.question')
    cursor = Transaction().connection.cursor()
    table = Question.__table__()
    keys = bank_keys(lambda t: t.active == True)  # noqa: E712
    if not keys:
        return
    retired = read_retired()
    if old := [id_ for id_, key in keys.items() if key in retired]:
        cursor.execute(*table.update(
                [table.active], [False], where=table.id.in_(old)))
    delivered = {row_key(texts): texts for _, texts in read_delivered()}
    columns = [table.checked, *(getattr(table, n) for n in REFRESHED)]
    cursor.execute(*table.select(
            table.id, *columns,
            where=table.write_date == None))  # noqa: E711
    for id_, *stored in cursor.fetchall():
        texts = delivered.get(keys.get(id_))
        if texts and stored != (values := _get_refreshed(texts)):
            cursor.execute(*table.update(
                    columns, values, where=table.id == id_))


def _get_refreshed(texts):
    checked = texts['checked']
    return [
        dt.date.fromisoformat(checked) if checked else None,
        *(texts[n] or None for n in REFRESHED)]
