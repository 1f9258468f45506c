# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The rows of the daily and the monthly report, read in slices."

from trytond.i18n import gettext
from trytond.modules.hazard.loop.steps import OPEN_STATES
from trytond.pool import Pool
from trytond.tools import grouped_slice
from trytond.transaction import Transaction

from ..engine.document import to_local
from ..engine.sheet import listing, pieces, selection_texts
from .ledger import names_body
from .statistics import hazards

__all__ = ['read_rows']

SLICE = 500
# What of each stage a row shows, of the last one in these states
STAGES = {
    'hazard.four_fix': (['confirmed'], [
            'measures', 'supervisor.rec_name', 'confirmed_at']),
    'hazard.rectification': (['done'], [
            'rectified_at']),
    'hazard.recheck': (['passed', 'failed'], [
            'checked_at', 'checked_by.rec_name', 'second_checker.rec_name',
            'round', 'state']),
    }
HAZARD = [
    'number', 'state', 'found_at', 'handling', 'description', 'inspected_by',
    'on_site_measures', 'on_site_at', 'imported', 'outside_finder',
    'ledger_found_by',
    'ledger_responsible', 'ledger_checked_by',
    'found_by.rec_name', 'found_by.unit.rec_name', 'responsible.rec_name',
    'unit.rec_name', 'place.rec_name', 'grade.rec_name',
    'discipline.rec_name', 'category.rec_name']


def read_rows(period, units=None, widths=None):
    """Yield a dictionary for each hazard found in the period, oldest first.

    Hazards and stages that the user may not read are left out.  widths are
    those of the columns of long texts by name: a text that does not fit into
    a row goes on in rows that show nothing else.
    """
    cursor = Transaction().connection.cursor()
    cursor.execute(*hazards(
            period, 'found_at', units,
            order=[('found_at', 'ASC'), ('id', 'ASC')]))
    rows = _Rows(period.zone)
    for ids in grouped_slice([id_ for id_, in cursor.fetchall()], SLICE):
        for row in rows.read(list(ids)):
            yield from _continued(row, widths or {})


def _continued(row, widths):
    parts = {n: pieces(row[n], width) for n, width in widths.items()}
    yield {**row, **{n: texts[0] for n, texts in parts.items()}}
    for index in range(1, max(map(len, parts.values()), default=0)):
        yield {
            **dict.fromkeys(row),
            **{n: texts[index] for n, texts in parts.items()
                if index < len(texts)}}


def _name(values, field):
    "Return the name of what the field refers to, which may be nothing."
    target = values.get(f'{field}.')
    return target['rec_name'] if target else ''


def _last_stages(model, ids):
    "Return the values of the last ended stage of the model by hazard."
    pool = Pool()
    Stage = pool.get(model)
    states, names = STAGES[model]
    return {
        values['hazard']: values for values in Stage.search_read([
                ('hazard', 'in', ids),
                ('state', 'in', states),
                ], order=[('id', 'ASC')], fields_names=['hazard', *names])}


class _Rows:

    def __init__(self, zone):
        self.zone = zone
        self.number = 0
        self.states = selection_texts('hazard.hazard', 'state')
        self.verdicts = selection_texts('hazard.recheck', 'state')

    def read(self, ids):
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        stages = {m: _last_stages(m, ids) for m in STAGES}
        read = {v['id']: v for v in Hazard.read(ids, HAZARD)}
        for id_ in ids:
            self.number += 1
            yield self.row(read[id_], *(
                    stages[m].get(id_, {}) for m in STAGES))

    def local(self, time):
        return to_local(time, self.zone) if time else None

    def row(self, hazard, four_fix, rectification, recheck):
        found_at = self.local(hazard['found_at'])
        on_site = hazard['handling'] == 'on_site'
        return {
            'number': self.number,
            'found_on': found_at.date(),
            'found_by': (
                hazard['outside_finder'] or hazard['ledger_found_by']
                or _name(hazard, 'found_by')),
            'inspected_by': self.inspected_by(hazard),
            'unit': _name(hazard, 'unit'),
            'place': _name(hazard, 'place'),
            'grade': _name(hazard, 'grade'),
            'discipline': _name(hazard, 'discipline'),
            'category': _name(hazard, 'category'),
            'description': hazard['description'],
            'state': self.states[hazard['state']].lstrip('✗ '),
            'measures': (
                four_fix.get('measures') or hazard['on_site_measures']),
            'four_fixed_at': self.local(four_fix.get('confirmed_at')),
            'supervisor': _name(four_fix, 'supervisor'),
            'responsible': (
                hazard['ledger_responsible'] or _name(hazard, 'responsible')
                or (_name(hazard, 'found_by') if on_site else '')),
            'solved_at': self.local(
                rectification.get('rectified_at') or hazard['on_site_at']),
            'checked_at': self.local(recheck.get('checked_at')),
            'checker': hazard['ledger_checked_by'] or listing([
                    _name(recheck, 'checked_by'),
                    _name(recheck, 'second_checker')]),
            'verdict': self.verdict(hazard, recheck),
            'closed': gettext(
                'hazard_report.msg_statement_'
                + ('yes' if hazard['state'] in {'closed', 'archived'}
                    else 'no')),
            }

    @staticmethod
    def inspected_by(hazard):
        if names_body(hazard):
            return hazard['inspected_by'] or ''
        return _name(hazard.get('found_by.') or {}, 'unit')

    def verdict(self, hazard, recheck):
        if not recheck:
            if hazard['state'] in OPEN_STATES or hazard['imported']:
                return ''
            if hazard['state'] in {'closed', 'archived'}:
                return gettext('hazard_report.msg_statement_unchecked')
            return ''
        verdict = self.verdicts[recheck['state']]
        if recheck['round'] > 1:
            return gettext(
                'hazard_report.msg_statement_verdict',
                verdict=verdict, round=recheck['round'])
        return verdict
