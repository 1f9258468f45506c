# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Measure the verification of all that is recorded.

    .venv/bin/python benchmarks/verification.py [--hazards N]

On a throw-away PostgreSQL cluster so many hazards go through the whole loop
by its steps, with real chains, some on each of the days before today, which
are sealed; some of the seals are explained. Prints the seconds to verify them
and one of the days, in all and of this process, files left out, and what was
verified.
"""

import argparse
import datetime as dt
import os
import sys
import time
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent / 'tests' / 'support'))
from durable import durable_cluster  # noqa: E402

# How many hazards there are on a day, and how often a seal is explained
BATCH = 250
EXPLAINED = 10


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--hazards', type=int, default=20_000)
    options = parser.parse_args()
    cluster = durable_cluster()
    cluster.start()
    try:
        os.environ.update(cluster.environment)
        os.environ['DB_NAME'] = 'verification'
        measure(options.hazards)
    finally:
        cluster.stop()


def measure(count):
    from mine import build_mine

    from trytond.modules.hazard.integrity.verification import Verifier
    from trytond.pool import Pool
    from trytond.tests.test_tryton import DB_NAME, activate_module, drop_db
    from trytond.transaction import Transaction
    activate_module('hazard')
    try:
        with Transaction().start(DB_NAME, 1):
            mine = build_mine()
            Transaction().commit()
            company = mine.company.id
            days = count // BATCH
            for day in range(-days, 0):
                go_through(mine, day)
        with Transaction().start(DB_NAME, 1, readonly=True):
            Company = Pool().get('company.company')
            today = dt.date.today()
            for name, day in [
                    ("all", None), ("a day", today - dt.timedelta(days=2))]:
                start = time.perf_counter(), time.process_time()
                verified = Verifier(Company(company), day, day).run()
                seconds = (
                    time.perf_counter() - start[0],
                    time.process_time() - start[1])
                print(name, *(f'{s:.2f} s' for s in seconds))
                print(verified.summary())
                print('\n'.join(verified.list('problems')[:5]))
    finally:
        drop_db()


def go_through(mine, day):
    "Take a batch through the loop on the day before today, and seal it."
    from time_machine import travel

    from trytond.pool import Pool
    from trytond.transaction import Transaction
    Seal = Pool().get('hazard.seal')
    morning = dt.datetime.now(dt.UTC).replace(hour=6) + dt.timedelta(days=day)
    with travel(morning):
        go_round(mine)
    with travel(morning + dt.timedelta(days=1)):
        Seal.seal_days()
        seals = Seal.search([], limit=1)
        if day % EXPLAINED == 0:
            with Transaction().set_context(reason="The clock was wrong."):
                Seal.explain(seals)
    Transaction().tasks.clear()
    Transaction().commit()
    Transaction().cache.clear()


def go_round(mine):
    "Take a batch of hazards through the loop."
    from mine import new_hazard
    from organization import acting

    from trytond.pool import Pool
    pool = Pool()
    Hazard = pool.get('hazard.hazard')
    with acting(mine.users.reporter):
        hazards = Hazard.create([
                new_hazard(mine)._save_values() for _ in range(BATCH)])
        ids = [h.id for h in hazards]
        Hazard.submit(Hazard.browse(ids))
    for model, user, values, button in [
            ('hazard.four_fix', mine.users.captain, {
                    'measures': "Hang the door anew.",
                    'responsible': mine.employees.worker.id}, 'confirm'),
            ('hazard.rectification', mine.users.worker, {
                    'actions': "Hung anew and tried."}, 'finish'),
            ('hazard.recheck', mine.users.captain, {}, 'pass_')]:
        Stage = pool.get(model)
        stages = [s.id for s in Stage.search([
                    ('state', '=', 'draft'), ('hazard', 'in', ids)])]
        with acting(user):
            if values:
                Stage.write(Stage.browse(stages), values)
            getattr(Stage, button)(Stage.browse(stages))


if __name__ == '__main__':
    main()
