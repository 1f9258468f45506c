# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Checking the rows of an old ledger before anything of it is written."

import dataclasses
import datetime as dt
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from trytond.i18n import gettext
from trytond.model import fields
from trytond.modules.safety_base.clock import company_zone
from trytond.modules.safety_base.spreadsheet import CellError, compare_key
from trytond.modules.safety_base.workflow import now
from trytond.pool import Pool
from trytond.tools import grouped_slice
from trytond.transaction import Transaction

from .heads import words
from .names import Names
from .row import STEPS, TIMES, Entry, Words, order_times, settle
from .text import (
    clean, fingerprint, parse_amount, parse_moment, split_numbered)

PEOPLE = ['found_by', 'responsible', 'supervisor', 'checked_by']
# What a hazard cannot be without, and what is left out if it is not known
REQUIRED = ['place', 'unit', 'grade', 'discipline']
OPTIONAL = ['shift', 'category', 'check_item']
# A major hazard closed later than this is not one of the past.
PAST = dt.timedelta(days=30)
# How many fingerprints are looked up at once
SLICE = 1_000


@dataclass
class Problem:
    "What is wrong, an error, or what is to be known, a note, about a cell."
    sheet: str
    row: int
    column: str
    value: str
    message: str
    kind: str = 'error'


@dataclass
class Options:
    split: bool = True
    create_places: bool = False
    create_units: bool = False

    def creates(self, name):
        return getattr(self, f'create_{name}s', False)


