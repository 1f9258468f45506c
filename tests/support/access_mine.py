# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Two mines with records in every state, to try who may do what with them."

import datetime as dt
from types import SimpleNamespace

from access_analysis import build_analysis
from access_appraisal import build_appraisal
from access_disclosure import build_disclosure
from access_documents import build_documents
from access_exams import build_exams
from access_feedback import build_feedback
from access_findings import build_findings
from access_ledger import build_ledger
from access_supervision import build_supervision
from access_training import build_training
from access_urgent import build_urgent
from built import kept
from mine import build_mine
from organization import (
    acting, create_company, create_employee, create_member, create_user,
    get_kind, get_ref, get_shift)
from pictures import picture
from roster_tools import person, workbook
from school import certify
from steps import (
    accept, confirm, draft, draw_plan, finish, major, outside, plan_values,
    press_plan, report, to_accept, waiting)

from trytond.modules.company.tests import set_company
from trytond.pool import Pool
from trytond.transaction import Transaction

# The columns of the matrix and the groups of the users who are not of the
# small mine of the loop
ROLES = [
    'nobody', 'reporter', 'worker', 'captain', 'other', 'chief', 'safety',
    'station', 'dispatcher', 'head', 'manager', 'party', 'union', 'youth',
    'organizer', 'trainer', 'listener', 'admin']
GROUPS = {
    'nobody': [],
    'party': ['safety_organization.group_member_party'],
    'union': ['safety_organization.group_member_union'],
    'youth': ['safety_organization.group_member_youth'],
    'organizer': ['safety_organization.group_organization_admin'],
    'trainer': ['hazard_training.group_training_admin'],
    'listener': ['safety_feedback.group_feedback_admin'],
    }


@kept
def build():
    "Return the roles' users and employees and the records by model and name."
    company = create_company("Mine")
    foreign_company = create_company("Other Mine")
    with set_company(company):
        mine = build_mine(company)
        records = _build_records(mine)
    with set_company(foreign_company):
        foreign = build_mine(foreign_company, prefix='foreign_')
        for model, named in _build_records(foreign).items():
            for record in list(named.values())[-1:]:
                if _company(record) == foreign_company:
                    records[model]['foreign'] = record
    with set_company(company):
        users, employees = _build_people(mine)
    for named in records.values():
        named.pop('open', None)
    return SimpleNamespace(
        mine=mine, foreign=foreign, users=users, employees=employees,
        records=records)


def _company(record):
    for name in [
            'company', 'unit', 'hazard', 'inspection', 'checklist',
            'mapping', 'reminder', 'paper', 'exam', 'item', 'daily',
            'question', 'rule', 'feedback', 'enterprise', 'duty',
            'township']:
        if value := getattr(record, name, None):
            return value if name == 'company' else _company(value)


def _build_people(mine):
    pool = Pool()
    User = pool.get('res.user')
    users, employees = {}, {}
    names = {'other': 'other_captain'}
    for role in ROLES:
        if role in GROUPS:
            employees[role] = create_employee(mine.company, role.title())
            users[role] = create_user(
                role, mine.company, employees[role], GROUPS[role])
        elif role == 'admin':
            employees[role] = create_employee(mine.company, "Admin")
            users[role] = User(get_ref('res.user_admin'))
            User.write([users[role]], {
                    'companies': [('add', [mine.company.id])],
                    'company': mine.company.id,
                    'employees': [('add', [employees[role].id])],
                    'employee': employees[role].id,
                    })
        else:
            name = names.get(role, role)
            users[role] = getattr(mine.users, name)
            employees[role] = getattr(mine.employees, name)
    return users, employees


def _build_records(mine):
    records = {}
    for build in [
            _build_seeds, _build_organization, _build_members, _build_loop,
            _build_extensions, _build_plans, _build_acceptances, _build_log,
            _build_rounds, _build_photos, _build_ledgers, build_ledger,
            build_findings, build_documents, build_training, build_exams,
            build_appraisal, build_feedback, build_urgent, build_disclosure,
            build_analysis, build_supervision]:
        records.update(build(mine, records))
    return records


