# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Several people who press buttons until the server has answered them all."""

import http.client
from collections import defaultdict, deque
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import story
from processes import wait_for
from remote import Remote, RemoteError
from service import PASSWORD

from trytond.exceptions import UserError

# Two people press the buttons of each step.
PEOPLE = {
    'submit': ['reporter', 'reporter'],
    'confirm': ['captain', 'secretary'],
    'finish': ['worker', 'captain'],
    'pass_': ['captain', 'secretary'],
    }
UNANSWERED = (RemoteError, OSError, http.client.HTTPException)


class Press(NamedTuple):
    button: str
    id: int


class Load:
    """Presses that are told apart by how the server answers them.

    done were acknowledged, refused told why not, and unanswered hold the
    exceptions of those who do not know what became of theirs.
    """

    def __init__(self, service, presses):
        self.service = service
        self.remotes = login(
            service, {p for people in PEOPLE.values() for p in people})
        self.waiting = defaultdict(deque)
        for press in presses:
            self.waiting[press.button].append(press)
        self.count = len(presses)
        self.done, self.refused, self.unanswered = set(), {}, {}

    def run(self, fault, after):
        "Press all buttons; call fault when so many are acknowledged."
        people = [(b, p) for b in PEOPLE for p in PEOPLE[b]]
        with ThreadPoolExecutor(len(people)) as executor:
            futures = [executor.submit(self._work, *p) for p in people]
            try:
                wait_for(lambda: len(self.done) >= after, interval=.001)
                fault()
                at_fault = len(self.done)
            except BaseException:
                self.waiting.clear()
                raise
            for future in futures:
                future.result()
        return at_fault

    def press_again(self):
        "Let those who got no answer press again, until they get one."
        for press in list(self.unanswered):
            remote = self.remotes[PEOPLE[press.button][0]]
            wait_for(lambda: self._press(remote, press))
            del self.unanswered[press]

    def _work(self, button, person):
        remote = self.remotes[person].copy()
        while queue := self.waiting[button]:
            try:
                press = queue.popleft()
            except IndexError:
                break
            if not self._press(remote, press):
                wait_for(self.service.answers)
        remote.close()

    def _press(self, remote, press):
        "Return whether the server has answered the user"
        try:
            remote(
                f'{story.MODELS[press.button]}.{press.button}', [press.id])
        except UserError as exception:
            self.refused[press] = exception
        except UNANSWERED as exception:
            self.unanswered[press] = exception
            return False
        else:
            self.done.add(press)
        return True


def login(service, people):
    return {
        p: Remote(service.port, service.database, p, PASSWORD, timeout=60)
        for p in people}
