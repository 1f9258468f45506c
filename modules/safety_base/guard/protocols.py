# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""
What is changed of the protocols of Tryton.

This is the only place where code of Tryton is replaced, because the context of
a call is read before any model is asked.  Every call of a model, wizard or
report goes through ``RPC.convert``, every export through the route ``data``,
which like ``html_editor`` serves only what calls may; REST asks
``res.user.application``.  Databases without this module are left as they are.
"""

import codecs
from functools import wraps

from werkzeug.datastructures import MultiDict

from trytond.exceptions import RateLimitException
from trytond.ir import routes
from trytond.pool import Pool
from trytond.protocols import dispatcher
from trytond.protocols.jsonrpc import JSONDecoder, JSONEncoder, json
from trytond.protocols.wrappers import (
    HTTPStatus, abort, with_pool, with_transaction)
from trytond.res import routes as user_routes
from trytond.rpc import RPC
from trytond.transaction import Transaction
from trytond.wsgi import app

from .call import answering, begin, forget, guarded
from .on_change import check_names, check_sent
from .path import check_ids, check_unchecked
from .record_bounds import check_bounds
from .user_application import is_rest_on

__all__ = []

_convert = RPC.convert
_decorate = RPC.decorate
_get_object_method = dispatcher.get_object_method
_data = routes.data
_html_editor = routes.html_editor
_user_application = user_routes.user_application


def _is_guarded():
    "Does the database have this module?"
    return hasattr(Pool().get('res.user'), 'believe')


def _believe(context, defaults=False):
    pool = Pool()
    User = pool.get('res.user')
    if _is_guarded():
        context = User.believe(context, defaults=defaults)
    return context


@wraps(_convert)
def convert(self, obj, *args, **kwargs):
    if not _is_guarded():
        forget()
        return _convert(self, obj, *args, **kwargs)
    begin(obj, self, args, kwargs)
    with answering():
        return _convert_believed(self, obj, *args, **kwargs)


def _convert_believed(self, obj, *args, **kwargs):
    defaults = obj.__rpc__.get('default_get') is self
    if isinstance(kwargs.get('context'), dict):
        kwargs['context'] = _believe(kwargs['context'], defaults)
    elif 'context' not in kwargs and args and isinstance(args[-1], dict):
        args = [*args[:-1], _believe(args[-1], defaults)]
    check_unchecked(obj, self, args, kwargs)
    args = check_ids(obj, self, args)
    is_checked = self.instantiate == 0 and self.check_access
    if is_checked:
        if args and isinstance(args[0], dict):
            check_names(obj, args[0])
    sent = args
    args, kwargs, context, timestamp = _convert(self, obj, *args, **kwargs)
    check_bounds(obj, self, sent, context)
    if is_checked:
        with Transaction().set_context(context):
            check_sent(obj, self, args)
    return args, kwargs, context, timestamp


@wraps(_decorate)
def decorate(self, func):
    return guarded(_decorate(self, func))


@wraps(_get_object_method)
def get_object_method(request, pool):
    try:
        return _get_object_method(request, pool)
    except (KeyError, ValueError):
        abort(HTTPStatus.NOT_FOUND)


@app.auth_required
@with_pool
@with_transaction(user='request')
def _check_open(request, pool, model, method):
    "Abort for a model whose method clients may not call."
    try:
        Model = pool.get(model)
    except KeyError:
        abort(HTTPStatus.NOT_FOUND)
    if _is_guarded() and method not in Model.__rpc__:
        abort(HTTPStatus.FORBIDDEN)


@wraps(_data)
def data(request, database_name, model):
    _check_open(request, database_name, model, 'export_data')
    _loads(request.args.get('d', '[]'))
    if 'c' in request.args:
        context = _loads(request.args['c'])
        if not isinstance(context, dict):
            abort(HTTPStatus.BAD_REQUEST)
        context = _believe_requested(request, database_name, context)
        request.args = MultiDict([
                *((k, v) for k, v in request.args.items(multi=True)
                    if k != 'c'),
                ('c', json.dumps(context, cls=JSONEncoder)),
                ])
    encoding = _get_encoding(request)
    response = _data(request, database_name=database_name, model=model)
    # Tryton puts the charset twice, and no name where the model's is Chinese.
    response.content_type = f'text/csv; charset={encoding}'
    response.headers.set(
        'Content-Disposition', 'attachment', filename=f'{model}.csv')
    response.headers['Cache-Control'] = 'no-store'
    return response


def _loads(text):
    "Return what the text stands for, abort if it is no JSON."
    try:
        return json.loads(text, object_hook=JSONDecoder())
    except (ArithmeticError, LookupError, TypeError, ValueError):
        abort(HTTPStatus.BAD_REQUEST)


def _get_encoding(request):
    "Return the encoding of an export, abort where its format is none."
    name = request.args.get('enc', 'UTF-8')
    if any(len(request.args.get(n, ',')) != 1 for n in ['dl', 'qc']):
        abort(HTTPStatus.BAD_REQUEST)
    try:
        "".encode(name)
        return codecs.lookup(name).name
    except (LookupError, ValueError):
        abort(HTTPStatus.BAD_REQUEST)


@app.auth_required
@with_pool
@with_transaction(user='request')
def _believe_requested(request, pool, context):
    return _believe(context)


@wraps(_html_editor)
def html_editor(request, database_name, model, record, field):
    for method in ['read', *(['write'] if request.method == 'POST' else [])]:
        _check_open(request, database_name, model, method)
    # Tryton writes it into the script of the page.
    language = request.args.get('language', 'en').replace('_', '')
    if not (language.isascii() and language.isalnum()):
        abort(HTTPStatus.BAD_REQUEST)
    return _html_editor(
        request, database_name=database_name, model=model, record=record,
        field=field)


@wraps(_user_application)
def user_application(request, database_name):
    # Who asks for a key needs no login, and lets a thread sleep.
    if not is_rest_on():
        abort(HTTPStatus.FORBIDDEN)
    if request.method == 'DELETE':
        return _remove_application(request, database_name)
    return _user_application(request, database_name=database_name)


@with_pool
def _remove_application(request, pool):
    if hasattr(pool.get('res.user.application'), 'remove'):
        return _remove_digest(request, pool)
    return _user_application(request, database_name=pool.database_name)


@with_transaction(readonly=False)
def _remove_digest(request, pool):
    data = request.parsed_data
    if not isinstance(data, dict):
        abort(HTTPStatus.BAD_REQUEST)
    try:
        pool.get('res.user.application').remove(
            data.get('user'), data.get('key'), data.get('application'))
    except RateLimitException:
        abort(HTTPStatus.TOO_MANY_REQUESTS)


RPC.convert = convert
RPC.decorate = decorate
dispatcher.get_object_method = get_object_method
rules = app.url_map._rules_by_endpoint
for old, new in [
        (_data, data), (_html_editor, html_editor),
        (_user_application, user_application)]:
    rules[new] = rules.pop(old)
    for rule in rules[new]:
        rule.endpoint = new
