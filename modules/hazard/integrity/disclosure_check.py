# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Are the reports up and publications there that wait, or were cancelled?

Of those that were made events tell, as of all stages (stage_check.py).
"""

from trytond.i18n import gettext
from trytond.pool import Pool

from ..disclosure.filing import LAWFUL
from ..loop.steps import OPEN_STATES
from .problem_text import get_label, show
from .verification import Problem, fetch

FILING, PUBLICATION = 'hazard.filing', 'hazard.publication'
# Nothing else cancels them.
CANCELLING = {'return', 'cancel', 'undo'}


def read_grades():
    "Return by id what the grades ask for: the kinds by model."
    table = Pool().get('hazard.grade').__table__()
    names = ['id', 'report_up', 'legal_class', 'publish']
    return {
        g['id']: {
            FILING: sorted(LAWFUL) if (
                g['report_up'] and g['legal_class'] == 'major') else [],
            PUBLICATION: [None] if g['publish'] else [],
            } for g in fetch(
            table.select(*(getattr(table, n) for n in names)), names)}


def check_disclosures(rows, hazard, events):
    "Yield what is missing, or cancelled though nothing cancels it."
    disclosures = [
        (r, r.split(',')[0], s) for r, s in rows.stages.items()
        if r.startswith((f'{FILING},', f'{PUBLICATION},'))
        and s['hazard'] == hazard['id']]
    yield from _check_cancelled(hazard, events, disclosures)
    # What the law asks for is opened with the report, whatever the company
    # sets, and else by the job that reminds of open hazards.
    if (hazard['state'] not in OPEN_STATES or hazard['imported']
            or not events):
        return
    there = {
        (m, s['recipient'] if m == FILING else None)
        for _, m, s in disclosures if s['state'] != 'cancelled'}
    for model, kinds in rows.grades.get(hazard['grade'], {}).items():
        for kind in kinds:
            if (model, kind) not in there:
                yield _missing(hazard, model, kind)


def _check_cancelled(hazard, events, disclosures):
    last = max((
            e['at'].isoformat() for e in events
            if e['action'] in CANCELLING), default='')
    for reference, _, stage in disclosures:
        if stage['state'] == 'cancelled' and stage['opened_at'] > last:
            yield Problem(
                lambda reference=reference: gettext(
                    'hazard.msg_verify_disclosure_cancelled',
                    hazard=_name(hazard),
                    stage=Pool().get(reference.split(',')[0])
                    .__names__()['model']),
                reference, 'state', hazard['id'])


def _missing(hazard, model, kind):
    def told():
        name = Pool().get(model).__names__()['model']
        if kind:
            label = get_label(f'{model},0', 'recipient')
            name = (f'{name} ({label}: '
                f'{show(f"{model},0", "recipient", kind)})')
        return gettext(
            'hazard.msg_verify_disclosure_missing', hazard=_name(hazard),
            stage=name)
    return Problem(
        told, f'hazard.hazard,{hazard["id"]}',
        'filings' if model == FILING else 'publications', hazard['id'])


def _name(hazard):
    return hazard['number'] or hazard['id']
