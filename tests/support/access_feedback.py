# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The part of the access matrix about opinions: records, values, buttons."

import datetime as dt

from access_values import coded, company_id, first, of, unit
from organization import get_ref
from pictures import picture

from trytond.pool import Pool
from trytond.transaction import Transaction

WRITTEN = {
    'safety.feedback': {'text': "They are dim."},
    'safety.feedback.configuration': {'due_days': 5},
    'safety.feedback.configuration.sequence': 'feedback_sequence',
    'safety.feedback.configuration.settings': {'due_days': 5},
    'safety.feedback.forwarding': {'reason': "Theirs."},
    'safety.feedback.photo': {'image_id': 'x'},
    'safety.feedback.receipt': {'digest': 'y'},
    'safety.feedback.reminder': {'day': dt.date(2001, 1, 1)},
    'safety.feedback.route': 'unit',
    'safety.feedback.sender': {'number': 0},
    }
OPINION = {'subject': "Lamps", 'text': "The lamps are too dim."}


def _kind(f=None):
    return get_ref('safety_feedback.kind_suggestion')


def _other_kind(f):
    return get_ref('safety_feedback.kind_welfare')


def _driving(f):
    return f.mine.units.driving.id


CREATED = {
    'safety.feedback': {
        '': of(kind=_kind, **OPINION),
        'anonymous': of(kind=_kind, anonymous=True, **OPINION),
        'foreign': of(
            kind=_kind, company=lambda f: f.foreign.company.id, **OPINION),
        },
    'safety.feedback.configuration.sequence': {'': of(
            company=company_id,
            feedback_sequence=lambda f: get_ref(
                'safety_feedback.sequence_feedback'))},
    'safety.feedback.configuration.settings': {'': of(
            company=company_id, due_days=1)},
    'safety.feedback.forwarding': {'': of(
            feedback=first('safety.feedback', 'submitted'), to_unit=_driving,
            reason="Theirs.", at=dt.datetime(2026, 1, 1))},
    'safety.feedback.kind': coded,
    'safety.feedback.photo': {
        n: of(feedback=first('safety.feedback', n),
            image=lambda f: picture(color='white'))
        for n in ['draft', 'submitted']},
    'safety.feedback.receipt': {'': of(
            feedback=first('safety.feedback', 'submitted'), digest='z')},
    'safety.feedback.reminder': {'': of(
            feedback=first('safety.feedback', 'submitted'), step='overdue',
            day=dt.date(2026, 1, 1), sent_at=dt.datetime(2026, 1, 1))},
    'safety.feedback.route': {'': of(
            company=company_id, kind=_other_kind, unit=unit)},
    'safety.feedback.sender': {'': of(
            company=company_id, day=dt.date(2026, 1, 1), digest='z',
            number=0)},
    }
# Photos are kept anew by the server and not copied.
NOT_COPIED = {'safety.feedback.configuration', 'safety.feedback.photo'}
COPIED = {
    'safety.feedback.kind': lambda f, role: {'code': 'copy'},
    'safety.feedback.route': lambda f, role: {'kind': _other_kind(f)},
    }
PRESSED = {
    ('safety.feedback', 'submit'): ['draft'],
    ('safety.feedback', 'withdraw'): ['submitted', 'anonymous'],
    ('safety.feedback', 'forward'): ['submitted', 'anonymous'],
    ('safety.feedback', 'answer'): ['submitted', 'anonymous'],
    ('safety.feedback', 'adopt'): ['submitted', 'answered'],
    ('safety.feedback', 'decline'): ['submitted', 'answered'],
    ('safety.feedback', 'rate'): ['answered'],
    ('safety.feedback', 'publish'): ['adopted'],
    ('safety.feedback', 'report_hazard'): ['submitted'],
    ('safety.feedback', 'unpublish'): ['published'],
    }


def _follow(f):
    return [('secret_answer', {'secret': {'code': f.mine.code}})]


def _forward(f):
    return [('forward', {'ask': {'unit': _driving(f), 'reason': "Theirs."}})]


def _submit(anonymous):
    return lambda f: [('submit', {'secret': {
                    'anonymous': anonymous, 'kind': _kind(), **OPINION}})]


def _make(f):
    return [('make', {'ask': {
                    'company': f.mine.company.id, 'place': f.mine.place.id,
                    'unit': f.mine.units.ventilation.id,
                    'grade': get_ref('hazard.grade_general'),
                    'discipline': get_ref('hazard.discipline_ventilation'),
                    'description': OPINION['text'],
                    'with_photos': True}})]


_reply = [('press', {'reply': {'reason': "New ones are ordered."}})]
WIZARDS = [
    *((f'safety.feedback.{button}', 'safety.feedback', name, _reply)
        for button in ['answer', 'adopt', 'decline']
        for name in ['submitted', 'foreign']),
    ('safety.feedback.follow', None, '', _follow),
    ('safety.feedback.forward', 'safety.feedback', 'submitted', _forward),
    *(('safety.feedback.hazard', 'safety.feedback', name, _make)
        for name in ['submitted', 'anonymous', 'foreign']),
    ('safety.feedback.rate', 'safety.feedback', 'answered', [
            ('rate', {'ask': {'satisfaction': '5'}})]),
    ('safety.feedback.summary.print', None, '', lambda f: [
            ('print_', {'start': {
                        'company': f.mine.company.id, 'format': 'ods',
                        'from_date': dt.date(2026, 1, 1),
                        'to_date': dt.date(2026, 1, 31)}})]),
    ('safety.feedback.submit', None, '', _submit(False)),
    ('safety.feedback.submit', None, 'anonymous', _submit(True)),
    ]
