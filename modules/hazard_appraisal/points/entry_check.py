# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Do the points fit their rules and what they are for?

A rule that has counted is not changed any more but gets a new version, thus
an entry is compared with the rule as it was then.
"""

from collections import defaultdict

from trytond.i18n import gettext
from trytond.model import fields
from trytond.modules.hazard.integrity.event_content import plain
from trytond.modules.hazard.integrity.problem_text import (
    describe, get_label, parse, show)
from trytond.modules.hazard.integrity.verification import Problem, fetch
from trytond.pool import Pool, PoolMeta
from trytond.tools import grouped_slice

from .collection import Collection
from .fact import Scope

SLICE = 1_000
NAMES = [
    'id', 'rule', 'source', 'occurrence', 'member', 'date', 'points', 'task',
    'reversal_of', 'period', 'late']
SAME = ['rule', 'source', 'occurrence', 'member']
# Of these the timeline tells, which is not changed. Who served when, or how
# a session went, may be recorded otherwise later.
LASTING = 'hazard.hazard'


class Seal(metaclass=PoolMeta):
    __name__ = 'hazard.seal'

    @classmethod
    def get_checks(cls):
        return [*super().get_checks(), check_entries]


def check_entries(scope):
    "Yield what does not fit of the entries in the ledger of points."
    Entry = Pool().get('appraisal.entry')
    entries = _read_entries(Entry, scope)
    scope.counts['entries'] += len(entries)
    by_id = {e['id']: e for e in entries}
    rules = _read_rules()
    rows = _compute(Entry, scope) if scope.whole and entries else None
    periods = _read_periods(scope)
    changing = _read_changing(entries, rules) if rows is not None else set()
    for entry in entries:
        yield from _check_period(entry, periods)
        expected, remark = {}, False
        if entry['reversal_of']:
            if original := by_id.get(entry['reversal_of']):
                expected = {
                    **{n: original[n] for n in SAME},
                    'points': -original['points'],
                    'task': -original['task']}
        else:
            rule = rules[entry['rule']]
            expected['points'] = rule['points']
            if not _in_force(rule, entry['date']):
                yield _rule_problem(entry)
            if rows is not None:
                remark = entry['id'] in changing
                row = rows.get(tuple(entry[n] for n in SAME))
                expected |= {
                    'date': row.date, 'task': row.task} if row else {
                    'source': None}
        for name, value in expected.items():
            if entry[name] != value:
                yield _problem(
                    entry, name, value, remark and name != 'points')


def _read_entries(Entry, scope):
    table = Entry.__table__()
    where = table.company == scope.company.id
    if scope.from_date:
        where &= table.date >= scope.from_date
    if scope.to_date:
        where &= table.date <= scope.to_date
    return fetch(
        table.select(
            *(getattr(table, n) for n in NAMES),
            where=where, order_by=[table.id.asc]), NAMES)


def _read_rules():
    table = Pool().get('appraisal.rule').__table__()
    names = ['id', 'event', 'points', 'valid_from', 'valid_to']
    return {
        r['id']: r for r in fetch(
            table.select(*(getattr(table, n) for n in names)), names)}


def _read_periods(scope):
    table = Pool().get('appraisal.period').__table__()
    names = ['id', 'start_date', 'end_date', 'kind']
    return {
        p['id']: p for p in fetch(
            table.select(
                *(getattr(table, n) for n in names),
                where=table.company == scope.company.id,
                order_by=[table.id.asc]), names)}


def _check_period(entry, periods):
    "Yield whether it counts in other ten days than those of its date."
    period = periods.get(entry['period'])
    late = bool(period and entry['date'] < period['start_date'])
    if late != bool(entry['late']):
        yield _problem(entry, 'late', late, False)
    elif not period or entry['date'] > period['end_date']:
        yield _problem(entry, 'period', next((
                    p['id'] for p in periods.values()
                    if p['kind'] == 'tenday'
                    and p['start_date'] <= entry['date'] <= p['end_date']),
                None), False)


def _read_changing(entries, rules):
    """Return the ids of the entries of which the facts may have changed.

    Their sources are there and of the model that the rules count.
    """
    models = Pool().get('appraisal.rule').get_models()
    named = defaultdict(lambda: defaultdict(set))
    for entry in entries:
        model = models.get(rules[entry['rule']]['event'])
        source = parse(entry['source'])
        if model != LASTING and source and source[0] == model:
            named[model][source[1]].add(entry['id'])
    return {
        entry for model, ids in named.items()
        for id_ in _read_existing(model, list(ids)) for entry in ids[id_]}


def _read_existing(model, ids):
    table = Pool().get(model).__table__()
    for sub_ids in grouped_slice(ids, SLICE):
        yield from (r['id'] for r in fetch(
                table.select(table.id, where=fields.SQL_OPERATORS['in'](
                        table.id, list(sub_ids))), ['id']))


def _in_force(rule, day):
    return rule['valid_from'] <= day and (
        rule['valid_to'] is None or day <= rule['valid_to'])


def _compute(Entry, scope):
    "Return by key what the facts of today come to."
    facts = Scope(scope.company)
    collection = Collection(facts)
    rows = {}
    for collectors in Entry.get_collectors().values():
        for collector in collectors:
            found, _ = collection.compute(collector(facts))
            rows.update(found)
    return rows


def _rule_problem(entry):
    record = f'appraisal.entry,{entry["id"]}'
    return Problem(
        lambda: gettext(
            'hazard_appraisal.msg_verify_entry_rule',
            record=describe(record), rule=show(record, 'rule', entry['rule']),
            date=entry['date']),
        record, 'rule')


def _problem(entry, name, expected, remark):
    Entry = Pool().get('appraisal.entry')
    record = f'appraisal.entry,{entry["id"]}'
    field = Entry._fields[name]
    return Problem(
        lambda: gettext(
            'hazard_appraisal.msg_verify_entry', record=describe(record),
            field=get_label(record, name),
            found=show(record, name, plain(field, entry[name])),
            expected=show(record, name, plain(field, expected))),
        record, name, remark=remark)