def _build_seeds(mine, records):
    pool = Pool()
    Configuration = pool.get('hazard.configuration')
    Settings = pool.get('hazard.configuration.settings')
    SafetyConfiguration = pool.get('safety.configuration')
    ShiftSet = pool.get('safety.configuration.shift_set')
    CheckItem = pool.get('hazard.check_item')
    Configuration(1).save()
    Configuration.write([Configuration(1)], {'archive_days': 20})
    SafetyConfiguration.write([SafetyConfiguration(1)], {
            'shift_set': get_ref('safety_organization.shift_set_clock'),
            })
    item, = CheckItem.create([{'name': "Door", 'code': f'x{mine.company.id}'}])
    seeds = {
        model: {'any': pool.get(model).search([], limit=1)[0]}
        for model in [
            'hazard.category', 'hazard.check_item-hazard.legal_basis',
            'hazard.criterion', 'hazard.criterion-hazard.legal_basis',
            'hazard.discipline', 'hazard.edition', 'hazard.grade',
            'hazard.legal_basis', 'hazard.source', 'safety.member.kind',
            'safety.shift', 'safety.shift.set', 'safety.trade']}
    return {
        **seeds,
        'hazard.check_item': {'any': item},
        'hazard.configuration': {'any': Configuration(1)},
        'hazard.configuration.settings': {
            'any': Settings.search([('company', '=', mine.company.id)])[0]},
        'hazard.home': {
            'worker': pool.get('hazard.home')(mine.users.worker.id)},
        'safety.configuration': {'any': SafetyConfiguration(1)},
        'safety.configuration.shift_set': {
            'any': ShiftSet.search([('company', '=', mine.company.id)])[0]},
        }


def _build_organization(mine, records):
    pool = Pool()
    Zone = pool.get('safety.zone')
    Place = pool.get('hazard.place')
    StandIn = pool.get('safety.stand_in')
    Day = pool.get('safety.day')
    zone, = Zone.create([{'name': "Zone", 'company': mine.company.id}])
    place, = Place.create([{'name': "Face", 'company': mine.company.id}])
    unit = mine.units.ventilation
    start = dt.date.today() + dt.timedelta(days=10)
    stand_in, = StandIn.create([{
                'company': mine.company.id,
                'employee': mine.employees.worker.id,
                'stand_in': mine.employees.captain.id,
                'start': start,
                'end': start + dt.timedelta(days=2),
                }])
    day, = Day.create([{
                'company': mine.company.id,
                'date': dt.date(2026, 10, 1),
                'kind': 'holiday',
                }])
    return {
        'safety.day': {'any': day},
        'safety.stand_in': {'later': stand_in},
        'safety.unit': {'any': unit},
        'safety.unit.leader': {'any': unit.leaders[0]},
        'safety.zone': {'any': zone},
        'hazard.place': {'any': place},
        }


def _build_members(mine, records):
    pool = Pool()
    Coverage = pool.get('safety.coverage')
    Gap = pool.get('safety.coverage.gap')
    Member = pool.get('safety.member')
    Requirement = pool.get('safety.coverage.requirement')
    members = {}
    unit = mine.units.ventilation
    for name in ['candidate', 'active', 'suspended']:
        members[name] = create_member(
            create_employee(mine.company, f"Union {name}"), 'union', unit,
            allowance=100)
    certify([m.employee for m in members.values()])
    Member.activate([members['active'], members['suspended']])
    with Transaction().set_context(reason="Ill"):
        Member.suspend([members['suspended']])
    requirement, = Requirement.create([{
                'company': mine.company.id,
                'unit': unit.id,
                'shift': get_shift('clock_0').id,
                'kind': get_kind('union').id,
                }])
    coverage, = Coverage.search([
            ('company', '=', mine.company.id), ('gap', '>', 0)])
    Gap.update_known([coverage])
    gap, = Gap.search([('unit', '=', unit.id)])
    active = Member(members['active'].id)
    return {
        'safety.member': members,
        'safety.member.change': {'union': active.changes[0]},
        'safety.coverage': {'union': coverage},
        'safety.coverage.gap': {'union': gap},
        'safety.coverage.requirement': {'union': requirement},
        }


