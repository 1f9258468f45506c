# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Measure the ledger of points and the sheets of a year.

    .venv/bin/python benchmarks/appraisal.py [--hazards N] [--days N]

On a throw-away PostgreSQL cluster 500 members have reported so many hazards
in the year and answered the question of so many days. Prints the seconds to
count all of it, to compute the sheets and to close periods.
"""

import argparse
import datetime as dt
import os
import sys
import time
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent / 'tests' / 'support'))
from durable import durable_cluster  # noqa: E402

DATABASE = 'appraisal'
# The hazards are filled in over three years and then moved into one
SHRINK = """
UPDATE {table} SET {columns}
"""
TIMES = {
    'hazard_hazard': [
        'found_at', 'reported_at', 'deadline', 'closed_at', 'archived_at'],
    'hazard_event': ['at'],
    'hazard_rectification': [
        'opened_at', 'due_at', 'deadline', 'rectified_at', 'done_at'],
    'hazard_recheck': [
        'opened_at', 'due_at', 'rectified_at', 'checked_at'],
    }
MEMBERS = """
INSERT INTO safety_member (
    create_uid, create_date, company, employee, kind, unit, state, since)
SELECT 1, now(), %(company)s, e, (%(kinds)s::int[])[1 + n %% 3],
    (%(teams)s::int[])[1 + n %% 20], 'active', %(since)s
FROM unnest(%(employees)s::int[]) WITH ORDINALITY AS people (e, n)
"""
CHANGES = """
INSERT INTO safety_member_change (
    create_uid, create_date, member, company, date, from_state, to_state, at)
SELECT 1, now(), id, company, since, 'candidate', 'active', since
FROM safety_member
"""
FOUND_BY = """
UPDATE hazard_hazard SET member = safety_member.id FROM safety_member
WHERE safety_member.employee = hazard_hazard.found_by
"""
DAILIES = """
INSERT INTO training_daily (
    create_uid, create_date, company, employee, unit, day, chosen, "right",
    answered_at, streak)
SELECT 1, now(), m.company, m.employee, m.unit, day, 'A',
    (m.id + extract(doy FROM day)::int) %% 4 > 0, day + interval '10 hours',
    1 + (row_number() OVER (PARTITION BY m.id ORDER BY day)) %% 30
FROM safety_member m, generate_series(
    current_date - %(days)s, current_date - 1, interval '1 day') AS day
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--hazards', type=int, default=19_245)
    parser.add_argument('--days', type=int, default=250)
    options = parser.parse_args()
    cluster = durable_cluster()
    cluster.start()
    try:
        os.environ.update(cluster.environment)
        os.environ['DB_NAME'] = DATABASE
        measure(options.hazards, options.days)
    finally:
        cluster.stop()


def measure(hazards, days):
    from population import build

    from trytond.tests.test_tryton import activate_module, drop_db
    activate_module(['hazard_appraisal', 'hazard_training'])
    try:
        mine = build(DATABASE)
        populate(mine, hazards, days)
        work(measure_ledger, mine)
        work(measure_sheets, mine, "nothing closed")
        close(mine)
        work(measure_sheets, mine, "all closed but this month")
    finally:
        drop_db()


def work(function, mine, *args):
    "Call the function in a transaction, again as the server would."
    from trytond.transaction import Transaction, TransactionError
    extras = {}
    while True:
        with Transaction().start(DATABASE, 1, **extras) as transaction:
            transaction.connection.cursor().execute('ANALYZE')
            try:
                with transaction.set_context(
                        company=mine.company, _check_access=False):
                    result = function(mine, *args)
                transaction.commit()
                return result
            except TransactionError as exception:
                transaction.rollback()
                exception.fix(extras)


