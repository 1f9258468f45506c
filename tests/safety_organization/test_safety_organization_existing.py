# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import unittest

from proteus import Model, Wizard
from proteus.config import set_trytond
from roster_tools import mobile, national_id, person, workbook

from trytond.model.exceptions import AccessError
from trytond.modules.company.tests.tools import create_company
from trytond.modules.currency.tests.tools import get_currency
from trytond.pool import Pool
from trytond.tests.test_tryton import DB_NAME, drop_db
from trytond.tests.tools import activate_modules, set_user
from trytond.transaction import Transaction

# What must stay as it was
FIELDS = {
    'company.company': ['party', 'currency', 'timezone', 'write_date'],
    'company.employee': [
        'party', 'company', 'supervisor', 'start_date', 'end_date',
        'write_date'],
    'party.address': ['party', 'street', 'city', 'write_date'],
    'party.contact_mechanism': ['party', 'type', 'value', 'write_date'],
    'party.identifier': ['party', 'type', 'code', 'write_date'],
    'party.party': ['name', 'code', 'write_date'],
    'res.user': [
        'login', 'companies', 'company', 'employees', 'employee',
        'password_hash'],
    }


class ExistingTestCase(unittest.TestCase):
    "Test the modules in a database that a company used before"

    modules = ['safety_organization']

    def setUp(self):
        drop_db()
        self.addCleanup(drop_db)

    def create_database(self):
        "Create records with Tryton's own modules alone"
        self.config = activate_modules(['company', 'party'])
        Company = Model.get('company.company')
        Employee = Model.get('company.employee')
        Group = Model.get('res.group')
        User = Model.get('res.user')
        currency = get_currency('EUR')
        create_company(currency=currency)
        first, = Company.find()
        second = Company(
            party=self.create_party("Second", 90), currency=currency)
        second.save()
        admin = User(self.config.user)
        admin.companies.append(Company(second.id))
        admin.company_filter = 'all'
        admin.save()
        self.companies = [first.id, second.id]
        self.employees, self.numbers = [], iter(range(1, 90))
        for company in [first, second]:
            supervisor = None
            for _ in range(3):
                number = next(self.numbers)
                employee = Employee(
                    party=self.create_party(
                        person(number)["Name"], number), company=company)
                employee.supervisor = supervisor
                employee.save()
                supervisor = employee
                self.employees.append(employee.id)
        self.customer = self.create_party("Customer", 80).id
        admins, = Group.find([('name', '=', "Party Administration")])
        for login, groups in [('clerk', []), ('officer', [admins])]:
            user = User(name=login, login=login)
            user.companies.extend(Company.find([('id', '=', first.id)]))
            user.company = Company(first.id)
            user.employees.append(Employee(self.employees[0]))
            user.employee = Employee(self.employees[0])
            user.groups.extend(Group(g.id) for g in groups)
            user.save()

    def create_party(self, name, number):
        Party = Model.get('party.party')
        party = Party(name=name)
        party.addresses[0].street = "Street"
        party.contact_mechanisms.new(type='mobile', value=mobile(number))
        party.contact_mechanisms.new(
            type='email', value=f'p{number}@example.com')
        party.identifiers.new(
            type='cn_ric', code=person(number)["National ID"])
        party.save()
        return party

    def snapshot(self):
        result = {}
        with Transaction().start(DB_NAME, 0, readonly=True):
            pool = Pool(DB_NAME)
            for name, fields in FIELDS.items():
                records = pool.get(name)
                with Transaction().set_context(active_test=False):
                    ids = [r.id for r in records.search([])]
                table = records.__table__()
                cursor = Transaction().connection.cursor()
                columns = [
                    getattr(table, f) for f in ['id', *fields]
                    if getattr(records, f).sql_type()]
                cursor.execute(*table.select(*columns, order_by=table.id))
                result[name] = (sorted(ids), cursor.fetchall())
        return result

    def test_activate(self):
        self.create_database()
        before = self.snapshot()

        self.activate()

        self.assertEqual(self.snapshot(), before)
        self.check_members()
        self.check_users()
        self.check_import()

    def activate(self):
        Module = Model.get('ir.module')
        modules = Module.find([('name', 'in', self.modules)])
        Module.click(modules, 'activate')
        Wizard('ir.module.activate_upgrade').execute('upgrade')
        self.config = set_trytond()

    def check_members(self):
        "Employees become members by a few clicks"
        Employee = Model.get('company.employee')
        Kind = Model.get('safety.member.kind')
        Member = Model.get('safety.member')
        employees = [Employee(i) for i in self.employees[:3]]
        appoint = Wizard('safety.member.appoint', employees)
        appoint.form.kind, = Kind.find([('code', '=', 'union')])
        appoint.execute('appoint')
        members = Member.find([])
        self.assertEqual(
            {m.employee.id for m in members}, set(self.employees[:3]))
        self.assertEqual({m.state for m in members}, {'candidate'})

    def check_users(self):
        "The users go on working; who administers parties adds them"
        Party = Model.get('party.party')
        User = Model.get('res.user')
        clerk, officer = [
            User.find([('login', '=', n)])[0].id for n in ['clerk', 'officer']]
        try:
            set_user(clerk)
            customer = Party(self.customer)
            self.assertEqual(
                [m.value for m in customer.contact_mechanisms],
                [mobile(80), 'p80@example.com'])
            self.assertEqual(
                [i.code for i in customer.identifiers],
                [person(80)["National ID"]])
            with self.assertRaises(AccessError):
                self.add_customer()
            set_user(officer)
            self.assertEqual(self.add_customer().mobile, mobile(81))
        finally:
            set_user(1)

    def add_customer(self):
        Party = Model.get('party.party')
        party = Party(name="New Customer")
        party.contact_mechanisms.new(type='mobile', value=mobile(81))
        party.identifiers.new(type='cn_ric', code=national_id(81))
        party.save()
        return party

    def check_import(self):
        "The roster uses the employees that are there"
        Employee = Model.get('company.employee')
        Party = Model.get('party.party')
        parties, employees = Party.find([]), Employee.find([])
        wizard = Wizard('safety.roster.import')
        wizard.form.create_unknown = True
        wizard.form.file = workbook([person(i) for i in [1, 2, 3]])
        wizard.execute('import_')
        self.assertEqual(
            {c.field for c in wizard.form.changes}, {"Sex", "Unit"})
        wizard.execute('update')
        self.assertEqual(wizard.form.rows, 3)
        self.assertEqual(wizard.form.parties, 0)
        self.assertEqual(len(Party.find([])), len(parties))
        self.assertEqual(len(Employee.find([])), len(employees))


class ExistingHazardTestCase(ExistingTestCase):
    modules = ['hazard']

    def check_import(self):
        super().check_import()
        User = Model.get('res.user')
        wizard = Wizard('safety.roster.import')
        wizard.form.file = workbook([person(4, Unit="Ventilation Team")])
        wizard.form.create_logins = True
        wizard.execute('import_')
        wizard.execute('update')
        login, = wizard.form.logins
        user, = User.find([('login', '=', login.login)])
        self.assertEqual(
            [g.name for g in user.groups], ["Hazard Reporter"])
