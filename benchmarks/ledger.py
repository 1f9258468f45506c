# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Measure the documents of many rows.

    .venv/bin/python benchmarks/ledger.py [--hazards N]

Fills a throw-away PostgreSQL cluster with the hazards of a year and makes
their ledger as the safety department in each format, and a list of 10,000
rows and seven columns, each in a process of its own. Prints the seconds of
the second time, when caches are filled, those that the process had of the
processor, and the most memory that it had. What PostgreSQL and LibreOffice,
which makes the PDF, had is not in them. The yardstick is the ledger as plain
texts written by openpyxl, to which other machines can be compared.
"""

import argparse
import datetime as dt
import io
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.append(str(ROOT / 'tests' / 'support'))
DATABASE = 'ledger'
LIST = 10_000
# Seconds and megabytes
GOALS = {
    'yardstick': (None, None),
    'ods': (3, 150), 'xlsx': (6, None), 'pdf': (20, None),
    'list': (.5, None)}
LABELS = {
    'yardstick': "yardstick",
    'ods': "ledger as ODS", 'xlsx': "ledger as XLSX",
    'pdf': "ledger as PDF", 'list': f"{LIST:,} rows of 7 columns as XLSX"}
NAMES = [
    'number', 'found_at', 'description', 'handling', 'deadline', 'closed_at',
    'state']


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--hazards', type=int, default=19_245)
    parser.add_argument('--make', choices=GOALS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.make:
        make(options.make)
    else:
        compare(options.hazards)


def compare(hazards):
    import psycopg
    from durable import durable_cluster
    cluster = durable_cluster()
    cluster.start()
    try:
        os.environ.update(cluster.environment, DB_NAME=DATABASE)
        from population import build, fill

        from trytond.tests.test_tryton import activate_module
        activate_module('hazard_report', lang='zh_CN')
        mine = build(DATABASE)
        with psycopg.connect(dbname=DATABASE) as connection:
            fill(connection, mine, hazards)
        print(f"{hazards:,} hazards, load {os.getloadavg()[0]:.1f}")
        print("| document | seconds | goal | of the processor | MB | goal |")
        print("| --- | --: | --: | --: | --: | --: |")
        for name, goals in GOALS.items():
            result = subprocess.run(
                [sys.executable, __file__, '--make', name], check=True,
                stdout=subprocess.PIPE, text=True).stdout.split()
            limits = [f'≤ {g}' if g else '' for g in goals]
            print(f"| {LABELS[name]} | {result[0]} | {limits[0]}"
                f" | {result[1]} | {result[2]} | {limits[1]} |", flush=True)
    finally:
        cluster.stop()


def make(name):
    "Make the document twice, print the seconds and megabytes of the second."
    from trytond.pool import Pool
    from trytond.transaction import Transaction

    Pool.start()
    pool = Pool(DATABASE)
    with Transaction().start(DATABASE, 0):
        pool.init()
    for _ in range(2):
        with Transaction().start(DATABASE, 0, readonly=name == 'list'):
            User = pool.get('res.user')
            user, = User.search([('login', '=', 'safety')])
            context = {'company': user.company.id, '_check_access': True}
            with Transaction().set_user(user.id), \
                    Transaction().set_context(context):
                begin, used = time.perf_counter(), time.process_time()
                if name == 'yardstick':
                    write_plain()
                elif name == 'list':
                    make_list()
                else:
                    make_ledger(name)
                seconds = time.perf_counter() - begin
                processor = time.process_time() - used
    # The maximum of getrusage is that of the parent process, too.
    status = dict(
        line.split(':', 1)
        for line in Path('/proc/self/status').read_text().splitlines())
    memory = int(status['VmHWM'].split()[0]) // 1024
    print(f'{seconds:.2f} {processor:.2f} {memory}')


def make_ledger(format_):
    from trytond.pool import Pool
    Ledger = Pool().get('hazard.ledger.table', type='report')
    today = dt.date.today()
    extension, content, _, _ = Ledger.execute([], {
            'from_date': today - dt.timedelta(days=4 * 365),
            'to_date': today, 'state': 'all', 'format': format_})
    assert extension == format_ and content


def write_plain():
    import openpyxl
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for number in range(19_245):
        sheet.append([f"text {number} of {column}" for column in range(28)])
    book.save(io.BytesIO())


def make_list():
    from test_hazard_report_rows import HEAD, TAIL, cell, loop, placeholder

    from trytond.modules.hazard_report.engine.bulk_read import find, read_pages
    from trytond.modules.hazard_report.engine.rows import RowsTemplate
    cells = [cell(placeholder(f'r.{n}')) for n in NAMES]
    template = RowsTemplate((HEAD + loop('rows', *cells) + TAIL).encode())
    ids = find('hazard.hazard', [], order=[('id', 'ASC')])[:LIST]
    rows = (
        row for page in read_pages('hazard.hazard', ids, NAMES)
        for row in page)
    content = template.generate(
        xlsx=True, page_words=['', '', ''], rows=rows).render().getvalue()
    assert content.startswith(b'PK')


if __name__ == '__main__':
    main()
