# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt

from roster_case import RosterCase
from roster_tools import mobile, person

from trytond.modules.company.tests import create_company, set_company
from trytond.modules.safety_organization.exceptions import RosterImportError
from trytond.modules.safety_organization.roster import \
    conflict as roster_conflict
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction


class RosterHiddenTestCase(RosterCase):
    "Test what rosters tell and change of people hidden from the user"

    @with_transaction()
    def test_conflict_hidden(self):
        "Test which guess is right is not told of hidden people"
        self.setup_company()
        self.employ(1, self.union.company)
        self.employ(2, self.union.company, active=False)
        self.employ(3, self.union.company)
        guesses = [person(n) for n in range(10, 40)]
        bad = person(50, Mobile='139')
        before = self.count_records()
        for hit in [
                person(1, Name="Nobody"),
                person(2),
                person(60, Mobile=mobile(3)),
                person(60, Mobile=mobile(3), Name=person(3)["Name"]),
                ]:
            with self.subTest(hit=hit):
                rows = [*guesses[:15], hit, *guesses[15:]]
                # A file that writes nothing anyway tells nothing
                self.assertEqual(
                    self.errors([*rows, bad]), [(len(rows) + 2, "Mobile")])
                state, result = self.execute(rows)
                self.assertEqual(state, 'errors')
                error, = result['errors']
                self.assertEqual(
                    (error['row'], error['column'], error['value']),
                    (None, '', ''))
                self.assertEqual(self.count_records(), before)
                # Who reads them whole is told the row as before
                self.assertEqual(
                    [r for r, _ in self.errors(rows, user=self.admin)], [17])

    @with_transaction()
    def test_conflict_foreign(self):
        "Test people of other companies are neither employed nor changed"
        pool = Pool()
        Currency = pool.get('currency.currency')
        Employee = pool.get('company.employee')
        self.setup_company()
        other = create_company("Other", currency=Currency.search([])[0])
        party = self.employ(1, other)
        for user in [self.union, self.admin]:
            for row in [person(1), person(1, Mobile=mobile(77))]:
                with self.subTest(user=user.login):
                    state, result = self.execute([row], user=user)
                    self.assertEqual(state, 'errors')
                    self.assertEqual(
                        [e['row'] for e in result['errors']], [None])
        self.assertEqual(party.mobile, mobile(1))
        employee, = Employee.search([('party', '=', party.id)])
        self.assertEqual(employee.company, other)

    @with_transaction()
    def test_mobile_hidden(self):
        "Test nobody replaces a phone without reading it"
        pool = Pool()
        ContactMechanism = pool.get('party.contact_mechanism')
        Member = pool.get('safety.member')
        self.setup_company()
        party = self.employ(1, self.union.company)
        self.employ(2, self.union.company)
        for number in [77, 2]:
            self.import_([person(1, Mobile=mobile(number))])

        def mobiles():
            return [m.value for m in ContactMechanism.search(
                    [('party', '=', party.id)])]

        self.assertEqual(mobiles(), [mobile(1)])
        Member.activate(Member.search([]))
        self.import_([person(1, Mobile=mobile(77))])
        self.assertEqual(mobiles(), [mobile(77)])
        ContactMechanism.delete(ContactMechanism.search(
                [('party', '=', party.id)]))
        Member.write(Member.search([]), {'since': None})
        self.import_([person(1, Mobile=mobile(78))])
        self.assertEqual(mobiles(), [])

    @with_transaction()
    def test_changes_hidden(self):
        "Test what would change tells nothing of hidden people"
        pool = Pool()
        Employee = pool.get('company.employee')
        Member = pool.get('safety.member')
        Unit = pool.get('safety.unit')
        company = self.setup_company()
        with set_company(company):
            other, = Unit.create([{'name': "Other"}])
        # One of the department's own, and one whom it may not read
        self.import_([person(1)])
        Member.activate(Member.search([]))
        hidden = self.employ(2, company)
        guesses = [person(n, Unit="Other") for n in range(10, 20)]
        rows = [person(1, Unit="Other"), *guesses]
        before = self.count_records()
        _, without = self.execute(rows, known=None)
        state, values = self.execute(
            [*rows, person(2, Unit="Other")], known=None)
        self.assertEqual(state, 'changes')
        self.assertEqual(values, without)
        self.assertEqual(
            {c['person'] for c in values['changes']}, {person(1)["Name"]})
        self.assertEqual(self.count_records(), before)

        # Nor is it changed unseen
        result = self.import_([*rows, person(2, Unit="Other")])
        self.assertEqual(result['updated'], 1)
        employee, = Employee.search([('party', '=', hidden.id)])
        self.assertIsNone(employee.unit)

    @with_transaction()
    def test_conflict_limit(self):
        "Test whoever goes on guessing is refused for a day, and recorded"
        pool = Pool()
        Log = pool.get('ir.model.log')
        self.setup_company()
        self.employ(1, self.union.company)
        guess, right = person(1, Name="Nobody"), person(2)
        with self.assertLogs(roster_conflict.__name__, 'WARNING'):
            for _ in range(roster_conflict.LIMIT):
                self.assertEqual(self.errors([guess]), [(None, '')])
        logs = Log.search([('resource', '=', str(self.union))])
        self.assertEqual(len(logs), roster_conflict.LIMIT)
        self.assertEqual({g.user for g in logs}, {self.union})
        self.assertTrue(all(g.action for g in logs))
        for row in [guess, right]:
            with self.assertRaises(RosterImportError):
                self.execute([row])
        self.import_([right], user=self.admin)
        table = Log.__table__()
        Transaction().connection.cursor().execute(*table.update(
                [table.create_date],
                [dt.datetime.now() - dt.timedelta(days=2)]))
        self.import_([right])
