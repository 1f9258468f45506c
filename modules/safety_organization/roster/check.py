# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Reading a roster, checking its rows and matching them with the database"

import re
from collections import defaultdict
from dataclasses import dataclass, field

import stdnum.exceptions
from sql import Null
from sql.functions import Upper

from trytond.i18n import gettext
from trytond.modules.safety_base.spreadsheet import (
    Column, Error, compare_key, half_width)
from trytond.modules.safety_base.table_rows import read_rows
from trytond.modules.safety_base.words import languages, words
from trytond.pool import Pool
from trytond.tools import grouped_slice
from trytond.transaction import Transaction, inactive_records

from ..former_name import read_former_names
from ..party import (
    NATIONAL_ID, Replace, check_national_id, compact_phone, national_id_sex)

COLUMNS = [
    'unit', 'name', 'sex', 'national_id', 'mobile', 'trade', 'skill_level',
    'kind', 'shift', 'zone']
REQUIRED = {'unit', 'name', 'national_id', 'mobile'}
WIDTHS = {'national_id': 22, 'mobile': 15, 'unit': 16, 'zone': 18}
# How many records are looked up at once
SLICE = 500
_CHINESE = '[\u3400-\u9fff]'
# What the rows of the same person must have in common
_PERSON = ['name', 'sex', 'mobile', 'unit', 'trade', 'skill_level']


@dataclass
class Row:
    number: int
    texts: dict
    sheet: str = ''
    name: str = None
    sex: str = None
    national_id: str = None
    mobile: str = None
    # An id or, if the record has to be created, its name
    unit: object = None
    trade: object = None
    zone: object = None
    skill_level: str = None
    kind: int = None
    shift: int = None
    party: object = None
    employee: object = None
    member: object = None
    identifier: object = None
    # Is the person one whose personal data the user may not read?
    hidden: bool = False
    contact_mechanisms: list = field(default_factory=list)

    @property
    def is_new(self):
        "Is there an employee or a member to be made of the row?"
        return not self.employee or bool(self.kind and not self.member)


def record_names(records, *names):
    "Return the id of the record by its names, of any language and before"
    result = {}
    if not records:
        return result
    Model, ids = records[0].__class__, [r.id for r in records]
    for language in languages():
        with Transaction().set_context(language=language):
            for record in Model.browse(ids):
                for name in names:
                    if key := compare_key(getattr(record, name)):
                        result.setdefault(key, record.id)
    for id_, former in read_former_names(Model, ids).items():
        for name in former:
            result.setdefault(compare_key(name), id_)
    return result


def selection_names(model, name):
    "Return the value of the selection by its labels in any language"
    Model = Pool().get(model)
    result = {}
    for language in languages():
        with Transaction().set_context(language=language):
            definition = Model.fields_get([name])[name]
            for value, label in definition['selection']:
                if value:
                    result.setdefault(compare_key(label), value)
                    result.setdefault(value, value)
    return result


def labels(model, names):
    "Return the labels of the fields in any language, the user's first"
    Model = Pool().get(model)
    result = defaultdict(list)
    for language in languages():
        with Transaction().set_context(language=language):
            for name, definition in Model.fields_get(names).items():
                result[name].append(definition['string'])
    return result


def get_columns():
    "Return the columns of a roster with the labels of the user's language"
    names = labels('safety.roster.row', COLUMNS)
    return [
        Column(
            name,
            names[name] + words(f'safety_organization.msg_roster_head_{name}'),
            required=name in REQUIRED,
            width=WIDTHS.get(name, 12))
        for name in COLUMNS]


