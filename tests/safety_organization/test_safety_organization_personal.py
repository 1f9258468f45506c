# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import unittest
from unittest.mock import patch

from roster_tools import mobile, national_id
from test_safety_organization_roster import as_user, create_user

from trytond.model.exceptions import AccessError, SQLConstraintError
from trytond.modules.company.tests import create_company, set_company
from trytond.modules.safety_organization.exceptions import (
    EmployeeAccessError, PhoneAccessError)
from trytond.modules.safety_organization.party import mask, mask_phone
from trytond.pool import Pool
from trytond.tests.test_tryton import activate_module, with_transaction
from trytond.transaction import Transaction, check_access, without_check_access


class PersonalDataTestCase(unittest.TestCase):
    "Test who reads national IDs and phones"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_module('safety_organization')

    def create_party(self, name, number):
        Party = Pool().get('party.party')
        party, = Party.create([{
                    'name': name,
                    'identifiers': [('create', [
                                {'type': 'cn_ric', 'code': national_id(
                                        number)},
                                {'code': f'CARD{number}'},
                                ])],
                    'contact_mechanisms': [('create', [
                                {'type': 'mobile', 'value': mobile(number)},
                                {'type': 'email',
                                    'value': f'p{number}@example.com'},
                                ])],
                    }])
        return party

    @with_transaction()
    def test_unique(self):
        "A national ID that counts is that of one party"
        pool = Pool()
        Identifier = pool.get('party.identifier')
        first = self.create_party("First", 5)
        other = self.create_party("Other", 6)
        code = national_id(5)
        Identifier.create([{'party': other.id, 'code': code}])
        Identifier.write([i for i in first.identifiers if i.type], {
                'active': False})
        Identifier.create([{
                    'party': other.id, 'type': 'cn_ric', 'code': code}])
        with self.assertRaises(SQLConstraintError):
            self.create_party("Third", 5)

    @with_transaction()
    def test_unique_before(self):
        "Databases that have national IDs twice are updated all the same"
        Identifier = Pool().get('party.identifier')
        with patch.object(Identifier, '_count_twice', return_value=1), \
                patch.object(
                    Identifier, '_sql_constraints',
                    Identifier._sql_constraints), \
                self.assertLogs('trytond.modules', 'WARNING'):
            Identifier.__register__('safety_organization')
            self.assertNotIn(
                'national_id_exclude',
                [name for name, _, _ in Identifier._sql_constraints])

    def setup_people(self):
        pool = Pool()
        Employee = pool.get('company.employee')
        Kind = pool.get('safety.member.kind')
        Member = pool.get('safety.member')
        Unit = pool.get('safety.unit')
        User = pool.get('res.user')
        company = create_company()
        self.customer = self.create_party("Customer", 1)
        self.clerk = self.create_party("Clerk", 2)
        self.union = self.create_party("Union Member", 3)
        self.youth = self.create_party("Youth Member", 4)
        with set_company(company):
            _, union, youth = Employee.create([
                    {'party': p.id, 'company': company.id}
                    for p in [self.clerk, self.union, self.youth]])
            unit, = Unit.create([{'name': "Mine", 'kind': 'mine'}])
            for employee, code in [(union, 'union'), (youth, 'youth')]:
                kind, = Kind.search([('code', '=', code)])
                Member.activate(Member.create([{
                                'employee': employee.id, 'kind': kind.id,
                                'unit': unit.id}]))
        module = 'safety_organization'
        self.users = {
            'ordinary': create_user('ordinary', company),
            'union': create_user(
                'union', company, f'{module}.group_member_union'),
            'youth': create_user(
                'youth', company, f'{module}.group_member_youth'),
            'organization': create_user(
                'organization', company,
                f'{module}.group_organization_admin'),
            'employee admin': create_user(
                'hr', company, 'company.group_employee_admin'),
            'party admin': create_user(
                'party', company, 'party.group_party_admin'),
            }
        own = create_user('member', company)
        User.write([own], {
                'employees': [('add', [union.id])], 'employee': union.id})
        self.users['member'] = own

    readers = {
        'ordinary': ({1}, {1}),
        'union': ({1, 3}, {1, 3}),
        'youth': ({1, 4}, {1, 4}),
        'organization': ({1, 2, 3, 4}, {1, 2, 3, 4}),
        'employee admin': ({1, 2}, {1, 2}),
        'party admin': ({1, 2, 3, 4}, {1, 2, 3, 4}),
        'member': ({1, 3}, {1, 3}),
        }

    @property
    def people(self):
        return {
            1: self.customer, 2: self.clerk, 3: self.union, 4: self.youth}

    def each_user(self):
        for name, user in self.users.items():
            with self.subTest(user=name), as_user(user):
                yield name

    @with_transaction()
    def test_search(self):
        "Test records and searches on every path"
        pool = Pool()
        ContactMechanism = pool.get('party.contact_mechanism')
        Employee = pool.get('company.employee')
        Identifier = pool.get('party.identifier')
        Party = pool.get('party.party')
        self.setup_people()
        for name in self.each_user():
            codes, phones = self.readers[name]
            self.assertEqual(
                {i.party for i in Identifier.search(
                        [('type', '=', 'cn_ric')])},
                {self.people[n] for n in codes})
            self.assertEqual(
                {m.party for m in ContactMechanism.search(
                        [('type', '=', 'mobile')])},
                {self.people[n] for n in phones})
            # All other data stay as they were
            self.assertEqual(
                len(Identifier.search([('code', 'like', 'CARD%')])), 4)
            self.assertEqual(len(ContactMechanism.search(
                        [('type', '=', 'email')])), 4)
            for number, party in self.people.items():
                code, phone = national_id(number), mobile(number)
                employees = set(Employee.search([('party', '=', party.id)]))
                for readable, value, fields in [
                        (number in codes, code, [
                                'identifiers.code',
                                'identifiers.code_compact',
                                'identifiers.rec_name',
                                'national_id', 'rec_name']),
                        (number in phones, phone, [
                                'contact_mechanisms.value',
                                'contact_mechanisms.value_compact',
                                'contact_mechanisms.rec_name',
                                'rec_name']),
                        ]:
                    expected = [party] if readable else []
                    for field in fields:
                        for operator, operand in [
                                ('=', value), ('like', '%' + value[1:])]:
                            self.assertEqual(
                                Party.search([(field, operator, operand)]),
                                expected, (field, operator))
                            self.assertEqual(
                                set(Employee.search(
                                        [('party.' + field, operator,
                                            operand)])),
                                employees if readable else set())
                    self.assertEqual(
                        [r['id'] for r in Party.autocomplete(value)
                            if r['id']], [p.id for p in expected])

    @with_transaction()
    def test_negative_search(self):
        "Test negations tell nothing"
        Party = Pool().get('party.party')
        self.setup_people()
        with as_user(self.users['ordinary']):
            for operator in ['=', '!=']:
                for number in [3, 5]:
                    clause = [
                        ('type', '=', 'cn_ric'),
                        ('code', operator, national_id(number))]
                    for where, found in [
                            ('where', []), ('not where', [self.union])]:
                        with self.subTest(
                                where=where, operator=operator,
                                number=number):
                            self.assertEqual(
                                Party.search([
                                        ('id', '=', self.union.id),
                                        ('identifiers', where, clause)]),
                                found)

    @with_transaction()
    def test_read(self):
        "Test values read by id, by relation and exported"
        pool = Pool()
        ContactMechanism = pool.get('party.contact_mechanism')
        Employee = pool.get('company.employee')
        Identifier = pool.get('party.identifier')
        Party = pool.get('party.party')
        self.setup_people()
        identifiers, mechanisms = {}, {}
        for number, party in self.people.items():
            identifiers[number] = party.identifiers[0].id
            mechanisms[number] = party.contact_mechanisms[0].id
        for name in self.each_user():
            codes, phones = self.readers[name]
            for number, party in self.people.items():
                code, phone = national_id(number), mobile(number)
                for readable, Model, id_ in [
                        (number in codes, Identifier, identifiers[number]),
                        (number in phones, ContactMechanism,
                            mechanisms[number])]:
                    if readable:
                        Model.read([id_], ['rec_name'])
                    else:
                        for fields in [['rec_name'], ['id'], ['hidden']]:
                            with self.assertRaises(AccessError):
                                Model.read([id_], fields)
                values, = Party.read([party.id], [
                        'mobile', 'national_id', 'identifiers.code',
                        'contact_mechanisms.value'])
                self.assertEqual(
                    values['mobile'],
                    phone if number in phones else mask_phone(phone))
                self.assertEqual(
                    values['national_id'],
                    code if number in codes else mask(code))
                self.assertEqual(
                    code in repr(values), number in codes)
                self.assertEqual(
                    phone in repr(values), number in phones)
                for fields in [['identifiers/code'],
                        ['contact_mechanisms/value'],
                        ['mobile'], ['national_id']]:
                    try:
                        rows = Party.export_data([Party(party.id)], fields)
                    except AccessError:
                        rows = []
                    self.assertLessEqual(
                        code in repr(rows), number in codes)
                    self.assertLessEqual(
                        phone in repr(rows), number in phones)
                for employee in Employee.search([('party', '=', party.id)]):
                    values, = Employee.read([employee.id], [
                            'mobile_masked', 'national_id_masked'])
                    self.assertEqual(values['mobile_masked'], mask_phone(
                            phone))
                    self.assertEqual(values['national_id_masked'], mask(code))

    @with_transaction()
    def test_copy(self):
        "Test a copy does not reveal what is hidden"
        Party = Pool().get('party.party')
        self.setup_people()
        with as_user(self.users['employee admin']):
            copy, = Party.copy([Party(self.union.id)])
        with without_check_access():
            copy = Party(copy.id)
            self.assertEqual(
                [i.code for i in copy.identifiers], ['CARD3'])
            self.assertEqual(
                [m.type for m in copy.contact_mechanisms], ['email'])

    @with_transaction()
    def test_copy_whole(self):
        "Test the copy of a person has no national ID, whoever makes it"
        Party = Pool().get('party.party')
        copy, = Party.copy([self.create_party("First", 5)])
        self.assertEqual([i.code for i in copy.identifiers], ['CARD5'])
        self.assertEqual(copy.mobile, mobile(5))

    @with_transaction()
    def test_write(self):
        "Test what is hidden cannot be changed or moved"
        pool = Pool()
        ContactMechanism = pool.get('party.contact_mechanism')
        Identifier = pool.get('party.identifier')
        self.setup_people()
        identifier = self.union.identifiers[0]
        mechanism = self.union.contact_mechanisms[0]
        with as_user(self.users['ordinary']):
            for Model, record in [
                    (Identifier, identifier), (ContactMechanism, mechanism)]:
                for function, args in [
                        (Model.write, [{'party': self.customer.id}]),
                        (Model.delete, [])]:
                    with self.assertRaises(AccessError):
                        function([Model(record.id)], *args)

    @with_transaction()
    def test_manage(self):
        "Test only those who manage people change, make or remove them"
        pool = Pool()
        Address = pool.get('party.address')
        ContactMechanism = pool.get('party.contact_mechanism')
        Identifier = pool.get('party.identifier')
        Party = pool.get('party.party')
        self.setup_people()
        address, = Address.create([{'party': self.clerk.id}])
        email, = (m for m in self.clerk.contact_mechanisms
            if m.type == 'email')
        party = self.clerk.id
        attempts = [
            lambda: Party.write([Party(party)], {'name': "Forged"}),
            lambda: Party.write([Party(party)], {'active': True}),
            lambda: Party.write([Party(party)], {'contact_mechanisms': [
                        ('create', [{'type': 'email', 'value': 'a@b.cn'}])]}),
            lambda: Party.create([{'name': "New"}]),
            lambda: Address.write([Address(address.id)], {'city': "Forged"}),
            lambda: Address.create([{'party': party}]),
            lambda: ContactMechanism.write(
                [ContactMechanism(email.id)], {'value': 'f@example.com'}),
            lambda: ContactMechanism.create([{
                        'party': party, 'type': 'mobile',
                        'value': mobile(9)}]),
            lambda: Identifier.create([{'party': party, 'code': 'NEW'}]),
            ]
        managers = {'organization', 'employee admin', 'party admin'}
        for name in self.each_user():
            for attempt in attempts:
                if name in managers:
                    attempt()
                else:
                    self.assertRaises(AccessError, attempt)
            if name != 'party admin':
                for record in [address, email, Party(party)]:
                    Model = record.__class__
                    with self.assertRaises(AccessError):
                        Model.delete([Model(record.id)])

    @with_transaction()
    def test_own_mobile(self):
        "Test everybody changes the own mobile in the preferences only"
        User = Pool().get('res.user')
        self.setup_people()
        member, ordinary = self.users['member'], self.users['ordinary']
        with as_user(member):
            # As the calls of clients do
            with without_check_access():
                User.set_preferences({'mobile': mobile(8)})
                self.assertEqual(
                    User.get_preferences()['mobile'], mobile(8))
            with self.assertRaises(AccessError):
                User.write([User(member.id)], {'mobile': mobile(7)})
        with as_user(ordinary):
            values, = User.read([member.id], ['mobile'])
            self.assertIsNone(values['mobile'])
            with without_check_access():
                with self.assertRaises(PhoneAccessError):
                    User.set_preferences({'mobile': mobile(7)})
                with self.assertRaises(PhoneAccessError):
                    User.write([User(member.id)], {'mobile': mobile(7)})
        self.assertEqual(self.union.mobile, mobile(8))
        with as_user(member), without_check_access():
            User.set_preferences({'mobile': None})
        with without_check_access():
            self.assertFalse(
                Pool().get('party.party')(self.union.id).mobile)

    @with_transaction()
    def test_foreign(self):
        "Test the people of other companies are not read"
        pool = Pool()
        Address = pool.get('party.address')
        ContactMechanism = pool.get('party.contact_mechanism')
        Employee = pool.get('company.employee')
        Party = pool.get('party.party')
        self.setup_people()
        Address.create([{'party': self.union.id}])
        other = create_company("Other", currency=pool.get(
                'currency.currency').search([])[0])
        foreign, bare = [
            create_user(n, other) for n in ['foreign', 'bare']]
        bare.company, bare.companies = None, []
        bare.save()
        for user in [foreign, bare]:
            with Transaction().set_user(user.id), check_access():
                self.assertNotIn(self.union, Party.search([]))
                self.assertIn(self.customer, Party.search([]))
                self.assertFalse(Employee.search([]))
                self.assertFalse(Address.search(
                        [('party', '=', self.union.id)]))
                self.assertFalse(ContactMechanism.search(
                        [('party', '=', self.union.id)]))
                with self.assertRaises(AccessError):
                    Party.read([self.union.id], ['name'])
        with as_user(self.users['ordinary']):
            self.assertIn(self.union, Party.search([]))
            self.assertEqual(len(Employee.search([])), 3)

    @with_transaction()
    def test_notify_duplicate(self):
        "Test the warning about duplicates finds nobody"
        ContactMechanism = Pool().get('party.contact_mechanism')
        self.setup_people()
        for user, number in [('ordinary', 0), ('union', 1)]:
            with as_user(self.users[user]):
                mechanism = ContactMechanism(
                    type='mobile', value=mobile(3), party=self.customer)
                mechanism.id = None
                self.assertEqual(
                    len(list(mechanism._notify_duplicate())), number)

    @with_transaction()
    def test_other_company(self):
        "Test the departments of another company read nothing"
        Identifier = Pool().get('party.identifier')
        self.setup_people()
        other = create_company("Other", currency=Pool().get(
                'currency.currency').search([])[0])
        for group in ['member_union', 'organization_admin']:
            user = create_user(
                group, other, f'safety_organization.group_{group}')
            with as_user(user):
                self.assertEqual(
                    {i.party for i in Identifier.search(
                            [('type', '=', 'cn_ric')])}, {self.customer})

    @with_transaction()
    def test_candidate(self):
        "Test nobody reads people by making candidates of them"
        pool = Pool()
        ContactMechanism = pool.get('party.contact_mechanism')
        Employee = pool.get('company.employee')
        Member = pool.get('safety.member')
        Party = pool.get('party.party')
        self.setup_people()
        employee, = Employee.search([('party', '=', self.clerk.id)])
        with as_user(self.users['union']):
            member, = Member.create([{'employee': employee.id}])
            self.assert_masked(2)
            self.assertFalse(ContactMechanism.search([
                        ('party', '=', self.clerk.id),
                        ('type', '=', 'mobile')]))
            self.assertFalse(Party.search([
                        ('national_id', '=', national_id(2))]))
            Member.delete([member])
            member, = Member.create([{'employee': employee.id}])
            with Transaction().set_context(reason="Mistaken"):
                Member.dismiss([member])
            self.assert_masked(2)
            # What is decided for good is recorded
            member, = Member.create([{
                        'employee': employee.id,
                        'unit': Member.search([])[0].unit.id}])
            Member.activate([member])
            self.assertEqual(Party(self.clerk.id).mobile, mobile(2))

    def assert_masked(self, number):
        Party = Pool().get('party.party')
        values, = Party.read([self.people[number].id], [
                'mobile', 'national_id', 'identifiers.code',
                'contact_mechanisms.value'])
        self.assertEqual(values['mobile'], mask_phone(mobile(number)))
        self.assertEqual(values['national_id'], mask(national_id(number)))
        self.assertNotIn(national_id(number), repr(values))
        self.assertNotIn(mobile(number), repr(values))

    @with_transaction()
    def test_employ_foreign(self):
        "Test nobody reads people of other companies by employing them"
        pool = Pool()
        Employee = pool.get('company.employee')
        Party = pool.get('party.party')
        self.setup_people()
        company = self.users['party admin'].company
        other = create_company("Other", currency=pool.get(
                'currency.currency').search([])[0])
        victim = self.create_party("Victim", 7)
        with set_company(other):
            Employee.create([{'party': victim.id, 'company': other.id}])
        clerk, = Employee.search([('party', '=', self.clerk.id)])
        values = {'party': victim.id, 'company': company.id}
        for name in ['employee admin', 'organization']:
            with self.subTest(user=name), as_user(self.users[name]):
                for attempt in [
                        lambda: Employee.create([values]),
                        lambda: Employee.create([{
                                    'party': self.customer.id,
                                    'company': company.id}, values]),
                        lambda: Employee.write([Employee(clerk.id)], {
                                'party': victim.id}),
                        ]:
                    with self.assertRaises(AccessError):
                        attempt()
                    # As the end of the transaction does
                    with without_check_access():
                        Employee.delete(Employee.search([
                                    ('party', '=', victim.id),
                                    ('company', '=', company.id)]))
                with self.assertRaises(AccessError):
                    Party.read([victim.id], ['national_id'])

    @with_transaction()
    def test_employ(self):
        "Test who is no foreign employee becomes one, and stays the person"
        Employee = Pool().get('company.employee')
        self.setup_people()
        company = self.users['party admin'].company
        with as_user(self.users['employee admin']):
            employee, = Employee.create([{
                        'party': self.customer.id, 'company': company.id}])
            Employee.write([employee], {'party': self.customer.id})
            with self.assertRaises(EmployeeAccessError):
                Employee.write([employee], {'party': self.union.id})

    @with_transaction()
    def test_mask(self):
        for value, masked in [
                (national_id(3), '140***********' + national_id(3)[-4:]),
                ('1234', '****'),
                (None, None),
                ]:
            self.assertEqual(mask(value), masked)
        for value, masked in [
                ('+86 138 1234 5678', '138****5678'),
                ('13812345678', '138****5678'),
                ]:
            self.assertEqual(mask_phone(value), masked)

    @with_transaction()
    def test_root(self):
        "Test the server itself reads everything"
        self.setup_people()
        with Transaction().set_user(0):
            Party = Pool().get('party.party')
            self.assertEqual(Party(self.union.id).mobile, mobile(3))
