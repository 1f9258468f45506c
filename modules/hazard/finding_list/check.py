# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Checking the rows of a workbook of findings before any is reported.

A finding is what is known when a hazard is reported. What comes after, its
rectification and closing, is left to the loop; what is closed already belongs
to an old ledger.
"""
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from trytond.model import fields
from trytond.modules.safety_base.clock import local_day
from trytond.modules.safety_base.spreadsheet import compare_key
from trytond.modules.safety_base.workflow import hours_later
from trytond.pool import Pool
from trytond.tools import grouped_slice
from trytond.transaction import Transaction, active_records, check_access

from ..loop.similar import LOOKED_AT, PROBABLE, Words, describe, find_alike
from ..loop.steps import OPEN_STATES
from ..old_ledger.check import LedgerCheck, Options
from ..old_ledger.mapping import MEANINGS
from ..old_ledger.names import Names

# More than these are no findings of some days
MOST = 500
# What is told only after the report
_LATER = [
    'number', 'responsible', 'measures', 'funding', 'deadline',
    'emergency_plan', 'supervisor', 'actions', 'rectified_at', 'result',
    'checked_by']
_DONE = ['closed_at', 'checked_at']
SLICE = 1_000


@dataclass
class FindingOptions(Options):
    outside: bool = False
    late_reason: str = None


class FindingNames(Names):
    "The records that can be chosen on a card, none put away."

    def __init__(self, company, meanings):
        super().__init__(company, meanings)
        self._active = {n: self._read_active(n) for n in MEANINGS}

    def _read_active(self, field):
        Model = Pool().get(MEANINGS[field])
        domain = []
        if field in self.named:
            domain = [('company', '=', self.company.id)]
        with active_records():
            return {r.id for r in Model.search(domain)}

    def find(self, field, text):
        return {
            i for i in super().find(field, text) if self.chosen(field, i)}

    def chosen(self, field, id_):
        "Can the record be chosen for the field?"
        return id_ in self._active.get(field, [id_])

    def persons(self, text):
        "Return the employees of the name who work here."
        return [
            e for e in self.employees.get(compare_key(text), []) if e.active]


class FindingCheck(LedgerCheck):
    _names_class = FindingNames

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        Configuration = Pool().get('hazard.configuration')
        self.lag = Configuration.settings(self.company)['entry_lag_hours']
        self.late = self.similar = 0
        self._asked = {}
        # What was chosen for an earlier workbook may be put away.
        self.defaults = {
            n: i for n, i in self.defaults.items() if self.names.chosen(n, i)}

    def offer(self):
        "Return the rows that are wrong or are reported already, it seems."
        rows = super().offer()
        for key, text in self._asked.items():
            rows.setdefault(key, (text, False))
        return rows

    def run(self):
        super().run()
        if len(self.entries) > MOST:
            self.error(
                self.entries[MOST], None, 'finding_many', count=MOST)
        else:
            self._point_out()

    def error(self, entry, name, message, **variables):
        if message in {'unknown_place', 'unknown_unit'}:
            # None is created on the way.
            message = f'finding_{message}'
        super().error(entry, name, message, **variables)

    # Of each row

    def _find_required(self, entry, name):
        if name == 'unit' and not entry.texts.get('unit'):
            if not (place := entry.get('place')):
                return None
            if unit := self._units.get(place):
                return unit
        return super()._find_required(entry, name)

    @cached_property
    def _units(self):
        "The ids of the responsible units by those of the places."
        Place = Pool().get('hazard.place')
        return {
            p.id: u.id for p in Place.search([
                    ('company', '=', self.company.id)])
            if (u := p.responsible_unit) and self.names.chosen('unit', u.id)}

    def _find_person(self, entry, name):
        if name != 'found_by':
            return
        if not (text := entry.texts.get('found_by')):
            return
        persons = self.names.persons(text)
        if len(persons) == 1:
            return persons[0]
        if entry.texts.get('inspected_by') or (
                self.options.outside and not persons):
            entry.values['outside_finder'] = ' '.join(text.split())
            self.note_once(entry, 'found_by', 'finding_outside')
        else:
            self.error(
                entry, 'found_by',
                'finding_persons' if persons else 'finding_person')

    def _settle(self, entry):
        if not (found_at := entry.get('found_at')):
            return
        said = {n: self._say(entry, n) for n in ['state', 'handling']}
        if 'on_site' in said.values():
            self._settle_on_site(entry)
        elif said['state'] in {'closed', 'rectified'} or any(
                entry.texts.get(n) for n in _DONE):
            self.error(entry, 'state', 'finding_closed')
        else:
            self._note_later(entry)
        if hours_later(found_at, self.lag) < self.now:
            self.late += 1
            if (self.options.late_reason or '').strip():
                entry.values['late_reason'] = self.options.late_reason
            else:
                self.error(
                    entry, 'found_at', 'finding_late', hours=self.lag)

    def _say(self, entry, name):
        "Return what the word of the row says, which has to be known."
        if text := entry.texts.get(name):
            if said := self.words.find(name, text):
                return said
            self.error(entry, name, f'unknown_{name}')
            self.unknown[name, text] += 1

    def _settle_on_site(self, entry):
        entry.handling = 'on_site'
        measures = entry.texts.get('actions') or entry.texts.get('measures')
        if not measures:
            self.error(entry, 'actions', 'finding_on_site')
        entry.values['on_site_measures'] = measures
        for name in ['rectified_at', 'checked_at', 'closed_at', 'found_at']:
            if at := entry.get(name):
                entry.values['on_site_at'] = at
                break

    def _note_later(self, entry):
        for name in _LATER:
            key = 'finding_later', name
            if entry.texts.get(name) and key not in self._noted:
                self._noted.add(key)
                self.note(entry, name, 'finding_later')

    def _check_major(self, entry):
        if entry.get('grade') in self._majors:
            self.error(entry, 'grade', 'finding_major')

    def _count_states(self):
        wrong = {(p.sheet, p.row) for p in self.errors}
        for entry in self.entries:
            if entry.key not in wrong:
                state = (
                    'closed' if entry.handling == 'on_site' else 'four_fix')
                self.states[state] += 1

    # What is here already

    def _drop_known(self):
        "Leave out what stands in an old ledger or was reported that day."
        super()._drop_known()
        reported = self._read_reported()
        entries, self.entries = self.entries, []
        for entry in entries:
            if number := reported.get(self._key(
                        entry.get('place'), entry.get('found_at'),
                        entry.description)):
                self.known += 1
                self.note(entry, 'description', 'known', number=number)
            else:
                self.entries.append(entry)

    def _key(self, place, found_at, description):
        day = local_day(found_at, self.zone) if found_at else None
        return place, day, compare_key(description or '')

    def _read_reported(self):
        "Return the numbers of the hazards by place, day and text."
        times = [t for e in self.entries if (t := e.get('found_at'))]
        if not times:
            return {}
        table = Pool().get('hazard.hazard').__table__()
        rows = self._select(
            table, ~table.state.in_(['draft', 'cancelled'])
            & (table.found_at >= hours_later(min(times), -24))
            & (table.found_at <= hours_later(max(times), 24)),
            table.found_at, table.description, table.number)
        return {
            self._key(place, at, text): number or ''
            for place, at, text, number in rows}

    def _select(self, table, where, *columns):
        "Return the columns of the hazards at the places of the findings."
        cursor, rows = Transaction().connection.cursor(), []
        places = {p for e in self.entries if (p := e.get('place'))}
        for sub_places in grouped_slice(list(places), SLICE):
            cursor.execute(*table.select(
                    table.place, *columns,
                    where=(table.company == self.company.id) & where
                    & fields.SQL_OPERATORS['in'](
                        table.place, list(sub_places)),
                    order_by=[table.id.asc]))
            rows.extend(cursor)
        return rows

    def _point_out(self):
        "Note which findings resemble open hazards at their places."
        Hazard = Pool().get('hazard.hazard')
        found = self._find_similar()
        hazards = {
            h.id: h for h in Hazard.browse([id_ for _, _, id_ in found])}
        with check_access():
            readable = {
                h.id for h in Hazard.search([('id', 'in', list(hazards))])}
        for entry, alike, id_ in found:
            self.similar += 1
            if alike >= PROBABLE:
                self._asked[entry.key] = entry.text
            self._add_problem(
                'note', entry, 'description',
                describe(hazards[id_], alike, id_ in readable))

    def _find_similar(self):
        "Return the entries with how alike and the id of what resembles them."
        Place = Pool().get('hazard.place')
        table = Pool().get('hazard.hazard').__table__()
        opened = defaultdict(list)
        for place, id_, text in self._select(
                table, table.state.in_(OPEN_STATES), table.id,
                table.description):
            opened[place].append((id_, text or ''))
        words = {
            p.id: Words.read(p.name) for p in Place.browse(list(opened))}
        others = {
            p: [(i, words[p].simplify(t)) for i, t in texts[-LOOKED_AT:]]
            for p, texts in opened.items()}
        found = []
        for entry in self.entries:
            if (place := entry.get('place')) in others:
                for alike, id_ in find_alike(
                        words[place], entry.description, others[place])[:1]:
                    found.append((entry, alike, id_))
        return found
