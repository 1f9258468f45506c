# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The ledger of hazards, 隐患排查治理台账 in Chinese."

from collections import defaultdict

from sql.aggregate import Count

from trytond.i18n import gettext
from trytond.model import fields
from trytond.modules.hazard.loop.steps import OPEN_STATES
from trytond.modules.safety_base.clock import current_zone
from trytond.modules.safety_base.workflow import days_between, now
from trytond.pool import Pool
from trytond.pyson import Eval
from trytond.transaction import Transaction, without_check_access
from trytond.wizard import Button, StateReport, StateView

from ..engine.bulk_read import Names, find, latest, read_pages
from ..engine.document import Table, format_day, to_local
from ..engine.print_context import PeriodMixin, TableFormatMixin, period_domain
from ..engine.queued_print import LongPrintWizard
from ..engine.sheet import pieces, selection_texts

CLOSED_STATES = ['closed', 'archived']
LISTED_STATES = [*OPEN_STATES, *CLOSED_STATES, 'returned']
HAZARD = [
    'number', 'found_at', 'shift', 'place', 'discipline', 'category',
    'check_item', 'source', 'inspected_by', 'outside_finder', 'found_by',
    'member',
    'description', 'grade', 'criterion', 'legal_basis', 'handling', 'unit',
    'responsible', 'on_site_measures', 'on_site_at', 'deadline',
    'closed_at', 'round', 'imported', 'ledger_found_by',
    'ledger_responsible', 'ledger_checked_by', 'state']
FOUR_FIX = [
    'measures', 'responsible', 'deadline', 'funding', 'emergency_plan',
    'supervisor']
RECTIFICATION = ['rectified_at', 'done_by', 'state']
RECHECK = [
    'checked_at', 'checked_by', 'second_checker', 'state', 'round']
# How many narrow characters of long texts the template has in a line, and how
# many lines LibreOffice shows in a row
WIDTHS = {'description': 24, 'measures': 20, 'emergency_plan': 12}
LINES = 45
# The models whose names are shown, by field
REFERENCES = {
    'shift': 'safety.shift',
    'place': 'hazard.place',
    'discipline': 'hazard.discipline',
    'category': 'hazard.category',
    'check_item': 'hazard.check_item',
    'source': 'hazard.source',
    'grade': 'hazard.grade',
    'unit': 'safety.unit',
    }
# What cites the provision that is violated, by field
PROVISIONS = {
    'criterion': 'hazard.criterion',
    'legal_basis': 'hazard.legal_basis',
    }


class Ledger(Table):
    __name__ = 'hazard.ledger.table'
    repeated = 'sheets'

    @classmethod
    def _get_records(cls, ids, model, data):
        # They are read in pages.
        return []

    @classmethod
    def get_count(cls, ids, data):
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        return Hazard.search(cls.get_domain(ids, data), count=True)

    @classmethod
    def get_domain(cls, ids, data):
        "Return the domain of the hazards that the ledger lists."
        if ids:
            return [('id', 'in', list(ids))]
        domain = [
            ('company', '=', Transaction().context.get('company', -1)),
            period_domain('found_at', data['from_date'], data['to_date']),
            cls._state_domain(data.get('state') or 'all'),
            ]
        if unit := data.get('unit'):
            if data.get('sub_units'):
                domain.append(('unit', 'child_of', [unit], 'parent'))
            else:
                domain.append(('unit', '=', unit))
        for name in ['grade', 'discipline', 'source']:
            if values := data.get(f'{name}s'):
                domain.append((name, 'in', values))
        return domain

    @classmethod
    def _state_domain(cls, state):
        return {
            'all': [('state', 'in', LISTED_STATES)],
            'open': [('state', 'in', [*OPEN_STATES, 'returned'])],
            'overdue': [
                ('state', 'in', ['four_fix', 'rectification']),
                ('deadline', '<', now()),
                ],
            'closed': [('state', 'in', CLOSED_STATES)],
            'cancelled': [('state', '=', 'cancelled')],
            }[state]

    @classmethod
    def get_context(cls, records, header, data):
        context = super().get_context(records, header, data)
        ids = data.get('ids') or []
        domain = cls.get_domain(ids, data)
        context['sheets'] = cls._get_sheets(domain, data)
        context['period'] = cls._get_period(ids, data)
        return context

    @classmethod
    def _get_period(cls, ids, data):
        if ids or not data.get('from_date'):
            return ''
        zone = current_zone()
        return gettext(
            'hazard_report.msg_document_period',
            from_date=format_day(data['from_date'], zone),
            to_date=format_day(data['to_date'], zone))

    @classmethod
    def _get_sheets(cls, domain, data):
        pool = Pool()
        Company = pool.get('company.company')
        Unit = pool.get('safety.unit')
        counts = count_hazards(domain)
        names = Names()
        paged = data.get('format') == 'pdf'
        if not data.get('per_unit'):
            if data.get('unit'):
                label = Unit(data['unit']).rec_name
            else:
                company = Transaction().context.get('company')
                label = Company(company).rec_name if company else ''
            return [Sheet(
                    gettext('hazard_report.msg_ledger_sheet'), label, domain,
                    merge(counts.values()), names, paged)]
        units = names.load('safety.unit', counts)
        return [
            Sheet(
                units[unit], units[unit], [domain, ('unit', '=', unit)],
                counts[unit], names, paged)
            for unit in sorted(counts, key=lambda u: units[u] or '')
            ] or [Sheet(
                gettext('hazard_report.msg_ledger_sheet'), '', domain, {},
                names)]


