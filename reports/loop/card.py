# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

"The cards and forms of a hazard and of what belongs to it."

from itertools import chain
from types import SimpleNamespace

from trytond.i18n import gettext
from trytond.modules.hazard.integrity.event_content import is_person
from trytond.pool import Pool
from trytond.tools.qrcode import generate_png

from ..engine.capital_amount import capital_amount
from ..engine.document import (
    Document, format_amount, format_day, format_moment, get_zone)
from ..engine.photo import get_image
from ..engine.readable import find, find_by_hazard
from ..exceptions import FormCountError

__all__ = [
    'AcceptanceDocument', 'Card', 'ExtensionForm', 'FourFixCard',
    'PlanDocument']

# The millimetres into which a photo must fit, and how many fit on a card
PHOTO = (39, 24)
PHOTOS = 2
# More take a thread for minutes.
FORMS_MAX = 300
# As wide as a Chinese character
SPACE = '\u3000'
# The actions of which the stage or the hazard itself tells the note
TOLD = {
    'submit', 'resubmit', 'confirm', 'finish', 'second', 'pass', 'fail',
    'request', 'extend', 'plan', 'accept', 'refuse'}
# What was done when, by whom, and what is told of it
STAGES = {
    'hazard.four_fix': ('confirmed_at', 'confirmed_by', [
            'measures', 'responsible', 'deadline', 'funding',
            'funding_source', 'supervisor', 'emergency_plan']),
    'hazard.rectification': ('rectified_at', 'done_by', ['actions', 'cost']),
    'hazard.recheck': ('checked_at', 'checked_by', [
            'state', 'second_checker', 'reason']),
    'hazard.acceptance': ('decided_at', 'decided_by', [
            'state', 'accepted_on', 'second_checker', 'outside_body',
            'outside_name', 'reason']),
    'hazard.extension': ('decided_at', 'decided_by', [
            'state', 'deadline', 'reason', 'measures', 'decision_note']),
    }


class Form(Document):
    "Base of the forms, which show each record on a page of its own."

    @classmethod
    def execute(cls, ids, data):
        if len(ids) > FORMS_MAX:
            raise FormCountError(gettext(
                    'hazard_report.msg_form_count', limit=FORMS_MAX,
                    count=len(ids)))
        return super().execute(ids, data)

    @classmethod
    def get_context(cls, records, header, data):
        context = super().get_context(records, header, data)
        context.update({
                'label': get_label,
                'money': get_money,
                'person': get_people(),
                })
        return context


class Card(Form):
    __name__ = 'hazard.card'

    @classmethod
    def get_context(cls, records, header, data):
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        context = super().get_context(records, header, data)
        zone = get_zone(context['company'])
        # As themselves, since dictionaries need their identity
        hazards = Hazard.browse([int(r) for r in records])
        stages = [find_by_hazard(n, hazards) for n in STAGES]
        photos = find_by_hazard('hazard.photo', hazards)
        events = find_by_hazard(
            'hazard.event', hazards, order=[('sequence', 'ASC')])
        context.update({
                'records': hazards,
                'stages': lambda hazard: get_stages(
                    chain.from_iterable(s[hazard] for s in stages), zone,
                    context['person']),
                'events': events.get,
                'note': get_note,
                'photos': lambda hazard: get_photos(photos[hazard]),
                'qr': get_qr,
                })
        return context


class FourFixCard(Form):
    __name__ = 'hazard.four_fix.card'

    @classmethod
    def get_context(cls, records, header, data):
        context = super().get_context(records, header, data)
        person = context['person']
        context.update({
                'title': get_formula_title,
                'recheck': get_recheck,
                'checkers': lambda four_fix: get_checkers(four_fix, person),
                })
        return context


class ExtensionForm(Form):
    __name__ = 'hazard.extension.form'


class PlanDocument(Form):
    __name__ = 'hazard.plan.document'


class AcceptanceDocument(Form):
    __name__ = 'hazard.acceptance.document'

    @classmethod
    def get_context(cls, records, header, data):
        context = super().get_context(records, header, data)
        zone = get_zone(context['company'])
        person = context['person']
        context.update({
                'plan': get_plan,
                'plan_text': lambda r: get_plan_text(r, zone, person),
                'recheck_text': lambda r: get_recheck_text(r, zone, person),
                'outside_text': get_outside_text,
                'second_label': get_second_label,
                })
        return context


def get_formula_title(four_fix):
    "Return the title, which the formula of the company gives."
    Configuration = Pool().get('hazard.configuration')
    formula = Configuration.settings(four_fix.company)['formula']
    return gettext(f'hazard_report.msg_four_fix_title_{formula}')


def get_recheck(four_fix):
    "Return the last recheck of the round, if there is one to be read."
    rechecks = find('hazard.recheck', [
            ('hazard', '=', four_fix.hazard.id),
            ('round', '=', four_fix.round),
            ('state', 'in', ['passed', 'failed'])])
    return rechecks[-1] if rechecks else None


