# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Processes that a test has started and what these have started."""

import os
import time
from contextlib import suppress
from pathlib import Path

__all__ = ['children', 'kill', 'wait_for']

DEADLINE = 120


def children(pid):
    "Return the ids of the processes that the process has started."
    return [
        child for child, (_, parent) in _processes().items() if parent == pid]


def kill(pids, signal):
    "Send the signal and return when none of the processes runs any more."
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal)
    wait_for(lambda: not any(_is_running(pid) for pid in pids))


def wait_for(condition, deadline=DEADLINE, interval=.05):
    """Return what the condition returns as soon as it is true.

    Raises TimeoutError when it is not after so many seconds.
    """
    end = time.monotonic() + deadline
    while not (result := condition()):
        if time.monotonic() > end:
            raise TimeoutError(f"{condition} after {deadline} seconds")
        time.sleep(interval)
    return result


def _is_running(pid):
    state, _ = _processes().get(pid, ('Z', None))
    return state != 'Z'


def _processes():
    "Return the state and the parent of each process by its id"
    processes = {}
    for path in Path('/proc').glob('[0-9]*/stat'):
        try:
            content = path.read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue
        # The name before may hold anything.
        state, parent, *_ = content.rpartition(')')[2].split()
        processes[int(path.parent.name)] = state, int(parent)
    return processes
