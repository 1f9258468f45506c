# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt

from organization import (
    acting, create_company, create_employee, create_unit, create_user, lead)

from trytond.model.exceptions import AccessError, SQLConstraintError
from trytond.model.tree import RecursionError
from trytond.pool import Pool
from trytond.pyson import Eval, PYSONEncoder
from trytond.tests.test_tryton import (
    TestCase, activate_module, with_transaction)


class UnitTestCase(TestCase):
    "Units and who leads them"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_module('safety_organization')

    @with_transaction()
    def test_recursion(self):
        company = create_company()
        parent = create_unit(company, "Mine", kind='mine')
        child = create_unit(company, "Team", parent=parent)

        parent.parent = child
        with self.assertRaises(RecursionError):
            parent.save()

    @with_transaction()
    def test_code_unique(self):
        company = create_company()
        create_unit(company, "Ventilation", code='V')
        with self.assertRaises(SQLConstraintError):
            create_unit(company, "Other", code='V')

    @with_transaction()
    def test_no_code_not_unique(self):
        company = create_company()
        create_unit(company, "Ventilation")
        create_unit(company, "Transport")
        self.assertEqual(
            Pool().get('safety.unit').search([('code', '=', None)],
                count=True), 2)

    @with_transaction()
    def test_name_unique_under_parent(self):
        company = create_company()
        one = create_unit(company, "One")
        other = create_unit(company, "Other")
        create_unit(company, "Team", parent=one)
        create_unit(company, "Team", parent=other)
        with self.assertRaises(SQLConstraintError):
            create_unit(company, "Team", parent=one)

    @with_transaction()
    def test_name_unique_at_top(self):
        company = create_company()
        create_unit(company, "Mine")
        create_unit(create_company("Other Company"), "Mine")
        with self.assertRaises(SQLConstraintError):
            create_unit(company, "Mine")

    @with_transaction()
    def test_search_rec_name(self):
        pool = Pool()
        Unit = pool.get('safety.unit')
        company = create_company()
        unit = create_unit(company, "Ventilation Team", code='T03')
        for name in ["Ventil%", "T03"]:
            with self.subTest(name=name):
                self.assertEqual(
                    Unit.search([('rec_name', 'ilike', name)]), [unit])

    @with_transaction()
    def test_get_leaders(self):
        company = create_company()
        captain = create_employee(company, "Captain")
        secretary = create_employee(company, "Secretary")
        mine = create_unit(company, "Mine", kind='mine')
        team = create_unit(company, "Team", parent=mine)
        lead(team, captain)
        lead(team, secretary, 'secretary')
        self.assertEqual(team.get_leaders(), [captain, secretary])
        self.assertEqual(team.get_leaders({'secretary'}), [secretary])
        self.assertEqual(mine.get_leaders(), [])

    @with_transaction()
    def test_get_leaders_of_parent(self):
        company = create_company()
        director = create_employee(company, "Director")
        mine = create_unit(company, "Mine", kind='mine')
        team = create_unit(company, "Team", parent=mine)
        lead(mine, director)
        self.assertEqual(team.get_leaders(), [director])

    @with_transaction()
    def test_get_leaders_without_ended(self):
        company = create_company()
        captain = create_employee(company, "Captain")
        captain.end_date = dt.date.today() - dt.timedelta(days=1)
        captain.save()
        team = create_unit(company, "Team")
        lead(team, captain)
        self.assertEqual(team.get_leaders(), [])

    @with_transaction()
    def test_led_units(self):
        pool = Pool()
        User = pool.get('res.user')
        company = create_company()
        director = create_employee(company, "Director")
        captain = create_employee(company, "Captain")
        mine = create_unit(company, "Mine", kind='mine')
        team = create_unit(company, "Team", parent=mine)
        crew = create_unit(company, "Crew", parent=team, active=False)
        other = create_unit(company, "Other", parent=mine)
        lead(mine, director)
        lead(team, captain)
        director = create_user('director', company, director)
        captain = create_user('captain', company, captain)
        nobody = create_user('nobody', company)
        for user, units, companies in [
                (director, (mine, team, crew, other), (company.id,)),
                (captain, (team, crew), ()),
                (nobody, (), ()),
                ]:
            with self.subTest(user=user.login), acting(user):
                self.assertEqual(
                    User.get_led_units(),
                    tuple(sorted(u.id for u in units)))
                self.assertEqual(User.get_managed_companies(), companies)

    @with_transaction()
    def test_led_units_follow_changes(self):
        pool = Pool()
        User = pool.get('res.user')
        company = create_company()
        captain = create_employee(company, "Captain")
        team = create_unit(company, "Team")
        user = create_user('captain', company, captain)

        def led():
            with acting(user):
                return User.get_led_units()
        self.assertEqual(led(), ())
        leader = lead(team, captain)
        self.assertEqual(led(), (team.id,))
        crew = create_unit(company, "Crew", parent=team)
        self.assertEqual(led(), (team.id, crew.id))
        crew.parent = None
        crew.save()
        self.assertEqual(led(), (team.id,))
        leader.delete([leader])
        self.assertEqual(led(), ())

    @with_transaction()
    def test_managed_companies_follow_kind(self):
        pool = Pool()
        User = pool.get('res.user')
        company = create_company()
        director = create_employee(company, "Director")
        unit = create_unit(company, "Mine", kind='department')
        lead(unit, director)
        user = create_user('director', company, director)
        with acting(user):
            self.assertEqual(User.get_managed_companies(), ())
        unit.kind = 'mine'
        unit.save()
        with acting(user):
            self.assertEqual(User.get_managed_companies(), (company.id,))


