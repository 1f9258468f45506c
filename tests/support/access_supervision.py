# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The part of the access matrix about supervision: records, values, buttons."

import datetime as dt

from access_values import captain, coded, company_id, first, merge, of, worker
from organization import create_unit, get_ref
from supervision import make_enterprise

from trytond.pool import Pool
from trytond.transaction import Transaction

DAY = dt.date(2026, 12, 1)


def _later(days):
    return lambda *_: dt.date.today() + dt.timedelta(days=days)


def _trade(f=None):
    return get_ref('hazard_supervision.trade_coal')


_enterprise = first('supervision.enterprise', 'invited')
_AT = dt.datetime.combine(DAY, dt.time(8))
_running = first('supervision.enterprise', 'running')
_assignment = of(
    enterprise=_running, start=lambda f: dt.date.today(), end=None)
_new = of(company=company_id, name="New")
WRITTEN = {
    'supervision.assignment': {'end': dt.date(2027, 6, 1)},
    'supervision.assignment.change': {'reason': "Ill."},
    'supervision.certificate': {'issued_by': "City"},
    'supervision.configuration': {'grace_days': 9},
    'supervision.configuration.settings': {'grace_days': 9},
    'supervision.display': {'limit': 1},
    'supervision.display.handling': {'note': "Never."},
    'supervision.display.line': {'number': "9"},
    'supervision.display.step': {'step': 'chief'},
    'supervision.display.step-company.employee': 'employee',
    'supervision.duty': {'end': DAY + dt.timedelta(days=2)},
    'supervision.duty-company.employee': 'employee',
    'supervision.exemption': {'reason': "Spring."},
    'supervision.presence': {'users': 2},
    'supervision.presence.user': {'day': DAY},
    'supervision.township-company.employee': 'employee',
    }
CREATED = {
    'supervision.assignment': {'': merge(_assignment, of(
                company=company_id, section=lambda f: _sections(f)[0].id))},
    'supervision.assignment.change': {'': of(
            assignment=first('supervision.assignment', 'current'),
            action='ended', at=dt.datetime(2027, 7, 1))},
    'supervision.body': {'': _new},
    'supervision.certificate': {'': of(
            company=company_id, employee=worker, number="9", valid_from=DAY,
            valid_until=DAY)},
    'supervision.configuration.settings': {'': of(
            company=company_id, grace_days=1)},
    'supervision.contact': {'': of(enterprise=_enterprise, name="New")},
    'supervision.display': {'': of(
            company=company_id, enterprise=_enterprise, kind='report',
            opened_on=DAY, opened_at=_AT)},
    'supervision.display.handling': {'': of(
            display=first('supervision.display'), handled_by=captain,
            handled_at=_AT, way='other', note="New")},
    'supervision.display.step': {'': of(
            display=first('supervision.display'), step='chief',
            told_at=_AT)},
    'supervision.display.step-company.employee': {'': of(
            step=first('supervision.display.step'), employee=captain)},
    'supervision.display.line': {'': of(
            display=first('supervision.display'), since=DAY,
            hazard=first('hazard.hazard', 'four_fix'))},
    'supervision.duty': {'': of(
            company=company_id, leader=captain,
            members=lambda f: [('add', [worker(f)])],
            start=dt.date(2027, 5, 1), end=dt.date(2027, 5, 2))},
    'supervision.duty-company.employee': {'': of(
            duty=first('supervision.duty'), employee=captain)},
    'supervision.enterprise': {'': of(
            company=company_id, name="New", trade=_trade,
            uscc='91369901MA00000995')},
    'supervision.exemption': {'': of(
            company=company_id, enterprise=_enterprise, occasion='holiday',
            reason="Spring.", evidence="Notice.", start=_later(1),
            end=_later(2))},
    'supervision.presence': {'': of(
            company=company_id, enterprise=_enterprise,
            day=dt.date(2027, 7, 1), first_at=dt.datetime(2027, 7, 1),
            last_at=dt.datetime(2027, 7, 1), users=1)},
    'supervision.presence.user': {'': of(
            enterprise=_enterprise, day=dt.date(2027, 7, 1),
            user=lambda f: 1)},
    'supervision.programme': {'': of(
            company=company_id, name="New", start=DAY)},
    'supervision.township': {'': _new},
    'supervision.township-company.employee': {'': of(
            township=first('supervision.township'), employee=captain)},
    'supervision.trade': coded,
    }
