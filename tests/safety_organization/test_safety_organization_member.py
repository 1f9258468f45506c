# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt
from decimal import Decimal
from unittest.mock import patch

from organization import (
    acting, create_company, create_employee, create_member, create_unit,
    create_user, get_kind, get_shift, lead)

from trytond.model.exceptions import (
    AccessError, ButtonActionException, DomainValidationError,
    SQLConstraintError, ValidationError)
from trytond.modules.safety_organization.exceptions import (
    MemberAccessError, MemberActivationError, MemberChangeError)
from trytond.pool import Pool
from trytond.tests.test_tryton import (
    TestCase, activate_module, with_transaction)
from trytond.transaction import Transaction

GROUP = 'safety_organization.group_member_%s'


def press(button, members, reason=None):
    with Transaction().set_context(reason=reason):
        Member = Pool().get('safety.member')
        members = Member.browse([m.id for m in members])
        getattr(Member, button)(members)


class MemberTestCase(TestCase):
    "The life of a member"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_module('safety_organization')

    def setup(self):
        self.company = create_company()
        self.unit = create_unit(self.company, "Team")
        self.employee = create_employee(self.company)
        self.clerk = create_employee(self.company, "Clerk")
        self.user = create_user(
            'clerk', self.company, self.clerk, [GROUP % 'union'])
        return create_member(self.employee, 'union', self.unit)

    @with_transaction()
    def test_life(self):
        member = self.setup()
        today = dt.date.today()
        with acting(self.user):
            press('activate', [member])
            self.assertEqual(member.state, 'active')
            self.assertEqual(member.since, today)
            press('suspend', [member], "Ill")
            self.assertEqual(member.state, 'suspended')
            press('resume', [member])
            self.assertEqual(member.state, 'active')
            press('dismiss', [member], "Left")
            self.assertEqual(member.state, 'dismissed')
            self.assertEqual(member.until, today)
            changes = [
                (c.from_state, c.to_state, c.reason, c.date,
                    c.changed_by, c.user)
                for c in reversed(member.changes)]
        self.assertEqual(changes, [
                (from_, to, reason, today, self.clerk, self.user)
                for from_, to, reason in [
                    ('candidate', 'active', None),
                    ('active', 'suspended', "Ill"),
                    ('suspended', 'active', None),
                    ('active', 'dismissed', "Left"),
                    ]])

    @with_transaction()
    def test_log(self):
        "Who suspended whom is told to who manages members only"
        Log = Pool().get('ir.model.log')
        member = self.setup()
        plain = create_user('plain', self.company)
        manager = create_user('manager', self.company, groups=[
                'safety_organization.group_organization_admin'])
        logs = Log.create([{
                    'user': self.user.id, 'event': 'button',
                    'target': 'suspend', 'resource': str(resource)}
                for resource in [member, self.unit]])
        of_member = [('resource', '=', str(member))]
        of_unit = [('resource', '=', str(self.unit))]
        for user, told in [(self.user, True), (manager, True), (plain, False)]:
            with self.subTest(user=user.login), acting(user):
                self.assertEqual(bool(Log.search(of_member)), told)
                self.assertTrue(Log.search(of_unit))
        with acting(plain), self.assertRaises(AccessError):
            Log.read([log.id for log in logs], ['user', 'target'])

    @with_transaction()
    def test_date_of_company(self):
        pool = Pool()
        Date = pool.get('ir.date')
        member = self.setup()
        tomorrow = dt.date.today() + dt.timedelta(days=1)
        with acting(self.user), \
                patch.object(Date, 'today', return_value=tomorrow):
            press('activate', [member])
        self.assertEqual(member.since, tomorrow)
        self.assertEqual(member.changes[0].date, tomorrow)

    @with_transaction()
    def test_since_is_first_activation(self):
        member = self.setup()
        press('activate', [member])
        member.since = dt.date(2020, 1, 1)
        member.save()
        press('suspend', [member], "Ill")
        press('resume', [member])
        self.assertEqual(member.since, dt.date(2020, 1, 1))

    @with_transaction()
    def test_reason_asked(self):
        member = self.setup()
        press('activate', [member])
        for button in ['suspend', 'dismiss']:
            for reason in [None, '', '  ']:
                with self.subTest(button=button, reason=reason), \
                        self.assertRaises(ButtonActionException):
                    press(button, [member], reason)

    @with_transaction()
    def test_reason_wizard(self):
        pool = Pool()
        member = self.setup()
        other = create_member(self.clerk, 'union', self.unit)
        press('activate', [member, other])
        Suspend = pool.get('safety.member.suspend', type='wizard')
        with acting(self.user, active_model='safety.member',
                active_id=member.id, active_ids=[member.id, other.id]):
            session, *_ = Suspend.create()
            Suspend.execute(
                session, {'ask': {'reason': "Away"}}, 'press')
        for record in [member, other]:
            self.assertEqual(record.state, 'suspended')
            self.assertEqual(record.changes[0].reason, "Away")

    @with_transaction()
    def test_reason_wizard_checks_rules(self):
        pool = Pool()
        member = self.setup()
        press('activate', [member])
        user = create_user(
            'party', self.company, groups=[GROUP % 'party'])
        Suspend = pool.get('safety.member.suspend', type='wizard')
        session, *_ = Suspend.create()
        with acting(user, active_model='safety.member',
                active_id=member.id, active_ids=[member.id]), \
                self.assertRaises(AccessError):
            Suspend.execute(
                session, {'ask': {'reason': "Away"}}, 'press')

    @with_transaction()
    def test_activate_without_unit(self):
        self.setup()
        member = create_member(self.clerk, 'union')
        with self.assertRaises(MemberActivationError):
            press('activate', [member])

    @with_transaction()
    def test_active_without_unit(self):
        member = self.setup()
        press('activate', [member])
        member.unit = None
        with self.assertRaises(ValidationError):
            member.save()

    @with_transaction()
    def test_check_activation_hook(self):
        pool = Pool()
        Member = pool.get('safety.member')
        member = self.setup()
        with patch.object(Member, 'check_activation') as check:
            press('activate', [member])
            check.assert_called_once()
            press('suspend', [member], "Ill")
            press('resume', [member])
            self.assertEqual(check.call_count, 2)

    @with_transaction()
    def test_not_same_kind_twice(self):
        self.setup()
        with self.assertRaises(SQLConstraintError):
            create_member(self.employee, 'union', self.unit)

    @with_transaction()
    def test_not_same_kind_twice_by_change(self):
        self.setup()
        member = create_member(self.employee, 'party', self.unit)
        member.kind = get_kind('union')
        with self.assertRaises(SQLConstraintError):
            member.save()

    @with_transaction()
    def test_two_kinds(self):
        pool = Pool()
        Member = pool.get('safety.member')
        self.setup()
        create_member(self.employee, 'party', self.unit)
        self.assertEqual(
            {m.kind.code for m in Member.search([
                        ('employee', '=', self.employee.id)])},
            {'party', 'union'})

    @with_transaction()
    def test_dismissed_frees_place(self):
        member = self.setup()
        press('dismiss', [member], "Left")
        again = create_member(self.employee, 'union', self.unit)
        self.assertEqual(again.state, 'candidate')

    @with_transaction()
    def test_delete(self):
        pool = Pool()
        Member = pool.get('safety.member')
        member = self.setup()
        other = create_member(self.clerk, 'union', self.unit)
        press('activate', [other])
        with acting(self.user):
            Member.delete([member])
            with self.assertRaises(MemberAccessError):
                Member.delete([other])

    @with_transaction()
    def test_create_only_candidates(self):
        pool = Pool()
        Member = pool.get('safety.member')
        self.setup()
        for values in [
                {'state': 'active'},
                {'since': dt.date(2026, 1, 1)},
                {'until': dt.date(2026, 1, 1)},
                ]:
            employee = create_employee(self.company)
            with self.subTest(values=values), \
                    acting(self.user), \
                    self.assertRaises(MemberAccessError):
                Member.create([{
                            'employee': employee.id,
                            'kind': get_kind('union').id,
                            'unit': self.unit.id,
                            **values,
                            }])

    @with_transaction()
    def test_write_only_by_buttons(self):
        pool = Pool()
        Member = pool.get('safety.member')
        member = self.setup()
        press('activate', [member])
        with acting(self.user):
            Member.write([member], {'shift': get_shift('clock_8').id})
            for values in [
                    {'state': 'suspended'},
                    {'since': None},
                    {'until': dt.date(2026, 1, 1)},
                    {'employee': self.clerk.id},
                    {'kind': get_kind('party').id},
                    {'changes': [('remove', [member.changes[0].id])]},
                    ]:
                with self.subTest(values=values), \
                        self.assertRaises(MemberAccessError):
                    Member.write([member], values)

    @with_transaction()
    def test_dismissed_is_kept(self):
        pool = Pool()
        Member = pool.get('safety.member')
        member = self.setup()
        press('dismiss', [member], "Left")
        with acting(self.user), self.assertRaises(MemberAccessError):
            Member.write([member], {'unit': None})

    @with_transaction()
    def test_changes_append_only(self):
        pool = Pool()
        Change = pool.get('safety.member.change')
        member = self.setup()
        press('activate', [member])
        change, = member.changes
        with self.assertRaises(MemberChangeError):
            Change.write([change], {'reason': "Other"})
        with self.assertRaises(MemberChangeError):
            Change.delete([change])
        with acting(self.user), self.assertRaises(AccessError):
            Change.create([{
                        'member': member.id,
                        'company': self.company.id,
                        'date': dt.date.today(),
                        'from_state': 'candidate',
                        'to_state': 'active',
                        'at': dt.datetime.now(),
                        }])

    @with_transaction()
    def test_negative_allowance(self):
        member = self.setup()
        member.allowance = Decimal(-1)
        with self.assertRaises(DomainValidationError):
            member.save()

    @with_transaction()
    def test_unit_of_other_company(self):
        member = self.setup()
        member.unit = create_unit(create_company("Other"), "Team")
        with self.assertRaises(DomainValidationError):
            member.save()


