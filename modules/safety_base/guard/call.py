# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""
Why a call has failed.

Tryton hands what it gets to the method, which fails somewhere with an error of
Python or the database, as if the server were at fault.  Here such a call is
looked at once more: if its arguments do not fit, the client is told so and
the log has one line.  A call that fits stays a fault, with its traceback.

Nothing is looked at before a call has failed, so none that works is refused
whatever strange but lawful things a client sends.
"""

import inspect
import logging
import zoneinfo
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from decimal import Decimal
from functools import wraps
from sqlite3 import SQLITE_ERROR

from trytond import backend
from trytond.i18n import gettext
from trytond.model import Model, ModelSingleton, ModelStorage, ModelView
from trytond.model.fields import Function, MultiValue
from trytond.pool import Pool
from trytond.report import Report
from trytond.tools import is_instance_method
from trytond.transaction import Transaction, without_check_access
from trytond.wizard import StateView, Wizard

from ..exceptions import CallArgumentError
from .value import (
    are_ids, are_texts, find_misfit, find_model, fits, is_a, is_keepable)

logger = logging.getLogger(__name__)
_DATABASE = backend.DatabaseIntegrityError.__mro__[1:3]
# What arguments raise that do not fit
MISFITS = (
    ArithmeticError, AssertionError, AttributeError, LookupError,
    NotImplementedError, RecursionError, SyntaxError, TypeError, ValueError,
    *_DATABASE)
# What a model that is a query cannot
_CHANGES = {'copy', 'create', 'delete', 'import_data', 'write'}
# What has looked at the columns already
_COLUMNS = {'export_data', 'export_data_domain', 'import_data'}
# What fails although the arguments are right
FAILURES = (backend.DatabaseOperationalError, backend.DatabaseTimeoutError)

_call = ContextVar('call', default=None)


@contextmanager
def answering():
    """Raise CallArgumentError for what fails of arguments that do not fit.

    It is the call that was begun last.
    """
    call = _call.get()
    try:
        yield
    except (*FAILURES, *MISFITS) as exception:
        if isinstance(exception, FAILURES) and not _is_lasting(exception):
            raise
        misfit = call and call.find_misfit()
        if misfit is None:
            raise
        logger.warning(
            "%s refused: %r does not fit: %.200r %s",
            call, misfit[:100], exception, where(exception))
        with answerable(exception):
            error = CallArgumentError(gettext(
                    'safety_base.msg_call_argument', argument=misfit[:100]))
        raise error from exception


def _is_lasting(exception):
    "Does the database refuse the statement itself, whenever it is tried?"
    # What exceeds a limit of PostgreSQL, what is no SQL to SQLite
    return ((getattr(exception, 'sqlstate', None) or '').startswith('54')
        or getattr(exception, 'sqlite_errorcode', None) == SQLITE_ERROR)


def answerable(exception):
    "Return a context in which the database answers after the exception."
    # PostgreSQL answers nothing more in a transaction after an error.
    if isinstance(exception, _DATABASE):
        return Transaction().new_transaction(readonly=True)
    return nullcontext()


def where(exception):
    "Return the place in the code that has raised the exception."
    traceback = exception.__traceback__
    while traceback.tb_next:
        traceback = traceback.tb_next
    return (f'{traceback.tb_frame.f_globals.get("__name__")}:'
        f'{traceback.tb_lineno}')


def forget():
    _call.set(None)


def begin(obj, rpc, args, kwargs):
    "Remember the call until the next one begins."
    _call.set(Call(obj, rpc, args, kwargs))
    # What a method returned may still fail to be told.
    if not hasattr(rpc.result, 'is_guarded'):
        rpc.result = guarded(rpc.result)


def guarded(func):
    "Return the function, which answers for the call that was begun."
    @wraps(func)
    def wrapper(*args, **kwargs):
        with answering():
            return func(*args, **kwargs)
    wrapper.is_guarded = True
    return wrapper


def get_method(obj, rpc):
    "Return the name of the remote procedure of the object, None for none."
    return next((n for n, r in obj.__rpc__.items() if r is rpc), None)


class Call:
    "A call of a method as it was sent"

    def __init__(self, obj, rpc, args, kwargs):
        self.obj, self.rpc = obj, rpc
        # REST calls also what is no remote procedure.
        self.method = get_method(obj, rpc)
        self.args, self.kwargs = list(args), dict(kwargs)
        self.context = (
            self.kwargs.pop('context') if 'context' in self.kwargs
            else self.args.pop() if self.args else None)

    def __str__(self):
        return f'{self.obj.__name__}.{self.method}'

    def find_misfit(self):
        "Return the name of an argument that does not fit, None if all do."
        if self.method is None:
            return None
        signature = inspect.signature(getattr(self.obj, self.method))
        try:
            bound = signature.bind(*self.args, **self.kwargs)
        except TypeError:
            return self.method
        if not self._is_possible():
            return self.method
        for i, (name, value) in enumerate(bound.arguments.items()):
            parameter = signature.parameters[name]
            if parameter.kind == parameter.VAR_POSITIONAL:
                misfit = (
                    self._find_pairs(name, value) if self.method == 'write'
                    else None)
            elif i in self._instantiated():
                misfit = self._find_instance(name, value)
            else:
                misfit = self._find_argument(parameter, value)
            if misfit is not None:
                return misfit
        if self.method == 'default_get':
            return self._find_defaults()
        if issubclass(self.obj, Wizard):
            return self._find_active()

    def _instantiated(self):
        "Return the places of the arguments that stand for records."
        place = self.rpc.instantiate
        if isinstance(place, slice):
            return range(len(self.args))[place]
        return [place]

    def _is_possible(self):
        "Can the method be called of this model, and without arguments?"
        if self.method == 'history_revisions':
            return self.obj._history
        if self.method == 'on_scan_code':
            # Of what scans no codes Tryton fails where it is extended twice.
            return inspect.unwrap(self.obj.on_scan_code) is not inspect.unwrap(
                ModelView.on_scan_code)
        if self.method == 'fields_view_get':
            return self._is_shown()
        if self.method in _CHANGES:
            return self.args and not callable(
                getattr(self.obj, 'table_query', None))
        return self.args or (
            self.rpc.instantiate is None and self.method != 'default_get')

    def _is_shown(self):
        "Has the model a view, or can Tryton make one of all its fields?"
        pool = Pool()
        View = pool.get('ir.ui.view')
        with without_check_access():
            if View.search([('model', '=', self.obj.__name__)], count=True):
                return True
        return all(
            issubclass(field.get_target(), ModelView)
            for field in self.obj._fields.values()
            if field._type in {'one2many', 'many2many'})

    def _find_defaults(self):
        for name, field in self.obj._fields.items():
            if not fits(field, self.context.get(f'default_{name}')):
                return f'default_{name}'

    def _find_active(self):
        "Return the name of what a wizard needs that opens from a record."
        pool = Pool()
        ActionWizard = pool.get('ir.action.wizard')
        needed = ActionWizard.get_models(self.obj.__name__)
        for name, type_ in [('active_model', str), ('active_id', int)]:
            value = self.context.get(name)
            if not (is_a(type_, value) or value is None and not needed):
                return name

    def _find_instance(self, name, value):
        if str(self) == 'currency.currency.compute':
            # One currency in each place
            return None if is_a(int, value) else name
        if not is_instance_method(self.obj, self.method):
            stored = self._are_ids(value) and all(v >= 0 for v in value)
            return None if stored else name
        if isinstance(value, dict):
            return find_misfit(self.obj, value, form=True)
        if not (issubclass(self.obj, ModelStorage)
                and (is_a(int, value) or are_ids(value))):
            return name

    def _find_pairs(self, name, values):
        "write takes any number of records and their values."
        for records, values_ in zip(values[::2], values[1::2]):
            if not are_ids(records) or not isinstance(values_, dict):
                return name
            if misfit := find_misfit(self.obj, values_):
                return misfit
        if len(values) % 2:
            return name

    def _find_argument(self, parameter, value):
        name = parameter.name
        if value is None and parameter.default is not parameter.empty:
            return None if parameter.default is None else name
        if name == 'data':
            return self._find_data(value)
        if name == 'vlist':
            values = value if isinstance(value, (list, tuple)) else [None]
        elif name in {'values', 'default'}:
            values = [value]
        elif name in _PARAMETERS:
            return None if _PARAMETERS[name](self, value) else name
        elif parameter.default not in (parameter.empty, None):
            type_ = type(parameter.default)
            return None if is_a(type_, value) else name
        else:
            return None if is_keepable(value) else name
        for part in values:
            if not isinstance(part, dict):
                return name
            if issubclass(self.obj, Model):
                if misfit := find_misfit(self.obj, part):
                    return misfit
                if name == 'default':
                    return self._find_copied(part)

    def _find_copied(self, values):
        "A copy takes ids where others take commands, and computes nothing."
        for name, value in values.items():
            field = self.obj._fields[name]
            if isinstance(field, Function) and not isinstance(
                    field, MultiValue):
                return name
            if hasattr(field, 'get_target') and (
                    field._type in {'one2many', 'many2many'}
                    and value is not None and not are_ids(value)):
                return name

    def _find_data(self, data):
        if self.method == 'import_data':
            is_data = isinstance(data, (list, tuple)) and all(
                map(are_texts, data))
        else:
            is_data = isinstance(data, dict)
        if not is_data:
            return 'data'
        if issubclass(self.obj, Wizard):
            return self._find_forms(data)
        if issubclass(self.obj, Report):
            return self._find_report_data(data)

    def _find_forms(self, data):
        pool = Pool()
        for name, values in data.items():
            state = self.obj.states.get(name)
            if not isinstance(state, StateView) or not isinstance(
                    values, dict):
                return name
            Form = pool.get(state.model_name)
            if misfit := find_misfit(Form, values, form=True):
                return misfit
        return self._find_empty(data)

    def _find_empty(self, data):
        "Return the name of what must be filled in before the state."
        pool = Pool()
        _, _, state_name = self.args
        for name, state in self.obj.states.items():
            if isinstance(state, StateView) and any(
                    b.state == state_name for b in state.buttons):
                Form, values = pool.get(state.model_name), data.get(name, {})
                for field in Form._fields.values():
                    if field.required and values.get(field.name) is None:
                        return field.name

    def _find_report_data(self, data):
        action = data.get('action_id')
        if action is not None and not is_a(int, action):
            return 'action_id'

    # The parameters

    def _are_names(self, value):
        "Are they names of fields, or paths where there may be some?"
        if self.method == 'set_optional':
            return isinstance(value, dict)
        if not are_texts(value):
            return False
        if self.method == 'on_change_with':
            return all(hasattr(self.obj, f'{self.method}_{v}') for v in value)
        if self.method in {'default_get', 'fields_get'}:
            return all(v in self.obj._fields for v in value)
        return self.method in _COLUMNS or all(
            self._is_path(v.split('.')) for v in value)

    def _is_path(self, names):
        Target = self.obj if issubclass(self.obj, Model) else None
        *steps, last = names
        for name in steps:
            if Target is None:
                return True
            field = Target._fields.get(name)
            if hasattr(field, 'get_target'):
                Target = field.get_target()
            elif field is not None and field._type == 'reference':
                Target = None
            else:
                return False
        return Target is None or last in {
            '_timestamp', '_write', '_delete', *Target._fields}

    def _is_text(self, value):
        return is_a(str, value)

    def _is_optional_text(self, value):
        return value is None or is_a(str, value)

    def _is_amount(self, value):
        return isinstance(value, Decimal) and value.is_finite()

    def _is_view_type(self, value):
        "Is it one that Tryton makes, or of which the model has a view?"
        pool = Pool()
        View = pool.get('ir.ui.view')
        if not is_a(str, value):
            return False
        with without_check_access():
            return value in {'form', 'tree'} or bool(View.search([
                        ('model', '=', self.obj.__name__),
                        ('type', '=', value)], count=True))

    def _is_xml_id(self, value):
        "Is it the id of a record, or the one that a module gave it?"
        pool = Pool()
        ModelData = pool.get('ir.model.data')
        if not is_a(str, value):
            return False
        if '.' not in value:
            # As long as a whole number may be
            return (value.isdecimal() and len(value) <= 10
                and is_a(int, int(value)))
        module, _, name = value.partition('.')
        with without_check_access():
            return bool(ModelData.search(
                    [('module', '=', module), ('fs_id', '=', name)],
                    count=True))

    def _is_number(self, value):
        return value is None or is_a(int, value) and value >= 0

    def _are_ids(self, value):
        # The one record of a singleton
        return are_ids(value) and (
            value or not issubclass(self.obj, ModelSingleton))

    def _is_list(self, value):
        if self.method in {'get', 'set'}:
            # The clauses as they were written
            return is_a(str, value)
        return value is None or isinstance(value, (list, tuple))

    def _is_model(self, value):
        return bool(find_model(value))

    def _are_models(self, value):
        return isinstance(value, (list, tuple)) and all(
            map(self._is_model, value))

    def _is_resource(self, value):
        if not is_a(str, value):
            return False
        model, _, id_ = value.partition(',')
        return self._is_model(model) and id_.removeprefix('-').isdigit()

    def _is_timezone(self, value):
        return is_a(str, value) and value in zoneinfo.available_timezones()

    def _is_state(self, value):
        return is_a(str, value) and (
            value in self.obj.states or value == self.obj.end_state)


# What the parameters of Tryton's methods are by their names
_PARAMETERS = {
    **dict.fromkeys(['ids', 'records'], Call._are_ids),
    **dict.fromkeys(
        ['fields_names', 'fieldnames', 'fields'], Call._are_names),
    **dict.fromkeys(
        ['id', 'length', 'level', 'limit', 'menu_id', 'offset', 'record_id',
            'session_id', 'view_id', 'width'], Call._is_number),
    **dict.fromkeys(
        ['button', 'child_name', 'code', 'content', 'email', 'fs_id',
            'keyword', 'module', 'text', 'username'],
        Call._is_text),
    **dict.fromkeys(
        ['current_cookie', 'name', 'nodes', 'selected_nodes', 'symbol'],
        Call._is_optional_text),
    **dict.fromkeys(['domain', 'order'], Call._is_list),
    'amount': Call._is_amount,
    'classes': Call._are_models,
    'model': Call._is_model,
    'models': Call._are_models,
    'resource': Call._is_resource,
    'state_name': Call._is_state,
    'timezone': Call._is_timezone,
    'view_type': Call._is_view_type,
    'xml_id': Call._is_xml_id,
    }