COPIED = {
    'supervision.assignment': _assignment,
    'supervision.body': lambda f, role: {'name': "Copy"},
    'supervision.certificate': lambda f, role: {'number': "Copy"},
    'supervision.display': lambda f, role: {'kind': 'report'},
    'supervision.display.step': lambda f, role: {'step': 'chief'},
    'supervision.display.step-company.employee': of(employee=captain),
    'supervision.duty': lambda f, role: {
        'start': dt.date(2027, 6, 1), 'end': dt.date(2027, 6, 2)},
    'supervision.duty-company.employee': of(employee=captain),
    'supervision.enterprise': lambda f, role: {
        'uscc': '91369901MA00000995'},
    'supervision.presence': lambda f, role: {
        'day': dt.date(2027, 7, 2)},
    'supervision.presence.user': lambda f, role: {
        'day': dt.date(2027, 7, 2)},
    'supervision.programme': lambda f, role: {'name': "Copy"},
    'supervision.township': lambda f, role: {
        'name': "Copy", 'people': None},
    'supervision.township-company.employee': of(employee=captain),
    'supervision.trade': lambda f, role: {'code': 'copy'},
    }
NOT_COPIED = {'supervision.configuration'}
PRESSED = {
    ('supervision.assignment', 'end_'): ['current'],
    ('supervision.assignment', 'reassign'): ['current'],
    ('supervision.enterprise', 'register_'): ['invited'],
    ('supervision.enterprise', 'train'): ['registered'],
    ('supervision.enterprise', 'start'): ['trained'],
    ('supervision.display', 'handle'): ['any'],
    ('supervision.exemption', 'approve'): ['asked'],
    ('supervision.exemption', 'refuse'): ['asked'],
    ('supervision.exemption', 'end_'): ['approved'],
    }


def _sections(f):
    Unit = Pool().get('safety.unit')
    return Unit.search([
            ('company', '=', f.mine.company.id),
            ('kind', '=', 'section'),
            ], order=[('name', 'ASC')])


def get_context(f):
    "Return what the buttons take from the context."
    return {'section': _sections(f)[1].id}


def _reassign(f):
    return [('reassign', {'ask': {
                    'reason': "Ill.", **get_context(f)}})]


def _deal(f):
    start = {
        'company': f.mine.company.id, 'dealt': 'evenly', 'scope': 'new',
        'to': 'section', 'start': dt.date.today(),
        'recipients': [
            {'section': s.id, 'weight': 1} for s in _sections(f)]}
    lines = [{
            'enterprise': _running(f), 'section': _sections(f)[0].id}]
    return [('preview', {'start': start}), ('deal', {
                'start': start, 'preview': {'lines': lines}})]


WIZARDS = [
    ('supervision.assignment.end', 'supervision.assignment', 'current',
        [('press', {'ask': {'reason': "Ill."}})]),
    ('supervision.assignment.reassign', 'supervision.assignment', 'current',
        _reassign),
    ('supervision.deal', None, '', _deal),
    ('supervision.exemption.refuse', 'supervision.exemption', 'asked',
        [('press', {'ask': {'reason': "No paper."}})]),
    ('supervision.display.look', None, '', []),
    ('supervision.display.handle', 'supervision.display', 'any',
        [('press', {'ask': {'way': 'other', 'note': "Done."}})]),
    ]


def build_supervision(mine, records):
    "Return the records by model and name, the mine being the bureau."
    return {
        **_build_bureau(mine),
        **(enterprises := _build_enterprises(mine)),
        **_build_presence(mine, enterprises),
        **_build_displays(mine, records, enterprises),
        **_build_assignments(mine, enterprises),
        }


def _build_bureau(mine):
    pool = Pool()
    company, worker = mine.company.id, mine.employees.worker.id
    Configuration = pool.get('supervision.configuration')
    Settings = pool.get('supervision.configuration.settings')
    Configuration(1).save()
    Configuration.write([Configuration(1)], {'grace_days': 12})
    settings, = Settings.search([('company', '=', company)])
    body, = pool.get('supervision.body').create([{
                'company': company, 'name': "Bureau"}])
    certificate, = pool.get('supervision.certificate').create([{
                'company': company, 'employee': worker, 'number': "1",
                'valid_from': DAY, 'valid_until': DAY}])
    duty, = pool.get('supervision.duty').create([{
                'company': company, 'leader': mine.employees.captain.id,
                'members': [('add', [worker])], 'start': DAY, 'end': DAY}])
    township, = pool.get('supervision.township').create([{
                'company': company, 'name': "Stone Bridge",
                'people': [('add', [worker])]}])
    member, = pool.get('supervision.duty-company.employee').search([
            ('duty', '=', duty.id)])
    person, = pool.get('supervision.township-company.employee').search([
            ('township', '=', township.id)])
    return {
        'supervision.configuration': {'any': Configuration(1)},
        **{
            r.__name__: {'any': r} for r in [
                settings, body, certificate, duty, township, member, person]},
        }


