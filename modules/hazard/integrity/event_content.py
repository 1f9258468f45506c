# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""What an event records: the card, its stage, the photos and the people.

The content of an event is a JSON object with those of these keys that apply:

card
    the values of the fields of the hazard that the action sets,
stage
    the values of the stored fields of the record that the event names,
photos
    the values of each photo of the hazard, by its id,
represented
    for whom a stand-in acted, by "employee",
people
    the names that the employees bore who are named by these, by their ids.

Records are ids, references "model,id", times ISO 8601 in UTC, amounts texts
without trailing zeros; what is missing is null.
"""
import datetime as dt
import json
import re
from collections import defaultdict
from decimal import Decimal

from trytond.model import fields
from trytond.pool import Pool
from trytond.tools import grouped_slice
from trytond.transaction import Transaction

from ..loop.escalation_step import STEPS

SLICE = 1_000
# What the actions set on the card besides its state
CARD = {
    'return': ['return_reason'],
    'cancel': ['cancel_reason'],
    'reassign': ['responsible', 'unit'],
    'hand_over': ['responsible'],
    'plan': ['deadline'],
    'replan': ['deadline'],
    'confirm': ['deadline', 'responsible'],
    'finish': [],
    'fail': ['round'],
    'pass': ['closed_at'],
    'accept': ['closed_at'],
    'refuse': ['round'],
    'extend': ['deadline'],
    'archive': ['archived_at'],
    'undo': ['cancel_reason', 'ledger_fingerprint'],
    'urgent': ['concentration', 'urgent', 'urgent_cause'],
    }
WHOLE_CARD = {'submit', 'resubmit', 'import'}
# Recurrences are linked after the import.
UNKNOWN_AT_IMPORT = {'recurrence', 'recurrence_of'}
WITH_PHOTOS = {
    'submit', 'resubmit', 'finish', 'second', 'pass', 'fail', 'accept',
    'refuse'}
PHOTO = [
    'stage', 'rectification', 'recheck', 'acceptance', 'sha256',
    'preview_sha256', 'thumbnail_sha256', 'taken_at', 'taken_source',
    'uploaded_by']
_ALWAYS = {
    'id', 'create_uid', 'create_date', 'write_uid', 'write_date', 'state'}

ID = re.compile(r'[0-9]{1,9}', re.ASCII)

encode = json.JSONEncoder(sort_keys=True, separators=(',', ':')).encode


def recorded_names(Model):
    "Return the names of the fields of the model that events record."
    if '_recorded' not in Model.__dict__:
        unrecorded = _ALWAYS | getattr(Model, '_unrecorded', frozenset())
        Model._recorded = sorted(
            n for n, f in Model._fields.items()
            if n not in unrecorded
            and not isinstance(f, (fields.Function, fields.Binary))
            and f.sql_type())
    return Model._recorded


def plain(field, value):
    "Return what JSON holds of the value of a field, as stored."
    if field._type == 'boolean':
        return bool(value)
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, (dt.datetime, dt.date)):
        return value.isoformat()
    if isinstance(value, (Decimal, float)):
        return format(Decimal(str(value)).normalize(), 'f')
    return str(value)


def get_contents(entries, employees):
    """Return the content of the event of each entry, a JSON text or None.

    employees holds the id of who acts by company.
    """
    photos = _read_photos([
            e['hazard'].id for e in entries if e['action'] in WITH_PHOTOS])
    contents, people = [], set()
    for entry in entries:
        content = {}
        acting = employees[entry['hazard'].company]
        named = {acting} if acting else set()
        _add_card(content, entry, named)
        _add_stage(content, entry, named)
        if entry.get('represented'):
            content['represented'] = {'employee': entry['represented']}
            named.add(entry['represented'])
        if entry['action'] in WITH_PHOTOS:
            content['photos'] = photos[entry['hazard'].id]
        contents.append((content, named))
        people |= named
    names = _get_names(people)
    for content, named in contents:
        if named:
            content['people'] = {str(i): names[i] for i in named}
    return [encode(c) if c else None for c, _ in contents]


def read_content(text):
    """Return the content of an event, None where the text is none.

    Who forges an event may write anything there.
    """
    content = read_object(text or '{}')
    if content is not None and all(
            _is_part(n, p) for n, p in content.items()):
        return content


def get_represented(text):
    "Return the id of whom a stand-in represents by the content, or None."
    content = read_content(text) or {}
    return content.get('represented', {}).get('employee')


def read_object(text):
    "Return the JSON object of the text, None where it is none."
    try:
        values = json.loads(text)
    except (RecursionError, ValueError):
        return
    if isinstance(values, dict):
        return values


def _is_part(name, part):
    if not isinstance(part, dict):
        return False
    if name == 'photos':
        return all(
            isinstance(v, dict) and all(
                n in v and _is_id(v[n]) for n in ['rectification', 'recheck'])
            for v in part.values())
    if name == 'people':
        return all(
            ID.fullmatch(i) and isinstance(n, (str, type(None)))
            for i, n in part.items())
    if name == 'represented':
        return type(part.get('employee')) is int
    if name == 'stage':
        return isinstance(part.get('state'), (str, type(None)))
    return True


def _is_id(value):
    return value is None or type(value) is int


def _add_card(content, entry, named):
    hazard, action = entry['hazard'], entry['action']
    if action in WHOLE_CARD:
        names = recorded_names(hazard.__class__)
        if action == 'import':
            names = [n for n in names if n not in UNKNOWN_AT_IMPORT]
    elif action in CARD:
        names = CARD[action]
    else:
        return
    content['card'] = _get_values(hazard, names, named)


def _add_stage(content, entry, named):
    stage = entry.get('stage')
    # Reminders tell of a stage that still waits.
    if stage and entry['action'] not in STEPS:
        content['stage'] = _get_values(
            stage, [*recorded_names(stage.__class__), 'state'], named)


def _get_values(record, names, named):
    "Return the values of the record, add to named the employees among them."
    values = {}
    for name in names:
        field = record._fields[name]
        value = field.sql_format(getattr(record, name))
        if value and is_person(field):
            named.add(value)
        values[name] = plain(field, value)
    return values


def is_person(field):
    return (field._type == 'many2one'
        and field.model_name == 'company.employee')


def _read_photos(hazards):
    "Return the values of the photos by id, as text, by hazard id."
    Photo = Pool().get('hazard.photo')
    photos = defaultdict(dict)
    for id_, hazard, values in read_rows(
            Photo, 'hazard', list(set(hazards)), PHOTO):
        photos[hazard][str(id_)] = values
    return photos


def read_rows(Model, name, ids, names):
    """Yield the id, the value of the field and the plain values of the
    fields with the names of the records whose field has one of the values."""
    cursor = Transaction().connection.cursor()
    table = Model.__table__()
    fields_ = [Model._fields[n] for n in names]
    for sub_ids in grouped_slice(ids, SLICE):
        cursor.execute(*table.select(
                table.id, getattr(table, name),
                *(getattr(table, n) for n in names),
                where=fields.SQL_OPERATORS['in'](
                    getattr(table, name), list(sub_ids)),
                order_by=[table.id.asc]))
        for id_, value, *row in cursor.fetchall():
            yield id_, value, {
                n: plain(f, v) for n, f, v in zip(names, fields_, row)}


def _get_names(employees):
    "Return the names of the employees by id, from the cache where known."
    cache = Pool().get('hazard.event')._names_cache
    names = {i: cache.get(i) for i in employees}
    if missing := [i for i, name in names.items() if name is None]:
        for id_, name in read_names(missing).items():
            names[id_] = name
            cache.set(id_, name)
    return names


def read_names(employees):
    "Return the names that the employees bear now by id."
    pool = Pool()
    Employee = pool.get('company.employee')
    Party = pool.get('party.party')
    cursor = Transaction().connection.cursor()
    employee, party = Employee.__table__(), Party.__table__()
    names = {}
    for sub_ids in grouped_slice(sorted(employees), SLICE):
        cursor.execute(*employee
            .join(party, condition=employee.party == party.id)
            .select(
                employee.id, party.name,
                where=fields.SQL_OPERATORS['in'](
                    employee.id, list(sub_ids))))
        names.update(cursor.fetchall())
    return names
