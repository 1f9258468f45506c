# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Calls what a client can call, the way in which the dispatcher calls it."

from contextlib import contextmanager
from unittest.mock import patch

from trytond import backend
from trytond.model.exceptions import AccessButtonError, AccessError
from trytond.pool import Pool
from trytond.rpc import RPC
from trytond.tools import is_instance_method
from trytond.transaction import Transaction

REFUSED = (AccessError, AccessButtonError)
# The routes of REST call these of every model, remote procedure or not.
REST = {
    'create': RPC(result=lambda r: list(map(int, r))),
    'read': RPC(),
    'search': RPC(result=lambda r: list(map(int, r))),
    'write': RPC(instantiate=0),
    'delete': RPC(instantiate=0),
    }


def call(user, name, /, *args, **context):
    """Call the method as the user, like trytond's dispatcher does.

    name is the one of a remote procedure, like 'model.hazard.hazard.read'.
    """
    pool = Pool()
    User = pool.get('res.user')
    transaction = Transaction()
    type_, name = name.split('.', 1)
    name, method = name.rsplit('.', 1)
    obj = pool.get(name, type=type_)
    if method in obj.__rpc__:
        rpc = obj.__rpc__[method]
    elif method in REST:
        rpc = REST[method]
    else:
        raise AccessError(f"{name}.{method} is not remote")
    with transaction.set_user(user.id), transaction.reset_context():
        context = {**User.get_preferences(context_only=True), **context}
        args, kwargs, context, _ = rpc.convert(obj, *args, context)
        with transaction.set_context(context):
            func = rpc.decorate(getattr(obj, method))
            if (rpc.instantiate is None
                    or not is_instance_method(obj, method)):
                return rpc.result(func(*args, **kwargs))
            records = args.pop(0)
            if hasattr(records, method):
                return rpc.result(func(records, *args, **kwargs))
            return [rpc.result(func(r, *args, **kwargs)) for r in records]


def run(user, name, states, /, **context):
    """Run the wizard as the user and return the result of its last state.

    states is a list of the names of states and what is filled in before.
    """
    session, start, _ = call(user, f'wizard.{name}.create', **context)
    result = call(user, f'wizard.{name}.execute', session, {}, start,
        **context)
    for state, data in states:
        result = call(
            user, f'wizard.{name}.execute', session, data, state, **context)
    return result


@contextmanager
def undone():
    "Undo what is done inside since the last commit."
    transaction = Transaction()
    if backend.name == 'sqlite':
        # The cache leaves the only connection in memory without transaction.
        transaction.connection.isolation_level = 'IMMEDIATE'
    try:
        # SQLite in memory has one connection, so any commit is for all.
        with patch.object(Transaction, 'commit'):
            yield
    finally:
        transaction.rollback()
        transaction.tasks.clear()
        for name in [
                'create_records', 'delete_records', 'trigger_records',
                'user_notifications', 'check_warnings']:
            getattr(transaction, name).clear()