class RuleContextTestCase(TestCase):
    "What the record rules know about the user"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_module('safety_organization')

    @with_transaction()
    def test_context(self):
        pool = Pool()
        Kind = pool.get('safety.member.kind')
        Rule = pool.get('ir.rule')
        company = create_company()
        employee = create_employee(company)
        unit = create_unit(company, "Mine", kind='mine')
        lead(unit, employee)
        user = create_user('user', company, employee, [
                'safety_organization.group_member_union'])
        kind, = Kind.search([('code', '=', 'union')])
        with acting(user):
            context = Rule._get_context('safety.member')
        self.assertEqual(context['employees'], (employee.id,))
        self.assertEqual(context['led_units'], (unit.id,))
        self.assertEqual(context['managed_companies'], (company.id,))
        self.assertEqual(context['member_kinds'], (kind.id,))
        self.assertEqual(context['user_id'], user.id)

    @with_transaction()
    def test_context_of_other_model(self):
        pool = Pool()
        Rule = pool.get('ir.rule')
        User = pool.get('res.user')
        company = create_company()
        with acting(create_user('user', company)):
            self.assertNotIn('user_id', Rule._get_context('res.user'))
            User._rule_context_organization = True
            try:
                self.assertIn('user_id', Rule._get_context('res.user'))
            finally:
                del User._rule_context_organization

    @with_transaction()
    def test_domain_does_not_leak(self):
        pool = Pool()
        Rule = pool.get('ir.rule')
        RuleGroup = pool.get('ir.rule.group')
        company = create_company()
        users, units = [], []
        for name in ['one', 'other']:
            employee = create_employee(company, name)
            unit = create_unit(company, name)
            lead(unit, employee)
            units.append(unit)
            users.append(create_user(name, company, employee))
        encode = PYSONEncoder().encode
        RuleGroup.create([{
                    'name': "Test",
                    'model': 'safety.unit',
                    'global_p': True,
                    'rules': [('create', [{'domain': encode(domain)}])],
                    } for domain in [
                    [('id', 'in', Eval('led_units'))],
                    [('id', '!=', Eval('user_id'))],
                    ]])
        for _ in range(2):
            for user, unit in zip(users, units):
                with self.subTest(user=user.login), acting(user):
                    domain = str(Rule.domain_get('safety.unit'))
                    self.assertIn(str([unit.id])[1:-1], domain)
                    self.assertIn(f"('id', '!=', {user.id})",
                        domain.replace('[', '(').replace(']', ')'))

    @with_transaction()
    def test_records_do_not_leak(self):
        pool = Pool()
        Coverage = pool.get('safety.coverage')
        Requirement = pool.get('safety.coverage.requirement')
        Kind = pool.get('safety.member.kind')
        Shift = pool.get('safety.shift')
        company = create_company()
        users, requirements = [], []
        for name in ['one', 'other']:
            employee = create_employee(company, name)
            unit = create_unit(company, name)
            lead(unit, employee)
            requirement = Requirement(
                company=company, unit=unit,
                shift=Shift.search([], limit=1)[0],
                kind=Kind.search([], limit=1)[0])
            requirement.save()
            requirements.append(requirement)
            users.append(create_user(name, company, employee))
        for user, requirement in zip(users, requirements):
            with self.subTest(user=user.login), acting(user):
                self.assertEqual(Requirement.search([]), [requirement])
                coverage, = Coverage.search([])
                self.assertEqual(coverage.unit, requirement.unit)