def populate(mine, hazards, days):
    from population import fill

    from trytond.pool import Pool
    from trytond.transaction import Transaction
    pool = Pool(DATABASE)
    since = dt.date.today() - dt.timedelta(days=364)
    with Transaction().start(DATABASE, 1) as transaction:
        connection = transaction.connection
        fill(connection, mine, hazards)
        kinds = [k.id for k in pool.get('safety.member.kind').search([])]
        cursor = connection.cursor()
        for table, columns in TIMES.items():
            cursor.execute(SHRINK.format(table=table, columns=', '.join(
                        f'{c} = now() - (now() - {c}) / 3'
                        for c in columns)))
        cursor.execute(MEMBERS, {
                'company': mine.company, 'kinds': kinds, 'since': since,
                'teams': mine.teams, 'employees': mine.employees})
        for statement in [CHANGES, FOUND_BY]:
            cursor.execute(statement)
        cursor.execute(DAILIES, {'days': days})
        transaction.commit()
        with transaction.set_context(company=mine.company):
            load_scheme(mine, since)
        transaction.commit()
        cursor.execute('ANALYZE')


def load_scheme(mine, since):
    from trytond.modules.hazard_appraisal.points.default_rules import (
        get_rules, get_standards)
    from trytond.pool import Pool
    pool = Pool()
    company = pool.get('company.company')(mine.company)
    pool.get('appraisal.rule').create(get_rules(company, since))
    pool.get('appraisal.standard').create(get_standards(company))


def timed(name, function, *args, repeat=1):
    "Print and return the least seconds of the calls, and the last result."
    seconds = []
    for _ in range(repeat):
        start = time.perf_counter()
        result = function(*args)
        seconds.append(time.perf_counter() - start)
    print(f'{name}: {min(seconds):.2f} s', flush=True)
    return result


def measure_ledger(mine):
    from trytond.pool import Pool
    pool = Pool()
    Entry = pool.get('appraisal.entry')
    company = pool.get('company.company')(mine.company)
    count = timed("count the year from nothing", Entry.collect, company)
    print(f'entries: {count}', flush=True)
    timed("count it again", Entry.collect, company)


def measure_sheets(mine, case):
    from trytond.pool import Pool
    pool = Pool()
    Sheet = pool.get('appraisal.sheet')
    UnitSheet = pool.get('appraisal.unit.sheet')
    today = dt.date.today()

    def domain(kind):
        return [
            ('company', '=', mine.company), ('period_kind', '=', kind),
            ('start_date', '<=', today), ('end_date', '>=', today)]

    def read(Model, kind, limit=None):
        return Model.search_read(
            domain(kind), limit=limit,
            fields_names=[
                n for n, f in Model._fields.items()
                if not n.endswith(('uid', 'date')) or n == 'start_date'])

    def open_(Model, kind):
        Model.search_count(domain(kind))
        return read(Model, kind, 80)
    for kind in ['tenday', 'month', 'year']:
        timed(f'{case}: all sheets of the {kind}', read, Sheet, kind,
            repeat=3)
    for kind in ['tenday', 'month']:
        timed(f'{case}: open the ranking of the {kind}', open_, Sheet, kind,
            repeat=5)
    timed(f'{case}: open the ranking of units of the month', open_,
        UnitSheet, 'month', repeat=5)


def close(mine):
    for _, id_ in work(read_past, mine)[:-4]:
        work(press, mine, id_)
    for code, id_ in work(read_past, mine):
        timed(f'close {code}', work, press, mine, id_)


def read_past(mine):
    "Return the code and id of the open periods before this month in order."
    from trytond.pool import Pool
    Period = Pool().get('appraisal.period')
    periods = Period.search([
            ('company', '=', mine.company),
            ('end_date', '<', dt.date.today().replace(day=1)),
            ('kind', 'in', ['tenday', 'month']),
            ('state', '=', 'open'),
            ])
    periods.sort(key=lambda p: (p.end_date, p.kind == 'month'))
    return [(p.code, p.id) for p in periods]


def press(mine, id_):
    from trytond.pool import Pool
    Period = Pool().get('appraisal.period')
    Period.close([Period(id_)])


if __name__ == '__main__':
    main()
