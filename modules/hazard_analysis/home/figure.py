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
from trytond.transaction import Transaction, check_access


class Figure(NamedTuple):
    "due_at is the first of the deadlines where the records have one."

    label: str
    number: int
    due_at: dt.datetime | None


def get_windows(names):
    "Return by name the actions of the lists that the user may open."
    pool = Pool()
    Access = pool.get('ir.model.access')
    Data = pool.get('ir.model.data')
    Window = pool.get('ir.action.act_window')
    ids = {
        Data.get_id('hazard_analysis', f'act_home_{name}'): name
        for name in names}
    with check_access():
        windows = Window.search([('id', 'in', list(ids))])
        access = Access.get_access([w.res_model for w in windows])
    found = {
        ids[w.id]: w for w in windows if access[w.res_model]['read']}
    return {name: found[name] for name in names if name in found}


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


def find(name, **keywords):
    "Return the model of the list and what a search in it returns."
    windows = get_windows([name])
    if name not in windows:
        return None, []
    Model = Pool().get(windows[name].res_model)
    return Model, Model.search(get_domain(windows[name]), **keywords)


def count(names):
    "Return the figures by the names of the lists, those that can be opened."
    windows = get_windows(names)
    if not windows:
        return {}
    keys = list(windows)
    with check_access():
        queries = [
            _select(key, windows[name]) for key, name in enumerate(keys)]
    query = Union(*queries, all_=True) if queries[1:] else queries[0]
    cursor = Transaction().connection.cursor()
    cursor.execute(*query)
    return {
        keys[key]: Figure(windows[keys[key]].name, number, _time(due_at))
        for key, number, due_at in cursor}


def _select(key, window):
    Model = Pool().get(window.res_model)
    found = Model.search(get_domain(window), order=[], query=True)
    field = Model._fields.get('due_at')
    if field is None or isinstance(field, Function):
        return found.select(
            Literal(key).as_('key'), Count().as_('number'),
            Cast(Null, 'TIMESTAMP').as_('due_at'))
    table = Model.__table__()
    return table.select(
        Literal(key).as_('key'), Count().as_('number'),
        Min(table.due_at).as_('due_at'), where=table.id.in_(found))


def _time(value):
    # SQLite does not know what an aggregate is of
    return dt.datetime.fromisoformat(value) if isinstance(
        value, str) else value