class AppointTestCase(TestCase):
    "Employees become members"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_module('safety_organization')

    def appoint(self, user, employees, kind):
        pool = Pool()
        Appoint = pool.get('safety.member.appoint', type='wizard')
        with acting(user, active_model='company.employee',
                active_id=employees[0].id,
                active_ids=[e.id for e in employees]):
            session, *_ = Appoint.create()
            return Appoint.execute(session, {'ask': {
                        'kind': get_kind(kind).id,
                        'shift': get_shift('clock_8').id,
                        }}, 'appoint')

    @with_transaction()
    def test_appoint(self):
        pool = Pool()
        Member = pool.get('safety.member')
        company = create_company()
        unit = create_unit(company, "Team")
        employees = [create_employee(company) for _ in range(3)]
        employees[0].unit = unit
        employees[0].save()
        member = create_member(employees[2], 'union')
        user = create_user('union', company, groups=[GROUP % 'union'])
        for _ in range(2):
            self.appoint(user, employees, 'union')
            members = Member.search([], order=[('id', 'ASC')])
            self.assertEqual(
                [(m.employee, m.unit, m.shift) for m in members], [
                    (employees[2], None, None),
                    (employees[0], unit, get_shift('clock_8')),
                    (employees[1], None, get_shift('clock_8')),
                    ])
        self.assertEqual(members[0], member)

    @with_transaction()
    def test_appoint_other_kind(self):
        company = create_company()
        employee = create_employee(company)
        user = create_user('union', company, groups=[GROUP % 'union'])
        with self.assertRaises(AccessError):
            self.appoint(user, [employee], 'party')

    @with_transaction()
    def test_appoint_without_group(self):
        company = create_company()
        employee = create_employee(company)
        user = create_user('user', company)
        with self.assertRaises(AccessError):
            self.appoint(user, [employee], 'union')


