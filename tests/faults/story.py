# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""What the database tells of a hazard, as it is and as it may be."""

from collections import defaultdict
from typing import NamedTuple

MODELS = {
    'submit': 'hazard.hazard',
    'confirm': 'hazard.four_fix',
    'finish': 'hazard.rectification',
    'pass_': 'hazard.recheck',
    'return_': 'hazard.four_fix',
    'fail': 'hazard.recheck',
    }
STAGES = ['hazard_four_fix', 'hazard_rectification', 'hazard_recheck']


class Story(NamedTuple):
    "A state, the actions of the events, and the stages with their states."
    state: str
    actions: tuple = ()
    stages: tuple = ()


REPORTED = Story('four_fix', ('submit',), (('four_fix', 'draft'),))
CONFIRMED = Story('rectification', ('submit', 'confirm'), (
        ('four_fix', 'confirmed'), ('rectification', 'draft')))
FINISHED = Story('recheck', ('submit', 'confirm', 'finish'), (
        ('four_fix', 'confirmed'), ('rectification', 'done'),
        ('recheck', 'draft')))
BEFORE = {
    'submit': Story('draft'),
    'confirm': REPORTED,
    'return_': REPORTED,
    'finish': CONFIRMED,
    'pass_': FINISHED,
    'fail': FINISHED,
    }
AFTER = {
    'submit': REPORTED,
    'confirm': CONFIRMED,
    'return_': Story('returned', ('submit', 'return'), (
            ('four_fix', 'cancelled'),)),
    'finish': FINISHED,
    'pass_': Story('closed', (*FINISHED.actions, 'pass'), (
            *FINISHED.stages[:2], ('recheck', 'passed'))),
    'fail': Story('four_fix', (*FINISHED.actions, 'fail'), (
            ('four_fix', 'confirmed'), ('four_fix', 'draft'),
            ('rectification', 'done'), ('recheck', 'failed'))),
    }


def read(connection, model, ids):
    "Return the stories of the hazards of the records by id."
    hazards = dict(connection.execute(
            f'SELECT id, {"id" if model == "hazard.hazard" else "hazard"} '
            f'FROM {model.replace(".", "_")} '
            f'WHERE id IN {_list(ids)}').fetchall())
    found = _list(hazards.values())
    actions, stages = defaultdict(list), defaultdict(list)
    for hazard, action in connection.execute(
            f'SELECT hazard, action FROM hazard_event WHERE hazard IN {found} '
            'ORDER BY hazard, sequence'):
        actions[hazard].append(action)
    for table in STAGES:
        name = table.removeprefix('hazard_')
        for hazard, state in connection.execute(
                f'SELECT hazard, state FROM {table} WHERE hazard IN {found} '
                'ORDER BY hazard, id'):
            stages[hazard].append((name, state))
    states = dict(connection.execute(
            f'SELECT id, state FROM hazard_hazard WHERE id IN {found}'
            ).fetchall())
    return {
        id_: Story(states[h], tuple(actions[h]), tuple(stages[h]))
        for id_, h in hazards.items()}


def _list(ids):
    # Both databases understand it.
    return f'({", ".join(map(str, map(int, ids)))})'