class Sheet:
    "The hazards of a unit, or of all of them, as the template shows them."

    def __init__(self, name, unit, domain, counts, names, paged=False):
        self.name = name
        self._paged = paged
        self.unit = unit
        self.total = sum(counts.values())
        self._domain = domain
        self._counts = counts
        self._names = names

    @property
    def rows(self):
        ids = find(
            'hazard.hazard', self._domain,
            order=[('found_at', 'ASC'), ('id', 'ASC')])
        rows = ledger_rows(ids, self._names)
        return continued(rows) if self._paged else rows

    @property
    def by_grade(self):
        return self._summarize('grade', 0)

    @property
    def by_state(self):
        return self._summarize('state', 1)

    def _summarize(self, name, index):
        totals = defaultdict(int)
        for key, number in self._counts.items():
            totals[key[index]] += number
        if name == 'state':
            labels = selection_texts('hazard.hazard', 'state')
            order = list(labels)
        else:
            labels = self._names.load('hazard.grade', totals)
            order = find('hazard.grade', [('active', 'in', [True, False])])
        return [
            Total(labels[key], totals[key])
            for key in sorted(totals, key=order.index)]


class Total:

    def __init__(self, name, count):
        self.name = name
        self.count = count


def count_hazards(domain):
    "Return the numbers of hazards by grade and state by unit."
    pool = Pool()
    Hazard = pool.get('hazard.hazard')
    cursor = Transaction().connection.cursor()
    table = Hazard.__table__()
    query = Hazard.search(domain, order=[], query=True)
    cursor.execute(*table.select(
            table.unit, table.grade, table.state, Count(table.id),
            where=table.id.in_(query),
            group_by=[table.unit, table.grade, table.state]))
    counts = defaultdict(dict)
    for unit, grade, state, number in cursor:
        counts[unit][grade, state] = number
    return counts


def merge(counts):
    "Return the sums of the numbers under the same key."
    result = defaultdict(int)
    for numbers in counts:
        for key, number in numbers.items():
            result[key] += number
    return result


def ledger_rows(ids, names):
    "Yield the row of each of the hazards."
    writer = _Rows(names)
    number = 0
    for page in read_pages('hazard.hazard', ids, HAZARD):
        for row in writer.write(page):
            number += 1
            row['sequence'] = number
            yield row


def continued(rows):
    "Yield the rows, those higher than a page as several."
    for row in rows:
        parts = {
            name: pieces(row[name], width, LINES)
            for name, width in WIDTHS.items() if row[name]}
        row.update((name, texts[0]) for name, texts in parts.items())
        yield row
        for index in range(1, max(map(len, parts.values()), default=1)):
            yield defaultdict(lambda: None, {
                    name: texts[index] for name, texts in parts.items()
                    if index < len(texts)})


def names_body(hazard):
    "Return whether it is known, or will never be, which body inspected."
    return bool(
        hazard['inspected_by'] or hazard['outside_finder']
        or hazard['imported'] or hazard['ledger_found_by'])