def get_checkers(four_fix, person):
    "Return the names of who rechecked."
    recheck = get_recheck(four_fix)
    if not recheck:
        return ''
    return SPACE.join(
        person(recheck, e)
        for e in [recheck.checked_by, recheck.second_checker] if e)


def get_plan(acceptance):
    "Return the plan that was approved, if there is one to be read."
    for plan in find('hazard.plan', [
                ('hazard', '=', acceptance.hazard.id),
                ('state', '=', 'approved')]):
        return plan


def get_plan_text(acceptance, zone, person):
    plan = get_plan(acceptance)
    return gettext(
        'hazard_report.msg_acceptance_plan',
        employee=(
            person(plan, plan.approved_by) if plan.approved_by else ''),
        time=format_moment(plan.approved_at, zone),
        day=format_day(plan.finish_on, zone))


def get_recheck_text(acceptance, zone, person):
    "Return by whom it was rechecked when, and the opinion."
    recheck, = find('hazard.recheck', [
            ('id', '=', acceptance.recheck and acceptance.recheck.id),
            ]) or [None]
    if not recheck:
        return ''
    people = [recheck.checked_by]
    if recheck.second_at:
        people.append(recheck.second_checker)
    return gettext(
        'hazard_report.msg_acceptance_recheck',
        people=gettext('hazard_report.msg_acceptance_and').join(
            person(recheck, p) for p in people if p),
        time=format_moment(recheck.checked_at, zone),
        opinion=recheck.reason or '')


def get_outside_text(acceptance):
    return SPACE.join(filter(None, [
                acceptance.outside_body, acceptance.outside_title,
                acceptance.outside_name]))


def get_second_label(acceptance):
    return gettext(
        'hazard_report.msg_acceptance_sign_outside' if acceptance.outside
        else 'hazard_report.msg_acceptance_sign_second')


def get_label(record, name):
    "Return the label of the field in the language of the document."
    return record.__names__(name)['field']


def get_money(value):
    "Return the amount in figures and in capital characters."
    if value is None:
        return ''
    return gettext(
        'hazard_report.msg_card_money', amount=format_amount(value),
        capital=capital_amount(value))


def get_note(event):
    "Return what the event tells besides what its stage already does."
    if event.note and event.action not in TOLD:
        return event.note
    if event.hours is None:
        return ''
    return gettext('hazard_report.msg_card_hours', hours=event.hours)


def get_qr(record):
    "Return the code that opens the record in the web client."
    return (
        generate_png(record.__href__, box_size=6, border=1), 'image/png',
        '16mm', '16mm')


def get_people():
    """Return a function that tells the name of an employee on a document.

    It is the one that he bore when it was recorded of the hazard, or of what
    belongs to it, else the one of today.
    """
    Event = Pool().get('hazard.event')
    known = {}

    def person(record, employee):
        hazard = getattr(record, 'hazard', record).id
        if hazard not in known:
            known[hazard] = Event.read_people(hazard)
        return known[hazard].get(employee.id) or employee.rec_name
    return person


def get_stages(stages, zone, person):
    "Return what was done about the hazard, in the order of time."
    return [
        get_stage(s, zone, person) for s in sorted(stages, key=opened_at)
        if s.state != 'cancelled' and not (
            s.__name__ == 'hazard.extension' and s.state == 'draft')]


def opened_at(stage):
    if stage.__name__ == 'hazard.extension':
        return stage.requested_at or stage.create_date
    return stage.opened_at


def get_stage(stage, zone, person):
    at, by, (first, *names) = STAGES[stage.__name__]
    employee = getattr(stage, by)
    facts = [
        gettext(
            'hazard_report.msg_card_fact', label=get_label(stage, n),
            text=text)
        for n in names if (text := format_value(stage, n, zone, person))]
    return SimpleNamespace(
        round=getattr(stage, 'round', None),
        name=stage.__names__()['model'],
        text=format_value(stage, first, zone, person),
        facts=SPACE.join(facts),
        person=(
            person(stage, employee) if employee else stage.state_string),
        time=format_moment(getattr(stage, at), zone))


def format_value(record, name, zone, person):
    "Return the value of the field as the document tells it, '' for none."
    value = getattr(record, name)
    field = record._fields[name]
    type_ = field._type
    if value and is_person(field):
        return person(record, value)
    if type_ == 'many2one':
        return value.rec_name if value else ''
    if type_ == 'selection':
        return getattr(record, f'{name}_string')
    if type_ == 'numeric':
        return format_amount(value) if value else ''
    if type_ == 'datetime':
        return format_moment(value, zone)
    return value or ''


def get_photos(photos):
    """Return those before and after as two lists of images with sizes.

    The first ones show how it was found, the last ones how it is now.
    """
    before = [p for p in photos if p.stage == 'found']
    after = [p for p in photos if p.stage in {'on_site', 'rectified'}]
    return (
        [get_image(p, PHOTO) for p in before[:PHOTOS]],
        [get_image(p, PHOTO) for p in after[-PHOTOS:]])
