# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""A client of a server in another process, over JSON-RPC as sao's."""

import base64
import gzip
import http.client

from trytond.exceptions import UserError, UserWarning
from trytond.protocols.jsonrpc import JSONDecoder, JSONEncoder, json

__all__ = ['Remote', 'RemoteError']


class RemoteError(Exception):
    "The server answered by an error that is none of the user's."


class Remote:
    """A logged in user; the object is called with a method of a model.

    It keeps one connection, so each thread needs one of its own: copy().
    """

    def __init__(self, port, database, login, password, timeout=120):
        self._port, self._database, self._timeout = port, database, timeout
        self._connection = http.client.HTTPConnection(
            '127.0.0.1', port, timeout=timeout)
        self._headers = {
            'Content-Type': 'application/json', 'Accept-Encoding': 'gzip'}
        self.context = {}
        user, token, _ = self._send(
            'common.db.login', [login, {'password': password}])
        session = base64.b64encode(f'{login}:{user}:{token}'.encode())
        self._headers['Authorization'] = f'Session {session.decode()}'
        self.context = self('res.user.get_preferences', True)

    def copy(self):
        "Return the same user with a connection of his own."
        other = object.__new__(self.__class__)
        other.__dict__.update(self.__dict__)
        other._connection = http.client.HTTPConnection(
            '127.0.0.1', self._port, timeout=self._timeout)
        return other

    def close(self):
        self._connection.close()

    def __call__(self, method, *params, **context):
        """Return what the method of a model returns.

        Raises UserError or UserWarning for what the user is told and
        RemoteError, or OSError without an answer, otherwise.
        """
        return self.run(f'model.{method}', *params, **context)

    def run(self, method, *params, **context):
        "Return the same of any method, like 'wizard.hazard.verify.create'."
        return self._send(method, [*params, {**self.context, **context}])

    def begin(self, method, *params, **context):
        "Send what a call sends without waiting for the answer: end()."
        self._request(
            f'model.{method}', [*params, {**self.context, **context}])

    def end(self):
        try:
            response = self._connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            raise
        return self._read(response, content)

    def _send(self, method, params):
        self._request(method, params)
        return self.end()

    def _request(self, method, params):
        body = json.dumps(
            {'id': 1, 'method': method, 'params': params}, cls=JSONEncoder)
        try:
            self._connection.request(
                'POST', f'/{self._database}/rpc/', body, self._headers)
        except (OSError, http.client.HTTPException):
            self._connection.close()
            raise

    def _read(self, response, content):
        if response.headers.get('Content-Encoding') == 'gzip':
            content = gzip.decompress(content)
        if response.status != 200:
            raise RemoteError(response.status, content[:500])
        answer = json.loads(content, object_hook=JSONDecoder())
        if not answer.get('error'):
            return answer['result']
        name, arguments, *_ = answer['error']
        for class_ in [UserError, UserWarning]:
            if name == class_.__name__:
                raise class_(*arguments)
        raise RemoteError(name, arguments)
