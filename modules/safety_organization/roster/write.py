# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Writing the checked rows of a roster; what is already there is not touched"

from collections import defaultdict
from dataclasses import dataclass

from trytond.modules.party import contact_mechanism as party_contact
from trytond.modules.safety_base.spreadsheet import compare_key
from trytond.pool import Pool
from trytond.tools import grouped_slice
from trytond.transaction import Transaction, inactive_records

from ..login import generate_password
from ..party import NATIONAL_ID, compact_phone
from .check import SLICE, get_managed_kinds, is_organization_admin

EMPLOYEE = ['unit', 'trade', 'skill_level']
MEMBER = ['unit', 'shift', 'zone']
# A browse slows down with the square of its records
_BATCH = 1000


def _create(Model, to_create):
    records = []
    for values in grouped_slice(to_create, _BATCH):
        records.extend(Model.create(list(values)))
    return records


class _Writes:
    """
    Collect the values that change, to write them at once

    The values of a party are those of a record to create for it, unless the
    records are parties themselves.
    """

    def __init__(self, Model):
        self.Model = Model
        self.to_write = {}
        self.to_create = []

    def add(self, record, values):
        if record.__name__ != self.Model.__name__:
            self.to_create.append({'party': record.id, **values})
            return
        changes = {
            n: v for n, v in values.items()
            if v is not None and _value(record, n) != v}
        if changes:
            self.to_write[record] = changes

    def write(self):
        "Return the records that were written"
        records = defaultdict(list)
        for record, values in self.to_write.items():
            records[tuple(sorted(values.items()))].append(record)
        args = []
        for values, to_write in records.items():
            args.extend((to_write, dict(values)))
        if args:
            self.Model.write(*args)
        created = []
        if self.to_create:
            created = self.Model.create(self.to_create)
        return [*self.to_write, *created]


@dataclass
class Login:
    row: object
    login: str
    password: str


def _value(record, name):
    value = getattr(record, name)
    return value.id if hasattr(value, 'id') else value


def _get(row, names):
    return {n: getattr(row, n) for n in names}


def get_party(record):
    "Return the party that the record is, or of which it is."
    if record.__name__ == 'safety.member':
        record = record.employee
    return getattr(record, 'party', record)