def _build_loop(mine, records):
    pool = Pool()
    Hazard = pool.get('hazard.hazard')
    hazards, four_fixes, rectifications, rechecks = {}, {}, {}, {}
    hazards['draft'] = draft(mine)
    hazards['returned'] = report(mine)
    with Transaction().set_context(reason="Where?"):
        Hazard.return_([hazards['returned']])
    hazards['four_fix'] = report(mine)
    four_fixes['waiting'] = waiting('hazard.four_fix', hazards['four_fix'])
    four_fixes['waiting'].__class__.write([four_fixes['waiting']], {
            'measures': "Hang it anew.",
            'responsible': mine.employees.worker.id,
            })
    hazards['rectification'] = report(mine)
    four_fixes['confirmed'] = confirm(mine, hazards['rectification'])
    rectifications['waiting'] = waiting(
        'hazard.rectification', hazards['rectification'])
    rectifications['waiting'].__class__.write([rectifications['waiting']], {
            'actions': "Hung anew.",
            })
    for name in ['recheck', 'closed', 'archived']:
        hazards[name] = report(mine)
        confirm(mine, hazards[name])
        rectifications[name] = finish(mine, hazards[name])
        rechecks[name] = waiting('hazard.recheck', hazards[name])
        rechecks[name].__class__.write(
            [rechecks[name]], {'reason': "It closes now."})
    for name in ['closed', 'archived']:
        rechecks[name].__class__.pass_([rechecks[name]])
    Hazard.archive_([Hazard(hazards['archived'].id)])
    hazards['elsewhere'] = report(
        mine, user=mine.users.other_captain, unit=mine.units.driving,
        found_by=mine.employees.other_captain)
    four_fixes['elsewhere'] = waiting(
        'hazard.four_fix', hazards['elsewhere'])
    hazards['open'] = hazards['four_fix']
    return {
        'hazard.hazard': hazards,
        'hazard.four_fix': {**four_fixes, 'open': four_fixes['waiting']},
        'hazard.rectification': {
            'done': rectifications['closed'],
            'waiting': rectifications['waiting'],
            },
        'hazard.recheck': {
            'passed': rechecks['closed'],
            'waiting': rechecks['recheck'],
            },
        }


def _build_extensions(mine, records):
    pool = Pool()
    Extension = pool.get('hazard.extension')
    extensions = {}
    for name in ['approved', 'requested', 'draft']:
        hazard = report(mine)
        confirm(mine, hazard)
        rectification = waiting('hazard.rectification', hazard)
        extensions[name], = Extension.create([{
                    'rectification': rectification.id,
                    'deadline': rectification.deadline + dt.timedelta(days=2),
                    'reason': "The part is on its way.",
                    'measures': "A guard.",
                    }])
    # Whoever requests it may not decide upon it.
    with acting(mine.users.worker):
        Extension.request(Extension.browse(
                [extensions['approved'], extensions['requested']]))
    Extension.approve([extensions['approved']])
    return {'hazard.extension': extensions}


def _build_plans(mine, records):
    pool = Pool()
    Plan = pool.get('hazard.plan')
    plans = {}
    for name in ['approved', 'checked', 'drawn', 'draft']:
        hazard = report(mine, **major())
        plans[name], = Plan.search([('hazard', '=', hazard.id)])
        if name == 'draft':
            continue
        draw_plan(mine, hazard)
        if name != 'drawn':
            press_plan(hazard, 'check', mine.users.safety)
        if name == 'approved':
            press_plan(hazard, 'approve', mine.users.head)
    Plan.write([plans['draft']], plan_values(mine))
    Writer = pool.get('hazard.plan-res.user')
    return {
        'hazard.plan': {n: Plan(p.id) for n, p in plans.items()},
        'hazard.plan-res.user': {
            'any': Writer.search([('plan', '=', plans['drawn'].id)])[0]},
        }


def _build_acceptances(mine, records):
    hazard = to_accept(mine)
    accept(mine, hazard)
    asked = waiting('hazard.acceptance', to_accept(mine))
    Acceptance = asked.__class__
    Acceptance.write([asked], {
            **outside(), 'second_checker': mine.employees.station.id})
    passed, = hazard.acceptances
    return {'hazard.acceptance': {
            'passed': Acceptance(passed.id),
            'waiting': Acceptance(asked.id),
            }}


def _build_log(mine, records):
    pool = Pool()
    Event = pool.get('hazard.event')
    Numbering = pool.get('hazard.numbering')
    Reminder = pool.get('hazard.reminder')
    ReminderUser = pool.get('hazard.reminder-res.user')
    Seal = pool.get('hazard.seal')
    hazard = records['hazard.hazard']['returned']
    today = dt.date.today()
    seal, = Seal.create([{
                'company': mine.company.id, 'day': today, 'count': 0,
                'digest': 'x', 'sealed_at': dt.datetime.now()}])
    run, = pool.get('hazard.seal.run').create([{
                'company': mine.company.id, 'ran_at': dt.datetime.now(),
                'days': 1, 'sealed_until': today, 'digest': 'x'}])
    note = pool.get('hazard.seal.note').append(seal, "The clock was wrong.")
    reminder, = Reminder.create([{
                'hazard': hazard.id,
                'company': mine.company.id,
                'stage': str(hazard.four_fixes[0]),
                'step': 'overdue',
                'day': today,
                'sent_at': dt.datetime.now(),
                'users': [('add', [mine.users.captain.id])],
                }])
    return {
        'hazard.event': {
            'own': Event.search([('hazard', '=', hazard.id)])[0]},
        'hazard.numbering': {
            'any': Numbering.search([('company', '=', mine.company.id)])[0]},
        'hazard.seal': {'any': seal},
        'hazard.seal.note': {'any': note},
        'hazard.seal.run': {'any': run},
        'hazard.reminder': {'own': reminder},
        'hazard.reminder-res.user': {
            'own': ReminderUser.search([('reminder', '=', reminder.id)])[0]},
        }


