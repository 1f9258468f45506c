# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The part of the access matrix about training: records, values, buttons."

import datetime as dt

from access_values import company_id, first, of, unit, worker
from organization import create_employee, get_kind
from pictures import picture
from school import certify, create_course, create_session, hold

from trytond.pool import Pool

WRITTEN = {
    'training.attendance': {'note': "Late."},
    'training.case': {'title': "Doors"},
    'training.case-safety.member.kind': 'kind',
    'training.case-safety.unit': 'unit',
    'training.case.photo': {'caption': "The door"},
    'training.case.reading': {'read_at': dt.datetime(2026, 1, 1)},
    'training.certificate': {'external_number': 'X1'},
    'training.certificate-safety.member.kind': 'kind',
    'training.configuration': {'grace_days': 40},
    'training.configuration.settings': {'grace_days': 40},
    'training.course-safety.member.kind': 'kind',
    'training.session': {'note': "Bring a lamp."},
    'training.session-safety.member.kind': 'kind',
    'training.session-safety.unit': 'unit',
    }


def _kind(f):
    return get_kind('party').id


def _session(f):
    now = dt.datetime.now().replace(second=0, microsecond=0)
    return {
        'course': f.records['training.course']['any'].id,
        'company': f.mine.company.id,
        'starts_at': now,
        'ends_at': now + dt.timedelta(hours=1),
        'place': "Canteen",
        'external_trainer': "Mr Ma",
        }


CREATED = {
    'training.attendance': {
        n: of(session=first('training.session', n), employee=worker)
        for n in ['planned', 'running', 'done']},
    'training.case': {'': of(
            company=company_id, title="Door", found="A door was open.")},
    'training.case-safety.member.kind': {
        n: of(case=first('training.case', n), kind=_kind)
        for n in ['draft', 'published']},
    'training.case-safety.unit': {
        n: of(case=first('training.case', n), unit=unit)
        for n in ['draft', 'published']},
    'training.case.photo': {
        n: of(case=first('training.case', n), stage='after',
            image=lambda f: picture(color='white'))
        for n in ['draft', 'published']},
    'training.case.reading': {'': of(
            case=first('training.case', 'published'), company=company_id,
            employee=worker)},
    'training.certificate': {'': of(
            company=company_id, employee=worker,
            course=first('training.course'), issued_on=dt.date.today())},
    'training.certificate-safety.member.kind': {'': of(
            certificate=first('training.certificate', 'captain'),
            kind=_kind)},
    'training.configuration.settings': {'': of(
            company=company_id, grace_days=1)},
    'training.course': {'': of(
            name="New", company=company_id, kind='special', hours=1)},
    'training.course-safety.member.kind': {'': of(
            course=first('training.course'), kind=_kind)},
    'training.session': {'': lambda f, role: _session(f)},
    'training.session-safety.member.kind': {
        n: of(session=first('training.session', n), kind=_kind)
        for n in ['planned', 'done']},
    'training.session-safety.unit': {
        n: of(session=first('training.session', n), unit=unit)
        for n in ['planned', 'done']},
    }
NOT_COPIED = {'training.configuration'}
COPIED = {
    'training.case.reading': lambda f, role: {
        'employee': f.employees['nobody'].id},
    'training.attendance': lambda f, role: {
        'session': f.records['training.session']['running'].id,
        'employee': f.employees['nobody'].id},
    'training.certificate': lambda f, role: {
        'attendance': None, 'origin': None},
    'training.course': lambda f, role: {'company': f.mine.company.id},
    }
PRESSED = {
    ('training.case', 'publish'): ['draft'],
    ('training.case', 'withdraw'): ['published'],
    ('training.case', 'acknowledge'): ['published'],
    ('training.certificate', 'revoke'): ['captain'],
    ('training.session', 'plan'): ['draft'],
    ('training.session', 'invite'): ['planned'],
    ('training.session', 'start'): ['planned'],
    ('training.session', 'attend_all'): ['running'],
    ('training.session', 'finish'): ['running'],
    ('training.session', 'cancel'): ['running'],
    }
_PRESS = [('press', {'ask': {'reason': "Wrong."}})]
WIZARDS = [
    ('training.case.promote', 'hazard.hazard', 'closed', []),
    ('training.certificate.revoke', 'training.certificate', 'captain',
        _PRESS),
    ('training.session.cancel', 'training.session', 'running', _PRESS),
    ]
