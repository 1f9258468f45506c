# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Are the card, the stages and the photos as the events recorded them?"

from trytond.i18n import gettext
from trytond.pool import Pool

from ..loop.steps import REPORTABLE_STATES
from .event_content import PHOTO
from .problem_text import describe, shorten
from .verification import Problem, changed, differs

# Of these owners no event has recorded the photos yet, or ever will.
UNRECORDED = {'draft', 'cancelled'}


def check_contents(scope, rows, hazard, events):
    "Yield what is not as the events with a content recorded it."
    card, stages, photos, people = {}, {}, None, {}
    for event in events:
        content, sequence = event['content'], event['sequence']
        for name, value in content.get('card', {}).items():
            card[name] = value, sequence
        if 'stage' in content:
            stages[event['stage']] = content['stage'], sequence
        if 'photos' in content:
            photos = content['photos'], sequence
        for id_, name in content.get('people', {}).items():
            people[int(id_)] = name, sequence
    yield from _check_card(hazard, card)
    for reference, recorded in stages.items():
        yield from _check_stage(rows, hazard, reference, *recorded)
    if photos:
        yield from _check_photos(rows, hazard, *photos)
    yield from _check_companies(rows, hazard)
    yield from _check_people(scope, rows, hazard, people)


def _check_card(hazard, card):
    Hazard = Pool().get('hazard.hazard')
    editable = hazard['state'] in REPORTABLE_STATES
    for name, (value, sequence) in sorted(card.items()):
        if name not in hazard or editable and name in Hazard._editable:
            continue
        if hazard[name] != value:
            yield changed(
                f'hazard.hazard,{hazard["id"]}', name, hazard[name], value,
                hazard, sequence)


def _check_stage(rows, hazard, reference, recorded, sequence):
    stage = rows.stages.get(reference)
    if not stage:
        # check_stages tells of it.
        return
    model, _ = reference.split(',')
    Model = Pool().get(model)
    if recorded.get('state') in Model._editable_states:
        # It could still be filled in, and was open to cancellation.
        return
    for name, value in sorted(recorded.items()):
        if name in stage and stage[name] != value:
            yield changed(
                reference, name, stage[name], value, hazard, sequence)


def _check_photos(rows, hazard, recorded, sequence):
    found = rows.photos[hazard['id']]
    for id_, values in recorded.items():
        if id_ not in found:
            if not _is_open(rows, hazard, values):
                yield _photo_problem('deleted', id_, hazard, sequence)
            continue
        for name in PHOTO:
            if name in values and found[id_][name] != values[name]:
                yield changed(
                    f'hazard.photo,{id_}', name, found[id_][name],
                    values[name], hazard, sequence)
    for id_ in found.keys() - recorded.keys():
        if not _is_open(rows, hazard, found[id_]):
            yield _photo_problem('added', id_, hazard, sequence)


def _check_companies(rows, hazard):
    for id_, photo in rows.photos[hazard['id']].items():
        if photo['company'] != hazard['company']:
            yield differs(
                f'hazard.photo,{id_}', 'company', photo['company'],
                hazard['company'], hazard)


def _is_open(rows, hazard, photo):
    "May the photo come and go, as what it belongs to is not recorded?"
    for name in ['rectification', 'recheck', 'acceptance']:
        if photo[name]:
            stage = rows.stages.get(f'hazard.{name},{photo[name]}')
            return not stage or stage['state'] in UNRECORDED
    return hazard['state'] in REPORTABLE_STATES


def _photo_problem(case, id_, hazard, sequence):
    return Problem(
        lambda: gettext(
            f'hazard.msg_verify_photo_{case}',
            photo=describe(f'hazard.photo,{id_}'),
            hazard=hazard['number'] or hazard['id'], sequence=sequence),
        f'hazard.photo,{id_}', None, hazard['id'], sequence)


def _check_people(scope, rows, hazard, people):
    """Yield remarks on who bears another name than when it was recorded.

    One for each name, however often it was recorded.
    """
    for id_, (name, sequence) in sorted(people.items()):
        today = rows.people.get(id_)
        if today != name and (id_, name) not in scope.named:
            scope.named.add((id_, name))
            yield Problem(
                gettext(
                    'hazard.msg_verify_name',
                    hazard=hazard['number'] or hazard['id'],
                    sequence=sequence, name=shorten(today),
                    recorded=shorten(name)),
                f'company.employee,{id_}', 'party', hazard['id'], sequence,
                remark=True)
