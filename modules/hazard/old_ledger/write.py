# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Bringing in the checked hazards of an old ledger.

Each is written in the state that it has reached, with the stages that the
ledger tells of and one event; nothing goes through the steps of the loop,
which know only the time of the server.
"""
from collections import defaultdict

from trytond.i18n import gettext
from trytond.modules.safety_base.clock import company_zone, local_day
from trytond.modules.safety_base.spreadsheet import compare_key
from trytond.modules.safety_base.workflow import now
from trytond.pool import Pool
from trytond.tools import grouped_slice
from trytond.transaction import inactive_records

from ..loop import notice
from .state import WAITING, StateChoice

# A browse slows down with the square of its records
SLICE = 200


class LedgerWrite:
    """Write the entries of a ledger.

    run is the record of the import, employee the id of who imports.
    """

    def __init__(self, company, entries, run, employee):
        pool = Pool()
        self.company = company
        self.zone = company_zone(company)
        self.entries = sorted(entries, key=lambda e: e.get('found_at'))
        self.run = run
        self.employee = employee
        self.not_told = gettext('hazard.msg_ledger_not_told')
        self.now = now()
        self.Hazard = pool.get('hazard.hazard')
        self.choice = StateChoice(company, self.entries, self.now)
        self.grades = self.choice.grades
        self.counts = defaultdict(int)
        self.waiting = defaultdict(list)
        # The ids of the new places and units by model
        self.made = {}

    def write(self):
        "Write the entries and tell who must act on what is still open."
        self._create_places_and_units()
        for entry in self.entries:
            self._choose_state(entry)
        self._number()
        for entries in grouped_slice(self.entries, SLICE):
            self._write(list(entries))
        self._link_recurrences()
        for stages in self.waiting.values():
            notice.work_waiting([s for s in stages if s.due_at])

    def _create_places_and_units(self):
        pool = Pool()
        Unit = pool.get('safety.unit')
        self._create_missing('safety.unit', 'unit', {
                'kind': 'team',
                'parent': Unit.get_mine(self.company),
                })
        self._create_missing('hazard.place', 'place', {})

    def _create_missing(self, model, name, values):
        "Create the records of the texts that the entries have instead of ids."
        pool = Pool()
        Model = pool.get(model)
        texts = {}
        for entry in self.entries:
            if isinstance(text := entry.get(name), str):
                texts.setdefault(compare_key(text), text)
        made = self._revive(Model, name)
        records = Model.create([
                {'name': t, 'company': self.company.id, **values}
                for t in texts.values()])
        self.made[model] = [*made, *map(int, records)]
        ids = dict(zip(texts, map(int, records)))
        for entry in self.entries:
            if isinstance(text := entry.get(name), str):
                entry.values[name] = ids[compare_key(text)]
        self.counts[f'{name}s'] = len(ids)

    def _revive(self, Model, name):
        "Use again what an undone import had made, and return the ids."
        pool = Pool()
        Ledger = pool.get('hazard.ledger')
        undone = Ledger.find_undone(self.company, Model.__name__)
        with inactive_records():
            records = [r for r in Model.browse(sorted(
                        undone & {e.get(name) for e in self.entries}))
                if not r.active]
        Model.write(records, {'active': True})
        return [r.id for r in records]

    def _choose_state(self, entry):
        entry.round = 2 if entry.stage == 'failed' else 1
        entry.state = self.choice.choose(entry)
        if entry.state in WAITING:
            self.counts['open'] += 1

    def _number(self):
        pool = Pool()
        Numbering = pool.get('hazard.numbering')
        years = defaultdict(list)
        for entry in self.entries:
            day = local_day(entry.get('found_at'), self.zone)
            years[day.year].append(entry)
        for year, entries in years.items():
            numbers = Numbering.get_many(
                self.company, year, len(entries), imported=True)
            for entry, number in zip(entries, numbers):
                entry.number = number

    def _write(self, entries):
        pool = Pool()
        Event = pool.get('hazard.event')
        Plan = pool.get('hazard.plan')
        hazards = self.Hazard.create([self._hazard(e) for e in entries])
        for entry, hazard in zip(entries, hazards):
            entry.hazard = hazard
        self._write_stages(entries)
        Plan.prepare([e.hazard for e in entries if e.state == 'four_fix'])
        Event.append([{
                    'hazard': e.hazard,
                    'action': 'import',
                    'to_state': e.state,
                    'note': self._where(e),
                    } for e in entries])
        self.counts['hazards'] += len(entries)

    def _where(self, entry):
        return gettext(
            'hazard.msg_ledger_where', file=self.run.file_name,
            sheet=entry.table.sheet.name, row=entry.row)

    def _hazard(self, entry):
        pool = Pool()
        ModelData = pool.get('ir.model.data')
        names = [
            'found_at', 'shift', 'place', 'unit', 'grade', 'discipline',
            'category', 'check_item', 'on_site_measures', 'closed_at']
        texts = entry.texts
        found_by, responsible = entry.get('found_by'), entry.get('responsible')
        return {
            **{n: entry.get(n) for n in names},
            'company': self.company.id,
            'number': entry.number,
            'found_by': found_by.id if found_by else self.employee,
            'description': entry.description,
            'handling': entry.handling,
            'on_site_at': (
                entry.get('rectified_at') or entry.get('closed_at')
                if entry.handling == 'on_site' else None),
            'source': ModelData.get_id('hazard', 'source_historical'),
            'inspected_by': texts.get('inspected_by') or None,
            'round': entry.round,
            'responsible': (
                responsible.id
                if responsible and entry.state != 'four_fix' else None),
            'deadline': self._deadline(entry),
            'archived_at': self.now if entry.state == 'archived' else None,
            'state': entry.state,
            'imported': True,
            'ledger': self.run.id,
            'ledger_number': texts.get('number') or None,
            'ledger_found_by': None if found_by else (
                texts.get('found_by') or self.not_told),
            'ledger_responsible': texts.get('responsible') or None,
            'ledger_checked_by': texts.get('checked_by') or None,
            'ledger_text': f'{self._where(entry)}\n{entry.text}',
            'ledger_fingerprint': entry.fingerprint,
            }

    def _deadline(self, entry):
        grade = self.grades[entry.get('grade')]
        if entry.state == 'four_fix' and grade.plan_required:
            return None
        if entry.state == 'four_fix' and not entry.get('deadline'):
            return self._later(grade, grade.rectify_hours)
        return entry.get('deadline')

    def _later(self, grade, hours):
        return grade.later(self.now, hours, self.company)

    def _write_stages(self, entries):
        "Create the stages that have ended and then those that wait."
        loop = [e for e in entries if e.handling == 'four_fix']
        ended = [
            e for e in loop if e.state != 'four_fix' or e.round > 1]
        for entry, four_fix in zip(ended, self._create('four_fix', [
                        self._four_fix(e, 'confirmed') for e in ended])):
            entry.four_fix = four_fix
        rectified = [
            e for e in ended
            if e.state != 'rectification' and _is_rectified(e)]
        for entry, rectification in zip(
                rectified, self._create('rectification', [
                        self._rectification(e) for e in rectified])):
            entry.rectification = rectification
        self._create('recheck', [
                self._recheck(e) for e in entries if _is_checked(e)])
        for name, state in [
                ('four_fix', 'four_fix'), ('rectification', 'rectification'),
                ('recheck', 'recheck')]:
            self.waiting[name] += self._create(name, [
                    getattr(self, f'_waiting_{name}')(e)
                    for e in entries if e.state == state])

    @staticmethod
    def _create(name, vlist):
        return Pool().get(f'hazard.{name}').create(vlist)

    def _stage(self, entry, state, **values):
        "Return the values of a stage that has ended or waits from now on."
        waits = state == 'draft'
        return {
            'hazard': entry.hazard.id,
            'company': self.company.id,
            'unit': entry.get('unit'),
            'round': entry.round if waits else 1,
            'opened_at': self.now if waits else entry.get('found_at'),
            'state': state,
            **values}

    def _four_fix(self, entry, state, **values):
        supervisor = entry.get('supervisor')
        responsible = entry.get('responsible')
        values = {
            'responsible': responsible.id if responsible else None,
            'deadline': entry.get('deadline'),
            **values}
        return self._stage(
            entry, state,
            measures=entry.texts.get('measures') or None,
            funding=entry.get('funding'),
            emergency_plan=entry.texts.get('emergency_plan') or None,
            supervisor=supervisor.id if supervisor else None,
            **values)

    def _waiting_four_fix(self, entry):
        grade = self.grades[entry.get('grade')]
        if grade.plan_required:
            values = {'due_at': None, 'deadline': None}
        else:
            values = {
                'due_at': self._later(grade, grade.four_fix_hours)}
            # A deadline that is past cannot be confirmed
            if (entry.get('deadline') or self.now) <= self.now:
                values['deadline'] = self._later(
                    grade, grade.rectify_hours)
        responsible = entry.get('responsible')
        if responsible and not responsible.active:
            values['responsible'] = None
        values = self._four_fix(entry, 'draft', **values)
        values['funding'] = values['funding'] or 0
        return values

    def _rectification(self, entry):
        responsible = entry.get('responsible')
        texts = entry.texts
        return self._stage(
            entry, 'done',
            four_fix=entry.four_fix.id,
            responsible=responsible.id if responsible else None,
            deadline=entry.get('deadline'),
            actions=(
                texts.get('actions') or texts.get('measures')
                or self.not_told),
            rectified_at=_rectified_at(entry),
            done_at=_rectified_at(entry))

    def _waiting_rectification(self, entry):
        return self._stage(
            entry, 'draft',
            four_fix=entry.four_fix.id,
            responsible=entry.get('responsible').id,
            deadline=entry.get('deadline'),
            due_at=entry.get('deadline'))

    def _recheck(self, entry):
        checker = entry.get('checked_by')
        return self._recheck_stage(
            entry, 'failed' if entry.stage == 'failed' else 'passed',
            reason=entry.texts.get('result') or None,
            checked_by=checker.id if checker else None,
            checked_at=entry.get('checked_at') or entry.get('closed_at'))

    def _waiting_recheck(self, entry):
        grade = self.grades[entry.get('grade')]
        return self._recheck_stage(
            entry, 'draft',
            due_at=self._later(grade, grade.recheck_hours))

    def _recheck_stage(self, entry, state, **values):
        rectification = getattr(entry, 'rectification', None)
        responsible = entry.get('responsible')
        return self._stage(
            entry, state,
            verifier=self.grades[entry.get('grade')].verifier,
            rectification=rectification.id if rectification else None,
            rectified_by=responsible.id if responsible else None,
            rectified_at=_rectified_at(entry),
            **values)

    def _link_recurrences(self):
        hazards = [e.hazard for e in self.entries if e.get('check_item')]
        for sub_hazards in grouped_slice(hazards, SLICE):
            sub_hazards = list(sub_hazards)
            self.Hazard._link_recurrences(sub_hazards)
            self.Hazard.save([h for h in sub_hazards if h.recurrence_of])


def _is_rectified(entry):
    return bool(entry.get('rectified_at') or (
            entry.texts.get('actions') and _rectified_at(entry)))


def _rectified_at(entry):
    "Return when it was rectified, at the latest when that was checked."
    for name in ['rectified_at', 'checked_at', 'closed_at']:
        if time := entry.get(name):
            return time


def _is_checked(entry):
    "Does the ledger tell of a recheck?"
    return entry.stage == 'failed' or (
        entry.stage == 'closed' and bool(
            entry.get('checked_at') or entry.texts.get('checked_by')))
