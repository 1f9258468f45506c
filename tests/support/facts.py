# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Hazards with given times, and what they come to in plain Python."

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from statistics import median, quantiles

from organization import get_ref
from sql import Column

from trytond.pool import Pool
from trytond.transaction import Transaction

__all__ = ['Spec', 'Stage', 'reference', 'write', 'write_plan']

HOUR = dt.timedelta(hours=1)
EIGHT = 8 * HOUR
ENDED_STATES = ('confirmed', 'done', 'passed', 'failed')
ENDED_AT = {
    'four_fix': 'confirmed_at', 'rectification': 'done_at',
    'recheck': 'checked_at', 'acceptance': 'decided_at'}


@dataclass
class Stage:
    name: str
    state: str
    opened_at: dt.datetime
    ended_at: dt.datetime = None
    due_at: dt.datetime = None
    cost: Decimal = None
    # By how many hours the deadline was moved
    extended: int = 0


@dataclass
class Spec:
    "What is written of a hazard, as a tuple of the loop would leave it."
    found_at: dt.datetime
    reported_at: dt.datetime
    state: str
    unit: str = 'ventilation'
    found_by: str = 'reporter'
    grade: str = 'general'
    discipline: str = 'ventilation'
    cause: str = None
    handling: str = 'four_fix'
    deadline: dt.datetime = None
    closed_at: dt.datetime = None
    round: int = 1
    recurrence: int = 0
    late: bool = False
    imported: bool = False
    # Ids, the place that of the mine unless given
    place: int = None
    check_item: int = None
    shift: int = None
    source: int = None
    stages: list = field(default_factory=list)

    @property
    def closed(self):
        return self.state in {'closed', 'archived'}

    @property
    def rectified_at(self):
        return max((s.ended_at for s in self.of('rectification', 'done')),
            default=None)

    @property
    def first_deadline(self):
        dues = [s.due_at - s.extended * HOUR
            for s in self.of('rectification', 'done', 'draft')]
        return min(dues, default=None)

    def of(self, name, *states):
        return [
            s for s in self.stages
            if s.name == name and s.state in (states or ENDED_STATES)]

    def took(self, *names):
        return sum((s.ended_at - s.opened_at
                for n in names for s in self.of(n)), dt.timedelta())


def write(mine, specs):
    "Write the hazards by SQL and return their ids in the order of the specs."
    return [_write(mine, spec) for spec in specs]


def _write(mine, spec):
    unit = getattr(mine.units, spec.unit).id
    hazard = _insert('hazard.hazard', {
            'company': mine.company.id,
            'found_by': getattr(mine.employees, spec.found_by).id,
            'place': spec.place or mine.place.id, 'unit': unit,
            'grade': get_ref(f'hazard.grade_{spec.grade}'),
            'discipline': get_ref(f'hazard.discipline_{spec.discipline}'),
            'description': "x",
            **{n: getattr(spec, n) for n in [
                    'found_at', 'reported_at', 'state', 'cause', 'handling',
                    'deadline', 'closed_at', 'round', 'recurrence', 'late',
                    'imported', 'check_item', 'shift', 'source']}})
    for stage in spec.stages:
        _write_stage(mine, hazard, unit, stage)
    return hazard


def _write_stage(mine, hazard, unit, stage):
    values = {
        'hazard': hazard, 'company': mine.company.id, 'unit': unit,
        'round': 1, 'opened_at': stage.opened_at, 'due_at': stage.due_at,
        'state': stage.state}
    if stage.state in ENDED_STATES:
        values[ENDED_AT[stage.name]] = stage.ended_at
    if stage.name == 'rectification':
        values.update(
            deadline=stage.due_at, cost=stage.cost,
            rectified_at=stage.ended_at)
    elif stage.name == 'recheck':
        values['verifier'] = 'unit'
    elif stage.name == 'acceptance':
        values['acceptor'] = 'head'
    id_ = _insert(f'hazard.{stage.name}', values)
    if stage.extended:
        _insert('hazard.extension', {
                'hazard': hazard, 'company': mine.company.id, 'unit': unit,
                'rectification': id_, 'reason': "x", 'measures': "x",
                'original_deadline': stage.due_at - stage.extended * HOUR,
                'current_deadline': stage.due_at - stage.extended * HOUR,
                'deadline': stage.due_at, 'state': 'approved'})


