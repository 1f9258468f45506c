# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Do card and stages fit the actions that the events tell of?

It needs nothing but what any event has, thus it is true of old ones too.
"""
import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from trytond.i18n import gettext
from trytond.pool import Pool

from ..loop.steps import OPEN_STATES, REPORTABLE_STATES
from .problem_text import describe, show
from .verification import Problem, changed, differs

# A step stamps its records and then its event.
TOLERANCE = dt.timedelta(minutes=10)


@dataclass
class Step:
    "What an action leaves on its stage."
    model: str
    state: str
    stamp: str = None
    text: str = None


STEPS = {
    'confirm': Step('hazard.four_fix', 'confirmed', 'confirmed', 'measures'),
    'finish': Step('hazard.rectification', 'done', 'done', 'actions'),
    'pass': Step('hazard.recheck', 'passed', 'checked', 'reason'),
    'fail': Step('hazard.recheck', 'failed', 'checked', 'reason'),
    'accept': Step('hazard.acceptance', 'passed', 'decided', 'reason'),
    'refuse': Step('hazard.acceptance', 'failed', 'decided', 'reason'),
    'request': Step('hazard.extension', 'requested', 'requested', 'reason'),
    'extend': Step('hazard.extension', 'approved', 'decided', 'reason'),
    'reject': Step(
        'hazard.extension', 'rejected', 'decided', 'decision_note'),
    'draw': Step('hazard.plan', 'draft', 'drawn'),
    'check': Step('hazard.plan', 'checked', 'checked'),
    'plan_return': Step('hazard.plan', 'draft', text='return_reason'),
    'plan': Step('hazard.plan', 'approved', 'approved', 'goals'),
    'replan': Step('hazard.plan', 'draft'),
    'withdraw': Step(
        'hazard.withdrawal', 'confirmed', 'confirmed', 'area'),
    'resume': Step(
        'hazard.withdrawal', 'resumed', 'resumption', 'conditions'),
    'file': Step('hazard.filing', 'filed', 'recorded', 'content'),
    'receipt': Step(
        'hazard.filing', 'received', 'receipted', 'receipt_number'),
    'publish': Step('hazard.publication', 'published', 'published', 'where'),
    'unpublish': Step('hazard.publication', 'removed', 'removed'),
    }
# What was stamped before is no longer there.
RESETS = {'plan_return', 'replan'}
# States to which no event leads
SILENT = {'draft', 'cancelled'}


def check_stages(rows, hazard, events):
    "Yield what does not fit the events of the hazard."
    steps = Pool().get('hazard.event').get_steps()
    stages = {
        r: s for r, s in rows.stages.items()
        if s.get('hazard') == hazard['id']}
    yield from _check_named(steps, rows, hazard, events)
    yield from _check_unnamed(steps, hazard, events, stages)
    yield from _check_second(hazard, events, stages)
    yield from _check_waiting(hazard, stages)
    yield from _check_card(hazard, events)
    yield from _check_finder(hazard, events)
    yield from _check_deadlines(rows, hazard, events, stages)


def _check_named(steps, rows, hazard, events):
    "Yield what does not fit of the stages that events name."
    last = {}
    for event in events:
        if event['stage'] and event['action'] in steps:
            last.setdefault(event['stage'], {})[event['action']] = event
    for reference, actions in last.items():
        final = max(actions.values(), key=lambda e: e['sequence'])
        stage = rows.stages.get(reference)
        if not stage or not reference.startswith(
                steps[final['action']].model + ','):
            yield _stage_problem(
                'missing', reference, hazard, final['sequence'])
            continue
        state = steps[final['action']].state
        if stage['state'] != state:
            yield changed(
                reference, 'state', stage['state'], state, hazard,
                final['sequence'])
        reset = max(
            (e['sequence'] for a, e in actions.items() if a in RESETS),
            default=0)
        for action, event in actions.items():
            if event['sequence'] > reset or final is event:
                yield from _check_step(
                    reference, stage, steps[action], event, hazard)


def _check_step(reference, stage, step, event, hazard):
    expected = {}
    if step.stamp and not _is_withdrawn(stage, step):
        expected[f'{step.stamp}_by'] = event['employee']
        name = f'{step.stamp}_at'
        if not _is_at(stage[name], event):
            expected[name] = event['at'].isoformat()
    if step.text:
        expected[step.text] = event['note']
    for name, value in expected.items():
        if (stage[name] or None) != value:
            yield changed(
                reference, name, stage[name], value, hazard,
                event['sequence'])


def _is_withdrawn(stage, step):
    "Was it changed since, which no event tells of?"
    return (
        step is STEPS['draw'] and stage['state'] == 'draft'
        and not stage['drawn_by'] and not stage['drawn_at'])


def _is_at(time, event):
    "Is the plain time the one of the event?"
    return time and abs(
        dt.datetime.fromisoformat(time) - event['at']) <= TOLERANCE


def _check_unnamed(steps, hazard, events, stages):
    "Yield the stages that have ended though no event tells of it."
    if hazard['imported']:
        return
    told = {
        (e['stage'], steps[e['action']].state) for e in events
        if e['action'] in steps}
    for reference, stage in stages.items():
        if stage['state'] not in SILENT and (
                reference, stage['state']) not in told:
            yield _stage_problem(
                'untold', reference, hazard, state=stage['state'])


def _stage_problem(case, reference, hazard, sequence=None, state=None):
    return Problem(
        lambda: gettext(
            f'hazard.msg_verify_stage_{case}',
            record=describe(reference), hazard=_name(hazard),
            sequence=sequence,
            state=state and show(reference, 'state', state)),
        reference, state and 'state', hazard['id'], sequence)


def _check_second(hazard, events, stages):
    "Yield what stands as confirmed but is not what a second checker did."
    last = {e['stage']: e for e in events if e['action'] == 'second'}
    for reference, stage in stages.items():
        if not stage.get('second_at'):
            continue
        event = last.get(reference)
        if not event:
            yield differs(
                reference, 'second_at', stage['second_at'], None, hazard)
            continue
        for name, value in _get_confirmed(stage, event).items():
            if (stage[name] or None) != value:
                yield changed(
                    reference, name, stage[name], value, hazard,
                    event['sequence'])


def _get_confirmed(stage, event):
    "Return what the second checker confirmed, by the names of the fields."
    # Who is several employees may act as another one than was asked.
    recorded = event['content'].get('stage', {})
    at = stage['second_at']
    return {
        'second_checker': recorded.get('second_checker', event['employee']),
        'second_at': at if _is_at(at, event) else event['at'].isoformat(),
        'reason': event['note'],
        }


def _check_waiting(hazard, stages):
    "Yield whether other stages wait than the state of the card says."
    waiting = defaultdict(list)
    for reference, stage in stages.items():
        model, _ = reference.split(',')
        if stage['state'] == 'draft':
            waiting[model].append(reference)
    for state in OPEN_STATES:
        model = f'hazard.{state}'
        expected, found = int(hazard['state'] == state), len(waiting[model])
        if found != expected:
            yield Problem(
                gettext(
                    'hazard.msg_verify_waiting', hazard=_name(hazard),
                    stage=Pool().get(model).__names__()['model'],
                    expected=expected, found=found),
                waiting[model][-1] if found else
                f'hazard.hazard,{hazard["id"]}',
                'state', hazard['id'])


def _check_card(hazard, events):
    "Yield what does not fit of the card itself."
    last, first = {}, {}
    for event in events:
        last[event['action']] = event
        first.setdefault(event['action'], event)
        if event['to_state'] == 'closed':
            last['closed'] = event
    times = {
        'reported_at': first.get('submit'),
        'closed_at': last.get('closed'),
        'archived_at': last.get('archive'),
        }
    for name, event in times.items():
        if (event and event['action'] != 'import'
                and not _is_at(hazard[name], event)):
            yield _card_changed(
                hazard, name, event['at'].isoformat(), event)
    for action, name in [
            ('return', 'return_reason'), ('cancel', 'cancel_reason')]:
        event = last.get(action)
        if event and (hazard[name] or None) != event['note']:
            yield _card_changed(hazard, name, event['note'], event)
    submits = [e for e in events if e['action'] in {'submit', 'resubmit'}]
    if submits and hazard['state'] not in REPORTABLE_STATES:
        name = (
            'on_site_measures' if hazard['handling'] == 'on_site'
            else 'description')
        # A finding of a workbook is told with its row.
        told = '\n'.join(filter(None, [hazard[name], hazard['list_row']]))
        if (told or None) != submits[-1]['note']:
            yield _card_changed(
                hazard, name, submits[-1]['note'], submits[-1])
    fails = [e for e in events if e['action'] in {'fail', 'refuse'}]
    if not hazard['imported'] and hazard['round'] != 1 + len(fails):
        yield differs(
            f'hazard.hazard,{hazard["id"]}', 'round', hazard['round'],
            1 + len(fails), hazard)


def _card_changed(hazard, name, expected, event):
    return changed(
        f'hazard.hazard,{hazard["id"]}', name, hazard[name], expected,
        hazard, event['sequence'])


def _check_finder(hazard, events):
    "Yield whether the card was reported by who neither found nor entered it."
    for event in events:
        if (event['action'] in {'submit', 'resubmit'}
                and 'card' not in event['content']
                and hazard['state'] not in REPORTABLE_STATES
                and hazard['create_uid'] != event['user']
                and hazard['found_by'] != event['employee']):
            yield _card_changed(
                hazard, 'found_by', event['employee'], event)


def _check_deadlines(rows, hazard, events, stages):
    "Yield the deadlines that neither a four-fix nor an extension has set."
    by_rectification = defaultdict(list)
    for reference, stage in stages.items():
        if (reference.startswith('hazard.extension,')
                and stage['state'] == 'approved'):
            by_rectification[stage['rectification']].append(
                (reference, stage))
    for reference, stage in stages.items():
        if not reference.startswith('hazard.rectification,'):
            continue
        four_fix = stages.get(f'hazard.four_fix,{stage["four_fix"]}')
        if four_fix:
            yield from _check_extended(
                hazard, reference, stage, four_fix,
                by_rectification[stage['id']])
    expected = None
    for event in events:
        if event['action'] in {
                'submit', 'resubmit', 'import', 'plan', 'replan'}:
            expected = None
        elif event['action'] in {'confirm', 'extend'}:
            stage = rows.stages.get(event['stage'])
            expected = stage and stage.get('deadline')
    if (expected and hazard['state'] not in REPORTABLE_STATES
            and hazard['deadline'] != expected):
        yield differs(
            f'hazard.hazard,{hazard["id"]}', 'deadline', hazard['deadline'],
            expected, hazard)


def _check_extended(hazard, reference, stage, four_fix, extensions):
    deadline = four_fix['deadline']
    for extension, values in extensions:
        for name, expected in [
                ('original_deadline', four_fix['deadline']),
                ('current_deadline', deadline)]:
            if values[name] != expected:
                yield differs(
                    extension, name, values[name], expected, hazard)
        deadline = values['deadline']
    if stage['deadline'] != deadline:
        yield differs(
            reference, 'deadline', stage['deadline'], deadline, hazard)


def _name(hazard):
    return hazard['number'] or hazard['id']