_ODT = {'format': 'odt'}
REPORTS = [
    ('training.case.sheet', 'training.case', 'published', _ODT),
    ('training.certificate.paper', 'training.certificate', 'captain', _ODT),
    ('training.session.register', 'training.session', 'done', _ODT),
    ('training.session.sheet', 'training.session', 'planned', _ODT),
    ]


def build_training(mine, records):
    "Return the records of the mine by model and name."
    pool = Pool()
    return {
        **_build_settings(mine),
        **_build_sessions(mine),
        **_build_cases(mine),
        'training.unit': {'led': pool.get('training.unit').search([
                    ('unit', '=', mine.units.ventilation.id)])[0]},
        }


def _build_settings(mine):
    pool = Pool()
    Configuration = pool.get('training.configuration')
    Settings = pool.get('training.configuration.settings')
    Configuration(1).save()
    Configuration.write([Configuration(1)], {'grace_days': 20})
    return {
        'training.configuration': {'any': Configuration(1)},
        'training.configuration.settings': {
            'any': Settings.search([('company', '=', mine.company.id)])[0]},
        }


def _build_sessions(mine):
    "The worker is the trainer, captain and chief attend."
    pool = Pool()
    Attendance = pool.get('training.attendance')
    Session = pool.get('training.session')
    course = create_course(mine.company)
    sessions, attendances = {}, {}
    for name in ['draft', 'planned', 'done', 'running', 'open']:
        sessions[name] = create_session(
            course, trainer=mine.employees.worker,
            units=[mine.units.ventilation])
        attendances[name], = Attendance.create([{
                    'session': sessions[name].id,
                    'employee': mine.employees.captain.id}])
    Attendance.write(list(attendances.values()), {
            'unit': mine.units.ventilation.id})
    elsewhere, = Attendance.create([{
                'session': sessions['done'].id,
                'employee': create_employee(mine.company, "Away").id}])
    hold(sessions['done'])
    for name in ['planned', 'running']:
        Session.plan([sessions[name]])
    Session.start([sessions['running']])
    Session.attend_all([sessions['running']])
    Certificate = pool.get('training.certificate')
    certificate, = Certificate.search([
            ('attendance', '=', attendances['done'].id)])
    away, = Certificate.search([('attendance', '=', elsewhere.id)])
    certify([mine.employees.captain], course)
    return {
        'training.course': {'any': course},
        'training.course-safety.member.kind': {
            'any': _first_of('course', course)},
        'training.session': {
            n: Session(s.id) for n, s in sessions.items()},
        **{
            f'training.session-safety.{name}': {
                n: _first_of('session', sessions[n], name)
                for n in ['done', 'planned']}
            for name in ['member.kind', 'unit']},
        'training.attendance': {
            'elsewhere': elsewhere,
            **{
                n: attendances[n] for n in ['planned', 'done', 'running']},
            },
        'training.certificate': {
            'elsewhere': away,
            'captain': certificate,
            },
        'training.certificate-safety.member.kind': {
            'captain': _first_of('certificate', certificate)},
        }


def _build_cases(mine):
    "The captain's unit reads the published case."
    pool = Pool()
    Case = pool.get('training.case')
    Reading = pool.get('training.case.reading')
    captain = mine.employees.captain
    cases = Case.create([{
                'company': mine.company.id,
                'title': "A door",
                'found': "A door did not close.",
                'lesson': "Try each door.",
                'kinds': [('add', [get_kind('union').id])],
                'units': [('add', [mine.units.ventilation.id])],
                'photos': [('create', [{
                                'stage': 'before', 'image': picture()}])],
                } for _ in range(4)])
    draft, published, asked, _ = cases
    Case.publish([published, asked])
    reading, _ = Reading.create([{
                'case': case.id, 'company': mine.company.id,
                'employee': captain.id} for case in [published, asked]])
    cases = {'draft': draft, 'published': Case(published.id)}
    return {
        'training.case': {**cases, 'asked': Case(asked.id)},
        'training.case.reading': {'captain': reading},
        'training.case.photo': {n: c.photos[0] for n, c in cases.items()},
        **{
            f'training.case-safety.{name}': {
                n: _first_of('case', c, name) for n, c in cases.items()}
            for name in ['member.kind', 'unit']},
        }


def _first_of(name, record, other='member.kind'):
    Relation = Pool().get(f'training.{name}-safety.{other}')
    return Relation.search([(name, '=', record.id)])[0]
