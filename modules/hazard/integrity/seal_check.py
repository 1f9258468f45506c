# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Do the events of each day fit its seal, the seals each other and the runs?"

import datetime as dt

from trytond.i18n import gettext
from trytond.model import fields
from trytond.modules.safety_base.clock import local_day
from trytond.pool import Pool

from .seal import GRACE, QUIET_DAYS, is_late, lines_digest, seal_digest
from .seal_note import note_digest
from .verification import Problem, fetch

# After how many days a day without a seal does not fit
SEALED_WITHIN = 3
NAMES = [
    'id', 'company', 'day', 'count', 'previous', 'digest', 'version',
    'sealed_at']


def check_seals(scope):
    "Yield what does not fit of the seals, runs and notes of the scope."
    pool = Pool()
    Note = pool.get('hazard.seal.note')
    Run = pool.get('hazard.seal.run')
    notes = Note.read_notes(scope.company)
    yield from _check_notes(scope, notes)
    explained = {n['seal']: n for n in notes if n['fits']}
    runs = Run.read_runs(scope.company, scope.from_date)
    made = {at for at, *_ in runs}
    seals = _read_seals(scope)
    previous = _read_seal_before(scope)
    day = previous['day'] + dt.timedelta(days=1) if previous else None
    for seal in seals:
        if day and seal['day'] != day:
            yield _problem(scope, 'missing', day)
        previous = previous['digest'] if previous else None
        for problem in _check_seal(scope, seal, previous, made):
            if note := explained.get(seal['id']):
                problem.remark = True
                problem.told += ' ' + _explanation(note)
            yield problem
        previous, day = seal, seal['day'] + dt.timedelta(days=1)
        scope.counts['days'] += 1
    yield from _check_sealed(scope, day)
    yield from _check_runs(scope, runs, {s['day']: s for s in seals})


def _check_seal(scope, seal, previous, made):
    "Yield what does not fit of the seal, with the note that explains it."
    Seal = Pool().get('hazard.seal')
    day, sealed_at = seal['day'], seal['sealed_at']
    if seal['previous'] != previous:
        yield _problem(scope, 'previous', day, 'previous', seal)
    digests = Seal.get_digests(scope.company.id, day, scope.zone)
    records = []
    if seal['version']:
        records = Seal.get_sealed_of_day(scope.company, day, scope.zone)
        if sealed_at not in made:
            yield _problem(scope, 'untold', day, 'sealed_at', seal)
    if len(digests) != seal['count']:
        yield _problem(
            scope, 'count', day, 'count', seal, sealed=seal['count'],
            found=len(digests))
    elif seal['digest'] != seal_digest(seal, digests, records):
        yield _problem(scope, 'digest', day, 'digest', seal)
    if local_day(sealed_at, scope.zone) <= day:
        yield _problem(scope, 'early', day, 'sealed_at', seal)
    elif day >= local_day(_now(), scope.zone):
        # It fits until something else happens on the day.
        problem = _problem(scope, 'future', day, 'day', seal)
        problem.remark = True
        yield problem
    elif is_late(day, sealed_at, scope.zone):
        problem = _problem(
            scope, 'late', day, 'sealed_at', seal,
            sealed_at=sealed_at.isoformat(' ', 'minutes'))
        problem.remark = True
        yield problem


def _check_notes(scope, notes):
    """Yield what does not fit of the notes, and each note as a remark.

    A note fits, too, only while the day is as it was when it was explained.
    """
    Seal = Pool().get('hazard.seal')
    days = _read_days(notes)
    previous = None
    for sequence, note in enumerate(notes, 1):
        day = days.get(note['seal'])
        intact = (
            note['sequence'] == sequence and note['previous'] == previous
            and note['digest'] == note_digest(note) and day is not None)
        note['fits'] = intact
        if not intact:
            yield _note_problem('forged', note, day)
        elif scope.has(day):
            digests = Seal.get_digests(scope.company.id, day, scope.zone)
            note['fits'] = (
                len(digests), lines_digest(digests)) == (
                note['count'], note['events'])
            if not note['fits']:
                yield _note_problem('changed', note, day)
            problem = _problem(scope, 'explained', day)
            problem.record = f'hazard.seal.note,{note["id"]}'
            problem.told += ' ' + _explanation(note)
            problem.remark = True
            yield problem
        previous = note['digest']


def _explanation(note):
    return gettext(
        'hazard.msg_verify_seal_explanation', name=note['name'],
        at=note['at'].isoformat(' ', 'minutes'), reason=note['reason'])


def _note_problem(case, note, day):
    return Problem(
        gettext(
            f'hazard.msg_verify_note_{case}', note=note['sequence'],
            day=day or ''),
        f'hazard.seal.note,{note["id"]}', None, day=day)


def _check_runs(scope, runs, seals):
    "Yield the seals by day that are not those which the job has made."
    for ran_at, day, digest in runs:
        if not scope.has(day):
            continue
        seal = seals.get(day)
        if not seal or seal['digest'] != digest:
            yield _problem(
                scope, 'run', day, 'digest', seal,
                ran_at=ran_at.isoformat(' ', 'minutes'))


def _check_sealed(scope, day):
    "Yield whether the days from day on that should be sealed are not."
    Seal = Pool().get('hazard.seal')
    company, zone = scope.company, scope.zone
    day = day or Seal.get_first_day(company, zone)
    if not day:
        return
    end = local_day(_now() - GRACE, zone) - dt.timedelta(days=SEALED_WITHIN)
    if last := Seal.get_last_day(company, zone):
        end = min(end, last + dt.timedelta(days=QUIET_DAYS))
    if scope.to_date:
        end = min(end, scope.to_date)
    if day <= end:
        yield _problem(scope, 'missing', day)


def _now():
    return dt.datetime.now()


def _problem(scope, case, day, field=None, seal=None, **variables):
    pool = Pool()
    Lang = pool.get('ir.lang')
    message = gettext(
        f'hazard.msg_verify_seal_{case}', day=Lang.get().strftime(day),
        company=scope.company.rec_name, **variables)
    return Problem(
        message, f'hazard.seal,{seal["id"]}' if seal else None,
        field if seal else None, day=day)


def _query(scope, where=None):
    table = Pool().get('hazard.seal').__table__()
    query = table.select(
        *(getattr(table, n) for n in NAMES),
        where=table.company == scope.company.id, order_by=[table.day.asc])
    if where:
        query.where &= where(table)
    return query


def _read_seals(scope):
    def where(table):
        where = table.day == table.day
        if scope.from_date:
            where &= table.day >= scope.from_date
        if scope.to_date:
            where &= table.day <= scope.to_date
        return where
    return fetch(_query(scope, where), NAMES)


def _read_seal_before(scope):
    if scope.from_date:
        query = _query(scope, lambda t: t.day < scope.from_date)
        query.order_by = query.columns[NAMES.index('day')].desc
        query.limit = 1
        seals = fetch(query, NAMES)
        return seals[0] if seals else None


def _read_days(notes):
    "Return the days of the seals that the notes are of by id."
    table = Pool().get('hazard.seal').__table__()
    ids = list({n['seal'] for n in notes})
    return {r['id']: r['day'] for r in fetch(
            table.select(
                table.id, table.day,
                where=fields.SQL_OPERATORS['in'](table.id, ids)),
            ['id', 'day'])} if ids else {}
