# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt
import io
import unittest

import openpyxl
from access import call, run
from documents import (
    create_printer, print_as, read_paragraphs, read_pdf, read_sheets)
from organization import (
    acting, create_employee, create_member, create_unit, create_user, get_kind,
    get_shift, lead)
from repository import MODULES
from roster_tools import mobile, national_id, person, workbook
from school import certify

from trytond.model.exceptions import AccessError
from trytond.modules.company.tests import set_company
from trytond.pool import Pool
from trytond.tests.test_tryton import activate_module, with_transaction

GROUPS = {
    'party': 'safety_organization.group_member_party',
    'union': 'safety_organization.group_member_union',
    'youth': 'safety_organization.group_member_youth',
    'organizer': 'safety_organization.group_organization_admin',
    'safety': 'hazard.group_hazard_safety',
    'leader': 'hazard.group_hazard_leader',
    'ordinary': None,
    }
HEAD = [
    "No.", "Name", "Sex", "National ID", "Phone", "Unit", "Trade",
    "Skill Level", "Role", "Shift and Zone", "Since", "State"]
STATES = ['candidate', 'active', 'suspended']


class PeopleTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_module(MODULES)

    def setup_people(self):
        self.company = company = create_printer()
        with set_company(company):
            self.mine = create_unit(company, "Mine", kind='mine')
            self.unit = create_unit(
                company, "Ventilation", kind='team', parent=self.mine)
            self.users, self.members = {}, {}
            for number, (name, kind) in enumerate([
                        ("Zhang", 'union'), ("Wang", 'youth'),
                        ("Li", 'party')], 3):
                self.members[kind] = self.create_member(name, number, kind)
            for name, group in GROUPS.items():
                employee = create_employee(company, name.title())
                if name == 'leader':
                    lead(self.unit, employee)
                self.users[name] = create_user(
                    name, company, employee, [group] if group else [])

    def create_member(self, name, number, kind):
        pool = Pool()
        ContactMechanism = pool.get('party.contact_mechanism')
        Identifier = pool.get('party.identifier')
        Member = pool.get('safety.member')
        employee = create_employee(self.company, name)
        Identifier.create([{
                    'party': employee.party.id, 'type': 'cn_ric',
                    'code': national_id(number)}])
        ContactMechanism.create([{
                    'party': employee.party.id, 'type': 'mobile',
                    'value': mobile(number)}])
        member = create_member(
            employee, kind, self.unit, shift=get_shift('clock_8'))
        certify([employee])
        Member.activate([member])
        return Member(member.id)

    def roster(self, user, format='ods', **data):
        data = {'kind': None, 'unit': None, 'states': STATES, **data}
        return print_as(
            self.users[user], 'safety.member.roster', format=format,
            **data)[1]

    def rows(self, content):
        sheets = read_sheets(content)
        (title, rows), = sheets.items()
        # Excel allows no longer names of sheets
        self.assertEqual([rows[0][0][:31]], [title])
        return rows

    @with_transaction()
    def test_roster(self):
        self.setup_people()
        rows = self.rows(self.roster('union'))
        self.assertTrue(rows[0][0].startswith("Roster of "))
        self.assertIn("Unit: Mine", rows[1][0])
        self.assertEqual(rows[2], HEAD)
        row = rows[3]
        self.assertEqual(
            [*row[:10], row[11]], [
                "1", "Zhang", "", national_id(3), mobile(3), "Ventilation",
                "", "", get_kind('union').name,
                get_shift('clock_8').name, "Active"])
        self.assertEqual(rows[4], ["1 persons and roles in all."])
        self.assertEqual(len(rows), 6)

    @with_transaction()
    def test_whole(self):
        "The managing department reads national IDs and phones whole"
        self.setup_people()
        numbers = {'union': 3, 'youth': 4, 'party': 5}
        for user, kinds in [
                ('union', ['union']), ('youth', ['youth']),
                ('party', ['party']), ('organizer', list(numbers))]:
            ids = [self.members[k].id for k in kinds]
            for format in ['ods', 'pdf']:
                _, content = print_as(
                    self.users[user], 'safety.member.roster', ids,
                    format=format)
                if format == 'ods':
                    text = '\n'.join(map(str, self.rows(content)))
                else:
                    text = '\n'.join(read_pdf(content))
                for number in map(numbers.get, kinds):
                    with self.subTest(user=user, format=format):
                        self.assertIn(national_id(number), text)
                        self.assertIn(mobile(number), text)

    @with_transaction()
    def test_roster_groups(self):
        "Only who manages members prints rosters, whatever is chosen"
        self.setup_people()
        for user in ['leader', 'safety', 'ordinary']:
            for ids, data in [
                    ([self.members['union'].id], {}),
                    ([], {'states': STATES})]:
                with self.subTest(user=user), self.assertRaises(AccessError):
                    call(self.users[user],
                        'report.safety.member.roster.execute', ids, data)

    @with_transaction()
    def test_foreign_members(self):
        "The members of another department cannot be printed"
        self.setup_people()
        for user, kind in [('union', 'youth'), ('youth', 'party')]:
            with self.subTest(user=user), self.assertRaises(AccessError):
                print_as(self.users[user], 'safety.member.roster',
                    [self.members[kind].id], format='ods')
            rows = self.rows(self.roster(
                    user, kind=get_kind(kind).id))
            self.assertEqual(rows[3], ["There are no members."])

    @with_transaction()
    def test_filters(self):
        pool = Pool()
        Member = pool.get('safety.member')
        self.setup_people()
        other = create_unit(self.company, "Other", parent=self.mine)
        with acting(self.users['youth'], reason="Ill"):
            Member.suspend([self.members['youth']])
        for data, names in [
                ({}, ["Li", "Zhang", "Wang"]),
                ({'kind': get_kind('party').id}, ["Li"]),
                ({'unit': self.mine.id}, ["Li", "Zhang", "Wang"]),
                ({'unit': other.id}, []),
                ({'states': ['suspended']}, ["Wang"])]:
            with self.subTest(data=data):
                rows = self.rows(self.roster('organizer', **data))
                self.assertEqual(
                    {r[1] for r in rows[3:] if len(r) > 1}, set(names))

    @with_transaction()
    def test_workbook(self):
        "A national ID stays a text in the workbook"
        self.setup_people()
        book = openpyxl.load_workbook(
            io.BytesIO(self.roster('union', format='xlsx')))
        sheet, = book
        self.assertEqual(sheet['D4'].value, national_id(3))
        self.assertEqual(sheet['E4'].value, mobile(3))
        self.assertIsInstance(sheet['K4'].value, dt.datetime)

    @with_transaction()
    def test_many(self):
        "A roster of 300 is whole and the head on each page"
        self.setup_people()
        ids = [self.members['union'].id] * 300
        pages = read_pdf(print_as(
                self.users['union'], 'safety.member.roster', ids,
                format='pdf')[1])
        self.assertGreater(len(pages), 8)
        for page in pages:
            self.assertIn("National ID", page)
        self.assertEqual(
            sum(page.count(national_id(3)) for page in pages), 300)

    @with_transaction()
    def test_coverage(self):
        pool = Pool()
        Requirement = pool.get('safety.coverage.requirement')
        self.setup_people()
        for kind, shift, number in [
                ('union', 'clock_8', 2), ('union', 'clock_0', 1),
                ('youth', 'clock_8', 1)]:
            Requirement.create([{
                        'company': self.company.id, 'unit': self.unit.id,
                        'shift': get_shift(shift).id,
                        'kind': get_kind(kind).id, 'required': number}])
        for user, gaps, expected, total in [
                ('organizer', False, [
                        ("zero", "union", "1", "0", "1", "", "Vacant"),
                        ("eight", "party", "0", "1", "0", "Li", ""),
                        ("eight", "union", "2", "1", "1", "Zhang", "Short"),
                        ("eight", "youth", "1", "1", "0", "Wang", "")],
                    ["Sum", "4", "3", "2", ""]),
                ('union', True, [
                        ("zero", "union", "1", "0", "1", "", "Vacant"),
                        ("eight", "union", "2", "1", "1", "Zhang", "Short")],
                    ["Sum", "3", "1", "2", ""])]:
            with self.subTest(user=user):
                rows = self.rows(print_as(
                        self.users[user], 'safety.coverage.table',
                        kind=None, unit=None, gaps=gaps, format='ods')[1])
                self.assertEqual(rows[2], [
                        "No.", "Unit", "Shift", "Role", "Required", "Active",
                        "Missing", "Active Members", "Remark"])
                names = {
                    'zero': get_shift('clock_0').name,
                    'eight': get_shift('clock_8').name}
                self.assertCountEqual([tuple(r[2:]) for r in rows[3:-3]], [
                        (names[s], get_kind(k).name, *rest)
                        for s, k, *rest in expected])
                self.assertEqual(rows[-3], total)
                self.assertIn("1 of these vacant", rows[-2][0])

    @with_transaction()
    def test_coverage_nothing(self):
        self.setup_people()
        rows = self.rows(print_as(
                self.users['union'], 'safety.coverage.table',
                kind=None, unit=None, gaps=True, format='ods')[1])
        self.assertEqual(rows[3], ["There are no shifts to cover."])
        self.assertEqual(len(rows), 6)

    @with_transaction()
    def test_login_slips(self):
        "The slips of new users are printed from the result of the import"
        pool = Pool()
        Session = pool.get('ir.session.wizard')
        self.setup_people()
        user = self.users['union']
        result = self.start_import(user)
        session, values = result
        passwords = {x['password'] for x in values['logins']}
        self.assertEqual(len(passwords), 3)
        printed = call(
            user, 'wizard.safety.roster.import.execute', session,
            {'result': values}, 'print_logins')
        (action, data), = printed['actions']
        self.assertEqual(action['report_name'], 'safety.login.slip')
        self.assertEqual(
            {x['password'] for x in data['logins']}, passwords)
        # The result stays to be printed again
        self.assertEqual(
            printed['view']['defaults']['logins'], values['logins'])
        stored = Session(session).data
        for password in passwords:
            self.assertNotIn(password, stored)
        _, content = print_as(
            user, 'safety.login.slip', format='odt', **data)
        text = read_paragraphs(content)
        for login in values['logins']:
            for name, label in [
                    ('unit', "Unit: "), ('name', "Name: "),
                    ('login', "Login: "),
                    ('password', "One-time password: ")]:
                self.assertIn(label + login[name], text)
        self.assertEqual(text.count("Mine: Login"), 3)
        log, = pool.get('hazard.print').search([])
        for password in passwords:
            self.assertNotIn(password, repr(
                    pool.get('hazard.print').read([log.id], [
                            'title', 'records', 'report'])))

    def start_import(self, user):
        "Return the session and the result of an import with logins."
        kind = get_kind('union').name
        rows = [
            person(100 + i, Unit="Ventilation", Role=kind) for i in range(3)]
        session, _, _ = call(user, 'wizard.safety.roster.import.create')
        result = call(
            user, 'wizard.safety.roster.import.execute', session,
            {'start': {'file': workbook(rows), 'create_logins': True}},
            'import_')
        return session, result['view']['defaults']

    @with_transaction()
    def test_slips_on_pages(self):
        "Ten slips are on a page, each whole"
        self.setup_people()
        logins = [{
                'unit': "Ventilation", 'name': f"Name {n}",
                'login': f'{n:06}', 'password': f'password{n:02}'}
            for n in range(21)]
        pages = read_pdf(print_as(
                self.users['youth'], 'safety.login.slip', logins=logins,
                format='pdf')[1])
        self.assertEqual(
            [page.count("One-time password") for page in pages], [10, 10, 1])
        for login in logins:
            self.assertEqual(
                sum(p.count(login['password']) for p in pages), 1)

    @with_transaction()
    def test_slips_access(self):
        self.setup_people()
        for user in ['ordinary', 'leader', 'safety']:
            with self.subTest(user=user), self.assertRaises(AccessError):
                print_as(
                    self.users[user], 'safety.login.slip', logins=[],
                    format='odt')

    @with_transaction()
    def test_wizards(self):
        self.setup_people()
        kind = get_kind('union').id
        for wizard, values, report, data in [
                ('safety.member.roster.print', {'states': ['active']},
                    'safety.member.roster', {'states': ['active']}),
                ('safety.coverage.table.print', {'gaps': True},
                    'safety.coverage.table', {'gaps': True})]:
            with self.subTest(wizard=wizard):
                result = run(
                    self.users['union'], wizard, [('print_', {'start': {
                                    'company': self.company.id,
                                    'kind': kind, 'unit': self.unit.id,
                                    'format': 'ods', **values}})])
                (action, printed), = result['actions']
                self.assertEqual(action['report_name'], report)
                self.assertEqual(printed, {
                        'kind': kind, 'unit': self.unit.id, 'format': 'ods',
                        **data})
