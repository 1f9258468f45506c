# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Measure 50 users who work at once.

    .venv/bin/python benchmarks/users.py [--seconds N] [--optimize]

Each looks at the own hazards, counts the tabs, opens a card and reports a
new one, with some seconds of thought between, on a database of 20,000 hazards
served by gunicorn with two processes of four threads. Prints how long the
requests took and which failed.
"""

import argparse
import random
import statistics
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from loop import Run

THOUGHT = (1, 5)


class Person:
    "A reporter at work until a time, with a connection of his own"

    def __init__(self, run, number):
        from client import Screen
        from population import PASSWORD
        from remote import Remote
        self.run, self.number = run, number
        self.remote = Remote(
            run.service.port, run.service.database, f'crowd{number}',
            PASSWORD)
        self.screen = Screen(self.remote, run.action('hazard.mine'))
        self.random = random.Random(number)
        self.seconds, self.errors = [], Counter()

    def work(self, until):
        while time.monotonic() < until:
            for act in [self.look, self.count, self.open, self.report]:
                time.sleep(self.random.uniform(*THOUGHT))
                begin = time.perf_counter()
                try:
                    act()
                except Exception as exception:
                    self.errors[repr(exception)[:200]] += 1
                self.seconds.append(time.perf_counter() - begin)

    def look(self):
        self.ids = self.screen.search(limit=1000)
        self.screen.read(self.ids[:100])

    def count(self):
        for _, domain, count in self.screen.tabs:
            if count:
                self.screen.count(domain)

    def open(self):
        self.screen.open_form(self.ids[0])

    def report(self):
        card = self.run.card(self.number)
        card['found_by'] = self.run.mine.employees[200 + self.number]
        ids = self.remote('hazard.hazard.create', [card])
        self.remote('hazard.hazard.submit', ids)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--seconds', type=int, default=60)
    parser.add_argument('--optimize', action='store_true')
    options = parser.parse_args()
    run = Run(20_000, options.optimize, workers=2)
    try:
        run.prepare()
        from population import CROWD
        people = [Person(run, i) for i in range(CROWD)]
        until = time.monotonic() + options.seconds
        with ThreadPoolExecutor(CROWD) as executor:
            list(executor.map(lambda p: p.work(until), people))
    finally:
        run.close()
    seconds = sorted(s for p in people for s in p.seconds)
    print(f"{len(seconds)} actions, median "
        f"{1000 * statistics.median(seconds):.0f} ms, p95 "
        f"{1000 * seconds[int(.95 * len(seconds))]:.0f} ms, longest "
        f"{1000 * seconds[-1]:.0f} ms")
    print("errors:", dict(sum((p.errors for p in people), Counter())))


if __name__ == '__main__':
    main()
