# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Two people press buttons of the same record at the same time, very often."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import story
from conftest import stock
from load import login

from trytond.exceptions import UserError

THREADS, RACES = 20, 50
# Of each pair of buttons, who presses which
PAIRS = [
    (('submit', 'reporter'), ('submit', 'reporter')),
    (('confirm', 'captain'), ('confirm', 'secretary')),
    (('confirm', 'captain'), ('return_', 'secretary')),
    (('finish', 'worker'), ('finish', 'captain')),
    (('pass_', 'captain'), ('fail', 'secretary')),
    ]


class Race(NamedTuple):
    id: int
    pair: tuple
    errors: dict


def test_races(service, template):
    "Test that one of each pair wins and the other is told, all done once"
    service.start('server')
    people = {p for pair in PAIRS for _, p in pair}
    remotes = login(service, people)
    tasks = plan(template.ids)
    with ThreadPoolExecutor(THREADS) as executor:
        races = [
            race for races in executor.map(
                lambda tasks: run(remotes, tasks), tasks)
            for race in races]

    assert len(races) == THREADS * RACES
    for race in races:
        error, = race.errors.values()
        assert re.fullmatch(template.gone, error.message)
    with service.connect() as connection:
        for pair in PAIRS:
            check(connection, pair, [r for r in races if r.pair == pair])
        twice = connection.execute(
            'SELECT number FROM hazard_hazard WHERE number IS NOT NULL '
            'GROUP BY number, company HAVING count(*) > 1').fetchall()
    assert not twice
    assert stock(service, 'verify')['problem'] is None


def plan(ids):
    "Return for each thread its pairs with the records to race for"
    each = RACES // len(PAIRS)
    left = {button: list(ids_) for button, ids_ in ids.items()}
    return [
        [(pair, left[pair[0][0]].pop())
            for _ in range(each) for pair in PAIRS]
        for _ in range(THREADS)]


def run(remotes, tasks):
    "Run one race after the other on connections of the thread"
    sides = [{p: r.copy() for p, r in remotes.items()} for _ in range(2)]
    races = []
    for pair, id_ in tasks:
        runners = [side[person] for side, (_, person) in zip(sides, pair)]
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
        races.append(Race(id_, pair, errors))
    for side in sides:
        for remote in side.values():
            remote.close()
    return races


def check(connection, pair, races):
    "Check that what the winners wanted has happened, and nothing else"
    model = story.MODELS[pair[0][0]]
    stories = story.read(connection, model, [r.id for r in races])
    for race in races:
        loser, = race.errors
        button, _ = pair[1 - loser]
        assert stories[race.id] == story.AFTER[button]
