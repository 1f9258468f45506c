# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What is hung out for the workers of a unit."

import datetime as dt

from trytond.i18n import gettext
from trytond.model import fields
from trytond.pool import Pool
from trytond.wizard import Button, StateReport, StateView, Wizard

from ..engine.document import Document, format_day, format_short_day, get_zone
from ..engine.print_context import DocumentFormatMixin, PeriodMixin, UnitMixin
from ..engine.readable import find
from ..engine.records_mixin import RecordsMixin
from ..exceptions import PublicationPrintError
from ..loop.card import SPACE

__all__ = [
    'PublicationPrint', 'PublicationPrintStart', 'PublicationTable']

# Of the measures, which stand before the approved plan and after it
MEASURES = [
    ('hazard.plan', 'approved', 'methods'),
    ('hazard.four_fix', 'confirmed', 'measures')]


class PublicationTable(RecordsMixin, Document):
    __name__ = 'hazard.publication.table'
    _model = 'hazard.publication'

    @classmethod
    def get_file_name(cls, action, ids, data, title):
        Publication = Pool().get('hazard.publication')
        units = {p.unit for p in Publication.browse(ids)}
        names = [action.name]
        if len(units) == 1:
            names.append(units.pop().rec_name)
        names.append(cls.get_file_day(ids, data).isoformat())
        return '-'.join(names)

    @classmethod
    def get_context(cls, records, header, data):
        Publication = Pool().get('hazard.publication')
        context = super().get_context(records, header, data)
        publications = [
            p for p in Publication.browse([int(r) for r in records])
            if p.state != 'cancelled']
        if not publications:
            raise PublicationPrintError(gettext(
                    'hazard_report.msg_publication_print_none'))
        zone = get_zone(context['company'])
        context['sheets'] = [
            get_sheet(unit, group, data, zone)
            for unit, group in group_by_unit(publications)]
        return context


class PublicationPrint(Wizard):
    __name__ = 'hazard.publication.print'

    start_state = 'start'
    start = StateView(
        'hazard.publication.print.start',
        'hazard_report.publication_print_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Print", 'print_', 'tryton-print', default=True),
            ])
    print_ = StateReport('hazard.publication.table')

    def do_print_(self, action):
        start = self.start
        publications = find('hazard.publication', start.get_domain())
        if not publications:
            raise PublicationPrintError(gettext(
                    'hazard_report.msg_publication_print_none'))
        return action, {
            'ids': [p.id for p in publications],
            'format': start.format,
            'from_date': start.from_date,
            'to_date': start.to_date,
            }


class PublicationPrintStart(UnitMixin, PeriodMixin, DocumentFormatMixin):
    __name__ = 'hazard.publication.print.start'

    draft = fields.Boolean(
        "With What Is to Be Published",
        help="Check to print what is to be hung out too.")

    @classmethod
    def default_draft(cls):
        return True

    def get_domain(self):
        "Return the domain of what was shown within the days."
        shown = [
            ('state', 'in', ['published', 'removed']),
            ('from_date', '<=', self.to_date),
            ['OR', ('to_date', '=', None), ('to_date', '>=', self.from_date)],
            ]
        domain = [
            ('company', '=', self.company.id),
            ['OR', shown, ('state', '=', 'draft')] if self.draft else shown,
            ]
        if self.unit:
            domain.append(('unit', 'child_of', [self.unit.id], 'parent'))
        return domain


def group_by_unit(publications):
    "Return the units with their publications, in the order of the units."
    groups = {}
    for publication in publications:
        groups.setdefault(publication.unit, []).append(publication)
    return sorted(groups.items(), key=lambda g: (g[0].rec_name, g[0].id))


def get_sheet(unit, publications, data, zone):
    "Return what the template shows of the publications of the unit."
    publications = sorted(
        publications, key=lambda p: (p.from_date or dt.date.max, p.id))
    hazards = [p.hazard for p in publications]
    major = all(h.grade.legal_class == 'major' for h in hazards)
    measures = get_measures(hazards)
    return {
        'title': gettext(
            'hazard_report.msg_publication_title_major' if major
            else 'hazard_report.msg_publication_title'),
        'about': get_about(unit, publications, data, zone),
        'lines': [
            get_line(position, publication, measures, zone)
            for position, publication in enumerate(publications, 1)],
        }


def get_about(unit, publications, data, zone):
    "Return whose workers are told, and since when or of which days."
    days = [p.from_date for p in publications if p.from_date]
    first = data.get('from_date') or min(days, default=None)
    last = data.get('to_date')
    texts = [gettext(
            'hazard_report.msg_publication_unit', unit=unit.rec_name)]
    if first and last:
        texts.append(gettext(
                'hazard_report.msg_publication_days',
                first=format_day(first, zone), last=format_day(last, zone)))
    elif first:
        texts.append(gettext(
                'hazard_report.msg_publication_since',
                first=format_day(first, zone)))
    return SPACE.join(texts)


def get_measures(hazards):
    "Return what is done about the hazards, as far as one may read it."
    measures = {}
    for model, state, name in MEASURES:
        for record in find(model, [
                    ('hazard', 'in', [h.id for h in hazards]),
                    ('state', '=', state)]):
            measures[record.hazard] = getattr(record, name)
    return measures


def get_line(position, publication, measures, zone):
    hazard = publication.hazard
    criterion = hazard.criterion
    responsible = hazard.responsible
    return {
        'position': position,
        'number': hazard.number,
        'place': hazard.place.rec_name,
        'hazard': '\n'.join(filter(None, [
                    hazard.description,
                    criterion and ' '.join(
                        [criterion.citation, criterion.name])])),
        'responsible': '\n'.join(filter(None, [
                    hazard.unit.rec_name,
                    responsible and responsible.rec_name])),
        'measures': measures.get(hazard, ''),
        'deadline': format_short_day(hazard.deadline, zone),
        'state': hazard.state_string,
        'shown': '\n'.join(filter(None, [
                    publication.where,
                    format_short_day(publication.from_date, zone),
                    get_reach(publication)])),
        }


def get_reach(publication):
    "Return how many of those whom it is meant for know."
    if not publication.acknowledged:
        return ''
    return gettext(
        'hazard_report.msg_publication_reach',
        acknowledged=publication.acknowledged, reach=publication.reach)
