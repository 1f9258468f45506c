# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Answers to requests that no client sends."

import inspect
from functools import wraps
from urllib.parse import urlsplit

from werkzeug.exceptions import BadRequest, Forbidden, HTTPException

from trytond.protocols import dispatcher
from trytond.wsgi import app

# What the server answers itself, on a database and without one
COMMON = {
    'common.db.login': dispatcher.login,
    'common.db.logout': dispatcher.logout,
    'common.db.reset_password': dispatcher.reset_password,
    'system.methodHelp': dispatcher.help_method,
    }
ROOT = {
    'common.server.version', 'common.db.list',
    'common.authentication.services'}


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


def is_call(request):
    "Return whether the body of the request is a call of a method."
    try:
        return (isinstance(request.rpc_method, str)
            and isinstance(request.rpc_params, (list, tuple))
            and _binds(request))
    except BadRequest:
        return False


def _binds(request):
    "Does a call of the server itself have the right number of parameters?"
    method = request.rpc_method
    if method in COMMON:
        try:
            inspect.signature(COMMON[method]).bind(
                request, None, *request.rpc_params)
        except TypeError:
            return False
    return method in ROOT or request.path != '/rpc/'


@app.error_handler
def answer_malformed(app, request, exception):
    "Return 400 for what failed because it is no call at all."
    if (request.path.endswith(('/rpc/', '/session/login', '/session/logout'))
            and not is_call(request)):
        return BadRequest().get_response()


app.wsgi_app = answer_refusals(app.wsgi_app)
