# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""The demonstration: one file of SQLite, a server with threads, a cron."""

import datetime as dt
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import urllib.request
from contextlib import closing
from types import SimpleNamespace

import pytest
import story
from load import Load, Press, login
from service import BIN, ROOT, free_port

from demo import instance
from trytond.exceptions import UserError

EACH, BEFORE_FAULT = 10, 12
# Of each pair of buttons, who presses which
PAIRS = [
    (('submit', 'reporter'), ('submit', 'reporter')),
    (('confirm', 'captain'), ('confirm', 'secretary')),
    (('confirm', 'captain'), ('return_', 'secretary')),
    (('finish', 'worker'), ('finish', 'captain')),
    (('pass_', 'captain'), ('fail', 'secretary')),
    ]
RACES = 4


class Embedded(instance.Instance):
    "The demonstration's servers on the database of a mine"

    database = instance.DATABASE

    @property
    def file(self):
        return self.directory / f'{self.database}.sqlite'

    def stock(self, *arguments):
        output = subprocess.run(
            [BIN / 'python', 'tests/faults/stock.py', *map(str, arguments)],
            check=True, cwd=ROOT, stdout=subprocess.PIPE, env={
                **instance._environment(), 'PYTHONPATH': 'tests/support',
                'TRYTOND_CONFIG': str(self.configuration),
                'TRYTOND_DATABASE_NAMES': self.database}).stdout
        return json.loads(output)

    def answers(self):
        try:
            urllib.request.urlopen(self.url, timeout=5).close()
            return True
        except OSError:
            return False

    def kill(self):
        for process in self.processes:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.processes.clear()

    def read(self, query):
        with closing(sqlite3.connect(self.file)) as connection:
            return connection.execute(query).fetchall()

    def stories(self, model, ids):
        with closing(sqlite3.connect(self.file)) as connection:
            return story.read(connection, model, ids)


@pytest.fixture(scope='module')
def mine(tmp_path_factory):
    "The demonstration's database with a mine: the file, the ids by step"
    embedded = Embedded(tmp_path_factory.mktemp('mine'), free_port())
    embedded._configure()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(instance, 'MODULES', ['hazard'])
        embedded._admin()
    return SimpleNamespace(
        file=embedded.file,
        **embedded.stock('build', EACH, EACH * 2, EACH, EACH))


@pytest.fixture
def embedded(mine, tmp_path):
    "Servers on a database of their own"
    embedded = Embedded(tmp_path, free_port())
    embedded._configure()
    shutil.copy(mine.file, embedded.file)
    embedded.start()
    try:
        yield embedded
    finally:
        embedded.kill()


def test_refused(embedded):
    "Test that nothing stays of what was refused"
    remotes = login(embedded, {'reporter', 'manager'})
    hazards, units = (
        'SELECT COUNT(*) FROM hazard_hazard',
        'SELECT COUNT(*) FROM safety_unit')
    before = embedded.read(hazards), embedded.read(units)
    defaults = remotes['reporter']('hazard.hazard.default_get', [
            'company', 'found_by', 'grade'])
    (company, place, unit), = embedded.read(
        'SELECT company, id, unit FROM hazard_place')

    with pytest.raises(UserError):
        remotes['reporter']('hazard.hazard.create', [{
                    **_stored(defaults), 'place': place, 'unit': unit,
                    'found_at': dt.datetime.now() + dt.timedelta(days=2)}])
    with pytest.raises(UserError):
        remotes['manager']('safety.unit.create', [{
                    'company': company, 'name': "Twice", 'kind': 'team'}
                for _ in range(2)])

    assert (embedded.read(hazards), embedded.read(units)) == before


def test_races(embedded, mine):
    "Test that one of each pair wins and the other is told, all done once"
    remotes = login(embedded, {p for pair in PAIRS for _, p in pair})
    left = {button: list(ids) for button, ids in mine.ids.items()}
    for pair in PAIRS * RACES:
        (button, _), _ = pair
        id_ = left[button].pop()
        runners = [remotes[person].copy() for _, person in pair]
        for runner, (button, _) in zip(runners, pair):
            runner.begin(
                f'{story.MODELS[button]}.{button}', [id_],
                reason="It is wrong.")
        errors = {}
        for place, runner in enumerate(runners):
            try:
                runner.end()
            except UserError as exception:
                errors[place] = exception
            runner.close()

        (loser, error), = errors.items()
        assert re.fullmatch(mine.gone, error.message)
        winner, _ = pair[1 - loser]
        told = embedded.stories(story.MODELS[winner], [id_])
        assert told[id_] == story.AFTER[winner]
    assert embedded.stock('verify')['problem'] is None


def test_kill(embedded, mine):
    "Test that nothing acknowledged is lost and nothing is left half done"
    presses = [
        Press(button, id_)
        for button, ids in mine.ids.items() for id_ in ids[:EACH]]
    load = Load(embedded, presses)

    def fault():
        embedded.kill()
        embedded.start()
    at_fault = load.run(fault, BEFORE_FAULT)

    assert at_fault < len(presses), "the fault came too late"
    assert not load.refused
    assert load.done | load.unanswered.keys() == set(presses)
    for press, told in read(embedded, presses).items():
        after = story.AFTER[press.button]
        if press in load.done:
            assert told == after
        else:
            assert told in {story.BEFORE[press.button], after}
    load.press_again()

    assert not load.unanswered
    for press, told in read(embedded, presses).items():
        assert told == story.AFTER[press.button]
    assert embedded.stock('verify')['problem'] is None


def read(embedded, presses):
    "Return the stories of the presses"
    stories = {}
    for button in {p.button for p in presses}:
        ids = [p.id for p in presses if p.button == button]
        told = embedded.stories(story.MODELS[button], ids)
        stories.update((Press(button, i), s) for i, s in told.items())
    return stories


def _stored(values):
    return {n: v for n, v in values.items() if not n.endswith('.')}
