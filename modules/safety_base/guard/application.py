# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Answers to requests that no client sends."

import inspect
from functools import wraps
from urllib.parse import urlsplit

from werkzeug.exceptions import (
    BadRequest, Forbidden, HTTPException, NotFound, ServiceUnavailable,
    Unauthorized)

import trytond.config as config
from trytond import backend
from trytond.pool import Pool
from trytond.protocols import dispatcher
from trytond.protocols.wrappers import TRYTON_SESSION_COOKIE
from trytond.transaction import Transaction
from trytond.wsgi import app

from .login import is_text
from .value import is_a

# What the server answers itself, on a database and without one
COMMON = {
    'common.db.login': dispatcher.login,
    'common.db.logout': dispatcher.logout,
    'common.db.reset_password': dispatcher.reset_password,
    'system.methodHelp': dispatcher.help_method,
    }
ROOT = {
    'common.server.version': lambda request, *args: None,
    'common.db.list': dispatcher.db_list,
    'common.authentication.services': dispatcher.authentication_services,
    }


def answer_refusals(wsgi_app):
    "Return the application, which answers to a foreign origin."
    @wraps(wsgi_app)
    def application(environ, start_response):
        try:
            check_origin(environ)
            # It raises its refusal.
            return wsgi_app(environ, start_response)
        except HTTPException as exception:
            return exception(environ, start_response)
    return application


def check_origin(environ):
    "Raise Forbidden if the origin is no address."
    try:
        urlsplit(environ.get('HTTP_ORIGIN', ''))
    except ValueError as exception:
        raise Forbidden() from exception


def answer_unknown(dispatch):
    "Return the function, which answers for databases that there are not."
    @wraps(dispatch)
    def dispatch_request(request):
        try:
            check_database(request)
            check_session(request)
        except HTTPException as exception:
            return exception
        except backend.DatabaseOperationalError:
            return ServiceUnavailable()
        return dispatch(request)
    return dispatch_request


def check_database(request):
    """Raise NotFound for a request of a database that there is not.

    Tryton would connect to it, which takes PostgreSQL half a minute.  Nor is
    there what no database can keep.
    """
    try:
        _, args = app.url_map.bind_to_environ(request.environ).match()
    except HTTPException:
        # It is answered later.
        return
    except ValueError as exception:
        raise NotFound() from exception
    if not all(is_text(a) for a in args.values() if isinstance(a, str)):
        raise NotFound()
    name = args.get('database_name')
    if (name is not None and name not in Pool.database_list()
            and name not in _list_databases(request)):
        raise NotFound()


def check_session(request):
    "Raise Unauthorized for the session of a user that no database can keep."
    if request.session and not is_a(int, request.session.userid):
        raise Unauthorized()


def _list_databases(request):
    hostname = config.get_hostname(request.host)
    with Transaction().start(None, 0, readonly=True) as transaction:
        return transaction.database.list(hostname=hostname)


def is_call(request):
    "Return whether the body of the request is a call of a method."
    try:
        return (isinstance(request.rpc_method, str)
            and isinstance(request.rpc_params, (list, tuple))
            and _binds(request))
    except BadRequest:
        return False


def _binds(request):
    "Does a call of the server itself have the parameters that it takes?"
    method = request.rpc_method
    if request.path == '/rpc/':
        return (method in ROOT
            and _bind(ROOT[method], *request.rpc_params) is not None)
    function = COMMON.get(method)
    if request.path.endswith('/session/login'):
        # Whatever the method is called
        function = dispatcher.login
    if function:
        bound = _bind(function, None, *request.rpc_params)
        if bound is None:
            return False
        language = bound.arguments.get('language')
        return language is None or is_text(language)
    return True


def _bind(function, *arguments):
    "Return the arguments of the function by name, None if it takes others."
    try:
        return inspect.signature(function).bind(None, *arguments)
    except TypeError:
        return None


@app.error_handler
def answer_malformed(app, request, exception):
    "Return 400 for what failed because it is no call at all."
    if (request.path.endswith(('/rpc/', '/session/login', '/session/logout'))
            and not is_call(request)):
        return BadRequest().get_response()
    if (request.path.endswith('/session/logout')
            and not has_session_cookie(request)):
        return Unauthorized().get_response()


def has_session_cookie(request):
    return (TRYTON_SESSION_COOKIE in request.cookies
        and request.session is not None)


app.dispatch_request = answer_unknown(app.dispatch_request)
app.wsgi_app = answer_refusals(app.wsgi_app)
