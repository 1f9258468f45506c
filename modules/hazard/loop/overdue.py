# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Which hazards are late, at whatever stage, and by how much."

from collections import defaultdict

from sql import Column, Null, Union

from trytond.model import fields
from trytond.modules.safety_base.boolean_search import asks_for_true
from trytond.modules.safety_base.workflow import days_between, now
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval, If
from trytond.tools import grouped_slice
from trytond.transaction import Transaction

from .steps import OPEN_STATES
from .time_left import TimeLeft

SLICE = 1_000
RECTIFY_STATES = ['four_fix', 'rectification']
CLOSED_STATES = ['closed', 'archived']
_in = fields.SQL_OPERATORS['in']


class Hazard(metaclass=PoolMeta):
    __name__ = 'hazard.hazard'

    due_at = fields.Function(
        fields.DateTime(
            "Due At", help="Until when the stage that is open is to end."),
        'get_due')
    time_left = fields.Function(
        fields.Char(
            "Time Left",
            help="Until when there is time, or how much it is late. Of what "
            "is closed, how late it was rectified."),
        'get_due')
    overdue_days = fields.Function(
        fields.Integer(
            "Overdue (days)",
            states={
                'invisible': ~Eval('overdue_days'),
                }),
        'get_due')
    overdue = fields.Function(
        fields.Boolean("Overdue", help="A stage that is open is late."),
        'get_due', searcher='search_overdue')

    @classmethod
    def get_due(cls, hazards, names):
        "Return what is told of the deadlines."
        result = {n: dict.fromkeys(map(int, hazards)) for n in names}
        words = TimeLeft()
        for id_, (due_at, ended_at) in cls._read_due(hazards).items():
            days = days_between(due_at, ended_at or words.now)
            values = {
                'due_at': None if ended_at else due_at,
                'overdue_days': days,
                'overdue': bool(days) and not ended_at,
                }
            if 'time_left' in names:
                values['time_left'] = words.tell(due_at, ended_at)
            for name in names:
                result[name][id_] = values[name]
        return result

    @classmethod
    def _read_due(cls, hazards):
        """Return by id of the hazards until when what is open is due, or was
        when it ended, and when that was."""
        open_, ended, due = defaultdict(list), {}, {}
        for hazard in hazards:
            if hazard.state in OPEN_STATES:
                open_[hazard.state].append(hazard.id)
            if hazard.deadline and hazard.state in RECTIFY_STATES:
                due[hazard.id] = hazard.deadline
            elif hazard.deadline and hazard.state in CLOSED_STATES:
                ended[hazard.id] = hazard.deadline
        for id_, due_at in _read_waiting(open_):
            due[id_] = min(due_at, due.get(id_, due_at))
        return {
            **{id_: (due_at, None) for id_, due_at in due.items()},
            **{id_: (ended[id_], at) for id_, at in _read_rectified(ended)}}

    @classmethod
    def search_overdue(cls, name, clause):
        at = now()
        domain = [
            ('state', 'in', OPEN_STATES),
            ['OR',
                ('id', 'in', late_stages(at)),
                [('state', 'in', RECTIFY_STATES), ('deadline', '<', at)]]]
        if asks_for_true(clause):
            return domain
        return [('id', 'not in', cls.search(domain, order=[], query=True))]

    @classmethod
    def view_attributes(cls):
        late = If(
            Eval('state').in_(OPEN_STATES) & (Eval('overdue_days', 0) > 0),
            'danger', '')
        return super().view_attributes() + [
            (f'/tree/field[@name="{name}"]', 'visual', late)
            for name in ['overdue_days', 'time_left']]


def late_stages(at):
    "Return the query of the hazards of which a stage that waits is late."
    return Union(*(
            _select_waiting(Stage, lambda table: table.due_at < at)
            for Stage in _get_stages(OPEN_STATES)), all_=True)


def _get_stages(states):
    "Return the models of what can be late in the states of a hazard."
    pool = Pool()
    names = [*states, *(['plan'] if 'four_fix' in states else [])]
    return [pool.get(f'hazard.{n}') for n in names]


def _select_waiting(Stage, where, *names):
    "Return the query of the hazards of the stages that wait."
    table = Stage.__table__()
    return table.select(
        table.hazard, *(Column(table, n) for n in names),
        where=table.state.in_(Stage._waiting_states) & where(table))


def _read_waiting(hazards):
    "Return the ids and deadlines of the hazards, which are by state."
    cursor = Transaction().connection.cursor()
    ids = [i for by_state in hazards.values() for i in by_state]
    for Stage in _get_stages(list(hazards)):
        for sub_ids in grouped_slice(ids, SLICE):
            sub_ids = list(sub_ids)
            cursor.execute(*_select_waiting(
                    Stage, lambda table, ids=sub_ids: (
                        _in(table.hazard, ids) & (table.due_at != Null)),
                    'due_at'))
            yield from cursor.fetchall()


def _read_rectified(ids):
    "Return the ids of the hazards and when they were last rectified."
    cursor = Transaction().connection.cursor()
    table = Pool().get('hazard.rectification').__table__()
    rectified = {}
    for sub_ids in grouped_slice(list(ids), SLICE):
        cursor.execute(*table.select(
                table.hazard, table.rectified_at,
                where=_in(table.hazard, list(sub_ids))
                & (table.state == 'done') & (table.rectified_at != Null),
                order_by=table.id.asc))
        rectified.update(cursor.fetchall())
    return rectified.items()