class LedgerCheck:
    """The hazards of the tables of an old ledger and their problems.

    columns are the fields by head, defaults the ids of records by field, and
    meanings the ids of records by field and text.
    """

    def __init__(self, company, tables, columns, defaults, meanings, options):
        self.company = company
        self.tables = tables
        self.columns = columns
        self.defaults = defaults
        self.options = options
        self.zone = company_zone(company)
        self.now = now()
        self.names = Names(company, meanings)
        self.words = Words(
            *(words(n) for n in ['passed', 'failed', 'on_site']))
        self.problems = []
        self.entries = []
        # By field and text, how many rows have what is not known
        self.unknown = Counter()
        self.rows = self.several = self.known = 0
        self._noted = set()
        self._stood = {}

    @property
    def errors(self):
        return [p for p in self.problems if p.kind == 'error']

    def run(self):
        for table in self.tables:
            columns = {
                self.columns[c.head]: c for c in table.columns
                if self.columns.get(c.head)}
            for number, cells in table.rows():
                self._check_row(table, columns, number, cells)
        self._drop_known()

    def _check_row(self, table, columns, number, cells):
        cells = {f: cells.get(c.number) for f, c in columns.items()}
        texts = {f: clean(v) for f, v in cells.items()}
        entry = Entry(
            table, number, columns, texts, self._whole(table, number))
        if not texts.get('description') and not texts.get('found_at'):
            return self.note(entry, None, 'skipped')
        self.rows += 1
        for name, value in cells.items():
            if isinstance(value, CellError):
                self.error(entry, name, 'cell_error')
        for name in ['description', 'found_at']:
            if not texts.get(name):
                self.error(entry, name, 'missing')
        self._check_times(entry, cells)
        for name in REQUIRED:
            entry.values[name] = self._find_required(entry, name)
        for name in OPTIONAL:
            entry.values[name] = self._find_optional(entry, name)
        self._check_item(entry)
        for name in PEOPLE:
            entry.values[name] = self._find_person(entry, name)
        self._check_funding(entry, cells)
        if not settle(entry, self.words):
            self.error(entry, 'state', 'closed_when')
        self._check_major(entry)
        self._add(entry)

    @staticmethod
    def _whole(table, number):
        cells = table.sheet.rows[number]
        texts = [(c.head, clean(cells.get(c.number))) for c in table.columns]
        return '\n'.join(f'{head}: {text}' for head, text in texts if text)

    def _problem(self, kind, entry, name, message, **variables):
        column = entry.columns.get(name)
        self.problems.append(Problem(
                *entry.key, column.label if column else '',
                entry.texts.get(name, ''),
                gettext(f'hazard.msg_ledger_{message}', **variables), kind))

    def error(self, entry, name, message, **variables):
        self._problem('error', entry, name, message, **variables)

    def note(self, entry, name, message, **variables):
        self._problem('note', entry, name, message, **variables)

    def note_once(self, entry, name, message, **variables):
        "Note what is the same in each row of the same text only once."
        key = message, name, compare_key(entry.texts[name])
        if key not in self._noted:
            self._noted.add(key)
            self.note(entry, name, message, **variables)

    def _check_times(self, entry, cells):
        moments = {}
        for name in TIMES:
            if not entry.texts.get(name):
                continue
            try:
                moments[name] = parse_moment(
                    cells[name], entry.table.sheet.epoch)
            except (ValueError, OverflowError):
                self.error(entry, name, 'date')
        times, wrong = order_times(moments, self.zone)
        for name in STEPS:
            if name in times and times[name] > self.now:
                self.error(entry, name, 'future')
        for name in wrong:
            self.error(entry, name, 'order')
        entry.values.update(times)

    def _find_required(self, entry, name):
        text = entry.texts.get(name)
        if not text:
            if not self.defaults.get(name):
                self.error(entry, name, 'missing')
            return self.defaults.get(name)
        found = self.names.find(name, text)
        if len(found) == 1:
            return next(iter(found))
        if found:
            self.error(entry, name, 'ambiguous')
        elif self.options.creates(name):
            self.note_once(entry, name, 'created')
            return ' '.join(text.split())
        else:
            self.error(entry, name, f'unknown_{name}')
        self.unknown[name, text] += 1

    def _find_optional(self, entry, name):
        if text := entry.texts.get(name):
            for id_ in self.names.find(name, text):
                return id_
            self.note_once(entry, name, 'left_out')

    def _check_major(self, entry):
        """Let nobody close a major hazard of today by a ledger.

        What was closed while the company worked here already must have gone
        its way here.
        """
        closed_at = entry.get('closed_at')
        if (entry.stage == 'closed' and entry.get('grade') in self._majors
                and closed_at >= self.now - PAST
                and self._began and closed_at >= self._began):
            self.error(
                entry, 'closed_at', 'major_closed', days=PAST.days)

    @cached_property
    def _majors(self):
        "The ids of the grades of major hazards."
        Grade = Pool().get('hazard.grade')
        with Transaction().set_context(active_test=False):
            return {g.id for g in Grade.search(
                    [('legal_class', '=', 'major')])}

    @cached_property
    def _began(self):
        "When the company first did more here than to bring in ledgers."
        Event = Pool().get('hazard.event')
        cursor = Transaction().connection.cursor()
        table = Event.__table__()
        cursor.execute(*table.select(
                table.at,
                where=(table.company == self.company.id)
                & (table.action != 'import'),
                order_by=[table.at.asc], limit=1))
        for at, in cursor:
            return at

    def _check_item(self, entry):
        "Leave out the check item of another discipline."
        discipline = self.names.disciplines.get(entry.get('check_item'))
        if (discipline and entry.get('discipline')
                and discipline != entry.get('discipline')):
            entry.values['check_item'] = None
            self.note(entry, 'check_item', 'other_discipline')

    def _find_person(self, entry, name):
        if text := entry.texts.get(name):
            if employee := self.names.employee(text):
                return employee
            self.note_once(entry, name, 'person')

    def _check_funding(self, entry, cells):
        if entry.texts.get('funding'):
            try:
                entry.values['funding'] = self.company.currency.round(
                    parse_amount(cells['funding']))
            except ValueError:
                self.note(entry, 'funding', 'amount')

    def _add(self, entry):
        "Add the hazards of the row that do not stand in the ledger before."
        text = entry.texts.get('description', '')
        parts = split_numbered(text)
        if len(parts) > 1:
            self.several += 1
            self.note(
                entry, 'description',
                'split' if self.options.split else 'several',
                count=len(parts))
        entry.whole = self._fingerprint(entry, text)
        entry.parts = [self._fingerprint(entry, p) for p in parts]
        hazards = [(text, entry.whole)]
        if self.options.split:
            hazards = zip(parts, entry.parts)
        for description, print_ in hazards:
            if print_ in self._stood:
                sheet, row = self._stood[print_]
                self.note(
                    entry, 'description', 'twice', sheet=sheet, row=row)
                continue
            self._stood[print_] = entry.key
            self.entries.append(dataclasses.replace(
                    entry, description=description, fingerprint=print_))

    def _fingerprint(self, entry, description):
        return fingerprint(
            entry.get('found_at'), entry.texts.get('place'), description)

    def _drop_known(self):
        "Leave out what was brought in before, whole or in parts."
        numbers = self._read_known({
                f for e in self.entries
                for f in [e.fingerprint, e.whole, *e.parts]})
        entries, self.entries = self.entries, []
        for entry in entries:
            if number := entry.known_as(numbers):
                self.known += 1
                self.note(entry, 'description', 'known', number=number)
            else:
                self.entries.append(entry)

    def _read_known(self, fingerprints):
        "Return the numbers of the hazards by those fingerprints that are."
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        cursor = Transaction().connection.cursor()
        table = Hazard.__table__()
        numbers = {}
        for sub_fingerprints in grouped_slice(list(fingerprints), SLICE):
            cursor.execute(*table.select(
                    table.ledger_fingerprint, table.number,
                    where=(table.company == self.company.id)
                    & fields.SQL_OPERATORS['in'](
                        table.ledger_fingerprint, list(sub_fingerprints))))
            numbers.update(cursor)
        return numbers
