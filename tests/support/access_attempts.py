# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What the access matrix tries: a function of the mine and the role by row."

import datetime as dt

import access_analysis
import access_appraisal
import access_disclosure
import access_documents
import access_exams
import access_feedback
import access_findings
import access_ledger
import access_supervision
import access_training
import access_urgent
from access import call, run
from access_mine import roster
from access_values import (
    captain, coded, company_id, first, merge, nobody, of, unit, worker)
from ledger_tools import ledger, row
from organization import get_kind, get_ref
from pictures import picture
from repository import MODULES

from trytond.model import ModelSingleton, ModelStorage
from trytond.pool import Pool

# What is written, where it is not a name
WRITTEN = {
    **access_analysis.WRITTEN,
    **access_appraisal.WRITTEN,
    **access_documents.WRITTEN,
    **access_ledger.WRITTEN,
    **access_exams.WRITTEN,
    **access_training.WRITTEN,
    **access_feedback.WRITTEN,
    **access_findings.WRITTEN,
    **access_disclosure.WRITTEN,
    **access_urgent.WRITTEN,
    **access_supervision.WRITTEN,
    'hazard.check_item-hazard.legal_basis': 'legal_basis',
    'hazard.checklist-company.employee': 'employee',
    'hazard.checklist.line': {'sequence': 5},
    'hazard.configuration': {'archive_days': 40},
    'hazard.configuration.settings': {'archive_days': 40},
    'hazard.criterion-hazard.legal_basis': 'legal_basis',
    'hazard.event': {'note': "Nothing."},
    'hazard.extension': {'reason': "No part."},
    'hazard.four_fix': {'measures': "Buy a new one."},
    'hazard.hazard': {'description': "It is open."},
    'hazard.inspection': {'note': "Wet."},
    'hazard.inspection-company.employee': 'employee',
    'hazard.inspection.line': {'note': "Wet."},
    'hazard.ledger': {'rows': 9},
    'hazard.ledger.mapping.column': {'head': "Day"},
    'hazard.ledger.mapping.meaning': {'text': "The Airway"},
    'hazard.numbering': 'sequence',
    'hazard.photo': {'filename': 'other.jpg'},
    'hazard.acceptance': {'reason': "It holds."},
    'hazard.plan': {'goals': "None."},
    'hazard.recheck': {'reason': "It holds."},
    'hazard.rectification': {'actions': "Tried."},
    'hazard.reminder': {'day': dt.date(2001, 1, 1)},
    'hazard.plan-res.user': {},
    'hazard.reminder-res.user': {},
    'hazard.seal': {'count': 100},
    'hazard.seal.note': {'reason': "None."},
    'hazard.seal.run': {'days': 9},
    'safety.configuration': 'shift_set',
    'safety.configuration.shift_set': 'shift_set',
    'safety.coverage.gap': {},
    'safety.coverage.requirement': {'required': 3},
    'safety.day': {'kind': 'working'},
    'safety.member': {'allowance': 200},
    'safety.member.change': {'reason': "None."},
    'safety.stand_in': {'end': dt.date.today() + dt.timedelta(days=30)},
    'safety.unit.leader': {'function': 'deputy'},
    }
PREFIXES = (
    'safety.', 'hazard.', 'training.', 'appraisal.', 'supervision.')
REASON = {'reason': "Wrong."}


def attempts(f, model):
    "Yield the name and the function of the role for each row of the model."
    Model = Pool().get(model)
    for name, function in CREATED.get(model, {}).items():
        yield f'create {name}'.strip(), _create(f, model, function)
    for name, record in f.records.get(model, {}).items():
        yield f'read {name}', _read(f, record)
        if not callable(getattr(Model, 'table_query', None)):
            yield f'write {name}', _write(f, record)
            yield f'delete {name}', _delete(f, record)
            if model not in NOT_COPIED:
                yield f'copy {name}', _copy(f, record)
    for button in Model._buttons if hasattr(Model, '_buttons') else []:
        for name in PRESSED.get((model, button), []):
            yield f'{button} {name}', _press(
                f, f.records[model][name], button)
        if 'foreign' in f.records.get(model, {}):
            yield f'{button} foreign', _press(
                f, f.records[model]['foreign'], button)


