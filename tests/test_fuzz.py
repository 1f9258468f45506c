# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Whatever is called: an answer in words, no change, no fault.

HAZARD_FUZZ_SEED and HAZARD_FUZZ_CALLS draw other calls and more of them; the
seeds are separated by spaces.
"""

import logging
import os
import unittest
from collections import Counter
from random import Random
from types import SimpleNamespace
from unittest.mock import patch

from access_mine import build
from digest import compare, digest
from draw import Draw
from draw_outside import OPEN, Outside
from repository import MODULES
from rpc import Caller
from templates import activate_built
from werkzeug.exceptions import HTTPException

from trytond.pool import Pool
from trytond.protocols.jsonrpc import JSONEncoder, json
from trytond.protocols.wrappers import Response
from trytond.tests.test_tryton import DB_NAME, Client, drop_db
from trytond.transaction import Transaction
from trytond.wsgi import app

CALLS = 3000
SEED = '11'
ROLES = ['reporter', 'captain', 'safety']
# Of the calls, those without a session
ANONYMOUS = 0.2
ANSWERS = {
    'UserError', 'UserWarning', 'ConcurrencyException', 'LoginException'}
# Tables that calls without effect change, by the reason why
CHANGING = {
    'hazard_print': "a paper was printed",
    'ir_avatar_cache': "an avatar was made smaller",
    'ir_cache': "a cache was emptied",
    'ir_session': "the session was used",
    'ir_session_wizard': "a wizard was opened",
    'res_user_device': "a device was remembered",
    'res_user_login_attempt': "failed logins are counted",
    'res_user_warning': "a user answered a warning of any name",
    'sqlite_sequence': "SQLite counts what it ever numbered",
    }


def is_open(drawn, response):
    "Is it what anybody may be answered?"
    if response.status_code == 204:
        return drawn.sent['method'] == 'OPTIONS'
    return response.status_code == 200 and (
        drawn.method in OPEN or drawn.path.endswith('/session/logout'))


class Faults(logging.Handler):
    "Keeps what is logged with a traceback."

    def __init__(self):
        super().__init__(logging.DEBUG)
        self.found = []

    def emit(self, record):
        # Tryton logs also what it refuses by a status.
        if (record.exc_info and record.levelno >= logging.WARNING
                and not isinstance(record.exc_info[1], HTTPException)):
            self.found.append(self.format(record))


class FuzzTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built(MODULES, build)
        cls.addClassCleanup(drop_db)
        cls.seeds = os.environ.get('HAZARD_FUZZ_SEED', SEED).split()
        cls.calls = int(os.environ.get('HAZARD_FUZZ_CALLS', CALLS))
        with Transaction().start(DB_NAME, 1) as transaction:
            mine = build()
            cls.callers = [Caller(mine.users[r]) for r in ROLES]
            cls.foreign = {
                model: [named['foreign'].id]
                for model, named in mine.records.items()
                if 'foreign' in named}
            transaction.commit()

    def setUp(self):
        self.faults = Faults()
        logging.getLogger().addHandler(self.faults)
        self.addCleanup(logging.getLogger().removeHandler, self.faults)
        # Who wants a new password waits up to a second.
        waiting = patch(
            'trytond.security.random', SimpleNamespace(random=lambda: 0))
        waiting.start()
        self.addCleanup(waiting.stop)

    def test_calls(self):
        "Nothing that is called at random changes anything or fails"
        for seed in self.seeds:
            print(f"HAZARD_FUZZ_SEED={seed}")
            self.begin(seed)
            before = digest()
            while self.answers.total() < self.calls:
                self.call()
            changed = {
                name: rows for name, rows in compare(before, digest()).items()
                if name not in CHANGING}
            with self.subTest("answers", seed=seed):
                self.assertFalse(self.wrong, self.tell(self.wrong))
            with self.subTest("tracebacks", seed=seed):
                self.assertFalse(
                    self.faults.found, self.tell(self.faults.found))
            with self.subTest("rows", seed=seed):
                if changed:
                    self.fail(self.tell([changed, *self.done]))

    def begin(self, seed):
        with Transaction().start(DB_NAME, 1, readonly=True):
            self.draw = Draw(Random(int(seed)), self.foreign)
        self.outside = Outside(self.draw, [c.name for c in self.callers])
        self.seed = seed
        self.answers = Counter()
        self.wrong, self.done, self.faults.found = [], [], []

    def tell(self, what):
        return '\n'.join([f"HAZARD_FUZZ_SEED={self.seed}", *map(str, what)])[
            :20_000]

    def call(self):
        if self.draw.perhaps(ANONYMOUS):
            self.send_outside()
            return
        caller = self.draw.random.choice(self.callers)
        if self.draw.perhaps(0.15):
            self.run_wizard(caller)
        else:
            method, parameters = self.draw.call()
            self.send(caller, method, parameters, self.draw.context())

    def run_wizard(self, caller):
        wizard = self.draw.wizard()
        created = self.send(
            caller, f'wizard.{wizard.name}.create', [], wizard.context)
        if not created and self.draw.perhaps(0.9):
            return
        session = created[0] if created else self.draw.odd()
        for data, state in wizard.executions:
            self.send(
                caller, f'wizard.{wizard.name}.execute',
                [session, data, state],
                wizard.context)
        self.send(
            caller, f'wizard.{wizard.name}.delete', [session],
            self.draw.context())

    def send(self, caller, method, parameters, context):
        "Send the call, look at the answer and return its result."
        body = json.dumps({
                'id': 1, 'method': method,
                'params': [*parameters, {**caller.context, **context}]},
            cls=JSONEncoder)
        told = f'{caller.name} {method} {parameters!r} {context!r}'[:1500]
        response = self.request(
            told, f'/{DB_NAME}/rpc/', method='POST', data=body,
            content_type='application/json', headers=caller.headers)
        answer = response.get_json(silent=True) or {}
        if response.status_code == 200 and 'result' in answer:
            self.answers['result'] += 1
            if self.writes(method):
                self.done.append(told)
            return answer['result']
        self.look(response, told)

    def send_outside(self):
        "Send a request without a session, which answers nothing but refusals."
        drawn = self.outside.request()
        told = f'anonymous {drawn.path} {drawn.sent!r}'[:1500]
        response = self.request(told, drawn.path, **drawn.sent)
        if is_open(drawn, response):
            self.answers['result'] += 1
        else:
            self.look(response, told)

    def request(self, told, path, **sent):
        logged = len(self.faults.found)
        response = Client(app, Response, use_cookies=False).open(path, **sent)
        for i in range(logged, len(self.faults.found)):
            self.faults.found[i] = f'{told}\n{self.faults.found[i]}'
        return response

    def look(self, response, told):
        "Is it a translated error or a status of 4xx?"
        status = response.status_code
        error = (response.get_json(silent=True) or {}).get('error')
        if 400 <= status < 500:
            self.answers[status] += 1
        elif status == 200 and error and error[0] in ANSWERS:
            self.answers[error[0]] += 1
        else:
            self.answers['wrong'] += 1
            text = response.get_data(as_text=True)[:300]
            self.wrong.append(f'{response.status} {text} {told}')

    def writes(self, method):
        pool = Pool(DB_NAME)
        type_, name = method.split('.', 1)
        name, method = name.rsplit('.', 1)
        return not pool.get(name, type=type_).__rpc__[method].readonly
