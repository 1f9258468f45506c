# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Users who call the server as a client does, alone or at the same time."

import base64
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import trytond.config as config
from trytond import backend
from trytond.exceptions import UserError
from trytond.pool import Pool
from trytond.protocols.jsonrpc import JSONEncoder, json
from trytond.protocols.wrappers import Response
from trytond.tests.test_tryton import DB_NAME, Client
from trytond.transaction import Transaction
from trytond.wsgi import app


class RpcError(Exception):
    "The server answered by an error that is none of the user's."


class Caller:
    "A user with a session, who sends JSON-RPC requests to the server."

    def __init__(self, user):
        pool = Pool()
        Session = pool.get('ir.session')
        User = pool.get('res.user')
        self.name = user.login
        with Transaction().set_user(user.id):
            self.context = User.get_preferences(context_only=True)
            token = Session.new()
        session = f'{user.login}:{user.id}:{token}'.encode()
        self.headers = {
            'Authorization': f'Session {base64.b64encode(session).decode()}'}

    def __call__(self, method, *params, **context):
        """Return the result of the method of a model.

        Raises UserError for what the user is told and RpcError otherwise.
        """
        return self.ask(f'model.{method}', *params, **context)

    def open(self, wizard):
        """Return a function that executes a state of the wizard.

        It takes the state and the data of the forms by their states.
        """
        session, _, _ = self.ask(f'wizard.{wizard}.create')

        def execute(state, **data):
            return self.ask(
                f'wizard.{wizard}.execute', session, data, state)
        return execute

    def ask(self, method, *params, **context):
        "Return the result of the method of a model, wizard or report."
        params = [*params, {**self.context, **context}]
        response = Client(app, Response).post(
            f'/{DB_NAME}/rpc/',
            data=json.dumps(
                {'id': 1, 'method': method, 'params': params},
                cls=JSONEncoder),
            content_type='application/json', headers=self.headers)
        answer = response.get_json(silent=True) or {}
        if 'result' in answer:
            return answer['result']
        name, args, *_ = answer.get('error') or [response.status, None]
        if name == 'UserError':
            raise UserError(*args)
        raise RpcError(f'{method}: {name}')


def switch_rest(value):
    "Switch REST on or off in the configuration."
    if not config.has_section('safety_base'):
        config.add_section('safety_base')
    config.set('safety_base', 'rest', str(value))


def race(*calls):
    """Return what the calls, made at once, return or the UserError raised.

    Only PostgreSQL lets several users change a database at the same time,
    so they call one after the other elsewhere.
    """
    def attempt(call):
        barrier.wait()
        try:
            return call()
        except UserError as exception:
            return exception

    if backend.name == 'postgresql':
        barrier = Barrier(len(calls))
        with ThreadPoolExecutor(len(calls)) as executor:
            return list(executor.map(attempt, calls))
    else:
        barrier = Barrier(1)
        return [attempt(call) for call in calls]
