# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""
What is refused of requests over REST before anybody is asked for a key.

Tryton reads the headers and looks for the model first, so that who has no key
makes the server fail.
"""

from base64 import urlsafe_b64decode
from functools import wraps

from trytond.protocols import rest
from trytond.protocols.jsonrpc import JSONDecoder, json
from trytond.protocols.wrappers import HTTPStatus, abort, with_pool
from trytond.wsgi import app

from .user_application import is_rest_on

__all__ = []


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


rules = app.url_map._rules_by_endpoint
for old in [e for e in rules if e.__module__ == rest.__name__]:
    new = guarded(old)
    rules[new] = rules.pop(old)
    for rule in rules[new]:
        rule.endpoint = new