def _build_enterprises(mine):
    pool = Pool()
    Exemption = pool.get('supervision.exemption')
    Programme = pool.get('supervision.programme')
    Trade = pool.get('supervision.trade')
    programme, = Programme.create([{
                'company': mine.company.id, 'name': "Trial", 'start': DAY}])
    enterprises = {
        name: make_enterprise(mine.company, number, name=name.title())
        for number, name in enumerate(
            ['registered', 'trained', 'running', 'invited'])}
    for name in ['registered', 'trained', 'running']:
        enterprise = enterprises[name]
        enterprise.registration = name
        enterprise.save()
    enterprise = enterprises['invited']
    contact, = pool.get('supervision.contact').create([{
                'enterprise': enterprise.id, 'name': "Li"}])
    exemptions = {}
    for name in ['approved', 'asked']:
        # Whoever asks for it may not approve it.
        with Transaction().set_user(mine.users.worker.id), \
                Transaction().set_context(
                    employee=mine.employees.worker.id):
            exemptions[name], = Exemption.create([{
                        'company': mine.company.id,
                        'enterprise': enterprise.id, 'occasion': 'holiday',
                        'reason': "Spring.", 'evidence': "Notice.",
                        'start': dt.date.today(), 'end': dt.date.today()}])
    Exemption.move([exemptions['approved']], 'approved', 'approved')
    trade, = Trade.create([{'name': "Salt", 'code': f's{mine.company.id}'}])
    return {
        'supervision.enterprise': enterprises,
        'supervision.exemption': exemptions,
        **{r.__name__: {'any': r} for r in [contact, programme, trade]},
        }


def _build_presence(mine, records):
    pool = Pool()
    enterprise = records['supervision.enterprise']['invited'].id
    presence, = pool.get('supervision.presence').create([{
                'company': mine.company.id, 'enterprise': enterprise,
                'day': DAY, 'first_at': _AT, 'last_at': _AT, 'users': 1}])
    user, = pool.get('supervision.presence.user').create([{
                'enterprise': enterprise, 'day': DAY,
                'user': mine.users.worker.id}])
    return {r.__name__: {'any': r} for r in [presence, user]}


def _build_displays(mine, records, enterprises):
    pool = Pool()
    display, = pool.get('supervision.display').create([{
                'company': mine.company.id,
                'enterprise':
                    enterprises['supervision.enterprise']['invited'].id,
                'kind': 'overdue', 'opened_on': DAY, 'opened_at': _AT}])
    line, = pool.get('supervision.display.line').create([{
                'display': display.id, 'since': DAY,
                'hazard': records['hazard.hazard']['four_fix'].id}])
    step, = pool.get('supervision.display.step').create([{
                'display': display.id, 'step': 'officer', 'told_at': _AT,
                'people': [('add', [mine.employees.worker.id])]}])
    person, = pool.get('supervision.display.step-company.employee').search([
            ('step', '=', step.id)])
    handling, = pool.get('supervision.display.handling').create([{
                'display': display.id, 'way': 'other', 'note': "Done.",
                'handled_by': mine.employees.worker.id, 'handled_at': _AT}])
    return {
        r.__name__: {'any': r}
        for r in [display, line, step, person, handling]}


def _build_assignments(mine, records):
    Assignment = Pool().get('supervision.assignment')
    section, _ = (
        create_unit(mine.company, name, kind='section')
        for name in ["Section 1", "Section 2"])
    assignments = {}
    for name, enterprise in [('current', 'registered'), ('ended', 'trained')]:
        assignments[name], = Assignment.create([{
                    'company': mine.company.id,
                    'enterprise': records['supervision.enterprise'][
                        enterprise].id,
                    'section': section.id, 'start': dt.date.today()}])
    Assignment.close([assignments['ended']], "Ill.")
    change, = assignments['current'].changes
    return {
        'supervision.assignment': assignments,
        'supervision.assignment.change': {'any': change},
        }
