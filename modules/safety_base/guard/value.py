# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""What fits a field, a parameter or a key of the context.

It says why a call has failed, so what is not known here fits.
"""

import datetime as dt
import math
from contextlib import suppress
from decimal import Decimal

from trytond.model.fields import Function
from trytond.pool import Pool
from trytond.transaction import Transaction

from .text import is_storable

# Days beyond are not days in every time zone.
FIRST_YEAR, LAST_YEAR = 2, 9998
DAYS = 1_000_000


def from_context(name, type_, default=None):
    """Return what the client sent in the context by the name.

    It is the default unless it is of the type.
    """
    value = Transaction().context.get(name)
    return value if is_a(type_, value) else default


def ids_from_context(name):
    "Return the ids that the client sent in the context by the name."
    value = Transaction().context.get(name)
    return list(value) if are_ids(value) else []


def is_a(type_, value):
    "Is the value of the type, and one that a database can keep?"
    if type(value) is bool:
        return type_ is bool
    if type(value) is dt.datetime:
        return type_ is dt.datetime and _is_possible_day(value)
    if not isinstance(value, type_):
        return False
    if type_ is int:
        return -2 ** 31 <= value < 2 ** 31
    if type_ is dt.date:
        return _is_possible_day(value)
    if type_ is str:
        return is_storable(value)
    return True


def are_ids(value):
    return isinstance(value, (list, tuple)) and all(
        is_a(int, v) for v in value)


def are_texts(value):
    return isinstance(value, (list, tuple)) and all(
        is_a(str, v) for v in value)


def is_keepable(value):
    "Are all the texts in the value such that a database can keep?"
    values = [value]
    while values:
        value = values.pop()
        if isinstance(value, dict):
            values += [*value, *value.values()]
        elif isinstance(value, (list, tuple)):
            values += value
        elif isinstance(value, str) and not is_storable(value):
            return False
    return True


def _is_possible_day(day):
    return FIRST_YEAR <= day.year <= LAST_YEAR


def _is_number(value):
    return type(value) in {int, float, Decimal} and math.isfinite(value)


def _is_whole(value):
    return type(value) is int and -2 ** 63 <= value < 2 ** 63


def _is_timedelta(value):
    return isinstance(value, dt.timedelta) and abs(value.days) <= DAYS


def find_model(name):
    "Return the model of the name, None where there is none."
    if is_a(str, name):
        with suppress(KeyError):
            return Pool().get(name)
    return None


def _is_reference(value):
    if not is_a(str, value):
        return False
    model, separator, id_ = value.partition(',')
    if separator and not find_model(model):
        return False
    return (not separator or not id_
        or id_.removeprefix('-').isascii()
        and id_.removeprefix('-').isdigit() and is_a(int, int(id_)))


def _are_targets(value):
    "Are they commands, the values of lines, or their ids?"
    return isinstance(value, (list, tuple)) and all(
        is_a(int, v) or isinstance(v, dict) or _is_command(v) for v in value)


def _is_command(value):
    if not isinstance(value, (list, tuple)) or len(value) < 2:
        return False
    name, *args = value
    if name == 'create':
        return all(isinstance(v, dict) for v in _listed(args[0]))
    if name == 'write':
        return not len(args) % 2 and all(
            are_ids(i) and isinstance(v, dict)
            for i, v in zip(args[::2], args[1::2]))
    if name == 'copy':
        return are_ids(args[0]) and (
            len(args) == 1 or isinstance(args[1], dict))
    return name in ('add', 'remove', 'delete') and are_ids(args[0])


def _listed(value):
    return value if isinstance(value, (list, tuple)) else [None]


def _typed(type_):
    return lambda value: is_a(type_, value)


_BY_TYPE = {
    'bigint': _is_whole,
    'binary': lambda value: isinstance(value, (bytes, bytearray, int)),
    'boolean': _typed(bool),
    'char': _typed(str),
    'date': _typed(dt.date),
    'datetime': _typed(dt.datetime),
    'dict': _typed(dict),
    'float': _is_number,
    'fullText': _typed(str),
    'integer': _typed(int),
    'many2many': _are_targets,
    'many2one': _typed(int),
    'multiselection': are_texts,
    'numeric': _is_number,
    'one2many': _are_targets,
    'one2one': _typed(int),
    'reference': _is_reference,
    'text': _typed(str),
    'time': _typed(dt.time),
    'timedelta': _is_timedelta,
    'timestamp': _typed(dt.datetime),
    }


def fits(field, value, form=False):
    """Can the value that a client sent be one of the field?

    A form sends the values of the parent of a line in place of its id.
    """
    if value is None:
        return True
    if form and field._type in {'many2one', 'one2one', 'reference'}:
        if _is_parent(field, value):
            return True
    if field._type == 'selection' and isinstance(field.selection, list):
        return isinstance(value, (str, int)) and value in dict(field.selection)
    return _BY_TYPE.get(field._type, _any)(value)


def _any(value):
    return True


def _is_parent(field, value):
    if field._type == 'reference':
        return (isinstance(value, (list, tuple)) and len(value) == 2
            and is_a(str, value[0]) and isinstance(value[1], dict))
    return isinstance(value, dict)


def _is_set(field):
    "Can the field be written?"
    return not isinstance(field, Function) or bool(field.setter)


def find_misfit(Model, values, form=False):
    """Return the name of what does not fit its field, None if all do.

    form tells whether a form that is not saved sent the values.
    """
    for name, value in values.items():
        field = Model._fields.get(name)
        if field is None:
            # A form sends also what it shows of its parent.
            if name != 'id' and not (
                    name.startswith('_parent_') and '.' in name):
                return name
        elif not fits(field, value, form) or not (form or _is_set(field)):
            return name
        elif value and hasattr(field, 'get_target'):
            if misfit := _find_nested(field.get_target(), value, form):
                return f'{name}.{misfit}'


def _find_nested(Target, value, form):
    for part in _dicts(value):
        if misfit := find_misfit(Target, part, form):
            return misfit


def _dicts(value):
    "Yield the values of lines, however the commands nest them."
    if isinstance(value, dict):
        yield value
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from _dicts(part)
