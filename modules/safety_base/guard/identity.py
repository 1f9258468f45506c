# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""
Who acts.

A client sends a context with each call.  It may say in which language, for
which of the user's companies and as which of the user's employees it calls;
who the user is and what the user belongs to is known by the server.
"""

import datetime as dt
from functools import partial

from trytond.cache import Cache
from trytond.i18n import gettext
from trytond.model import fields
from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction

from ..exceptions import IdentityError, PreferenceError
from .path import check_count
from .value import are_ids, is_a

# The private keys that the clients send: when a record was read, and as of
# when to read.
PRIVATE = {'_timestamp', '_datetime'}
# What the server knows better.
KNOWN = {'user', 'groups', 'companies', 'employees'}
# When and by whom the tasks of a call are done, which the server decides.
QUEUE = 'queue_'
# What the keys are that Tryton reads.  What else they are is not believed, but
# a company or employee is refused.
_CONTEXT = {
    '_datetime': partial(is_a, dt.datetime),
    '_timestamp': partial(is_a, dict),
    'action_id': partial(is_a, int),
    'active_id': partial(is_a, int),
    'active_ids': are_ids,
    'active_model': partial(is_a, str),
    'company': lambda value: value or is_a(int, value),
    'date': partial(is_a, dt.date),
    'employee': lambda value: value or is_a(int, value),
    'fuzzy_translation': partial(is_a, bool),
    'language': partial(is_a, str),
    'related_read_limit': partial(is_a, int),
    }
# What the values of preferences are by the types of fields
_NUMBERS = {'integer', 'many2one'}
_VALUES = {
    'binary': (bytes, bytearray),
    'boolean': bool,
    'char': str,
    'selection': str,
    'text': str,
    }


def is_admin():
    "Does the user, the server itself included, administer the database?"
    pool = Pool()
    ModelData = pool.get('ir.model.data')
    User = pool.get('res.user')
    return (not Transaction().user
        or ModelData.get_id('res', 'group_admin') in User.get_groups())


def _fits(field, value):
    "Is the value of a preference, which a client sent, one of the field?"
    # The language is named by its code.
    type_ = 'char' if field.name == 'language' else field._type
    if value is None:
        return True
    if type_ in _NUMBERS:
        # True is a number to Python, but not to every database.
        return type(value) is int and 0 <= value < 2 ** 31
    if type_ == 'multiselection':
        return isinstance(value, (list, tuple)) and all(
            isinstance(v, str) for v in value)
    return isinstance(value, _VALUES.get(type_, object))


def _takes_in(value):
    "Does the value of a list of records only take in or leave out records?"
    return value is None or isinstance(value, (list, tuple)) and all(
        isinstance(action, (list, tuple)) and len(action) == 2
        and action[0] in ('add', 'remove')
        and isinstance(action[1], (list, tuple))
        and all(isinstance(i, int) and 0 <= i < 2 ** 31 for i in action[1])
        for action in value)


def _is_forgeable(key):
    return not isinstance(key, str) or key in KNOWN or key.startswith(
        QUEUE) or (key.startswith('_') and key not in PRIVATE)


class User(metaclass=PoolMeta):
    __name__ = 'res.user'

    _get_own_cache = Cache('res.user.get_own', context=False)

    @classmethod
    def get_own(cls):
        """Return what is the user's, whatever is chosen at the moment.

        It is the ids of the companies, and of the employees the ids with
        those of their companies.
        """
        user = Transaction().user
        own = cls._get_own_cache.get(user)
        if own is None:
            own = cls._get_own_cache.set(user, (
                    cls._select_companies(user), cls._select_employees(user)))
        return own

    @classmethod
    def _select_companies(cls, user):
        pool = Pool()
        UserCompany = pool.get('res.user-company.company')
        cursor = Transaction().connection.cursor()
        table = UserCompany.__table__()
        cursor.execute(*table.select(
                table.company, where=table.user == user))
        return tuple(company for company, in cursor)

    @classmethod
    def _select_employees(cls, user):
        pool = Pool()
        Employee = pool.get('company.employee')
        UserEmployee = pool.get('res.user-company.employee')
        cursor = Transaction().connection.cursor()
        employee = Employee.__table__()
        table = UserEmployee.__table__()
        cursor.execute(*table
            .join(employee, condition=table.employee == employee.id)
            .select(
                employee.id, employee.company, where=table.user == user))
        return tuple(cursor)

    @classmethod
    def believe(cls, context, defaults=False):
        """Return what may be believed of the context that a client sent.

        The values of fields that a new record shall have are believed where
        defaults are asked for only.
        Raises IdentityError for a company or employee that is not the user's.
        """
        context = {
            k: v for k, v in context.items()
            if not _is_forgeable(k)
            and (defaults or not k.startswith('default_'))}
        for name, fits in _CONTEXT.items():
            if context.get(name) is not None and not fits(context[name]):
                del context[name]
        if ids := context.get('active_ids'):
            context['active_ids'] = check_count(list(dict.fromkeys(ids)))
        if Transaction().user:
            context['groups'] = list(cls.get_groups())
        with Transaction().set_context(language=context.get('language')):
            cls.check_identity(context)
        return context

    @classmethod
    def check_identity(cls, context=None):
        """Raise IdentityError for a context that names somebody else.

        That is a company or an employee not among those of the user.  Without
        a context it is that of the transaction.
        """
        transaction = Transaction()
        if context is None:
            context = transaction.context
        if not transaction.user:
            return
        company, employee = context.get('company'), context.get('employee')
        if not company and not employee:
            return
        companies, employees = cls.get_own()
        if company and not (is_a(int, company) and company in companies):
            raise IdentityError(gettext('safety_base.msg_identity_company'))
        if employee and not (
                is_a(int, employee)
                and employee in [e for e, _ in employees]):
            raise IdentityError(gettext('safety_base.msg_identity_employee'))

    @classmethod
    def _get_preferences(cls, user, context_only=False):
        # Somebody may have taken away what the user once chose.
        preferences = super()._get_preferences(
            user, context_only=context_only)
        for name, ids in [
                ('company', [c.id for c in user.companies]),
                ('employee', [e.id for e in user.employees])]:
            if preferences.get(name) not in ids:
                preferences.pop(name, None)
                preferences.pop(f'{name}.rec_name', None)
        return preferences

    @classmethod
    def get_preferences_fields_view(cls):
        result = super().get_preferences_fields_view()
        if not is_admin():
            for name in ['name', 'email', 'applications']:
                if name in result['fields']:
                    result['fields'][name]['readonly'] = True
        return result

    @classmethod
    def set_preferences(cls, values):
        cls.check_identity(values)
        cls._check_preferences(values)
        super().set_preferences(values)

    @classmethod
    def _check_preferences(cls, values):
        """Raise PreferenceError for what users do not decide themselves.

        Preferences are written without any check of access, so lists of
        records may take in and leave out records but never change them.
        """
        user = cls(Transaction().user)
        fixed = set() if is_admin() else {'name', 'email', 'applications'}
        for name, value in values.items():
            if name not in cls._fields:
                continue
            field = cls._fields[name]
            many = field._type in {'one2many', 'many2many'}
            if not many and not _fits(field, value):
                raise PreferenceError(gettext(
                        'safety_base.msg_preference_value',
                        **cls.__names__(name)))
            if (many and not _takes_in(value)
                    or isinstance(field, fields.Function)
                    and not field.setter):
                fixed = {*fixed, name}
            if name in fixed and (
                    value if many else value != getattr(user, name)):
                raise PreferenceError(gettext(
                        'safety_base.msg_preference_fixed',
                        **cls.__names__(name)))

    @classmethod
    def on_modification(cls, mode, users, field_names=None):
        super().on_modification(mode, users, field_names=field_names)
        cls._get_own_cache.clear()


class Employee(metaclass=PoolMeta):
    __name__ = 'company.employee'

    @classmethod
    def on_modification(cls, mode, employees, field_names=None):
        pool = Pool()
        User = pool.get('res.user')
        super().on_modification(mode, employees, field_names=field_names)
        if mode == 'write' and (not field_names or 'company' in field_names):
            User._get_own_cache.clear()


class OwnMixin:
    "What is a user's own changes with it."
    __slots__ = ()

    @classmethod
    def on_modification(cls, mode, records, field_names=None):
        pool = Pool()
        User = pool.get('res.user')
        super().on_modification(mode, records, field_names=field_names)
        User._get_own_cache.clear()


class UserCompany(OwnMixin, metaclass=PoolMeta):
    __name__ = 'res.user-company.company'


class UserEmployee(OwnMixin, metaclass=PoolMeta):
    __name__ = 'res.user-company.employee'