class RosterWrite:
    """Create the records of the rows that are not there yet

    With update also those that are there get what the rows tell of them.
    """

    def __init__(self, company, rows, create_logins=False, update=False):
        self.company = company
        self.rows = rows
        self.create_logins = create_logins
        self.update = update
        Kind = Pool().get('safety.member.kind')
        self.managed = get_managed_kinds(Kind.search([]))
        self.counts = defaultdict(int)
        self.logins = []
        self.updated = set()

    def run(self):
        self._create_references()
        if self.update:
            for writes in self.get_updates():
                self.updated.update(
                    get_party(r) for r in writes.write())
        self._write_parties()
        self._write_employees()
        self._write_members()
        if self.create_logins:
            self._create_logins()
        self.counts['updated'] = len(self.updated)

    def _create_references(self):
        pool = Pool()
        Unit = pool.get('safety.unit')
        self._create_missing('safety.unit', 'unit', {
                'company': self.company.id,
                'kind': 'team',
                'parent': Unit.get_mine(self.company),
                })
        self._create_missing(
            'safety.zone', 'zone', {'company': self.company.id})
        self._create_missing('safety.trade', 'trade', {})

    def _create_missing(self, model, column, values):
        Model = Pool().get(model)
        names = {}
        for row in self.rows:
            name = getattr(row, column)
            if isinstance(name, str) and (self.update or row.is_new):
                names.setdefault(compare_key(name), name)
        if not names:
            return
        records = _create(Model, [
                {'name': name, **values} for name in names.values()])
        ids = dict(zip(names, map(int, records)))
        for row in self.rows:
            name = getattr(row, column)
            if isinstance(name, str):
                setattr(row, column, ids.get(compare_key(name)))
        self.counts[column + 's'] = len(records)

    def _write_parties(self):
        people = {}
        for row in self.rows:
            people.setdefault(row.national_id, row)
        self._create_parties([r for r in people.values() if not r.party])
        for row in self.rows:
            row.party = people[row.national_id].party

    def _create_parties(self, rows):
        Party = Pool().get('party.party')
        if not rows:
            return
        to_create = []
        codes = iter(())
        if sequence := Party._code_sequence():
            codes = sequence.get_many(len(rows))
        for row in rows:
            values = {
                'name': row.name,
                'sex': row.sex,
                'identifiers': [('create', [self._identifier(row)])],
                }
            if code := next(codes, None):
                values['code'] = code
            if row.mobile:
                values['contact_mechanisms'] = [
                    ('create', [self._contact_mechanism(row)])]
            to_create.append(values)
        for row, party in zip(rows, Party.create(to_create)):
            row.party = party
        self.counts['parties'] = len(rows)

    def _identifier(self, row):
        return {'type': NATIONAL_ID, 'code': row.national_id}

    def _contact_mechanism(self, row):
        return {'type': 'mobile', 'value': self._mobile(row)}

    def _mobile(self, row):
        # Without a country phonenumbers takes only international numbers
        return '+86' + row.mobile if party_contact.phonenumbers else row.mobile

    def get_updates(self):
        """Return what the rows change of the people that are there.

        Nothing changes of hidden people, of whom it would tell whose guessed
        number is right.
        """
        pool = Pool()
        writes = [_Writes(pool.get(n)) for n in [
                'party.party', 'party.identifier', 'party.contact_mechanism',
                'company.employee', 'safety.member']]
        parties, identifiers, mechanisms, employees, members = writes
        known = [r for r in self.rows if r.party and not r.hidden]
        people = {}
        for row in known:
            people.setdefault(row.party, row)
        for row in people.values():
            parties.add(row.party, {'sex': row.sex})
            identifiers.add(
                row.identifier or row.party, self._identifier(row))
            self._update_mobile(mechanisms, row)
            if row.employee:
                employees.add(row.employee, _get(row, EMPLOYEE))
        for row in known:
            if row.member:
                members.add(row.member, _get(row, MEMBER))
        return writes

    def _update_mobile(self, mechanisms, row):
        phones = {compact_phone(m.value) for m in row.contact_mechanisms}
        if not row.mobile or row.mobile in phones:
            return
        mobiles = [m for m in row.contact_mechanisms if m.type == 'mobile']
        mechanisms.add(
            mobiles[0] if mobiles else row.party,
            self._contact_mechanism(row))

    def _write_employees(self):
        Employee = Pool().get('company.employee')
        people = {}
        for row in self.rows:
            people.setdefault(row.party, row)
        new = [p for p, row in people.items() if not row.employee]
        created = Employee.create([{
                    'party': party.id,
                    'company': self.company.id,
                    **_get(people[party], EMPLOYEE),
                    } for party in new])
        employees = dict(zip(new, created))
        for row in self.rows:
            row.employee = row.employee or employees[row.party]
        self.counts['employees'] = len(new)

    def _write_members(self):
        Member = Pool().get('safety.member')
        to_create = [{
                'company': self.company.id,
                'employee': row.employee.id,
                'kind': row.kind,
                **_get(row, MEMBER),
                } for row in self.rows if row.kind and not row.member]
        _create(Member, to_create)
        self.counts['members'] = len(to_create)

    def _create_logins(self):
        User = Pool().get('res.user')
        employees = {
            r.employee: r for r in self.rows if self._is_managed(r)}
        for employee in self._get_employees_with_user(employees):
            employees.pop(employee, None)
        if not employees:
            return
        names = self._get_login_names(employees)
        defaults = self._user_defaults()
        to_create = []
        for employee, row in employees.items():
            password = generate_password()
            to_create.append({
                    **defaults,
                    'name': row.name,
                    'employees': [('add', [employee.id])],
                    'employee': employee.id,
                    'login': names[employee],
                    **User.one_time_values(password),
                    })
            self.logins.append(Login(row, names[employee], password))
        User.create(to_create)
        self.counts['logins'] = len(to_create)

    def _is_managed(self, row):
        # Who hands out its password could act as the person.
        return row.kind in self.managed if row.kind else (
            is_organization_admin())

    def _get_employees_with_user(self, employees):
        UserEmployee = Pool().get('res.user-company.employee')
        for sub_employees in grouped_slice(list(employees), SLICE):
            for relation in UserEmployee.search([
                        ('employee', 'in', [e.id for e in sub_employees]),
                        ]):
                yield relation.employee

    def _get_login_names(self, employees):
        # The code says nothing about the person and is easy to type
        User = Pool().get('res.user')
        names = {e: e.party.code or str(e.id) for e in employees}
        with inactive_records():
            taken = {u.login for u in User.search([
                        ('login', 'in', list(names.values()))])}
            taken.update(u.login for u in User.search([
                        ('login', 'in', ['m' + n for n in taken])]))
        for employee, name in names.items():
            while name in taken:
                name = 'm' + name
            taken.add(name)
            names[employee] = name
        return names

    def _user_defaults(self):
        pool = Pool()
        Import = pool.get('safety.roster.import', type='wizard')
        Lang = pool.get('ir.lang')
        language, = Lang.search([
                ('code', '=', Transaction().language)], limit=1)
        return {
            'language': language.id,
            'companies': [('add', [self.company.id])],
            'company': self.company.id,
            'groups': [('add', Import.login_groups())],
            }
