# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""The figures of start pages: how many records lists have, by one query.

A figure belongs to a list, an action of list.xml, and is counted by the
domain of that action under the access of the user.  So it can only be what
opens.
"""

import datetime as dt
import json
from typing import NamedTuple

from sql import Cast, Literal, Null, Union
from sql.aggregate import Count, Min

from trytond.model.fields import Function
from trytond.modules.safety_base.clock import current_zone, local_day
from trytond.pool import Pool
from trytond.pyson import PYSONDecoder
from trytond.transaction import Transaction, check_access, without_check_access

# How the XML ids of the lists begin
PREFIX = 'act_home_'


class Figure(NamedTuple):
    "due_at is the first of the deadlines where the records have one."

    label: str
    number: int
    due_at: dt.datetime | None


class Lists:
    "The lists of the start pages that the user may open, asked for once."

    def __init__(self):
        self.windows = _get_windows()

    def search(self, name, **keywords):
        "Return the records of the list, none where it can not be opened."
        if name not in self.windows:
            return []
        window = self.windows[name]
        return Pool().get(window.res_model).search(
            get_domain(window), **keywords)

    def query(self, name):
        "Return the query of the ids of the list and the table that it reads."
        query = self.search(name, order=[], query=True)
        if not query:
            return None, None
        column, = query.columns
        return query, column.expression.table

    def count_by(self, name, get_key):
        "Return how many records there are by what get_key makes of the table."
        query, table = self.query(name)
        if not query:
            return {}
        keys = query.from_[0].select(
            get_key(table).as_('key'), where=query.where)
        cursor = Transaction().connection.cursor()
        cursor.execute(*keys.select(
                keys.key, Count(), group_by=[keys.key]))
        return dict(cursor.fetchall())

    def count(self, names):
        "Return the figures by name, of the lists that can be opened."
        names = [name for name in names if name in self.windows]
        if not names:
            return {}
        with check_access():
            queries = [
                self._count(key, name) for key, name in enumerate(names)]
        query = Union(*queries, all_=True) if queries[1:] else queries[0]
        cursor = Transaction().connection.cursor()
        cursor.execute(*query)
        return {
            names[key]: Figure(
                self.windows[names[key]].name, number, _time(due_at))
            for key, number, due_at in cursor}

    def _count(self, key, name):
        query, table = self.query(name)
        field = Pool().get(self.windows[name].res_model)._fields.get('due_at')
        is_dated = field is not None and not isinstance(field, Function)
        return query.from_[0].select(
            Literal(key).as_('key'), Count().as_('number'),
            (Min(table.due_at) if is_dated else Cast(Null, 'TIMESTAMP')).as_(
                'due_at'),
            where=query.where)


def _get_windows():
    "Return by name the actions of the lists that the user may open."
    pool = Pool()
    Access = pool.get('ir.model.access')
    Data = pool.get('ir.model.data')
    Window = pool.get('ir.action.act_window')
    with without_check_access():
        names = {
            d.db_id: d.fs_id.removeprefix(PREFIX) for d in Data.search([
                    ('module', '=', 'hazard_analysis'),
                    ('model', '=', Window.__name__),
                    ('fs_id', 'like', PREFIX.replace('_', r'\_') + '%'),
                    ])}
    with check_access():
        windows = Window.search([('id', 'in', list(names))])
        access = Access.get_access([w.res_model for w in windows])
    return {
        names[w.id]: w for w in windows if access[w.res_model]['read']}


def get_name(name):
    "Return what the action with the XML id is called."
    pool = Pool()
    return pool.get('ir.action.act_window')(
        pool.get('ir.model.data').get_id(name)).name


def get_domain(window):
    "Return the domain of the action as the client of the user would."
    day = local_day(dt.datetime.now(), current_zone())
    domain = json.loads(window.pyson_domain, object_hook=lambda d: (
            {**d, 'y': day.year, 'M': day.month, 'd': day.day}
            if d.get('__class__') == 'Date' and d['start'] is None else d))
    return PYSONDecoder(Transaction().context.copy()).decode(
        json.dumps(domain))


def _time(value):
    # SQLite does not know what an aggregate is of
    return dt.datetime.fromisoformat(value) if isinstance(
        value, str) else value