def _create(f, model, function):
    def attempt(role):
        call(f.users[role], f'model.{model}.create', [function(f, role)])
    return attempt


def _read(f, record):
    def attempt(role):
        name = f'model.{record.__name__}'
        read = call(f.users[role], f'{name}.read', [record.id], ['rec_name'])
        assert [r['id'] for r in read] == [record.id], record
        if not isinstance(record, ModelSingleton):
            found = call(
                f.users[role], f'{name}.search', [('id', '=', record.id)])
            assert found == [record.id], record
    return attempt


def _write(f, record):
    values = WRITTEN.get(record.__name__, {'name': "Changed"})
    if isinstance(values, str):
        values = {values: getattr(record, values).id}

    def attempt(role):
        call(f.users[role], f'model.{record.__name__}.write', [record.id],
            values)
    return attempt


def _delete(f, record):
    def attempt(role):
        call(f.users[role], f'model.{record.__name__}.delete', [record.id])
    return attempt


def _copy(f, record):
    values = COPIED.get(record.__name__)

    def attempt(role):
        call(f.users[role], f'model.{record.__name__}.copy', [record.id],
            values(f, role) if values else None)
    return attempt


def _press(f, record, button):
    def attempt(role):
        call(f.users[role], f'model.{record.__name__}.{button}',
            [record.id], unit=f.mine.units.driving.id, satisfaction='5',
            resumed_at=dt.datetime.now(),
            approved_by=f.mine.employees.chief.id,
            successor=_get_successor(f, record).id,
            **access_analysis.get_context(),
            **access_disclosure.get_context(),
            **access_supervision.get_context(f),
            **access_urgent.get_context(), **REASON)
    return attempt


def _get_successor(f, record):
    employees = f.mine.employees
    if record.__name__ == 'hazard.acceptance':
        return employees.head
    return employees.chief


def _hazard(f, role, **values):
    return {
        'company': f.mine.company.id,
        'found_by': f.employees[role].id,
        'found_at': dt.datetime.now() - dt.timedelta(minutes=1),
        'place': f.mine.place.id,
        'unit': f.mine.units.ventilation.id,
        'grade': get_ref('hazard.grade_general'),
        'discipline': get_ref('hazard.discipline_ventilation'),
        'description': "The air door does not close.",
        'handling': 'four_fix',
        **values}


def _waiting(model):
    def function(f, role):
        stage = f.records[model]['waiting']
        return {
            'hazard': stage.hazard.id, 'company': stage.company.id,
            'unit': stage.unit.id, 'round': 1, 'opened_at': stage.opened_at,
            }
    return function


def _member(kind):
    return lambda f, role: {
        'company': f.mine.company.id, 'employee': f.employees['nobody'].id,
        'kind': get_kind(kind).id, 'unit': f.mine.units.ventilation.id}


def _requirement(kind):
    return lambda f, role: {
        'company': f.mine.company.id, 'unit': f.mine.units.driving.id,
        'shift': f.records['safety.shift']['any'].id,
        'kind': get_kind(kind).id}