def _build_rounds(mine, records):
    pool = Pool()
    Checklist = pool.get('hazard.checklist')
    ChecklistInspector = pool.get('hazard.checklist-company.employee')
    Inspection = pool.get('hazard.inspection')
    InspectionInspector = pool.get('hazard.inspection-company.employee')
    item = records['hazard.check_item']['any']
    checklist, = Checklist.create([{
                'name': "Doors",
                'company': mine.company.id,
                'unit': mine.units.ventilation.id,
                'inspectors': [('add', [mine.employees.reporter.id])],
                'lines': [('create', [{'item': item.id}])],
                }])
    rounds = {}
    for name in ['draft', 'done', 'zero', 'running']:
        rounds[name], = Inspection.create([{
                    'checklist': checklist.id,
                    'company': mine.company.id,
                    'unit': mine.units.ventilation.id,
                    'inspectors': [('add', [mine.employees.reporter.id])],
                    }])
    Inspection.start([rounds[n] for n in ['done', 'zero', 'running']])
    Line = pool.get('hazard.inspection.line')
    lines = Line.search([
            ('inspection', 'in', [rounds['done'].id, rounds['zero'].id])])
    Line.write(lines, {'result': 'ok'})
    employee = mine.employees.captain.id
    with Transaction().set_context(employee=employee):
        with Transaction().set_user(mine.users.captain.id):
            Inspection.zero_report([Inspection(rounds['done'].id)])
    report(mine, inspection=rounds['running'], check_item=item)
    running, = Line.search([('inspection', '=', rounds['running'].id)])
    Line.write([running], {'result': 'hazard'})
    inspectors = {
        name: InspectionInspector.search([
                ('inspection', '=', rounds[name].id)])[0]
        for name in ['done', 'running']}
    return {
        'hazard.checklist': {'any': checklist},
        'hazard.checklist.line': {'any': checklist.lines[0]},
        'hazard.checklist-company.employee': {
            'any': ChecklistInspector.search([
                    ('checklist', '=', checklist.id)])[0]},
        'hazard.inspection': {
            n: Inspection(rounds[n].id) for n in rounds},
        'hazard.inspection.line': {
            'done': rounds['done'].__class__(rounds['done'].id).lines[0],
            'running': running,
            },
        'hazard.inspection-company.employee': inspectors,
        }


def _build_photos(mine, records):
    pool = Pool()
    Photo = pool.get('hazard.photo')
    photos = {}
    for name, color in [('draft', 'red'), ('returned', 'green')]:
        photos[name], = Photo.create([{
                    'hazard': records['hazard.hazard'][name].id,
                    'image': picture(color=color),
                    'filename': 'photo.jpg',
                    }])
    photos['waiting'], = Photo.create([{
                'rectification':
                records['hazard.rectification']['waiting'].id,
                'image': picture(color='blue'),
                'filename': 'photo.jpg',
                }])
    return {'hazard.photo': photos}


def _build_ledgers(mine, records):
    pool = Pool()
    Ledger = pool.get('hazard.ledger')
    Mapping = pool.get('hazard.ledger.mapping')
    record, = Ledger.create([{
                'company': mine.company.id,
                'file_name': 'old.xlsx',
                'sha256': 'x',
                'imported_at': dt.datetime.now(),
                'user': mine.users.safety.id,
                'employee': mine.employees.safety.id,
                **dict.fromkeys([
                        'rows', 'hazards', 'open', 'known', 'places',
                        'units'], 0),
                }])
    mapping, = Mapping.create([{
                'name': "Old", 'company': mine.company.id, 'signature': 'x',
                'columns': [('create', [{'head': "Date"}])],
                'meanings': [('create', [{
                                'field': 'place', 'text': "Airway",
                                'record': str(mine.place),
                                }])],
                }])
    return {
        'hazard.ledger': {'any': record},
        'hazard.ledger.mapping': {'any': mapping},
        'hazard.ledger.mapping.column': {'any': mapping.columns[0]},
        'hazard.ledger.mapping.meaning': {'any': mapping.meanings[0]},
        }


def roster(kind):
    "Return a workbook with a new person who becomes a member of the kind."
    return workbook([person(1, Unit="Ventilation", Role=kind)])
