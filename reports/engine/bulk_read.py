# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Reads many records for tables.

Browsing takes time by the square of the number of records; pages of values
are read instead, under the access rights of the user.
"""

from sql import Column

from trytond.model import fields
from trytond.pool import Pool
from trytond.tools import grouped_slice
from trytond.transaction import Transaction

from . import progress

__all__ = ['Names', 'count', 'find', 'latest', 'read_pages', 'readable']

PAGE = 500


def find(model, domain, order=None):
    "Return the ids of the records that the user may read."
    pool = Pool()
    Model = pool.get(model)
    query = Model.search(domain, order=order, query=True)
    cursor = Transaction().connection.cursor()
    cursor.execute(*query)
    return [row[0] for row in cursor]


def count(model, domain):
    pool = Pool()
    return pool.get(model).search(domain, count=True)


def readable(model, names):
    "Return those of the names of fields that the user may read."
    pool = Pool()
    Access = pool.get('ir.model.field.access')
    if not Transaction().check_access:
        return list(names)
    access = Access.get_access([model])[model]
    return [n for n in names if access.get(n, {}).get('read', True)]


def read_pages(model, ids, names):
    """Yield lists of the values of the records in the order of ids.

    The values of fields that the user may not read are None.
    """
    pool = Pool()
    Model = pool.get(model)
    allowed = readable(model, names)
    hidden = dict.fromkeys(set(names) - set(allowed))
    for page in grouped_slice(ids, PAGE):
        page = list(page)
        rows = {r['id']: r for r in _read(Model, page, allowed)}
        yield [{**rows[i], **hidden} for i in page]
        progress.advance(len(page))


def _read(Model, ids, names):
    """Return the values of the records, which the user may read.

    A third of the time of Model.read is spent on the description of the
    columns, which psycopg makes anew for each row.
    """
    if not all(_is_column(Model._fields[n]) for n in names):
        return Model.read(ids, ['id', *names])
    table = Model.__table__()
    cursor = Transaction().connection.cursor()
    names = ['id', *names]
    cursor.execute(*table.select(
            *(Column(table, n) for n in names),
            where=fields.SQL_OPERATORS['in'](table.id, ids)))
    return [dict(zip(names, row)) for row in cursor]


def _is_column(field):
    return (
        bool(field.sql_type())
        and not hasattr(field, 'get')
        and not getattr(field, 'translate', False))


def latest(model, key, ids, domain, names):
    """Return, by the record of key, the values of the last of the model.

    key is the name of the Many2One to the records with the ids.
    """
    found = find(
        model, [(key, 'in', ids), *domain], order=[('id', 'ASC')])
    if not found:
        return {}
    pool = Pool()
    Model = pool.get(model)
    allowed = readable(model, names)
    hidden = dict.fromkeys(set(names) - set(allowed))
    rows = _read(Model, found, [key, *allowed])
    return {
        r[key]: {**r, **hidden} for r in sorted(rows, key=lambda r: r['id'])}


class Names:
    "The names of records, each read once"

    def __init__(self):
        self._known = {}

    def load(self, model, ids, name='rec_name'):
        "Read the names of the records that are not known yet."
        pool = Pool()
        known = self._known.setdefault((model, name), {None: None})
        if missing := {i for i in ids if i not in known}:
            known.update(
                (r['id'], r[name])
                for r in pool.get(model).read(list(missing), ['id', name]))
        return known