_tomorrow = dt.datetime.now() + dt.timedelta(days=9)
CREATED = {
    **access_analysis.CREATED,
    **access_appraisal.CREATED,
    **access_documents.CREATED,
    **access_ledger.CREATED,
    **access_exams.CREATED,
    **access_training.CREATED,
    **access_feedback.CREATED,
    **access_findings.CREATED,
    **access_disclosure.CREATED,
    **access_urgent.CREATED,
    **access_supervision.CREATED,
    'hazard.category': {'': lambda f, role: {
            'name': "New", 'code': role, 'group': 'basic'}},
    'hazard.check_item': coded,
    'hazard.check_item-hazard.legal_basis': {'': of(
            check_item=first('hazard.check_item'),
            legal_basis=first('hazard.legal_basis'))},
    'hazard.checklist': {'': of(
            name="New", company=company_id, unit=unit)},
    'hazard.checklist-company.employee': {'': of(
            checklist=first('hazard.checklist'), employee=worker)},
    'hazard.checklist.line': {'': of(
            checklist=first('hazard.checklist'),
            item=first('hazard.check_item'))},
    'hazard.configuration.settings': {'': of(
            company=company_id, archive_days=1)},
    'hazard.criterion': coded,
    'hazard.criterion-hazard.legal_basis': {'': of(
            criterion=first('hazard.criterion'),
            legal_basis=first('hazard.legal_basis'))},
    'hazard.discipline': coded,
    'hazard.edition': {'': lambda f, role: {
            'name': "New", 'code': role,
            'valid_from': dt.date(2026, 1, 1)}},
    'hazard.event': {'': of(
            hazard=first('hazard.hazard', 'draft'), company=company_id,
            sequence=9, at=dt.datetime(2026, 1, 1), user=1, action='close',
            digest='x')},
    'hazard.legal_basis': {'': lambda f, role: {
            'name': "New", 'code': role, 'article': "Art. 1",
            'edition': f.records['hazard.edition']['any'].id}},
    'hazard.extension': {
        '': of(
            rectification=first('hazard.rectification', 'waiting'),
            deadline=_tomorrow, reason="No part.", measures="A guard."),
        'foreign': of(
            rectification=first('hazard.rectification', 'foreign'),
            deadline=_tomorrow, reason="No part.", measures="A guard."),
        },
    'hazard.four_fix': {'': _waiting('hazard.four_fix')},
    'hazard.grade': {'': of(
            name="New", code='new', legal_class='general', colour='red',
            verifier='unit', four_fix_hours=1, rectify_hours=1,
            recheck_hours=1)},
    'hazard.hazard': {
        'own': _hazard,
        'of another': lambda f, role: _hazard(
            f, role, found_by=f.employees['nobody'].id),
        'foreign': lambda f, role: _hazard(
            f, role, company=f.foreign.company.id,
            found_by=f.foreign.employees.reporter.id,
            place=f.foreign.place.id, unit=f.foreign.units.ventilation.id),
        },
    'hazard.inspection': {
        '': of(
            checklist=first('hazard.checklist'), company=company_id,
            unit=unit),
        'as inspector': lambda f, role: {
            'checklist': f.records['hazard.checklist']['any'].id,
            'company': f.mine.company.id,
            'unit': f.mine.units.ventilation.id,
            'inspectors': [('add', [f.employees[role].id])],
            },
        },
    'hazard.inspection-company.employee': {
        n: of(
            inspection=first('hazard.inspection', n), employee=worker)
        for n in ['running', 'done', 'foreign']},
    'hazard.inspection.line': {
        n: of(
            inspection=first('hazard.inspection', n),
            item=first('hazard.check_item'))
        for n in ['running', 'done', 'foreign']},
    'hazard.ledger': {'': lambda f, role: {
            'company': f.mine.company.id, 'file_name': 'new.xlsx',
            'sha256': 'y', 'imported_at': dt.datetime(2026, 1, 1),
            'user': f.users[role].id, 'employee': f.employees[role].id,
            'rows': 1, 'hazards': 1, 'open': 0, 'known': 0, 'places': 0,
            'units': 0}},
    'hazard.ledger.mapping': {'': of(
            name="New", company=company_id, signature='y')},
    'hazard.ledger.mapping.column': {'': of(
            mapping=first('hazard.ledger.mapping'), head="Place")},
    'hazard.ledger.mapping.meaning': {'': of(
            mapping=first('hazard.ledger.mapping'), field='place',
            text="Face", record=lambda f: str(f.mine.place))},
    'hazard.numbering': {'': of(
            company=company_id, year=2001,
            sequence=lambda f:
            f.records['hazard.numbering']['any'].sequence.id)},
    'hazard.photo': {
        n: lambda f, role, n=n: {
            'hazard': f.records['hazard.hazard'][n].id,
            'image': picture(color='yellow'), 'filename': 'new.jpg'}
        for n in ['draft', 'returned', 'four_fix', 'elsewhere', 'foreign']
        } | {
        'of the rectification': lambda f, role: {
            'rectification':
            f.records['hazard.rectification']['waiting'].id,
            'image': picture(color='yellow'), 'filename': 'new.jpg'},
        'of the recheck': lambda f, role: {
            'recheck': f.records['hazard.recheck']['waiting'].id,
            'image': picture(color='yellow'), 'filename': 'new.jpg'},
        },
    'hazard.acceptance': {'': merge(
            _waiting('hazard.acceptance'), of(acceptor='head'))},
    'hazard.place': {'': of(name="New", company=company_id)},
    'hazard.plan': {'': of(
            hazard=first('hazard.hazard', 'four_fix'),
            company=company_id)},
    'hazard.plan-res.user': {'': of(
            plan=first('hazard.plan', 'draft'), user=1)},
    'hazard.recheck': {'': merge(
            _waiting('hazard.recheck'), of(verifier='unit'))},
    'hazard.rectification': {'': merge(
            _waiting('hazard.rectification'),
            of(responsible=worker, deadline=_tomorrow))},
    'hazard.reminder': {'': lambda f, role: {
            'hazard': f.records['hazard.hazard']['returned'].id,
            'company': f.mine.company.id,
            'stage': str(f.records['hazard.four_fix']['waiting']),
            'step': 'overdue', 'day': dt.date(2026, 1, 1),
            'sent_at': dt.datetime(2026, 1, 1)}},
    'hazard.reminder-res.user': {'': of(
            reminder=first('hazard.reminder', 'own'), user=1)},
    'hazard.seal': {'': of(
            company=company_id, day=dt.date(2001, 1, 1), count=0, digest='x',
            sealed_at=dt.datetime(2026, 1, 1))},
    'hazard.seal.note': {'': of(
            company=company_id, seal=first('hazard.seal'), sequence=9,
            at=dt.datetime(2026, 1, 1), user=1, name="Who", reason="Why",
            count=0, events='x', digest='x')},
    'hazard.seal.run': {'': of(
            company=company_id, ran_at=dt.datetime(2026, 1, 1), days=0)},
    'hazard.source': coded,
    'safety.configuration.shift_set': {'': of(
            company=company_id,
            shift_set=first('safety.shift.set'))},
    'safety.coverage.gap': {'': of(
            company=company_id, unit=unit,
            shift=first('safety.shift'),
            kind=first('safety.member.kind'))},
    'safety.coverage.requirement': {
        k: _requirement(k) for k in ['party', 'union', 'youth']},
    'safety.member': {k: _member(k) for k in ['party', 'union', 'youth']},
    'safety.member.change': {'': of(
            member=first('safety.member', 'active'), company=company_id,
            date=dt.date(2026, 1, 1), from_state='active',
            to_state='suspended', at=dt.datetime(2026, 1, 1))},
    'safety.member.kind': coded,
    'safety.shift': {'': of(
            set=first('safety.shift.set'), name="New", code='new',
            start=dt.time(1), end=dt.time(2), active=False)},
    'safety.shift.set': coded,
    'safety.trade': {'': of(name="New")},
    'safety.unit': {'': of(name="New", company=company_id)},
    'safety.unit.leader': {'': of(unit=unit, employee=worker)},
    'safety.day': {'': of(
            company=company_id, date=dt.date(2026, 10, 2), kind='holiday')},
    'safety.stand_in': {'': of(
            company=company_id, employee=worker, stand_in=captain,
            start=dt.date.today(), end=dt.date.today())},
    'safety.zone': {'': of(name="New", company=company_id)},
    }
