# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The record of a self-inspection and the statement that nothing was found."

import datetime as dt
from collections import Counter, defaultdict

from trytond.i18n import gettext
from trytond.modules.safety_base.clock import company_zone, local_day
from trytond.modules.safety_base.workflow import now
from trytond.pool import Pool

from ..engine.document import Document, format_day, format_moment
from ..engine.sheet import listing, selection_texts
from ..exceptions import ZeroReportError

# Rows for hazards in a form to fill in by hand
BLANKS = 4


class _InspectionDocument(Document):

    @classmethod
    def get_company(cls, ids, data):
        pool = Pool()
        Inspection = pool.get('hazard.inspection')
        for id_ in ids[:1]:
            return Inspection(id_).company
        return super().get_company(ids, data)

    @classmethod
    def get_context(cls, records, header, data):
        pool = Pool()
        Inspection = pool.get('hazard.inspection')
        context = super().get_context(records, header, data)
        context['inspections'] = [
            cls.get_inspection(i)
            for i in Inspection.browse([int(r) for r in records])]
        return context

    @classmethod
    def get_inspection(cls, inspection):
        "Return what the template shows of the inspection."
        zone = company_zone(inspection.company)
        return {
            'checklist': inspection.checklist.rec_name,
            'unit': inspection.unit.rec_name,
            'place': cls.get_place(inspection),
            'planned_on': format_day(inspection.planned_on, zone),
            'shift': cls.get_shift(inspection),
            'inspectors': listing(e.rec_name for e in inspection.inspectors),
            'stated_by': (
                inspection.stated_by.rec_name if inspection.stated_by else ''),
            }

    @classmethod
    def get_shift(cls, inspection):
        "Return the shift of the plan, else the one in which it began."
        Shift = Pool().get('safety.shift')
        shift = inspection.shift
        if not shift and inspection.started_at:
            shift = Shift.at(inspection.company.id, inspection.started_at)
        return shift.rec_name if shift else ''

    @classmethod
    def get_place(cls, inspection):
        return inspection.place.rec_name if inspection.place else ''

    @classmethod
    def get_results(cls, inspection):
        "Return the number of lines by result."
        return Counter(line.result for line in inspection.lines)


class InspectionRecord(_InspectionDocument):
    __name__ = 'hazard.inspection.record'

    @classmethod
    def get_context(cls, records, header, data):
        context = super().get_context(records, header, data)
        context['form_date'] = gettext(
            'hazard_report.msg_inspection_printed',
            date=format_day(
                dt.datetime.now(), company_zone(context['company'])))
        return context

    @classmethod
    def get_inspection(cls, inspection):
        zone = company_zone(inspection.company)
        values = super().get_inspection(inspection)
        hazards = cls.find_hazards(inspection)
        values.update({
                'day': ' '.join(
                    filter(None, [values['planned_on'], values['shift']])),
                'started': format_moment(inspection.started_at, zone),
                'done': format_moment(inspection.done_at, zone),
                'lines': cls.get_lines(inspection),
                'summary': cls.get_summary(inspection),
                'hazards': (
                    cls.get_hazards(hazards) or cls.get_blanks(inspection)),
                'finding': cls.get_finding(inspection, hazards),
                'note': (inspection.note or '').splitlines(),
                })
        return values

    @classmethod
    def find_hazards(cls, inspection):
        # The attribute would give them without access check
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        return Hazard.search([
                ('inspection', '=', inspection.id),
                ('state', '!=', 'cancelled'),
                ], order=[('id', 'ASC')])

    @classmethod
    def get_lines(cls, inspection):
        day = local_day(
            inspection.done_at or inspection.started_at or now(),
            company_zone(inspection.company))
        results = selection_texts('hazard.inspection.line', 'result')
        lines = inspection.lines
        if inspection.state == 'draft' and not lines:
            # The form to take along and to fill in by hand
            lines = inspection.checklist.lines
        return [{
                'number': number,
                'item': line.item.rec_name,
                'basis': ' '.join(filter(None, [
                            line.item.basis,
                            *cls.get_citations(line.item, day),
                            line.item.method])),
                'result': results.get(getattr(line, 'result', None)) or '',
                'note': getattr(line, 'note', None) or '',
                } for number, line in enumerate(lines, 1)]

    @staticmethod
    def get_citations(item, day):
        "Return what the item cites of the rules that are in force, by rule."
        articles = defaultdict(list)
        for basis in item.legal_bases:
            if basis.is_in_force(day):
                articles[basis.edition].append(basis.article)
        return [
            gettext(
                'hazard.msg_provision_citation',
                rule=edition.name, article=listing(cited))
            for edition, cited in articles.items()]

    @classmethod
    def get_summary(cls, inspection):
        results = cls.get_results(inspection)
        if not results or results[None]:
            return ''
        return gettext(
            'hazard_report.msg_inspection_summary',
            number=len(inspection.lines), ok=results['ok'],
            hazard=results['hazard'],
            not_applicable=results['not_applicable'])

    @classmethod
    def get_hazards(cls, hazards):
        states = selection_texts('hazard.hazard', 'state')
        return [{
                'position': position,
                'number': hazard.number or '',
                'description': hazard.description,
                'grade': hazard.grade.rec_name,
                'unit': hazard.unit.rec_name,
                'state': states[hazard.state].lstrip('✗ '),
                } for position, hazard in enumerate(hazards, 1)]

    @classmethod
    def get_blanks(cls, inspection):
        "Return the rows to fill in by hand while the inspection goes on."
        if inspection.state not in {'draft', 'running'}:
            return []
        names = ['position', 'number', 'description', 'grade', 'unit', 'state']
        return [dict.fromkeys(names, '')] * BLANKS

    @classmethod
    def get_finding(cls, inspection, hazards):
        "Return what is said instead of the table of hazards."
        zone = company_zone(inspection.company)
        if hazards:
            return ''
        if inspection.stated_at:
            return gettext(
                'hazard_report.msg_inspection_zero',
                employee=inspection.stated_by.rec_name,
                time=format_moment(inspection.stated_at, zone))
        if inspection.state == 'done':
            return gettext('hazard_report.msg_inspection_hidden')
        return ''


class ZeroReport(_InspectionDocument):
    __name__ = 'hazard.inspection.zero_report'

    @classmethod
    def get_inspection(cls, inspection):
        if not inspection.stated_at:
            raise ZeroReportError(gettext(
                    'hazard_report.msg_inspection_not_zero',
                    inspection=inspection.rec_name))
        zone = company_zone(inspection.company)
        results = cls.get_results(inspection)
        values = super().get_inspection(inspection)
        day = format_day(inspection.started_at, zone)
        values['stated_on'] = format_day(inspection.stated_at, zone)
        statement = gettext(
            'hazard_report.msg_zero_report_statement',
            day=day, unit=values['unit'], checklist=values['checklist'],
            place=values['place'] or values['unit'],
            inspectors=values['inspectors'] or values['stated_by'],
            number=len(inspection.lines), ok=results['ok'],
            not_applicable=results['not_applicable'])
        values.update({
                'addressee': gettext(
                    'hazard_report.msg_zero_report_addressee',
                    company=inspection.company.rec_name),
                'statement': [statement, gettext(
                        'hazard_report.msg_zero_report_liability',
                        employee=values['stated_by'],
                        time=format_moment(inspection.stated_at, zone))],
                'closing': gettext('hazard_report.msg_zero_report_closing'),
                })
        return values
