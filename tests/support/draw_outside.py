# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Requests of somebody who has no session, drawn at random."

import base64
import re
from types import SimpleNamespace
from urllib.parse import quote

from draw import Draw

from trytond.modules.safety_base.guard.application import COMMON, ROOT
from trytond.protocols.jsonrpc import JSONEncoder, json
from trytond.tests.test_tryton import DB_NAME
from trytond.wsgi import app

__all__ = ['OPEN', 'Outside']

# What answers anybody
OPEN = {
    'common.db.list', 'common.db.reset_password', 'common.server.version',
    'common.authentication.services', 'system.methodSignature'}
SYSTEM = [
    'system.listMethods', 'system.methodHelp', 'system.methodSignature']
ARGUMENTS = [
    'c', 'd', 'dl', 'enc', 'f', 'h', 'l', 'language', 'loc', 'o', 'p', 'qc',
    's']
TYPES = [
    'application/json', 'text/xml', 'text/plain',
    'application/x-www-form-urlencoded', 'json', '']
BODIES = [
    b'', b'{', b'[]', b'{}', b'7', b'null', b'\xff\xfe', b'<a/>', b'[[[',
    b'{"method": 7, "params": 7}', b'{"method": "x"}',
    b'<?xml version="1.0"?><methodCall></methodCall>',
    b'<methodCall><methodName>common.db.login</methodName></methodCall>',
    b'\x1f\x8b\x08x', b'text=x&_csrf_token=x']


class Outside:
    "Draws requests; names has those of the users."

    def __init__(self, draw: Draw, names):
        self.draw, self.random = draw, draw.random
        self.names = names
        self.rules = sorted(app.url_map.iter_rules(), key=str)

    def request(self):
        "Return the path, the method called, if any, and what is sent."
        drawn = self.random.choice([
                self.call, self.call, self.server, self.server, self.route])()
        drawn.sent.setdefault('headers', {}).update(self.headers())
        return drawn

    def call(self):
        "A call of a model, wizard or report"
        method, parameters = self.draw.call()
        return self.json(
            f'/{self.database()}/rpc/', method,
            [*parameters, self.draw.context()])

    def server(self):
        "A call that the server answers itself"
        method = self.random.choice([
                *COMMON, *ROOT, *SYSTEM, self.text()])
        path = self.random.choice([
                '/rpc/', '/{}/rpc/', '/{}/session/login',
                '/{}/session/logout', '/{}/bus'])
        parameters = self.draw.several(self.draw.odd)
        if self.draw.perhaps(0.5):
            parameters = [self.name(), self.random.choice([
                        {'password': self.draw.odd()}, self.draw.odd()])]
        return self.json(path.format(self.database()), method, parameters)

    def json(self, path, method, parameters):
        body = {'id': 1, 'method': method, 'params': parameters}
        if self.draw.perhaps(0.05):
            del body[self.random.choice([*body])]
        return SimpleNamespace(path=path, method=method, sent={
                'method': 'POST', 'data': json.dumps(body, cls=JSONEncoder),
                'content_type': 'application/json'})

    def route(self):
        "A request of any path, with any body"
        rule = self.random.choice(self.rules)
        return SimpleNamespace(
            path=re.sub(r'<(?:(\w+):)?(\w+)>', self.part, rule.rule),
            method=None, sent={
                'method': self.random.choice(sorted(rule.methods)),
                'query_string': {
                    self.random.choice(ARGUMENTS): self.text()
                    for _ in range(self.random.randrange(4))},
                'data': self.random.choice(BODIES),
                'content_type': self.random.choice(TYPES),
                })

    def part(self, match):
        "Return what stands in the path for a variable."
        converter, name = match.groups()
        if name == 'database_name':
            value = self.database()
            if converter == 'base64':
                return base64.urlsafe_b64encode(value.encode()).decode()
        elif converter == 'int':
            value = str(self.random.choice([0, 1, 7, 2 ** 31, 2 ** 70]))
        elif name in {'model', 'name'} and self.draw.perhaps(0.6):
            value = self.random.choice(self.draw.methods['model'])[0]
        else:
            value = self.text()
        return quote(value or 'x', safe='')

    def database(self):
        return DB_NAME if self.draw.perhaps(0.9) else 'no_such_database'

    def name(self):
        return self.random.choice([*self.names, 'nobody', self.draw.odd()])

    def text(self):
        "Return a text that a header or an address can hold."
        value = str(self.draw.odd())[:200]
        return value.encode('utf-8', 'replace').decode()

    def headers(self):
        if self.draw.perhaps(0.4):
            return {}
        headers = {
            'Authorization': self.authorization,
            'Cookie': lambda: f'tryton_session={self.session()}',
            'Origin': self.text,
            'Accept-Language': self.text,
            'Content-Encoding': lambda: 'gzip',
            'Range': self.text,
            'X-Tryton-Context': self.text,
            }
        return {
            name: _in_header(headers[name]())
            for name in self.random.sample(
                [*headers], self.random.randrange(1, 3))}

    def authorization(self):
        type_ = self.random.choice(['Session', 'Basic', 'Bearer', 'x', ''])
        value = self.random.choice([
                self.text(), base64.b64encode(
                    self.session().encode()).decode()])
        return f'{type_} {value}'

    def session(self):
        "Return what looks like a session, of which nobody has the token."
        return ':'.join([
                str(self.name())[:100],
                str(self.random.choice([1, 0, -1, 'x', 2 ** 40, 2 ** 70])),
                self.text()]).encode('utf-8', 'replace').decode()


def _in_header(value):
    return re.sub(r'[^\x20-\x7e]', '?', value)
