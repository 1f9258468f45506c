# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Measure the draw of the questions of the day.

    .venv/bin/python benchmarks/daily.py [--people N] [--days N]

On a throw-away PostgreSQL cluster so many people of twenty units, each with
hazards, are asked the delivered questions on so many days, with answers that
are wrong one time out of four. Prints the seconds of each draw.
"""

import argparse
import datetime as dt
import os
import random
import sys
import time
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent / 'tests' / 'support'))
from durable import durable_cluster  # noqa: E402

UNITS = 20
FIRST_DAY = dt.date(2026, 1, 5)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--people', type=int, default=500)
    parser.add_argument('--days', type=int, default=10)
    options = parser.parse_args()
    cluster = durable_cluster()
    cluster.start()
    try:
        os.environ.update(cluster.environment)
        os.environ['DB_NAME'] = 'daily'
        measure(options.people, options.days)
    finally:
        cluster.stop()


def measure(people, days):
    from trytond.tests.test_tryton import DB_NAME, activate_module, drop_db
    from trytond.transaction import Transaction
    activate_module('hazard_training')
    try:
        with Transaction().start(DB_NAME, 1):
            company = build(people)
            for number in range(days):
                day = FIRST_DAY + dt.timedelta(days=number)
                print(f'{day}: {draw(company, day):.2f} s', flush=True)
    finally:
        drop_db()


def build(people):
    "Return the company with its people, hazards and questions."
    from bank import create_people
    from mine import build_mine, new_hazard
    from organization import create_unit

    from trytond.modules.hazard_training.question.question_import import (
        QuestionCheck, read_delivered)
    from trytond.pool import Pool
    from trytond.transaction import Transaction
    mine = build_mine()
    Transaction().set_context(company=mine.company.id)
    Hazard = Pool().get('hazard.hazard')
    check = QuestionCheck(mine.company)
    check.run(read_delivered())
    check.write()
    for number in range(UNITS):
        unit = create_unit(mine.company, f"Team {number}")
        create_users(
            mine.company, create_people(mine.company, people // UNITS, unit))
        Hazard.create([
                new_hazard(mine, unit=unit)._save_values()
                for _ in range(10)])
    return mine.company


def create_users(company, employees):
    "Give each employee a login, so that they are told of their question."
    from trytond.pool import Pool
    User = Pool().get('res.user')
    User.create([{
                'name': e.rec_name,
                'login': f'member{e.id}',
                'companies': [('add', [company.id])],
                'company': company.id,
                'employees': [('add', [e.id])],
                'employee': e.id,
                } for e in employees])


def draw(company, day):
    "Return the seconds that it takes to draw and to tell."
    from trytond.pool import Pool
    from trytond.transaction import Transaction
    pool = Pool()
    Daily = pool.get('training.daily')
    Mistake = pool.get('training.mistake')
    Key = pool.get('training.daily.key')
    start = time.perf_counter()
    dailies = Daily.draw_day(company, day)
    # As a commit does
    Transaction()._store_user_notifications()
    seconds = time.perf_counter() - start
    keys = Key.of_dailies(dailies)
    Mistake.learn([
            (company, d.employee.id, keys[d.id][0], random.random() > .25,
                day) for d in dailies])
    return seconds


if __name__ == '__main__':
    main()