REPORTS = [
    ('safety.feedback.summary', 'safety.feedback', name, {
            'model': 'safety.feedback', 'format': 'ods'})
    for name in ['anonymous', 'submitted', 'foreign']]


def build_feedback(mine, records):
    "Return the records of the mine by model and name."
    pool = Pool()
    Published = pool.get('safety.feedback.published')
    ByKind = pool.get('safety.feedback.by_kind')
    ByUnit = pool.get('safety.feedback.by_unit')
    settings = _build_settings(mine)
    with Transaction().set_user(0), Transaction().set_context(
            company=mine.company.id, employee=mine.employees.worker.id):
        feedbacks = _build_opinions(mine)
    return {
        **settings,
        'safety.feedback': feedbacks,
        **_build_parts(mine, feedbacks),
        'safety.feedback.published': {'any': Published.search([
                    ('company', '=', mine.company.id)])[0]},
        'safety.feedback.by_kind': {'any': ByKind.search([
                    ('company', '=', mine.company.id)])[0]},
        'safety.feedback.by_unit': {'led': ByUnit.search([
                    ('unit', '=', mine.units.ventilation.id)])[0]},
        }


def _build_settings(mine):
    pool = Pool()
    Configuration = pool.get('safety.feedback.configuration')
    Kind = pool.get('safety.feedback.kind')
    Route = pool.get('safety.feedback.route')
    Sequence = pool.get('safety.feedback.configuration.sequence')
    Settings = pool.get('safety.feedback.configuration.settings')
    Configuration(1).save()
    Configuration.write([Configuration(1)], {
            'due_days': 6,
            'feedback_sequence': get_ref('safety_feedback.sequence_feedback'),
            })
    route, = Route.create([{
                'company': mine.company.id,
                'unit': mine.units.ventilation.id}])
    kind, = Kind.create([{'name': "Food", 'code': f'f{mine.company.id}'}])
    return {
        'safety.feedback.configuration': {'any': Configuration(1)},
        **{
            Model.__name__: {'any': Model.search([
                        ('company', '=', mine.company.id)])[0]}
            for Model in [Sequence, Settings]},
        'safety.feedback.kind': {'any': kind},
        'safety.feedback.route': {'any': route},
        }


def _build_opinions(mine):
    "All are the worker's and routed to the ventilation team."
    pool = Pool()
    Feedback = pool.get('safety.feedback')
    number, mine.code = Feedback.submit_anonymous(
        mine.company.id, {'kind': _kind(), **OPINION})
    feedbacks = {'anonymous': Feedback.search([('number', '=', number)])[0]}
    for name in ['draft', 'answered', 'adopted', 'published', 'submitted']:
        feedbacks[name], = Feedback.create([{
                    'kind': _kind(),
                    'photos': [('create', [{'image': picture()}])],
                    **OPINION}])
    Feedback.submit([
            f for n, f in feedbacks.items() if n not in {
                'draft', 'anonymous'}])
    with Transaction().set_context(reason="New ones are ordered."):
        Feedback.answer([feedbacks['answered']])
        Feedback.adopt([feedbacks['adopted'], feedbacks['published']])
    Feedback.publish([Feedback(feedbacks['published'].id)])
    return {n: Feedback(f.id) for n, f in feedbacks.items()}


def _build_parts(mine, feedbacks):
    pool = Pool()
    Feedback = pool.get('safety.feedback')
    Receipt = pool.get('safety.feedback.receipt')
    Reminder = pool.get('safety.feedback.reminder')
    Sender = pool.get('safety.feedback.sender')
    submitted = feedbacks['submitted']
    with Transaction().set_context(
            reason="Yours.", unit=mine.units.safety.id):
        Feedback.forward([submitted])
    with Transaction().set_context(
            reason="Not ours.", unit=mine.units.ventilation.id):
        Feedback.forward([Feedback(submitted.id)])
    submitted = feedbacks['submitted'] = Feedback(submitted.id)
    reminder, = Reminder.create([{
                'feedback': submitted.id,
                'step': 'remind',
                'day': dt.date.today(),
                'sent_at': dt.datetime.now(),
                }])
    receipt, = Receipt.search([('feedback.company', '=', mine.company.id)])
    sender, *_ = Sender.search([('company', '=', mine.company.id)])
    return {
        'safety.feedback.forwarding': {'any': submitted.forwardings[0]},
        'safety.feedback.photo': {
            n: feedbacks[n].photos[0]
            for n in ['draft', 'answered', 'submitted']},
        'safety.feedback.receipt': {'any': receipt},
        'safety.feedback.reminder': {'any': reminder},
        'safety.feedback.sender': {'any': sender},
        }
