# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from organization import (
    acting, create_company, create_employee, create_member, create_unit,
    create_user, get_kind, get_shift, lead)

from trytond.model.exceptions import (
    AccessError, DomainValidationError, SQLConstraintError)
from trytond.pool import Pool
from trytond.tests.test_tryton import (
    TestCase, activate_module, with_transaction)
from trytond.transaction import Transaction

GROUP = 'safety_organization.group_member_%s'


class CoverageMixin:

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_module('safety_organization')

    def setup(self):
        self.company = create_company()
        self.unit = create_unit(self.company, "Team")

    def require(self, kind='union', shift='clock_8', required=1, unit=None):
        pool = Pool()
        Requirement = pool.get('safety.coverage.requirement')
        requirement = Requirement(
            company=self.company, unit=unit or self.unit,
            shift=get_shift(shift), kind=get_kind(kind), required=required)
        requirement.save()
        return requirement

    def staff(self, kind='union', shift='clock_8', state='active'):
        pool = Pool()
        Member = pool.get('safety.member')
        member = create_member(
            create_employee(self.company), kind, self.unit,
            shift=get_shift(shift))
        if state != 'candidate':
            Member.activate([member])
        return member


class CoverageTestCase(CoverageMixin, TestCase):
    "Which shift of which unit has nobody"

    @property
    def coverage(self):
        pool = Pool()
        Coverage = pool.get('safety.coverage')
        return [
            (c.unit.name, c.shift.code, c.kind.code,
                c.required, c.actual, c.gap)
            for c in Coverage.search([])]

    @with_transaction()
    def test_gap(self):
        self.setup()
        self.require(required=2)
        self.staff()
        self.staff(state='candidate')
        self.assertEqual(
            self.coverage, [("Team", '8', 'union', 2, 1, 1)])

    @with_transaction()
    def test_not_required(self):
        self.setup()
        self.staff()
        self.assertEqual(
            self.coverage, [("Team", '8', 'union', 0, 1, -1)])

    @with_transaction()
    def test_gaps_first(self):
        self.setup()
        self.require(kind='party')
        self.require(kind='union', required=3)
        self.require(kind='youth')
        self.staff(kind='party')
        self.assertEqual(
            [(kind, gap) for _, _, kind, _, _, gap in self.coverage],
            [('union', 3), ('youth', 1), ('party', 0)])

    @with_transaction()
    def test_only_same_shift_and_unit(self):
        self.setup()
        self.require(unit=create_unit(self.company, "Other"))
        self.require(shift='clock_16')
        self.staff()
        self.assertEqual([c[-1] for c in self.coverage], [1, 1, -1])

    @with_transaction()
    def test_suspended_leaves_gap(self):
        pool = Pool()
        Member = pool.get('safety.member')
        self.setup()
        self.require()
        member = self.staff()
        with Transaction().set_context(reason="Ill"):
            Member.suspend(Member.browse([member.id]))
        self.assertEqual(
            self.coverage, [("Team", '8', 'union', 1, 0, 1)])

    @with_transaction()
    def test_inactive(self):
        self.setup()
        for name in ['unit', 'shift', 'kind']:
            with self.subTest(name=name):
                requirement = self.require()
                record = getattr(requirement, name)
                record.active = False
                record.save()
                self.assertEqual(self.coverage, [])
                record.active = True
                record.save()
                requirement.delete([requirement])

    @with_transaction()
    def test_ids(self):
        pool = Pool()
        Coverage = pool.get('safety.coverage')
        self.setup()
        self.require(kind='party')
        self.require()
        for kind in ['union', 'union', 'youth']:
            self.staff(kind=kind)
        coverages = Coverage.search([])
        self.assertEqual(len(coverages), 3)
        self.assertEqual(len({c.id for c in coverages}), 3)
        self.assertEqual(
            Coverage.browse([c.id for c in coverages]), coverages)

    @with_transaction()
    def test_search_rec_name(self):
        pool = Pool()
        Coverage = pool.get('safety.coverage')
        self.setup()
        self.require()
        coverage, = Coverage.search([('rec_name', 'ilike', "Team%")])
        self.assertEqual(
            coverage.rec_name,
            "Team / Eight O'Clock Shift / Mass Supervision Member")

    @with_transaction()
    def test_requirement_unique(self):
        self.setup()
        self.require()
        with self.assertRaises(SQLConstraintError):
            self.require()

    @with_transaction()
    def test_requirement_negative(self):
        self.setup()
        with self.assertRaises(DomainValidationError):
            self.require(required=-1)

    @with_transaction()
    def test_access_of_department(self):
        pool = Pool()
        Coverage = pool.get('safety.coverage')
        Requirement = pool.get('safety.coverage.requirement')
        self.setup()
        union, party = self.require(), self.require(kind='party')
        user = create_user(
            'union', self.company, groups=[GROUP % 'union'])
        with acting(user):
            self.assertEqual(Requirement.search([]), [union])
            self.assertEqual(len(Coverage.search([])), 1)
            Requirement.write([union], {'required': 2})
            for method, args in [
                    (Requirement.write, ([party], {'required': 2})),
                    (Requirement.delete, ([party],)),
                    (Requirement.create, ([{
                                    'unit': self.unit.id,
                                    'shift': get_shift('clock_0').id,
                                    'kind': get_kind('party').id,
                                    }],)),
                    ]:
                with self.subTest(method=method), \
                        self.assertRaises(AccessError):
                    method(*args)

    @with_transaction()
    def test_access_of_others(self):
        pool = Pool()
        Coverage = pool.get('safety.coverage')
        Requirement = pool.get('safety.coverage.requirement')
        self.setup()
        requirement = self.require()
        captain = create_employee(self.company)
        lead(self.unit, captain)
        other = create_company("Other")
        for user, count in [
                (create_user('employee', self.company), 0),
                (create_user('captain', self.company, captain), 1),
                (create_user('organization', self.company, groups=[
                            'safety_organization.group_organization_admin']),
                    1),
                (create_user('other', other, groups=[GROUP % 'union']), 0),
                ]:
            with self.subTest(user=user.login), acting(user):
                self.assertEqual(len(Requirement.search([])), count)
                self.assertEqual(len(Coverage.search([])), count)
                with self.assertRaises(AccessError):
                    Requirement.write([requirement], {'required': 5})