# A singleton has no copy, a photo is on a hazard only once.
NOT_COPIED = {
    *access_analysis.NOT_COPIED,
    *access_appraisal.NOT_COPIED,
    *access_training.NOT_COPIED,
    *access_feedback.NOT_COPIED,
    *access_supervision.NOT_COPIED,
    'hazard.configuration', 'hazard.photo', 'safety.configuration'}
COPIED = {
    **access_analysis.COPIED,
    **access_appraisal.COPIED,
    **access_documents.COPIED,
    **access_exams.COPIED,
    **access_training.COPIED,
    **access_feedback.COPIED,
    **access_urgent.COPIED,
    **access_supervision.COPIED,
    'hazard.category': lambda f, role: {'code': f'copy {role}'},
    'hazard.hazard': lambda f, role: {'found_by': f.employees[role].id},
    'safety.member': lambda f, role: {
        'employee': f.employees['nobody'].id, 'state': 'candidate'},
    'safety.coverage.requirement': lambda f, role: {
        'unit': f.mine.units.driving.id},
    'safety.unit': lambda f, role: {
        'name': "Copy", 'code': None, 'children': None, 'leaders': None,
        'company': f.mine.company.id, 'parent': None},
    'safety.day': lambda f, role: {'date': dt.date(2026, 10, 3)},
    'safety.stand_in': lambda f, role: {
        'start': dt.date.today(), 'end': dt.date.today()},
    'safety.zone': lambda f, role: {
        'name': "Copy", 'company': f.mine.company.id},
    'hazard.place': lambda f, role: {
        'company': f.mine.company.id, 'unit': None, 'name': "Copy"},
    'safety.unit.leader': lambda f, role: {'function': 'deputy'},
    'safety.shift': lambda f, role: {'code': 'copy', 'active': False},
    'hazard.event': lambda f, role: {'sequence': 99},
    'hazard.checklist-company.employee': of(employee=nobody),
    'hazard.inspection-company.employee': of(employee=nobody),
    'hazard.ledger.mapping': lambda f, role: {'signature': 'copy'},
    'hazard.ledger.mapping.column': lambda f, role: {'head': "Copy"},
    'hazard.ledger.mapping.meaning': lambda f, role: {'text': "Copy"},
    'hazard.numbering': lambda f, role: {'year': 2002},
    'hazard.plan': of(hazard=first('hazard.hazard', 'four_fix')),
    'hazard.reminder': lambda f, role: {'day': dt.date(2002, 1, 1)},
    'hazard.seal': lambda f, role: {'day': dt.date(2002, 1, 1)},
    'hazard.seal.note': lambda f, role: {'sequence': 99},
    'safety.shift.set': lambda f, role: {'code': 'copy'},
    'safety.member.kind': lambda f, role: {'code': 'copy'},
    }
