# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Are the certificates as they were issued, and for what is said?

What a certificate says is kept when it is issued and sealed with the events
of the day.
"""
import hashlib

from sql import Null

from trytond.i18n import gettext
from trytond.modules.hazard.integrity.chain_check import read_plain
from trytond.modules.hazard.integrity.event_content import (
    encode, plain, read_names, read_object)
from trytond.modules.hazard.integrity.number_check import check_series
from trytond.modules.hazard.integrity.problem_text import (
    describe, get_label, show)
from trytond.modules.hazard.integrity.verification import Problem, fetch
from trytond.pool import Pool, PoolMeta

NAMES = [
    'number', 'year', 'serial', 'company', 'employee', 'unit', 'course',
    'course_kind', 'issued_on', 'valid_until', 'external_number',
    'attendance', 'origin', 'issued_by']
OTHERS = [
    'recorded', 'state', 'revoked_at', 'revoke_reason']


def get_recorded(certificate):
    "Return what the certificate says, as the JSON text that is kept."
    people = [e.id for e in [certificate.employee, certificate.issued_by] if e]
    values = {
        n: plain(f, f.sql_format(getattr(certificate, n)))
        for n, f in certificate._fields.items() if n in NAMES}
    names = read_names(people)
    return encode({**values, 'people': {str(i): names[i] for i in people}})


class Seal(metaclass=PoolMeta):
    __name__ = 'hazard.seal'

    @classmethod
    def get_checks(cls):
        return [*super().get_checks(), check_certificates]

    @classmethod
    def get_sealed_times(cls):
        return [
            *super().get_sealed_times(),
            ('training.certificate', 'recorded_at')]

    @classmethod
    def get_sealed(cls, company, start, end):
        table = Pool().get('training.certificate').__table__()
        rows = fetch(table.select(
                table.id, table.recorded,
                where=(table.company == company.id)
                & (table.recorded_at >= start) & (table.recorded_at < end),
                order_by=[table.id.asc]), ['id', 'recorded'])
        return [*super().get_sealed(company, start, end), *(
                f'training.certificate,{r["id"]}:'
                + hashlib.sha256((r['recorded'] or '').encode()).hexdigest()
                for r in rows)]


def check_certificates(scope):
    "Yield what does not fit of the certificates of the company."
    table = Pool().get('training.certificate').__table__()
    where = table.company == scope.company.id
    if not scope.whole:
        where &= scope.restrict(table.create_date)
    ids = [r['id'] for r in fetch(
            table.select(table.id, where=where), ['id'])]
    certificates = read_plain(
        'training.certificate', 'id', ids, NAMES, *OTHERS)
    scope.counts['certificates'] += len(certificates)
    sources = _read_sources(certificates)
    for certificate in certificates:
        problems = [
            *_check_recorded(certificate),
            *_check_sources(certificate, sources),
            *_check_revoked(certificate)]
        yield from {p.field: p for p in reversed(problems)}.values()
    if scope.whole:
        yield from _check_numbers(scope, certificates)


def _check_recorded(certificate):
    if not certificate['recorded']:
        return
    recorded = read_object(certificate['recorded']) or {}
    for name in NAMES:
        if certificate[name] != recorded.get(name):
            yield _problem(certificate, name, recorded.get(name))


def _read_sources(certificates):
    "Return what earned the certificates: employee and course by reference."
    pool = Pool()
    attendance = pool.get('training.attendance').__table__()
    session = pool.get('training.session').__table__()
    paper = pool.get('training.paper').__table__()
    exam = pool.get('training.exam').__table__()
    sources = {}
    if any(c['attendance'] or c['origin'] for c in certificates):
        for query, model in [
                (attendance.join(
                        session,
                        condition=attendance.session == session.id).select(
                        attendance.id, attendance.employee, session.course,
                        where=(session.state == 'done')
                        & (attendance.status == 'present')),
                    'training.attendance'),
                (paper.join(exam, condition=paper.exam == exam.id).select(
                        paper.id, paper.employee, exam.course,
                        where=(paper.state == 'passed')
                        & (exam.course != Null)),
                    'training.paper')]:
            for row in fetch(query, ['id', 'employee', 'course']):
                sources[f'{model},{row["id"]}'] = row
    return sources


def _check_sources(certificate, sources):
    for name, reference in [
            ('attendance', f'training.attendance,{certificate["attendance"]}'),
            ('origin', certificate['origin'])]:
        if not certificate[name]:
            continue
        source = sources.get(reference)
        if not source:
            yield _problem(certificate, name, None)
            continue
        for field in ['employee', 'course']:
            if certificate[field] != source[field]:
                yield _problem(certificate, field, source[field])


def _check_revoked(certificate):
    revoked = certificate['state'] == 'revoked'
    if revoked != bool(certificate['revoked_at']):
        yield _problem(
            certificate, 'state', 'valid' if revoked else 'revoked')


def _problem(certificate, name, expected):
    record = f'training.certificate,{certificate["id"]}'
    return Problem(
        lambda: gettext(
            'hazard_training.msg_verify_certificate',
            certificate=certificate['number'], record=describe(record),
            field=get_label(record, name),
            found=show(record, name, certificate[name]),
            expected=show(record, name, expected)),
        record, name)


def _check_numbers(scope, certificates):
    years = {}
    for certificate in certificates:
        if certificate['serial']:
            years.setdefault(certificate['year'], {}).setdefault(
                certificate['serial'], []).append(certificate['id'])
    model = 'training.certificate'
    for year, found in sorted(years.items()):
        yield from check_series(
            f'{Pool().get(model).__names__()["model"]} {year}',
            f'{model},{found[max(found)][0]}', found, max(found), model,
            field='serial')