class CoverageNotifyTestCase(CoverageMixin, TestCase):
    "Who hears about a new gap"

    def notify(self):
        pool = Pool()
        Coverage = pool.get('safety.coverage')
        transaction = Transaction()
        Coverage.notify_gaps()
        notifications = [
            (n.user.login, n.label, n.description)
            for n in transaction.user_notifications]
        transaction._clear_user_notifications()
        return notifications

    def setup(self):
        super().setup()
        for kind in ['union', 'party']:
            create_user(kind, self.company, groups=[GROUP % kind])

    @with_transaction()
    def test_new_gap_once(self):
        self.setup()
        self.require()
        self.assertEqual(self.notify(), [(
                    'union', "New gaps in the coverage: 1",
                    "Team / Eight O'Clock Shift / Mass Supervision Member")])
        self.assertEqual(self.notify(), [])

    @with_transaction()
    def test_sum_up(self):
        self.setup()
        self.require()
        self.require(shift='clock_16')
        self.require(kind='party')
        self.assertEqual(
            sorted((login, label) for login, label, _ in self.notify()), [
                ('party', "New gaps in the coverage: 1"),
                ('union', "New gaps in the coverage: 2"),
                ])

    @with_transaction()
    def test_only_new(self):
        self.setup()
        self.require()
        self.notify()
        self.require(shift='clock_16')
        (_, _, description), = self.notify()
        self.assertTrue(description.startswith("Team / Four O'Clock Shift"))

    @with_transaction()
    def test_gap_again(self):
        pool = Pool()
        Member = pool.get('safety.member')
        self.setup()
        self.require()
        self.notify()
        member = self.staff()
        self.assertEqual(self.notify(), [])
        with Transaction().set_context(reason="Left"):
            Member.dismiss(Member.browse([member.id]))
        self.assertEqual(len(self.notify()), 1)

    @with_transaction()
    def test_group_below(self):
        pool = Pool()
        Group = pool.get('res.group')
        User = pool.get('res.user')
        self.setup()
        group, = Group.create([{
                    'name': "Head of the Union",
                    'parent': get_kind('union').group.id,
                    }])
        user = create_user('head', self.company)
        User.write([user], {'groups': [('add', [group.id])]})
        self.require()
        self.assertEqual(
            sorted(login for login, _, _ in self.notify()),
            ['head', 'union'])

    @with_transaction()
    def test_other_company(self):
        self.setup()
        create_user(
            'other', create_company("Other"), groups=[GROUP % 'union'])
        self.require()
        self.assertEqual([n[0] for n in self.notify()], ['union'])

    @with_transaction()
    def test_language(self):
        pool = Pool()
        Language = pool.get('ir.lang')
        ModelData = pool.get('ir.model.data')
        Translation = pool.get('ir.translation')
        User = pool.get('res.user')
        self.setup()
        language, = Language.search([('code', '=', 'fr')])
        Language.write([language], {'translatable': True})
        Translation.create([{
                    'lang': 'fr',
                    'type': 'model',
                    'name': 'ir.message,text',
                    'res_id': ModelData.get_id(
                        'safety_organization', 'msg_coverage_gaps'),
                    'value': "%(number)s trous",
                    'module': 'safety_organization',
                    'fuzzy': False,
                    }])
        user, = User.search([('login', '=', 'union')])
        User.write([user], {'language': language.id})
        self.require()
        self.assertEqual(self.notify()[0][1], "1 trous")

    @with_transaction()
    def test_cron(self):
        pool = Pool()
        Cron = pool.get('ir.cron')
        self.setup()
        self.require()
        cron, = Cron.search([
                ('method', '=', 'safety.coverage|notify_gaps')])
        self.assertFalse(cron.companies)
        Cron.run_once([cron])
        self.assertEqual(len(Transaction().user_notifications), 1)
        Transaction()._clear_user_notifications()