class _Rows:

    def __init__(self, names):
        self._names = names
        self._zone = current_zone()
        self._now = now()
        self._handlings = selection_texts('hazard.hazard', 'handling')
        self._verdicts = selection_texts('hazard.recheck', 'state')
        self._rounds = {}
        self._citations = {name: {} for name in PROVISIONS}
        self._mark = gettext('hazard_report.msg_ledger_imported_mark')
        self._unchecked = gettext('hazard_report.msg_statement_unchecked')

    def write(self, hazards):
        ids = [h['id'] for h in hazards]
        four_fixes = latest(
            'hazard.four_fix', 'hazard', ids,
            [('state', '=', 'confirmed')], FOUR_FIX)
        rectifications = latest(
            'hazard.rectification', 'hazard', ids,
            [('state', '=', 'done')], RECTIFICATION)
        rechecks = latest(
            'hazard.recheck', 'hazard', ids,
            [('state', 'in', ['passed', 'failed'])], RECHECK)
        labels = {
            name: self._names.load(model, {h[name] for h in hazards})
            for name, model in REFERENCES.items()}
        self._load_citations(hazards)
        bodies = self._load_bodies(hazards)
        employees = self._load_employees(
            hazards, four_fixes.values(), rectifications.values(),
            rechecks.values())
        kinds = self._load_kinds(hazards)
        for hazard in hazards:
            id_ = hazard['id']
            yield {
                **{n: labels[n][hazard[n]] for n in REFERENCES},
                **self._finding(hazard, employees, kinds),
                'inspected_by': bodies[id_],
                'violated': self._cite(hazard),
                **self._fixing(
                    hazard, four_fixes.get(id_, {}),
                    rectifications.get(id_, {}), employees),
                **self._checking(hazard, rechecks.get(id_, {}), employees),
                }

    def _load_citations(self, hazards):
        pool = Pool()
        for name, model in PROVISIONS.items():
            citations = self._citations[name]
            ids = {h[name] for h in hazards} - {None, *citations}
            for provision in pool.get(model).browse(list(ids)):
                citations[provision.id] = provision.citation

    def _cite(self, hazard):
        return '\n'.join(
            self._citations[name][hazard[name]] for name in PROVISIONS
            if hazard[name]) or None

    def _load_bodies(self, hazards):
        """Return the names of the bodies that inspected, by hazard.

        It is the unit of who found it where no other one is named.
        """
        pool = Pool()
        Employee = pool.get('company.employee')
        finders = {
            h['found_by'] for h in hazards if not names_body(h)} - {None}
        units = {
            e['id']: e['unit']
            for e in Employee.read(list(finders), ['unit'])}
        names = self._names.load('safety.unit', set(units.values()))
        return {
            h['id']: h['inspected_by'] if names_body(h)
            else names[units.get(h['found_by'])] for h in hazards}

    def _load_employees(self, *groups):
        ids = {
            row.get(name) for rows in groups for row in rows
            for name in [
                'found_by', 'responsible', 'supervisor', 'done_by',
                'checked_by', 'second_checker']}
        return self._names.load('company.employee', ids)

    @without_check_access
    def _load_kinds(self, hazards):
        "Return the roles, which all may read, by member, which not all may."
        pool = Pool()
        Member = pool.get('safety.member')
        members = {h['member'] for h in hazards} - {None}
        if not members:
            return {None: None}
        kinds = {
            m['id']: m['kind'] for m in Member.read(list(members), ['kind'])}
        names = self._names.load('safety.member.kind', set(kinds.values()))
        return {None: None, **{m: names[k] for m, k in kinds.items()}}

    def _finding(self, hazard, employees, kinds):
        finder = (
            hazard['outside_finder'] or hazard['ledger_found_by']
            or employees[hazard['found_by']])
        if kind := kinds[hazard['member']]:
            finder = gettext(
                'hazard_report.msg_ledger_finder', name=finder, kind=kind)
        number = hazard['number']
        if hazard['imported']:
            number = f'{number}{self._mark}'
        return {
            'number': number,
            'found_at': self._local(hazard['found_at']),
            'found_by': finder,
            'description': hazard['description'],
            'handling': self._handlings.get(hazard['handling']),
            }

    def _fixing(self, hazard, four_fix, rectification, employees):
        on_site = hazard['handling'] == 'on_site'
        rectified_at = rectification.get('rectified_at')
        measures = four_fix.get('measures')
        if on_site:
            rectified_at = rectified_at or hazard['on_site_at']
            measures = measures or hazard['on_site_measures']
        responsible = (
            hazard['responsible'] or four_fix.get('responsible')
            or (hazard['found_by'] if on_site else None))
        deadline = hazard['deadline']
        return {
            'responsible':
            hazard['ledger_responsible'] or employees[responsible],
            'measures': measures,
            'funding': four_fix.get('funding'),
            'deadline': self._local(deadline),
            'emergency_plan': four_fix.get('emergency_plan'),
            'supervisor': employees[four_fix.get('supervisor')],
            'rectified_at': self._local(rectified_at),
            'overdue_days': self._overdue(deadline, rectified_at, hazard),
            }

    def _overdue(self, deadline, rectified_at, hazard):
        if not rectified_at:
            if hazard['state'] not in OPEN_STATES:
                rectified_at = hazard['closed_at']
            if not rectified_at:
                rectified_at = self._now
        return days_between(deadline, rectified_at)

    def _checking(self, hazard, recheck, employees):
        if recheck:
            result = self._round(
                self._verdicts[recheck['state']], hazard['round'])
        elif hazard['state'] in CLOSED_STATES and not hazard['imported']:
            result = self._unchecked
        else:
            result = None
        checkers = filter(None, [
                employees[recheck.get('checked_by')],
                employees[recheck.get('second_checker')]])
        return {
            'checked_at': self._local(recheck.get('checked_at')),
            'checked_by': (
                hazard['ledger_checked_by'] or '\n'.join(checkers) or None),
            'result': result,
            'closed_at': self._local(hazard['closed_at']),
            }

    def _round(self, result, number):
        if number <= 1:
            return result
        key = result, number
        if key not in self._rounds:
            self._rounds[key] = gettext(
                'hazard_report.msg_ledger_round', result=result,
                round=number)
        return self._rounds[key]

    def _local(self, time):
        return None if time is None else to_local(time, self._zone)