class MemberAccessTestCase(TestCase):
    "Who sees and manages which members"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_module('safety_organization')

    def setup(self):
        self.company = create_company()
        self.unit = create_unit(self.company, "Team")
        self.employee = create_employee(self.company)
        self.union = create_member(
            self.employee, 'union', self.unit, allowance=Decimal(100))
        self.party = create_member(
            create_employee(self.company), 'party', self.unit)
        self.user = create_user(
            'union', self.company, groups=[GROUP % 'union'])

    @with_transaction()
    def test_own_kind(self):
        pool = Pool()
        Member = pool.get('safety.member')
        self.setup()
        other = create_employee(self.company)
        with acting(self.user):
            self.assertEqual(Member.search([]), [self.union])
            self.assertEqual(
                Member.read([self.union.id], ['allowance'])[0]['allowance'],
                Decimal(100))
            Member.write([self.union], {'allowance': Decimal(200)})
            for method, args in [
                    (Member.read, ([self.party.id], ['state'])),
                    (Member.write, ([self.party], {'allowance': None})),
                    (Member.delete, ([self.party],)),
                    (Member.activate, ([self.party],)),
                    (Member.create, ([{
                                    'employee': other.id,
                                    'kind': self.party.kind.id,
                                    }],)),
                    (Member.write, (
                            [self.union], {'kind': self.party.kind.id})),
                    ]:
                with self.subTest(method=method), \
                        self.assertRaises(AccessError):
                    method(*args)

    @with_transaction()
    def test_own_membership_is_only_read(self):
        pool = Pool()
        Member = pool.get('safety.member')
        self.setup()
        user = create_user(
            'party', self.company, self.employee, [GROUP % 'party'])
        with acting(user):
            self.assertEqual(
                set(Member.search([])), {self.union, self.party})
            with self.assertRaises(AccessError):
                Member.activate([self.union])

    @with_transaction()
    def test_leader(self):
        pool = Pool()
        Change = pool.get('safety.member.change')
        Member = pool.get('safety.member')
        self.setup()
        captain = create_employee(self.company, "Captain")
        lead(self.unit, captain)
        user = create_user(
            'captain', self.company, captain, [GROUP % 'youth'])
        with acting(user):
            self.assertEqual(
                set(Member.search([])), {self.union, self.party})
            self.assertEqual(Change.search([]), [])
            with self.assertRaises(AccessError):
                Member.activate([self.union])

    @with_transaction()
    def test_employee(self):
        pool = Pool()
        Change = pool.get('safety.member.change')
        Member = pool.get('safety.member')
        self.setup()
        press('activate', [self.union, self.party])
        user = create_user('user', self.company, self.employee)
        with acting(user):
            self.assertEqual(
                set(Member.search([])), {self.union, self.party})
            self.assertTrue(self.union.rec_name)
            self.assertEqual(
                Change.search([]), list(self.union.changes))
            for method, args in [
                    (Member.read, ([self.union.id], ['allowance'])),
                    (Member.search, ([('allowance', '>', 0)],)),
                    (Member.write, ([self.union], {'unit': None})),
                    (Member.delete, ([self.union],)),
                    (Member.suspend, ([self.union],)),
                    ]:
                with self.subTest(method=method), \
                        self.assertRaises(AccessError):
                    method(*args)

    @with_transaction()
    def test_organization_admin(self):
        pool = Pool()
        Change = pool.get('safety.member.change')
        Member = pool.get('safety.member')
        self.setup()
        press('activate', [self.union])
        user = create_user('organization', self.company, groups=[
                'safety_organization.group_organization_admin'])
        with acting(user):
            self.assertEqual(
                set(Member.search([])), {self.union, self.party})
            self.assertEqual(len(Change.search([])), 1)
            for method, args in [
                    (Member.read, ([self.union.id], ['allowance'])),
                    (Member.write, ([self.union], {'unit': None})),
                    (Member.suspend, ([self.union],)),
                    ]:
                with self.subTest(method=method), \
                        self.assertRaises(AccessError):
                    method(*args)

    @with_transaction()
    def test_other_company(self):
        pool = Pool()
        Member = pool.get('safety.member')
        self.setup()
        press('activate', [self.union])
        user = create_user(
            'other', create_company("Other"), groups=[
                GROUP % 'union',
                'safety_organization.group_organization_admin'])
        with acting(user):
            for name in ['safety.member', 'safety.member.change']:
                with self.subTest(name=name):
                    self.assertEqual(pool.get(name).search([]), [])
            with self.assertRaises(AccessError):
                Member.read([self.union.id], ['state'])
