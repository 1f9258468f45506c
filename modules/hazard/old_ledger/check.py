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
from trytond.modules.safety_base.clock import company_zone, local_day
from trytond.modules.safety_base.spreadsheet import CellError, compare_key
from trytond.modules.safety_base.words import words
from trytond.modules.safety_base.workflow import now
from trytond.pool import Pool
from trytond.tools import grouped_slice
from trytond.transaction import Transaction

from .names import Names
from .numbered import is_unclear, split_numbered
from .row import STEPS, TIMES, Entry, order_times, settle
from .state import STATES, StateChoice
from .state_words import STATE_WORDS, StateWords
from .text import (
    clean, fingerprint, parse_amount, parse_deadline, parse_moment)

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
    """What the user chose for the whole ledger.

    left_out tells of rows, by sheet and number, whether they are left out.
    """
    split: bool = True
    create_places: bool = False
    create_units: bool = False
    closed_day: str = None
    left_out: dict = dataclasses.field(default_factory=dict)

    def creates(self, name):
        return getattr(self, f'create_{name}s', False)


class LedgerCheck:
    """The hazards of the tables of an old ledger and their problems.

    columns are the fields by head, defaults the ids of records by field, and
    meanings the ids of records, or the words, by field and text.
    """
    _names_class = Names

    def __init__(self, company, tables, columns, defaults, meanings, options):
        self.company = company
        self.tables = tables
        self.columns = columns
        self.defaults = defaults
        self.options = options
        self.zone = company_zone(company)
        self.now = now()
        self.names = self._names_class(company, meanings)
        self.words = StateWords({
                k: m for k, m in meanings.items() if k[0] in STATE_WORDS})
        self.problems = []
        self.entries = []
        # By field and text, how many rows have what is not known
        self.unknown = Counter()
        self.rows = self.several = self.known = 0
        # By key of the row, its text and whether it is left out
        self.offered = {}
        self.closed_when = 0
        # How many hazards come in, by state
        self.states = dict.fromkeys(STATES, 0)
        self._at_once = words('hazard.msg_ledger_words_at_once')
        self._noted = set()
        self._stood = {}
        self._row_texts, self._last = {}, Counter()

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
        self._count_states()

    def _count_states(self):
        wrong = {(p.sheet, p.row) for p in self.errors}
        entries = [e for e in self.entries if e.key not in wrong]
        choice = StateChoice(self.company, entries, self.now)
        for entry in entries:
            self.states[choice.choose(entry)] += 1

    def offer(self):
        """Return the rows that can be left out: by key text and whether.

        Those that tell only one thing are best left out below the last row
        that tells of a hazard.
        """
        rows = dict(self.offered)
        for problem in self.errors:
            key = problem.sheet, problem.row
            text, note = self._row_texts[key]
            rows.setdefault(key, (
                    text, note and problem.row > self._last[problem.sheet]))
        return rows

    def _check_row(self, table, columns, number, cells):
        cells = {f: cells.get(c.number) for f, c in columns.items()}
        texts = {f: clean(v) for f, v in cells.items()}
        entry = Entry(
            table, number, columns, texts, self._whole(table, number))
        note = table.note(table.sheet.rows[number])
        if self._is_left_out(entry, bool(note)):
            return
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
        self._settle(entry)
        self._check_major(entry)
        self._add(entry)

    @staticmethod
    def _whole(table, number):
        cells = table.sheet.rows[number]
        texts = [(c.head, clean(cells.get(c.number))) for c in table.columns]
        return '\n'.join(f'{head}: {text}' for head, text in texts if text)

    def _is_left_out(self, entry, is_note):
        "Is the row no hazard, as it tells none or as people said?"
        texts, key = entry.texts, entry.key
        self._row_texts[key] = entry.text, is_note
        if not texts.get('description') and not texts.get('found_at'):
            self.note(entry, None, 'skipped')
        elif self.options.left_out.get(key):
            self.offered[key] = entry.text, True
            self.note(entry, None, 'row_left_out')
        elif is_note:
            self.error(entry, None, 'note')
        else:
            self._last[key[0]] = key[1]
            return False
        return True

    def _settle(self, entry):
        "Tell how far the hazard has come, or what has to be told first."
        if not entry.get('found_at'):
            return
        missing = settle(
            entry, self.words, self.options.closed_day, self.now)
        if missing in STATE_WORDS:
            self.error(entry, missing, f'unknown_{missing}')
        elif missing and missing in entry.unreadable:
            self.error(entry, missing, 'date')
        elif missing:
            self.closed_when += 1
            self.error(entry, 'state', 'closed_when')
        elif entry.taken:
            self.closed_when += 1
            day = local_day(entry.get(entry.taken), self.zone)
            self.note(entry, entry.taken, 'closed_day', day=day)
        for name in STATE_WORDS:
            text = entry.texts.get(name)
            if text and not self.words.find(name, text) and (
                    name != 'result' or missing == name):
                self.unknown[name, text] += 1
        self._check_unreadable(entry, missing)

    def _check_unreadable(self, entry, missing):
        "Note the dates that are none, unless they might tell of the state."
        for name, text in entry.unreadable.items():
            needed = (
                name in STEPS and entry.stage != 'closed' and not missing
                and not self.words.find('state', text)
                and not entry.texts.get('state'))
            if needed:
                self.error(entry, name, 'date')
            elif name != missing:
                self.note(entry, name, 'date_left_out')

    def _problem(self, kind, entry, name, message, **variables):
        self._add_problem(
            kind, entry, name,
            gettext(f'hazard.msg_ledger_{message}', **variables))

    def _add_problem(self, kind, entry, name, text):
        column = entry.columns.get(name)
        self.problems.append(Problem(
                *entry.key, column.label if column else '',
                entry.texts.get(name, ''), text, kind))

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
        moments, epoch = {}, entry.table.sheet.epoch
        for name in TIMES:
            if text := entry.texts.get(name):
                try:
                    moments[name] = parse_moment(cells[name], epoch)
                except (ValueError, OverflowError):
                    entry.unreadable[name] = text
        if entry.unreadable.pop('found_at', None):
            self.error(entry, 'found_at', 'date')
        if 'found_at' in moments and 'deadline' in entry.unreadable:
            day = parse_deadline(
                entry.texts['deadline'], moments['found_at'][0],
                self._at_once)
            if day:
                moments['deadline'] = day, None
                del entry.unreadable['deadline']
                self.note(entry, 'deadline', 'deadline_day', day=day)
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
            self.unknown[name, text] += 1
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
        elif is_unclear(text):
            self.note(entry, 'description', 'unclear')
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
