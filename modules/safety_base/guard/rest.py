# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""
What is refused of requests over REST.

Tryton reads the headers and looks for the model before anybody is asked for a
key, so that who has none makes the server fail.  Of who has one it calls the
methods past RPC, where others are refused what clients may not call, what is
too much and what does not fit.
"""

import inspect
from base64 import urlsafe_b64decode
from functools import wraps

from trytond.protocols import rest
from trytond.protocols.jsonrpc import JSONDecoder, json
from trytond.protocols.wrappers import HTTPStatus, abort, with_pool
from trytond.transaction import Transaction
from trytond.wsgi import app

from .call import answering, begin, forget, get_method
from .path import check_ids
from .record_bounds import check_bounds
from .user_application import is_rest_on

__all__ = []

# What the functions of Tryton call
METHODS = {
    'create': 'create',
    'delete': 'delete',
    'get': 'read',
    'report': 'execute',
    'search': 'search_read',
    'update': 'write',
    }
# What sends no values
WITHOUT = {'delete', 'get', 'search'}
_rest = rest._rest


def guarded(endpoint):
    "Return the endpoint, which is called only by what can be a request."
    @wraps(endpoint)
    def wrapper(request, database_name, name, **kwargs):
        if not is_rest_on():
            abort(HTTPStatus.FORBIDDEN)
        if not _are_headers(request.headers):
            abort(HTTPStatus.BAD_REQUEST)
        _check_name(request, database_name, name, _get_type(endpoint))
        return endpoint(
            request, database_name=database_name, name=name, **kwargs)
    return wrapper


def _get_type(endpoint):
    return 'report' if endpoint is rest.report else 'model'


@with_pool
def _check_name(request, pool, name, type_):
    if name not in dict(pool.iterobject(type=type_)):
        abort(HTTPStatus.NOT_FOUND)


def _are_headers(headers):
    "Can the context and the languages be read?"
    context = headers.get('X-Tryton-Context')
    languages = headers.get('Accept-Language')
    try:
        for language in languages.split(',') if languages else []:
            _, separator, weight = language.partition(';')
            if separator:
                float(weight.split('=')[1])
        return not context or isinstance(json.loads(
                urlsafe_b64decode(context), object_hook=JSONDecoder()), dict)
    except (
            ArithmeticError, LookupError, RecursionError, TypeError,
            ValueError):
        return False


def checked(func):
    "Return what Tryton makes of the function, with what RPC checks of a call."
    @wraps(func)
    def wrapper(request, pool, *args, **kwargs):
        # Databases without this module are left as they are.
        if not hasattr(pool.get('res.user'), 'believe'):
            return func(request, pool, *args, **kwargs)
        named = inspect.signature(func).bind(request, pool, *args, **kwargs)
        obj, rpc, *sent = _get_call(func.__name__, **named.arguments)
        with answering():
            _check(obj, rpc, *sent)
            return func(request, pool, *args, **kwargs)
    return _rest(wrapper)


def _get_call(function, request, pool, name, id=None, action=None):
    """Return the object and its procedure, and what is sent to it.

    That is the arguments, None where no values are sent, and those that are
    sent by their names.
    """
    obj = pool.get(name, type='report' if function == 'report' else 'model')
    rpc = obj.__rpc__.get(action or METHODS[function])
    if rpc is None:
        abort(HTTPStatus.FORBIDDEN)
    if function in WITHOUT:
        return obj, rpc, None, {}
    args = [] if id is None else [[id]]
    data = request.parsed_data or {}
    if not isinstance(data, dict):
        abort(HTTPStatus.BAD_REQUEST)
    if action:
        return obj, rpc, args, data
    return obj, rpc, [[data]] if function == 'create' else [*args, data], {}


def _check(obj, rpc, args, sent):
    if args is None:
        forget()
        return
    context = Transaction().context
    begin(obj, rpc, args, {**sent, 'context': context})
    method = getattr(obj, get_method(obj, rpc))
    bound = inspect.signature(method).bind_partial(*args, **sent)
    args = list(bound.arguments.values())
    check_ids(obj, rpc, args)
    check_bounds(obj, rpc, args, context)


rest._rest = checked
rules = app.url_map._rules_by_endpoint
for old in [e for e in rules if e.__module__ == rest.__name__]:
    new = guarded(old)
    rules[new] = rules.pop(old)
    for rule in rules[new]:
        rule.endpoint = new