def write_plan(mine, hazard, values):
    "Write a treatment plan of the hazard by SQL."
    principal = {
        'principal': mine.employees.captain.id
        } if values.get('principal') else {}
    return _insert('hazard.plan', {
            'hazard': hazard, 'company': mine.company.id,
            **values, **principal})


def _insert(model, values):
    table = Pool().get(model).__table__()
    transaction = Transaction()
    cursor = transaction.connection.cursor()
    cursor.execute(*table.insert(
            [Column(table, n) for n in values], [list(values.values())]))
    cursor.execute(f'SELECT MAX(id) FROM "{table._name}"')
    return cursor.fetchone()[0]


def reference(specs, at):
    "Return the figures of the hazards as a reader would work them out."
    specs = [s for s in specs if s.state not in {'draft', 'cancelled'}]
    result = defaultdict(int, number=len(specs))
    for spec in specs:
        for name in _figures(spec, at):
            result[name] += 1
        result['extensions'] += sum(
            1 for s in spec.stages if s.extended and s.state != 'cancelled')
        result['cost'] += sum(
            (s.cost or 0 for s in spec.stages if s.state != 'cancelled'),
            Decimal(0))
    hours = [
        (s.closed_at - s.reported_at) / HOUR for s in specs
        if s.closed and not s.imported]
    result['mean_hours'] = _mean(hours)
    result['median_hours'] = median(hours) if hours else None
    result['percentile_90_hours'] = _percentile_90(hours)
    result['mean_waited_hours'] = _mean([
            s.took('recheck', 'acceptance') / HOUR for s in specs
            if (s.of('recheck') or s.of('acceptance')) and not s.imported])
    result['mean_recheck_hours'] = _mean([
            s.took('recheck') / HOUR for s in specs
            if s.of('recheck') and not s.imported])
    return result


def _percentile_90(values):
    "Return it as a spreadsheet does."
    if len(values) < 2:
        return values[0] if values else None
    return quantiles(values, n=10, method='inclusive')[-1]


def _mean(values):
    return sum(values) / len(values) if values else None


def _figures(spec, at):
    "Yield the names of the counts that the hazard is counted in."
    unfinished = spec.state in {'four_fix', 'rectification'}
    late = spec.deadline is not None and spec.deadline < at
    rectified = spec.rectified_at is not None and not unfinished
    on_site = spec.handling == 'on_site' and spec.rectified_at is None
    yield 'closed' if spec.closed else 'open'
    if spec.handling == 'on_site':
        yield 'on_site'
    waiting = any(
        s.due_at and s.due_at < at
        for s in spec.stages if s.state == 'draft')
    if spec.state in {'four_fix', 'rectification', 'recheck', 'acceptance'}:
        if waiting or (unfinished and late):
            yield 'overdue'
    if unfinished and late:
        yield 'unrectified'
    if on_site or rectified or (unfinished and late):
        yield 'to_rectify'
        if on_site or (rectified and (
                    spec.deadline is None
                    or spec.rectified_at <= spec.deadline)):
            yield 'on_time'
        if on_site or (rectified and (
                    spec.rectified_at <= spec.first_deadline)):
            yield 'on_first_time'
    if spec.recurrence:
        yield 'recurrent'
    if any(s.extended for s in spec.stages):
        yield 'extended'
    if spec.late and not spec.imported:
        yield 'late_entry'
    if spec.closed and not spec.imported:
        yield from _hours(spec)
    if spec.of('recheck'):
        yield 'checked'
        if spec.round == 1:
            yield 'first_pass'


def _hours(spec):
    yield 'timed'
    loop = spec.closed_at - spec.reported_at
    if loop <= EIGHT:
        yield 'in_target'
    if loop - spec.took('recheck', 'acceptance') <= EIGHT:
        yield 'in_target_unwaited'
