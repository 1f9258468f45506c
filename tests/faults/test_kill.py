# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""What serves people dies under their hands, and nothing is lost."""

import re
import signal
from collections import Counter

import pytest
import story
from conftest import stock
from load import Load, Press
from processes import children, kill
from remote import RemoteError

# 200 presses of each test, of which 60 are acknowledged before the fault
EACH, BEFORE_FAULT = 50, 60
# The work of the queue that the presses give
TOLD = [
    ('hazard.four_fix', 'tell_waiting'),
    ('hazard.rectification', 'tell_waiting'),
    ('hazard.recheck', 'tell_waiting'),
    ('hazard.hazard', 'tell_closed'),
    ]


def kill_process(service, cluster):
    "Kill one of the two processes that answer"
    server = service.processes['server'].pid
    kill(children(server)[:1], signal.SIGKILL)


def kill_server(service, cluster):
    service.kill('server')
    service.start('server')


def kill_database(service, cluster):
    cluster.kill()
    cluster.restart()


def restart_database(service, cluster):
    cluster.restart('fast')


@pytest.mark.parametrize('fault', [
        kill_process, kill_server, kill_database, restart_database])
def test_fault(fault, service, cluster, template):
    "Test a fault in the middle of 200 transitions by several users"
    presses = [
        Press(button, id_)
        for button, ids in template.ids.items() for id_ in ids[:EACH]]
    queued = read_queue(service)
    service.start('server')
    load = Load(service, presses)

    at_fault = load.run(lambda: fault(service, cluster), BEFORE_FAULT)

    assert at_fault < len(presses), "the fault came too late"
    assert load.unanswered, "nobody was disturbed"
    assert not load.refused
    assert load.done | load.unanswered.keys() == set(presses)
    acknowledged = set(load.done)
    stories = read(service, presses)
    for press in presses:
        before, after = story.BEFORE[press.button], story.AFTER[press.button]
        if press in acknowledged:
            assert stories[press] == after
        else:
            assert stories[press] in {before, after}
    check_answers(load)
    happened = {p for p in presses if stories[p] != story.BEFORE[p.button]}
    load.press_again()

    assert not load.unanswered
    assert load.refused.keys() == happened - acknowledged
    for exception in load.refused.values():
        assert re.fullmatch(template.gone, exception.message)
    stories = read(service, presses)
    assert all(stories[p] == story.AFTER[p.button] for p in presses)
    # Who is to be told of each press is told once.
    assert read_queue(service) - queued == dict.fromkeys(TOLD, EACH)
    assert stock(service, 'verify')['problem'] is None


def check_answers(load):
    "Check that a lost database is what clients know how to wait for"
    for exception in load.unanswered.values():
        if isinstance(exception, RemoteError):
            status, _ = exception.args
            assert status == 503


def read(service, presses):
    "Return the stories of the presses"
    stories = {}
    with service.connect() as connection:
        for button in {p.button for p in presses}:
            ids = [p.id for p in presses if p.button == button]
            told = story.read(connection, story.MODELS[button], ids)
            stories.update((Press(button, i), s) for i, s in told.items())
    return stories


def read_queue(service):
    "Return how many tasks there are by model and method"
    with service.connect() as connection:
        return Counter(
            (data['model'], data['method'])
            for data, in connection.execute('SELECT data FROM ir_queue'))