class LedgerPrint(LongPrintWizard):
    __name__ = 'hazard.ledger.print'
    _model = 'hazard.hazard'

    start = StateView(
        'hazard.ledger.print.start',
        'hazard_report.hazard_ledger_print_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Make", 'choose', 'tryton-print', default=True),
            ])
    print_ = StateReport('hazard.ledger.table')

    def default_start(self, fields):
        return {'selected': len(self.selected)}


class LedgerPrintStart(PeriodMixin, TableFormatMixin):
    __name__ = 'hazard.ledger.print.start'

    _states = {
        'invisible': Eval('selected', 0) > 0,
        }

    selected = fields.Integer(
        "Selected Hazards", readonly=True,
        states={
            'invisible': Eval('selected', 0) <= 0,
            })
    unit = fields.Many2One(
        'safety.unit', "Responsible Unit", states=_states,
        domain=[
            ('company', '=', Eval('context', {}).get('company', -1)),
            ],
        help="Leave empty for all units.")
    sub_units = fields.Boolean(
        "With Sub-units", states={
            'invisible': (Eval('selected', 0) > 0) | ~Eval('unit'),
            })
    grades = fields.Many2Many(
        'hazard.grade', None, None, "Grades", states=_states,
        help="Leave empty for all grades.")
    disciplines = fields.Many2Many(
        'hazard.discipline', None, None, "Disciplines", states=_states,
        help="Leave empty for all disciplines.")
    sources = fields.Many2Many(
        'hazard.source', None, None, "Sources", states=_states,
        help="Leave empty for all sources.")
    state = fields.Selection([
            ('all', "All but cancelled"),
            ('open', "Open"),
            ('overdue', "Overdue"),
            ('closed', "Closed"),
            ('cancelled', "Cancelled"),
            ], "State", required=True, sort=False, states=_states)
    per_unit = fields.Boolean(
        "A Sheet per Unit",
        help="Check to get the hazards of each unit on a sheet of their own.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        for field in [cls.from_date, cls.to_date]:
            field.states['invisible'] = cls._states['invisible']

    @classmethod
    def default_sub_units(cls):
        return True

    @classmethod
    def default_state(cls):
        return 'all'