PRESSED = {
    **access_analysis.PRESSED,
    **access_appraisal.PRESSED,
    **access_documents.PRESSED,
    **access_training.PRESSED,
    **access_feedback.PRESSED,
    **access_findings.PRESSED,
    **access_disclosure.PRESSED,
    **access_urgent.PRESSED,
    **access_supervision.PRESSED,
    ('hazard.checklist', 'plan'): ['any'],
    ('hazard.extension', 'request'): ['draft'],
    ('hazard.extension', 'approve'): ['requested'],
    ('hazard.acceptance', 'pass_'): ['waiting'],
    ('hazard.acceptance', 'fail'): ['waiting'],
    ('hazard.acceptance', 'confirm'): ['waiting'],
    ('hazard.acceptance', 'hand_over'): ['waiting'],
    ('hazard.extension', 'reject'): ['requested'],
    ('hazard.four_fix', 'confirm'): ['waiting'],
    ('hazard.four_fix', 'return_'): ['waiting'],
    ('hazard.four_fix', 'reassign'): ['waiting'],
    ('hazard.four_fix', 'hand_over'): ['waiting'],
    ('hazard.hazard', 'submit'): ['draft', 'returned'],
    ('hazard.hazard', 'return_'): ['four_fix'],
    ('hazard.hazard', 'reassign'): ['four_fix', 'rectification'],
    ('hazard.hazard', 'hand_over'): ['four_fix', 'rectification', 'recheck'],
    ('hazard.hazard', 'cancel'): ['returned', 'four_fix', 'recheck'],
    ('hazard.hazard', 'archive_'): ['closed'],
    ('hazard.inspection', 'start'): ['draft'],
    ('hazard.inspection', 'zero_report'): ['zero'],
    ('hazard.inspection', 'finish'): ['running'],
    ('hazard.inspection', 'cancel'): ['running'],
    ('hazard.ledger', 'undo'): ['any'],
    ('hazard.inspection.line', 'report'): ['running'],
    ('hazard.plan', 'draw'): ['draft'],
    ('hazard.plan', 'check'): ['drawn'],
    ('hazard.plan', 'approve'): ['checked'],
    ('hazard.plan', 'return_'): ['drawn', 'checked'],
    ('hazard.plan', 'reopen'): ['approved'],
    ('hazard.recheck', 'pass_'): ['waiting'],
    ('hazard.recheck', 'fail'): ['waiting'],
    ('hazard.recheck', 'confirm'): ['waiting'],
    ('hazard.recheck', 'hand_over'): ['waiting'],
    ('hazard.rectification', 'request_extension'): ['waiting'],
    ('hazard.rectification', 'finish'): ['waiting'],
    ('hazard.rectification', 'hand_over'): ['waiting'],
    ('hazard.seal', 'explain'): ['any'],
    ('safety.member', 'activate'): ['candidate'],
    ('safety.member', 'resume'): ['suspended'],
    ('safety.member', 'suspend'): ['active'],
    ('safety.member', 'dismiss'): ['active'],
    ('safety.stand_in', 'revoke'): ['later'],
    }