class RosterCheck:
    """
    The checked rows of a roster and their errors

    What does not agree with people whose personal data are hidden from the
    user is a conflict.  It is told only of a file without other errors, and
    without the row, because the row would tell whose guessed number is right.
    """

    def __init__(self, company, create_unknown=False):
        self.company = company
        self.create_unknown = create_unknown
        self.columns = get_columns()
        self.labels = {c.name: c.label for c in self.columns}
        self.rows = []
        self.errors = []
        self.left_out, self.notes = [], 0
        self.conflict = False
        self.hidden, self.foreign = set(), set()
        self._load_references()

    def _load_references(self):
        pool = Pool()
        Configuration = pool.get('safety.configuration')
        Kind = pool.get('safety.member.kind')
        Trade = pool.get('safety.trade')
        Zone = pool.get('safety.zone')
        company = ('company', '=', self.company.id)
        self.sexes = selection_names('party.party', 'sex')
        self.skill_levels = selection_names('company.employee', 'skill_level')
        self._load_units()
        self.zones = record_names(Zone.search([company]), 'code', 'name')
        self.trades = record_names(Trade.search([]), 'code', 'name')
        self.kinds = Kind.search([])
        self.kind_names = record_names(self.kinds, 'code', 'name')
        self.managed = get_managed_kinds(self.kinds)
        shift_set = Configuration(1).get_multivalue(
            'shift_set', company=self.company.id)
        self.shifts = list(shift_set.shifts) if shift_set else []
        self.shift_names = record_names(self.shifts, 'code', 'name')

    def _load_units(self):
        Unit = Pool().get('safety.unit')
        self.units = defaultdict(set)
        self.unit_codes = {}
        for unit in Unit.search([('company', '=', self.company.id)]):
            self.units[compare_key(unit.name)].add(unit.id)
            self.units[compare_key(unit.rec_name)].add(unit.id)
            if unit.code:
                self.unit_codes[compare_key(unit.code)] = unit.id

    def error(self, row, column, message, /, **variables):
        self.errors.append(Error(
                row.number, self.labels[column], row.texts.get(column) or '',
                gettext(f'safety_organization.{message}', **variables),
                sheet=row.sheet))

    def run(self, data, skip_notes=False):
        read = read_rows(data, self.columns, skip_notes)
        self.errors.extend(read.errors)
        self.left_out, self.notes = read.left_out, read.notes
        self.rows = [Row(*r) for r in read.rows]
        for row in self.rows:
            for column in COLUMNS:
                self._check_cell(row, column)
        self._check_duplicates()
        self._match()
        self.errors.sort(key=lambda e: (e.sheet, e.row))
        self.conflict = self.conflict and not self.errors
        if self.conflict:
            self.errors.append(Error(
                    None, '', '',
                    gettext('safety_organization.msg_roster_conflict')))

    def _check_cell(self, row, column):
        text = row.texts.get(column, '')
        if text is None:
            # The cell could not be read
            return
        if text:
            value = getattr(self, f'_check_{column}')(row, text)
            setattr(row, column, value)
        elif column in REQUIRED:
            self.error(row, column, 'msg_roster_required')
        elif column == 'kind':
            self._check_without_kind(row)

    def _check_name(self, row, text):
        text = ' '.join(text.split())
        # Two characters are often set apart to align the names
        text = re.sub(f'(?<={_CHINESE}) +(?={_CHINESE})', '', text)
        if any(c.isdigit() for c in text) or len(text) > 64:
            self.error(row, 'name', 'msg_roster_name')
        return text

    def _check_sex(self, row, text):
        sex = self.sexes.get(compare_key(text))
        if not sex:
            self.error(row, 'sex', 'msg_roster_sex',
                values=self._values('party.party', 'sex'))
        return sex

    def _check_national_id(self, row, text):
        try:
            code = check_national_id(half_width(text))
        except stdnum.exceptions.InvalidLength:
            return self.error(
                row, 'national_id', 'msg_roster_national_id_length')
        except stdnum.exceptions.InvalidFormat:
            return self.error(
                row, 'national_id', 'msg_roster_national_id_format')
        except stdnum.exceptions.InvalidChecksum:
            return self.error(
                row, 'national_id', 'msg_roster_national_id_checksum')
        except stdnum.exceptions.ValidationError:
            return self.error(
                row, 'national_id', 'msg_roster_national_id_birth')
        sex = national_id_sex(code)
        if row.sex and row.sex != sex:
            self.error(row, 'sex', 'msg_roster_sex_national_id')
        row.sex = sex
        return code

    def _check_mobile(self, row, text):
        mobile = compact_phone(half_width(text))
        if not re.fullmatch(r'1[3-9]\d{9}', mobile):
            return self.error(row, 'mobile', 'msg_roster_mobile')
        return mobile

    def _check_unit(self, row, text):
        key = compare_key(text)
        if key in self.unit_codes:
            return self.unit_codes[key]
        units = self.units.get(key, set())
        if len(units) > 1:
            return self.error(row, 'unit', 'msg_roster_unit_ambiguous')
        return self._get_or_name(row, 'unit', text, *units)

    def _check_trade(self, row, text):
        return self._get_or_name(
            row, 'trade', text, self.trades.get(compare_key(text)))

    def _check_zone(self, row, text):
        return self._get_or_name(
            row, 'zone', text, self.zones.get(compare_key(text)))

    def _get_or_name(self, row, column, text, id_=None):
        if id_:
            return id_
        if self.create_unknown:
            return ' '.join(text.split())
        self.error(row, column, f'msg_roster_{column}')

    def _check_skill_level(self, row, text):
        level = self.skill_levels.get(compare_key(text))
        if not level:
            self.error(row, 'skill_level', 'msg_roster_skill_level',
                values=self._values('company.employee', 'skill_level'))
        return level

    def _check_kind(self, row, text):
        kind = self.kind_names.get(compare_key(text))
        if not kind:
            return self.error(row, 'kind', 'msg_roster_kind',
                values=', '.join(k.rec_name for k in self.kinds))
        if kind not in self.managed:
            return self.error(row, 'kind', 'msg_roster_kind_managed',
                values=self._managed_values())
        return kind

    def _check_without_kind(self, row):
        if not is_organization_admin():
            self.error(row, 'kind', 'msg_roster_kind_managed',
                values=self._managed_values())
        elif row.texts.get('shift') or row.texts.get('zone'):
            self.error(row, 'kind', 'msg_roster_without_kind')

    def _check_shift(self, row, text):
        shift = self.shift_names.get(compare_key(text))
        if not shift:
            self.error(row, 'shift', 'msg_roster_shift',
                values=', '.join(s.rec_name for s in self.shifts))
        return shift

    def _values(self, model, name):
        Model = Pool().get(model)
        selection = Model.fields_get([name])[name]['selection']
        return ', '.join(label for value, label in selection if value)

    def _managed_values(self):
        return ', '.join(
            k.rec_name for k in self.kinds if k.id in self.managed)

    def _check_duplicates(self):
        people, roles, mobiles = {}, {}, {}
        for row in self.rows:
            if not row.national_id:
                continue
            first = people.setdefault(row.national_id, row)
            for column in _PERSON:
                value = getattr(first, column)
                if row is not first and getattr(row, column) != value:
                    self.error(row, column, 'msg_roster_duplicate_differ',
                        row=first.number)
            same = roles.setdefault((row.national_id, row.kind), row)
            if same is not row:
                self.error(row, 'national_id', 'msg_roster_duplicate',
                    row=same.number)
            if row.mobile:
                owner = mobiles.setdefault(row.mobile, row)
                if owner.national_id != row.national_id:
                    self.error(row, 'mobile', 'msg_roster_duplicate_mobile',
                        row=owner.number)

    def _match(self):
        rows = [r for r in self.rows if r.national_id]
        self._match_national_ids(rows)
        self._match_mobiles(rows)
        parties = {r.party for r in rows if r.party}
        self._match_employees(rows, parties)
        self._match_members(rows)

    def _match_national_ids(self, rows):
        Identifier = Pool().get('party.identifier')
        cursor = Transaction().connection.cursor()
        table = Identifier.__table__()
        found = defaultdict(list)
        for codes in grouped_slice({r.national_id for r in rows}, SLICE):
            cursor.execute(*table.select(
                    table.id,
                    where=Upper(Replace(table.code, ' ', '')).in_(list(codes))
                    & ((table.type == NATIONAL_ID) | (table.type == Null))))
            for identifier in Identifier.browse([i for i, in cursor]):
                code = half_width(identifier.code).upper()
                found[code].append(identifier)
        self._load_hidden({i.party for ids in found.values() for i in ids})
        for row in rows:
            identifiers = found.get(row.national_id, [])
            parties = {i.party for i in identifiers}
            if len(parties) > 1:
                if parties & self.hidden:
                    self.conflict = True
                else:
                    self.error(
                        row, 'national_id', 'msg_roster_party_twice')
            elif parties:
                row.party, = parties
                row.identifier = identifiers[0]
                self._check_party(row, 'national_id')

    def _match_mobiles(self, rows):
        owners = self._get_mobiles({r.mobile for r in rows if r.mobile})
        parties = {m.party for ms in owners.values() for m in ms}
        national_ids = self._get_national_ids(parties)
        self._load_hidden(parties)
        for row in rows:
            parties = {m.party for m in owners.get(row.mobile, [])}
            if not parties or row.party in parties:
                continue
            # A party with a national ID would have been matched by it
            if row.party or len(parties) > 1 or any(
                    p.id in national_ids for p in parties):
                self._refuse_mobile(row, parties)
                continue
            row.party, = parties
            self._check_party(row, 'mobile')

    def _refuse_mobile(self, row, owners):
        if owners - self.hidden:
            self.error(row, 'mobile', 'msg_roster_party_mobile')
        elif row.party not in self.hidden:
            self.conflict = True
        # Otherwise the mobile is not written

    def _get_mobiles(self, mobiles):
        ContactMechanism = Pool().get('party.contact_mechanism')
        cursor = Transaction().connection.cursor()
        table = ContactMechanism.__table__()
        value = table.value
        for separator in ' -()+':
            value = Replace(value, separator, '')
        result = defaultdict(list)
        for sub_mobiles in grouped_slice(mobiles, SLICE):
            sub_mobiles = list(sub_mobiles)
            values = [p + m for m in sub_mobiles for p in ['', '86', '0086']]
            cursor.execute(*table.select(
                    table.id,
                    where=table.type.in_(['mobile', 'phone'])
                    & table.active
                    & value.in_(values)))
            for mechanism in ContactMechanism.browse([i for i, in cursor]):
                result[compact_phone(mechanism.value)].append(mechanism)
        return result

    def _get_national_ids(self, parties):
        Party = Pool().get('party.party')
        result = {}
        for sub_parties in grouped_slice(parties, SLICE):
            result.update(Party.get_national_ids(list(sub_parties)))
        return result

    def _load_hidden(self, parties):
        Party = Pool().get('party.party')
        for sub_parties in grouped_slice(parties, SLICE):
            sub_parties = list(sub_parties)
            hidden = Party.get_hidden(sub_parties, ['hidden'])['hidden']
            foreign = Party.get_foreign(sub_parties, 'foreign')
            self.hidden.update(p for p in sub_parties if hidden[p.id])
            self.foreign.update(p for p in sub_parties if foreign[p.id])

    def _check_party(self, row, column):
        if row.party in self.hidden:
            if (row.party in self.foreign
                    or not row.party.active
                    or compare_key(row.party.name) != compare_key(row.name)):
                self.conflict = True
                # As if there were no such person
                row.party = row.identifier = None
        elif compare_key(row.party.name) != compare_key(row.name):
            self.error(row, column, 'msg_roster_party_name'
                if column == 'national_id' else 'msg_roster_party_mobile')
        elif not row.party.active:
            self.error(row, column, 'msg_roster_party_inactive')

    def _match_employees(self, rows, parties):
        pool = Pool()
        ContactMechanism = pool.get('party.contact_mechanism')
        Employee = pool.get('company.employee')
        employees, mechanisms = {}, defaultdict(list)
        with inactive_records():
            for sub_parties in grouped_slice(parties, SLICE):
                sub_parties = [p.id for p in sub_parties]
                for employee in Employee.search([
                            ('party', 'in', sub_parties),
                            ('company', '=', self.company.id),
                            ], order=[('id', 'ASC')]):
                    employees[employee.party] = employee
        for sub_parties in grouped_slice(parties, SLICE):
            for mechanism in ContactMechanism.search([
                        ('party', 'in', [p.id for p in sub_parties]),
                        ('type', 'in', ['mobile', 'phone']),
                        ], order=[('sequence', 'ASC'), ('id', 'ASC')]):
                mechanisms[mechanism.party].append(mechanism)
        for row in rows:
            row.employee = employees.get(row.party)
            row.contact_mechanisms = mechanisms.get(row.party, [])
            row.hidden = row.party in self.hidden
            if row.employee and not row.employee.active:
                if row.hidden:
                    self.conflict = True
                else:
                    self.error(row, 'name', 'msg_roster_employee_left')

    def _match_members(self, rows):
        Member = Pool().get('safety.member')
        members = {}
        employees = {r.employee.id for r in rows if r.employee}
        for sub_employees in grouped_slice(employees, SLICE):
            for member in Member.search([
                        ('employee', 'in', list(sub_employees)),
                        ('state', '!=', 'dismissed'),
                        ]):
                members[member.employee, member.kind.id] = member
        for row in rows:
            row.member = members.get((row.employee, row.kind))


def is_organization_admin():
    "Return if the user may import rows of any kind"
    pool = Pool()
    ModelData = pool.get('ir.model.data')
    User = pool.get('res.user')
    group = ModelData.get_id('safety_organization', 'group_organization_admin')
    return not Transaction().user or group in User.get_groups()


def get_managed_kinds(kinds):
    "Return the ids of the kinds of which the user may import the members"
    if is_organization_admin():
        return {k.id for k in kinds}
    Kind = Pool().get('safety.member.kind')
    return set(Kind.get_managed())
