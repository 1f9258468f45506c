# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Do the hazards, their stages and photos still fit the chains of events?"

import logging
from collections import defaultdict
from itertools import chain

from trytond.i18n import gettext
from trytond.model import fields
from trytond.pool import Pool
from trytond.tools import grouped_slice

from ..loop.stage import get_parts
from . import verification
from .content_check import check_contents
from .disclosure_check import check_disclosures, read_grades
from .event import DIGEST_FIELDS, event_digest
from .event_content import PHOTO, plain, read_content, recorded_names
from .problem_text import parse
from .stage_check import check_stages
from .verification import Problem, fetch, unverified

logger = logging.getLogger(__name__)


class Rows:
    """The rows of some hazards with all that belongs to them.

    hazards by id; events in their order, stages and photos by hazard id; all
    values of stages, photos and hazards are plain (event_content.py).
    grades has what the grades ask for,
    people the names of today of all who are named by events.
    """

    def __init__(self, scope, hazards):
        self.hazards = hazards
        self.events = _read_events(list(hazards))
        self.stages = _read_stages(list(hazards), self.events)
        self.photos = defaultdict(dict)
        for photo in read_plain(
                'hazard.photo', 'hazard', hazards, PHOTO, 'company'):
            self.photos[photo['hazard']][str(photo['id'])] = photo
        self.grades = read_grades()
        self.people = scope.get_names({
                int(i) for events in self.events.values() for e in events
                for i in e['content'].get('people', ())})


def read_plain(model, name, values, names, *more):
    "Return the plain rows of the model where the field has the values."
    Model = Pool().get(model)
    columns = list(dict.fromkeys(['id', name, *names, *more]))
    table = Model.__table__()
    fields_ = [Model._fields[n] for n in columns]
    rows = []
    for sub_ids in grouped_slice(list(values), verification.SLICE):
        for row in fetch(table.select(
                    *(getattr(table, n) for n in columns),
                    where=fields.SQL_OPERATORS['in'](
                        getattr(table, name), list(sub_ids)),
                    order_by=[table.id.asc]), columns):
            rows.append({
                    n: plain(f, row[n]) for n, f in zip(columns, fields_)})
    return rows


def _read_events(hazards):
    "Return the events in the order of their sequence by hazard id."
    event = Pool().get('hazard.event').__table__()
    names = [*DIGEST_FIELDS, 'digest', 'version', 'content']
    events = defaultdict(list)
    for row in fetch(
            event.select(
                *(getattr(event, n) for n in names),
                where=fields.SQL_OPERATORS['in'](event.hazard, hazards),
                order_by=[event.hazard.asc, event.sequence.asc]),
            names):
        # Older digests leave out the content, so there is none.
        row['fits'] = row['digest'] == event_digest(row) and bool(
            row['version'] or not row['content'])
        content = read_content(row['content'])
        row['shaped'] = content is not None
        if not row['fits']:
            # What is forged proves nothing.
            row['stage'] = content = None
        row['content'] = content or {}
        events[row['hazard']].append(row)
    return events


def _read_stages(hazards, events):
    "Return the rows of the stages by their references."
    pool = Pool()
    stages = {}
    parts = {m.__name__: m for m in get_parts()}
    for model, Part in parts.items():
        for row in read_plain(
                model, 'hazard', hazards, recorded_names(Part), 'state'):
            stages[f'{model},{row["id"]}'] = row
    others = defaultdict(set)
    for event in (e for es in events.values() for e in es):
        if (event['stage'] and event['stage'] not in stages
                and (named := parse(event['stage']))):
            model, id_ = named
            if model not in parts and 'state' in pool.get(model)._fields:
                others[model].add(id_)
    for model, ids in others.items():
        for row in read_plain(
                model, 'id', ids, recorded_names(pool.get(model)), 'state'):
            stages[f'{model},{row["id"]}'] = row
    return stages


def check_hazards(scope):
    "Yield what does not fit of the hazards of the scope."
    for hazards in _read_hazards(scope):
        rows = Rows(scope, hazards)
        for id_, hazard in hazards.items():
            events = rows.events[id_]
            try:
                yield from _check_hazard(scope, rows, hazard, events)
            except Exception as error:
                logger.exception("hazard %s could not be verified", id_)
                yield unverified(f'hazard.hazard,{id_}', error)
            scope.counts['hazards'] += bool(events)
            scope.counts['events'] += len(events)
            scope.counts['photos'] += len(rows.photos[id_])
        scope.counts['stages'] += len(rows.stages)


def _check_hazard(scope, rows, hazard, events):
    yield from check_chain(scope, hazard, events)
    # What an event with a wrong digest says proves nothing.
    if all(e['fits'] and e['shaped'] for e in events):
        yield from _once(chain(
                check_contents(scope, rows, hazard, events),
                check_stages(rows, hazard, events),
                check_disclosures(rows, hazard, events)))


def _once(problems):
    "Yield one problem of each field."
    told = set()
    for problem in problems:
        key = problem.record, problem.field
        if not problem.field or key not in told:
            told.add(key)
            yield problem


def check_chain(scope, hazard, events):
    "Yield what does not fit in the chain of the hazard."
    previous, state, expected = None, 'draft', 1
    for event in events:
        sequence = event['sequence']
        if sequence != expected:
            yield _problem('missing', hazard, expected)
        elif event['previous'] != previous:
            yield _problem('previous', hazard, sequence, 'previous')
        if not event['fits']:
            yield _problem('digest', hazard, sequence, 'digest')
        elif not event['shaped']:
            yield _problem('content', hazard, sequence, 'content')
        if event['company'] != scope.company.id:
            yield _problem('company', hazard, sequence, 'company')
        previous, expected = event['digest'], sequence + 1
        state = event['to_state'] or state
    if state != hazard['state']:
        yield _problem(
            'state', hazard, events[-1]['sequence'] if events else 0, 'state',
            state=_get_state(hazard['state']), last_state=_get_state(state))


def _problem(case, hazard, sequence, field=None, **variables):
    return Problem(
        gettext(
            f'hazard.msg_verify_{case}',
            hazard=hazard['number'] or hazard['id'], sequence=sequence,
            **variables),
        f'hazard.hazard,{hazard["id"]}',
        field if field in {'state', 'company'} else None,
        hazard['id'], sequence)


def _get_state(state):
    Hazard = Pool().get('hazard.hazard')
    definition = Hazard.fields_get(['state'])['state']
    return dict(definition['selection']).get(state, state)


def _read_hazards(scope):
    "Yield slices of hazards by id in the order of their ids."
    Hazard = Pool().get('hazard.hazard')
    names = [*recorded_names(Hazard), 'state', 'create_uid']
    table = Hazard.__table__()
    query = table.select(table.id, order_by=[table.id.asc])
    if scope.whole:
        query.where = table.company == scope.company.id
    else:
        event = Pool().get('hazard.event').__table__()
        query.where = table.id.in_(event.select(
                event.hazard,
                where=(event.company == scope.company.id)
                & scope.restrict(event.at)))
    ids = [r['id'] for r in fetch(query, ['id'])]
    for sub_ids in grouped_slice(ids, verification.SLICE):
        yield {r['id']: r for r in read_plain(
                'hazard.hazard', 'id', list(sub_ids), names)}
