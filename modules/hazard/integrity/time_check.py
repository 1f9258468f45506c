# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Are all dates and times such as can be?

PostgreSQL holds infinite ones, years before the first and after the 9999th,
and SQLite any text. Reading one of them raises, and who forges one must not
hide by it what else does not fit.
"""
import datetime as dt
from functools import reduce
from operator import or_

from sql import Cast, Literal
from sql.conditionals import Coalesce
from sql.functions import Function, Substring

from trytond import backend
from trytond.i18n import gettext
from trytond.model import ModelSQL, fields
from trytond.pool import Pool
from trytond.transaction import Transaction

from .lenient import END, FIRST

TYPES = {'date', 'datetime', 'timestamp'}


class _Date(Function):
    __slots__ = ()
    _function = 'DATE'


def check_times(scope, impossible):
    """Yield which of the dates and times that cannot be are of the company.

    What belongs to no company is told of each.
    """
    from .problem_text import describe, get_label, shorten
    from .verification import Problem
    for model, id_, name, text, company in impossible:
        if company in {None, scope.company.id}:
            record = f'{model},{id_}'
            yield Problem(
                lambda record=record, name=name, text=text: gettext(
                    'hazard.msg_verify_time', record=describe(record),
                    field=get_label(record, name), value=shorten(text)),
                record, name)


def find_impossible():
    """Return the dates and times that cannot be.

    They are tuples of the name of the model, id, name of the field, value as
    text and id of the company, None where the model has none.
    """
    found = []
    for _, Model in sorted(Pool().iterobject()):
        if names := _get_names(Model):
            found += _find(Model, names)
    return found


def _get_names(Model):
    if not issubclass(Model, ModelSQL) or Model._is_table_query():
        return []
    return [
        n for n, f in Model._fields.items()
        if f._type in TYPES and not isinstance(f, fields.Function)
        and f.sql_type()]


def _find(Model, names):
    table = Model.__table__()
    where = {n: _is_impossible(Model._fields[n], getattr(table, n))
        for n in names}
    cursor = Transaction().connection.cursor()
    # Most often there is none, which one query tells.
    cursor.execute(*table.select(
            table.id, where=reduce(or_, where.values()), limit=1))
    if not cursor.fetchone():
        return
    for name in names:
        cursor.execute(*table.select(
                table.id, Cast(getattr(table, name), 'VARCHAR'),
                _get_company(Model, table), where=where[name],
                order_by=[table.id.asc]))
        for id_, text, company in cursor.fetchall():
            yield Model.__name__, id_, name, text, company


def _get_company(Model, table):
    field = Model._fields.get('company')
    if (field is None or field._type != 'many2one'
            or isinstance(field, fields.Function)):
        return Literal(None)
    return table.company


def _is_impossible(field, column):
    "Return the condition that Python cannot hold the date or time."
    if field._type == 'date':
        # The last day of all is used for what does not end.
        fits = (column >= dt.date.min) & (column <= dt.date.max)
    else:
        fits = (column >= FIRST) & (column < END)
    if backend.name == 'sqlite':
        # It may be any text. Days are moved by none to be counted.
        day = _Date(column, '+0 days')
        fits &= Coalesce(day, '') == Substring(column, 1, 10)
    return ~fits