class OrganizationAccessTestCase(TestCase):
    "Who may do what with the organisation"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_module('safety_organization')

    @with_transaction()
    def test_employee(self):
        pool = Pool()
        Configuration = pool.get('safety.configuration')
        Unit = pool.get('safety.unit')
        company = create_company()
        unit = create_unit(company, "Team")
        user = create_user('user', company)
        Configuration.create([{}])
        with acting(user):
            unit, = Unit.search([('id', '=', unit.id)])
            self.assertTrue(unit.name)
            self.assertTrue(Configuration(1).shift_set)
            for method, args in [
                    (Unit.create, ([{'name': "New"}],)),
                    (Unit.write, ([unit], {'name': "New"})),
                    (Unit.delete, ([unit],)),
                    (Configuration.write,
                        ([Configuration(1)], {'shift_set': None})),
                    ]:
                with self.subTest(method=method), \
                        self.assertRaises(AccessError):
                    method(*args)

    @with_transaction()
    def test_shift_set_of_company(self):
        pool = Pool()
        Configuration = pool.get('safety.configuration')
        ShiftSet = pool.get('safety.shift.set')
        Value = pool.get('safety.configuration.shift_set')
        sets = ShiftSet.search([], limit=2)
        companies = [create_company("One"), create_company("Other")]
        for company, shift_set in zip(companies, sets):
            Configuration(1).set_multivalue(
                'shift_set', shift_set, company=company.id)
        for company, shift_set in zip(companies, sets):
            user = create_user(company.rec_name, company)
            Value._values_cache().clear()
            with self.subTest(company=company.rec_name), acting(user):
                self.assertEqual(
                    Configuration(1).get_multivalue('shift_set'), shift_set)
                value, = Value.search([])
                self.assertEqual(value.company, company)
                with self.assertRaises(AccessError):
                    Value.write([value], {'shift_set': sets[0].id})

    @with_transaction()
    def test_organization_admin(self):
        pool = Pool()
        Configuration = pool.get('safety.configuration')
        ShiftSet = pool.get('safety.shift.set')
        Unit = pool.get('safety.unit')
        company = create_company()
        employee = create_employee(company)
        user = create_user('user', company, groups=[
                'safety_organization.group_organization_admin'])
        shift_set, = ShiftSet.search([('code', '=', 'letter')])
        with acting(user):
            unit = Unit(name="New", leaders=[
                    {'employee': employee.id, 'function': 'captain'}])
            unit.save()
            unit.active = False
            unit.save()
            configuration = Configuration(1)
            configuration.shift_set = shift_set
            configuration.save()
            self.assertEqual(
                Configuration(1).shift_set, shift_set)
            Unit.delete([unit])

    @with_transaction()
    def test_other_company(self):
        pool = Pool()
        company = create_company()
        other = create_company("Other Company")
        unit = create_unit(other, "Team")
        lead(unit, create_employee(other))
        Zone = pool.get('safety.zone')
        Zone.create([{'name': "Zone", 'company': other.id}])
        user = create_user('user', company, groups=[
                'safety_organization.group_organization_admin'])
        with acting(user):
            for name in [
                    'safety.unit', 'safety.unit.leader', 'safety.zone']:
                with self.subTest(name=name):
                    self.assertEqual(pool.get(name).search([]), [])
            with self.assertRaises(AccessError):
                pool.get('safety.unit').read([unit.id], ['name'])
