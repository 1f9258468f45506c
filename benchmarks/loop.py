# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Measure the loop as its users meet it.

    .venv/bin/python benchmarks/loop.py [--hazards N ...] [--optimize]

For each number of hazards a database is made on a throw-away PostgreSQL
cluster that commits to the disk, and served by gunicorn with the shipped
configuration, one process with four threads. A reporter, a captain, a worker
and the safety department call it over JSON-RPC, one after the other. Prints
milliseconds beside those of the bare SQL of the same work.
"""

import argparse
import datetime as dt
import os
import sys
import tempfile
import time
from functools import partial
from itertools import repeat
from pathlib import Path

import psycopg

sys.path.append(str(Path(__file__).parent.parent / 'tests' / 'support'))
from bare import Bare  # noqa: E402
from durable import durable_cluster  # noqa: E402
from service import PASSWORD as ADMIN_PASSWORD  # noqa: E402
from service import Service  # noqa: E402
from timing import Table, each, measure  # noqa: E402

SINGLE = 100
BATCH = 300
BATCHES = 6


class Run:
    "One database of so many hazards, its server and its users"
    modules = ('hazard',)

    def __init__(self, hazards, optimize, workers=1):
        self.hazards = hazards
        self.directory = tempfile.TemporaryDirectory()
        self.cluster = durable_cluster()
        self.cluster.start()
        self.service = Service(
            self.cluster, self.directory.name, workers=workers)
        if optimize:
            self.service.environment['PYTHONOPTIMIZE'] = '1'
        self.table = Table()

    def close(self):
        if hasattr(self, 'mine'):
            self._disconnect()
        self.service.stop()
        self.cluster.stop()
        self.directory.cleanup()

    def prepare(self):
        self.service.create(self.modules)
        os.environ.update(self.cluster.environment)
        os.environ['TRYTOND_CONFIG'] = str(self.service.configuration)
        self.mine = self._populate()
        self.service.start('server', 'worker')
        from population import PASSWORD, WORKERS
        from remote import Remote
        admin = Remote(
            self.service.port, self.service.database, 'admin',
            ADMIN_PASSWORD)
        self.admin = admin
        self.users = ['admin', *(name for name, _ in WORKERS)]
        for name, _ in WORKERS:
            setattr(self, name, Remote(
                    self.service.port, self.service.database, name,
                    PASSWORD))
        self.connection = self._connect()
        self.bare = Bare(self.connection, self.mine)

    def _connect(self):
        environment = self.cluster.environment
        return psycopg.connect(
            host=environment['PGHOST'], user=environment['PGUSER'],
            dbname=self.service.database)

    def _populate(self):
        # Only now, because trytond reads its configuration at import.
        import population

        import trytond.config as config
        from trytond.pool import Pool
        config.update_etc(str(self.service.configuration))
        Pool.start()
        Pool(self.service.database).init()
        mine = population.build(self.service.database)
        begin = time.perf_counter()
        with self._connect() as connection:
            population.fill(connection, mine, self.hazards)
        print(f"{self.hazards} hazards filled in in "
            f"{time.perf_counter() - begin:.0f} s", flush=True)
        return mine

    def _disconnect(self):
        from trytond import backend
        from trytond.cache import Cache
        from trytond.pool import Pool
        Cache.drop(self.service.database)
        Pool.stop(self.service.database)
        backend.Database(self.service.database).close()

    # The values that sao sends for a card

    def card(self, i=0):
        mine = self.mine
        return {
            'company': mine.company, 'found_by': mine.employees[100],
            'found_at': dt.datetime.now().replace(microsecond=0),
            'shift': mine.shifts[0], 'place': mine.places[0],
            'unit': mine.teams[0], 'grade': mine.grade,
            'discipline': mine.disciplines[i % len(mine.disciplines)],
            'check_item': mine.check_items[i % len(mine.check_items)],
            'description': f"The air door does not close, {i}.",
            'handling': 'four_fix'}

    def run(self):
        self.measure_floor()
        ids = self.measure_create()
        self.measure_loop(ids)
        self.measure_batches()
        self.measure_screens()

    def fresh(self):
        "Close the connections, because gunicorn closes those idle for long"
        for name in self.users:
            getattr(self, name).close()

    def measure_floor(self):
        self.table.add("any call", measure(
                lambda _: self.reporter(
                    'ir.module.search_count', []), range(50)))

    def measure_create(self):
        bare, reporter, add = self.bare, self.reporter, self.table.add
        ids = []

        def create(i):
            ids.extend(reporter('hazard.hazard.create', [self.card(i)]))
        add("create a hazard", measure(create, range(SINGLE)),
            measure(bare.create, range(SINGLE)), 8)
        add("create 1,000 at once, each",
            each(
                lambda i: reporter(
                    'hazard.hazard.create',
                    [self.card(j) for j in range(1000)]), range(6), 1000),
            each(bare.create_many, repeat(1000, 6), 1000), 0.6)
        return ids

    def measure_loop(self, ids):
        self.fresh()
        add = self.table.add
        single = [[i] for i in ids]
        add("submit", measure(partial(
                    self.reporter, 'hazard.hazard.submit'), single), goal=12)
        hazards = self._stages(ids, 'hazard.four_fix')
        add("fill in the four-fix", measure(
                lambda id_: self.captain(
                    'hazard.four_fix.write', [id_], self.fix()), hazards))
        copies = [[h] for h in self._some('four_fix', SINGLE)]
        add("confirm", measure(partial(
                    self.captain, 'hazard.four_fix.confirm'),
                [[i] for i in hazards]),
            measure(self.bare.confirm, copies), 12)
        rectifications = self._stages(ids, 'hazard.rectification')
        add("fill in the rectification", measure(
                lambda id_: self.worker(
                    'hazard.rectification.write', [id_], self.work()),
                rectifications))
        add("finish", measure(partial(
                    self.worker, 'hazard.rectification.finish'),
                [[i] for i in rectifications]), goal=12)
        rechecks = self._stages(ids, 'hazard.recheck')
        half = len(rechecks) // 2
        add("pass", measure(partial(
                    self.captain, 'hazard.recheck.pass_'),
                [[i] for i in rechecks[:half]]), goal=12)
        self.captain(
            'hazard.recheck.write', rechecks[half:], {'reason': "It jams."})
        add("fail", measure(partial(
                    self.captain, 'hazard.recheck.fail'),
                [[i] for i in rechecks[half:]]), goal=12)

    def measure_batches(self):
        self.fresh()
        add = self.table.add
        batches = [
            self.reporter('hazard.hazard.create', [
                    self.card(i) for i in range(BATCH)])
            for _ in range(BATCHES)]
        add(f"submit {BATCH}, each", each(partial(
                    self.reporter, 'hazard.hazard.submit'), batches, BATCH),
            goal=1.2)
        stages = [self._stages(b, 'hazard.four_fix') for b in batches]
        for ids in stages:
            self.captain('hazard.four_fix.write', ids, self.fix())
        copies = self._some('four_fix', BATCH * BATCHES)
        add(f"confirm {BATCH}, each", each(partial(
                    self.captain, 'hazard.four_fix.confirm'), stages, BATCH),
            each(self.bare.confirm, [
                    copies[i::BATCHES] for i in range(BATCHES)], BATCH),
            goal=1.2)
        self.fresh()
        stages = [self._stages(b, 'hazard.rectification') for b in batches]
        for ids in stages:
            self.worker('hazard.rectification.write', ids, self.work())
        add(f"finish {BATCH}, each", each(partial(
                    self.worker, 'hazard.rectification.finish'),
                stages, BATCH), goal=1.2)
        stages = [self._stages(b, 'hazard.recheck') for b in batches]
        add(f"pass {BATCH}, each", each(partial(
                    self.captain, 'hazard.recheck.pass_'), stages, BATCH),
            goal=1.2)

    def fix(self):
        return {
            'measures': "Hang the door anew.",
            'responsible': self.mine.employees[101]}

    def work(self):
        return {'actions': "Hung anew and tried."}

    def _stages(self, hazards, model):
        return [r['id'] for r in self.safety(
                f'{model}.search_read', [
                    ('hazard', 'in', hazards), ('state', '=', 'draft')],
                0, None, [('hazard', 'ASC')], ['id'])]

    def _some(self, state, count):
        "Return hazards of other teams in the state, for the bare SQL."
        with self.connection.cursor() as cursor:
            cursor.execute(
                "SELECT id FROM hazard_hazard WHERE state = %s AND unit != %s"
                " ORDER BY id LIMIT %s", [state, self.mine.teams[0], count])
            ids = [id_ for id_, in cursor]
        self.connection.commit()
        return ids

    def measure_screens(self):
        from client import Screen
        self.fresh()
        table, bare = self.table, self.bare
        for who, names in [
                ('reporter', ['hazard.mine']),
                ('captain', ['four_fix', 'recheck', 'hazard.tracking']),
                ('worker', ['rectification']),
                ('safety', ['recheck', 'extension', 'hazard.tracking'])]:
            remote = getattr(self, who)
            for name in names:
                screen = Screen(remote, self.action(name))
                self._measure_screen(f"{who}: {name}", screen)
        table.add("bare list of 80", measure(bare.list, range(20)))
        table.add("bare count", measure(bare.count, range(20)))
        table.add("bare count by state", measure(bare.by_state, range(8)))

    def action(self, name):
        "Return the id of the action of a menu entry."
        from trytond.pool import Pool
        from trytond.transaction import Transaction
        with Transaction().start(
                self.service.database, 0, readonly=True):
            Data = Pool().get('ir.model.data')
            return Data.get_id('hazard', f"act_{name.replace('.', '_')}")

    def _measure_screen(self, name, screen):
        add = self.table.add
        for tab, domain, count in screen.tabs or [('', [], False)]:
            label = f"{name}, {tab}"
            add(f"{label}: list of 80", measure(
                    lambda _: screen.list(domain), range(13)), goal=20)
            if count:
                add(f"{label}: count", measure(
                        lambda _: screen.count(domain), range(13)))
        add(f"{name}: open", measure(
                lambda _: screen.open_list(screen.tabs[0][1]), range(8)))
        names = screen.shown_fields
        add(f"{name}: list of 80, only the columns shown", measure(
                lambda _: screen.list(screen.tabs[-1][1], names=names),
                range(13)), goal=20)
        ids = screen.search(screen.tabs[-1][1], 13)
        if ids:
            add(f"{name}: form", measure(screen.open_form, ids))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument(
        '--hazards', type=int, nargs='+', default=[20_000, 200_000])
    parser.add_argument('--optimize', action='store_true')
    options = parser.parse_args()
    for hazards in options.hazards:
        run = Run(hazards, options.optimize)
        try:
            run.prepare()
            run.run()
        finally:
            run.close()
        print(f"\n{hazards} hazards, milliseconds:\n\n{run.table}\n")


if __name__ == '__main__':
    main()