def wizard_attempts(f):
    "Yield the name and the function of the role for each row of the wizards."
    for name, model, record, states in WIZARDS:
        yield (
            f'{name} {record}'.strip(),
            run_wizard(f, name, model, record, states))


def run_wizard(f, name, model, record, states):
    "Return the function by which a role opens the wizard and fills it in."
    def attempt(role):
        context = {}
        if model:
            if model == 'company.employee':
                id_ = f.employees['nobody'].id
            else:
                id_ = f.records[model][record.split()[-1]].id
            context = {
                'active_model': model, 'active_id': id_, 'active_ids': [id_]}
        filled = states(f) if callable(states) else states
        result = run(f.users[role], name, filled, **context)
        if result.get('view', {}).get('state') == 'errors':
            raise NotDone
    return attempt


def _ask(button, **values):
    return [(button, {'ask': {**REASON, **values}})]


def _take_first_steps(f):
    return [('save', {
                'start': {
                    'formula': 'four',
                    'shift_set': get_ref(
                        'safety_organization.shift_set_clock'),
                    'document_sign': None,
                    **{f'{n}_hours': 24
                        for n in ['serious', 'general', 'slight']},
                    }})]


def _reassign(f):
    return _ask('reassign', unit=f.mine.units.driving.id)


def _hand_over(f):
    return _ask('hand_over', employee=f.mine.employees.chief.id)


def _hand_all_over(f):
    return _ask('hand_over', successor=f.mine.employees.chief.id)


def _request(f):
    return _ask('request', deadline=_tomorrow, measures="A guard.")


def _appoint(kind):
    return lambda f: [('appoint', {'ask': {'kind': get_kind(kind).id}})]


def _import(kind):
    return lambda f: [('import_', {'start': {
                    'file': roster(kind), 'create_unknown': False}})]


def _print_table(**values):
    return lambda f: [('print_', {'start': {
                    'company': f.mine.company.id, 'format': 'ods',
                    **values}})]


def _print_month(f):
    pool = Pool()
    Month = pool.get('ir.calendar.month')
    month, = Month.search([('index', '=', 5)])
    return _print_table(year=2026, month=month.id)(f)


def _read_ledger(f):
    return [('read', {'start': {
                    'file': ledger([row()]), 'file_name': 'old.xlsx'}})]


WIZARDS = [
    *access_appraisal.WIZARDS,
    *access_ledger.WIZARDS,
    *access_training.WIZARDS,
    *access_documents.WIZARDS,
    ('hazard.extension.reject', 'hazard.extension', 'requested',
        _ask('press')),
    ('hazard.extension.request', 'hazard.rectification', 'waiting',
        _request),
    ('hazard.extension.request', 'hazard.rectification', 'foreign',
        _request),
    *access_findings.get_wizards(_ask('press')),
    ('hazard.first_steps', None, '', _take_first_steps),
    ('hazard.hazard.cancel', 'hazard.hazard', 'four_fix', _ask('press')),
    ('hazard.hazard.reassign', 'hazard.hazard', 'four_fix', _reassign),
    ('hazard.hazard.reassign', 'hazard.four_fix', 'stage waiting', _reassign),
    ('hazard.home.open', None, '', []),
    ('hazard.plan.return', 'hazard.plan', 'checked', _ask('press')),
    ('hazard.hazard.return', 'hazard.hazard', 'four_fix', _ask('press')),
    ('hazard.hazard.return', 'hazard.four_fix', 'stage waiting',
        _ask('press')),
    ('hazard.hand_over', 'hazard.hazard', 'four_fix', _hand_over),
    ('hazard.hand_over', 'hazard.rectification', 'stage waiting', _hand_over),
    ('hazard.hand_over.all', 'company.employee', '', _hand_all_over),
    ('hazard.inspection.cancel', 'hazard.inspection', 'running',
        _ask('press')),
    ('hazard.ledger.import', None, '', _read_ledger),
    ('hazard.ledger.undo', 'hazard.ledger', 'any', _ask('press')),
    ('hazard.statement.daily.print', None, '', _print_table(
            date=dt.date(2026, 5, 3))),
    ('hazard.statement.monthly.print', None, '', _print_month),
    ('hazard.seal.explain', 'hazard.seal', 'any', _ask('press')),
    ('hazard.verify', None, '', [('verify', {'start': {}})]),
    ('safety.coverage.table.print', None, '', _print_table(gaps=False)),
    ('safety.member.appoint', 'company.employee', 'party',
        _appoint('party')),
    ('safety.member.appoint', 'company.employee', 'union',
        _appoint('union')),
    ('safety.member.dismiss', 'safety.member', 'active', _ask('press')),
    ('safety.member.roster.print', None, '', _print_table(
            states=['active'])),
    ('safety.member.suspend', 'safety.member', 'active', _ask('press')),
    ('safety.roster.import', None, 'party', _import('party')),
    ('safety.roster.import', None, 'union', _import('union')),
    *access_exams.WIZARDS,
    *access_feedback.WIZARDS,
    *access_urgent.WIZARDS,
    *access_supervision.WIZARDS,
    *access_disclosure.WIZARDS,
    *access_analysis.WIZARDS,
    ]


