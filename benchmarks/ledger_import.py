# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Measure the import of an old ledger.

    .venv/bin/python benchmarks/ledger_import.py [--rows N]

On a throw-away PostgreSQL cluster the safety department brings in a workbook
of so many hazards of one year, each of which came back at its place four
times or more. Prints the seconds of each step that it waits for.
"""

import argparse
import datetime as dt
import os
import time

from durable import durable_cluster

DATABASE = 'import'
PLACES = 200
FIRST_DAY = dt.date(2025, 1, 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--rows', type=int, default=5_000)
    options = parser.parse_args()
    cluster = durable_cluster()
    cluster.start()
    try:
        os.environ.update(cluster.environment, DB_NAME=DATABASE)
        measure(options.rows)
    finally:
        cluster.stop()


def measure(rows):
    from ledger_tools import HEADS, Import, ledger
    from mine import build_mine

    from trytond.pool import Pool
    from trytond.tests.test_tryton import activate_module
    from trytond.transaction import Transaction
    activate_module('hazard')
    with Transaction().start(DATABASE, 1) as transaction:
        user = build_mine().users.safety
        item, = Pool().get('hazard.check_item').search(
            [('discipline.name', '=', "Ventilation and Gas")], limit=1)
        item = item.name
        transaction.commit()
    data = ledger(
        [[*row, item] for row in make_rows(rows)], [*HEADS, "Check Item"])
    print(f"{rows:,} rows, {len(data) / 1e6:.1f} MB, "
        f"load {os.getloadavg()[0]:.1f}")
    with Transaction().start(DATABASE, 1) as transaction:
        wizard = timed("read", Import, user, data)
        timed("check", wizard.check)
        timed("check again with new places", again, wizard)
        timed("import", wizard.import_)
        timed("commit", transaction.commit)
        assert wizard.state == 'result', wizard.values
        Hazard = Pool().get('hazard.hazard')
        print(f"{Hazard.search_count([('recurrence', '>', 0)]):,} of "
            f"{Hazard.search_count([]):,} are recurrences")


def make_rows(count):
    from ledger_tools import row
    step = dt.timedelta(days=365) / count
    for number in range(count):
        day = FIRST_DAY + number * step
        later = [day + dt.timedelta(days=n) for n in (2, 1, 1, 1)]
        yield row(**{
                'No.': str(number + 1),
                'Date': day.strftime('%Y.%m.%d'),
                'Location': f"Roadway {number % PLACES}",
                'Hazard': f"The air door {number} does not close.",
                **dict(zip([
                            'Deadline', 'Date Rectified', 'Recheck Date',
                            'Closing Date'],
                        map(str, later))),
                })


def again(wizard):
    wizard.step('check_again', preview={
            **wizard.values, 'create_places': True})


def timed(name, function, *args):
    begin = time.perf_counter()
    result = function(*args)
    print(f'{name}: {time.perf_counter() - begin:.2f} s', flush=True)
    return result


if __name__ == '__main__':
    main()