def menu_attempts(f):
    "Yield the name and the function of the role for each menu."
    pool = Pool()
    ModelData = pool.get('ir.model.data')
    for data in ModelData.search([
                ('model', '=', 'ir.ui.menu'),
                ('module', 'in', MODULES),
                ], order=[('module', 'DESC'), ('fs_id', 'ASC')]):
        yield data.fs_id.removeprefix('menu_'), _see(f, data.db_id)


def _see(f, menu):
    def attempt(role):
        found = call(
            f.users[role], 'model.ir.ui.menu.search', [('id', '=', menu)])
        if not found:
            raise NotDone
    return attempt


_MONTH = {
    'first': dt.date(2026, 5, 1), 'last': dt.date(2026, 5, 31),
    'format': 'ods'}
# The documents with the record that they show and their data
REPORTS = [
    *access_analysis.REPORTS,
    *access_appraisal.REPORTS,
    *access_exams.REPORTS,
    *access_ledger.REPORTS,
    *access_training.REPORTS,
    ('hazard.inspection.record', 'hazard.inspection', 'running',
        {'format': 'odt'}),
    ('hazard.inspection.zero_report', 'hazard.inspection', 'done',
        {'format': 'odt'}),
    ('hazard.statement.daily', None, '', _MONTH),
    ('hazard.statement.monthly', None, '', _MONTH),
    ('safety.coverage.table', None, '', {'gaps': False, 'format': 'ods'}),
    ('safety.login.slip', None, '', {'logins': [], 'format': 'odt'}),
    ('safety.member.roster', 'safety.member', 'active', {'format': 'ods'}),
    *access_documents.REPORTS,
    *access_feedback.REPORTS,
    ]


def report_attempts(f):
    "Yield the name and the function of the role for each row of the reports."
    for name, model, record, data in REPORTS:
        yield f'{name} {record}'.strip(), _print(f, name, model, record, data)


def _print(f, name, model, record, data):
    pool = Pool()
    Action = pool.get('ir.action.report')

    def attempt(role):
        ids = [f.records[model][record].id] if model else []
        filled = data(f) if callable(data) else data
        # As the client does, which those outside of its groups cannot find
        action, *_ = Action.search(
            [('report_name', '=', name)], order=[('id', 'ASC')])
        call(f.users[role], f'report.{name}.execute', ids,
            {'action_id': action.id, **filled})
    return attempt


class NotDone(Exception):
    "Refused without an error of access."


def wizards():
    "Return the names of the wizards of the modules."
    pool = Pool()
    return sorted(
        name for name, _ in pool.iterobject(type='wizard')
        if name.startswith(PREFIXES))


def reports():
    "Return the names of the reports of the modules."
    pool = Pool()
    return sorted(
        name for name, _ in pool.iterobject(type='report')
        if name.startswith(PREFIXES))


def models():
    "Return the names of the stored models of the modules."
    pool = Pool()
    return sorted(
        name for name, Model in pool.iterobject(type='model')
        if name.startswith(PREFIXES)
        and issubclass(Model, ModelStorage))
