# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt
import unittest

import time_machine
from access import REFUSED
from organization import acting, create_company
from supervision import ROLES, credit_code, make_bureau, make_enterprise
from templates import activate_built

from trytond.exceptions import UserError
from trytond.model.exceptions import AccessError, SQLConstraintError
from trytond.modules.company.tests import set_company
from trytond.modules.hazard_supervision.exceptions import (
    CreditCodeError, DutyError, EnterpriseAccessError, EnterpriseError,
    ExemptionDayError, ExemptionError)
from trytond.pool import Pool
from trytond.tests.test_tryton import drop_db, with_transaction
from trytond.transaction import Transaction

NOON = dt.datetime(2026, 12, 2, 4)
TODAY = dt.date(2026, 12, 2)
DAY = dt.timedelta(days=1)


def values(enterprise, **others):
    return {
        'company': enterprise.company.id, 'enterprise': enterprise.id,
        'occasion': 'holiday', 'reason': "Spring festival.",
        'evidence': "Notice 3.", 'start': TODAY, 'end': TODAY + DAY,
        **others}


class EnterpriseTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built('hazard_supervision', make_bureau)
        cls.addClassCleanup(drop_db)

    def setUp(self):
        clock = time_machine.travel(NOON, tick=False)
        clock.start()
        self.addCleanup(clock.stop)

    def ask(self, bureau, enterprise, user='officer', **others):
        Exemption = Pool().get('supervision.exemption')
        with acting(getattr(bureau.users, user)):
            exemption, = Exemption.create([values(enterprise, **others)])
        return exemption

    def press(self, bureau, role, button, record, **context):
        Model = Pool().get(record.__name__)
        with acting(getattr(bureau.users, role), **context):
            getattr(Model, button)([Model(record.id)])
        return Model(record.id)

    @with_transaction()
    def test_credit_code(self):
        "A credit code is checked, kept compact and unique"
        bureau = make_bureau()
        good = credit_code(1)
        enterprise = make_enterprise(
            bureau.company, 1, uscc=f' {good[:8]} {good[8:].lower()}')
        self.assertEqual(enterprise.uscc, good)
        for code in [good[:-1], good[:-1] + 'X', 'nonsense']:
            with self.subTest(code=code), self.assertRaises(CreditCodeError):
                make_enterprise(bureau.company, 2, uscc=code)
        with self.assertRaises(SQLConstraintError):
            make_enterprise(bureau.company, 1)

    @with_transaction()
    def test_registration(self):
        "The steps of the registration are taken in order and dated"
        bureau = make_bureau()
        enterprise = make_enterprise(bureau.company, 1)
        for role, button in [
                ('office', 'start'), ('officer', 'register_'),
                ('duty', 'register_'), ('township', 'register_')]:
            with self.subTest(role=role), self.assertRaises(REFUSED):
                self.press(bureau, role, button, enterprise)
        with self.assertRaises(EnterpriseError):
            enterprise.__class__.start([enterprise])
        for button, name in [
                ('register_', 'registered'), ('train', 'trained'),
                ('start', 'running')]:
            enterprise = self.press(bureau, 'office', button, enterprise)
            self.assertEqual(enterprise.registration, name)
            self.assertEqual(getattr(enterprise, f'{name}_on'), TODAY)
        with self.assertRaises(EnterpriseAccessError):
            enterprise.__class__.delete([enterprise])

    @with_transaction()
    def test_written(self):
        "Nobody types what the buttons write, nor opens a company's records"
        bureau, other = make_bureau(), create_company("Other")
        enterprise = make_enterprise(bureau.company, 1)
        Enterprise = enterprise.__class__
        codes = map(credit_code, range(7, 10))
        with acting(bureau.users.admin):
            for changes in [
                    {'registration': 'running'}, {'running_on': TODAY},
                    {'own_company': other.id}]:
                with self.subTest(changes=changes):
                    with self.assertRaises(EnterpriseAccessError):
                        Enterprise.write([Enterprise(enterprise.id)], changes)
                    with self.assertRaises(EnterpriseAccessError):
                        Enterprise.create([{
                                    'company': bureau.company.id,
                                    'name': "New", 'uscc': next(codes),
                                    'trade': enterprise.trade.id,
                                    **changes}])
            Enterprise.write([Enterprise(enterprise.id)], {
                    'registration': 'invited', 'address': "River Street"})

    @with_transaction()
    def test_states(self):
        "Exempt and closed follow from exemptions and dates"
        bureau = make_bureau()
        running, exempt, closed, later, ended = (
            make_enterprise(bureau.company, n) for n in range(5))
        closed.closed_on = TODAY
        closed.enrolled_on = TODAY - DAY
        closed.save()
        for enterprise, others in [
                (exempt, {}), (closed, {}), (ended, {}),
                (later, {'start': TODAY + DAY})]:
            exemption = self.ask(bureau, enterprise, **others)
            self.press(bureau, 'chief', 'approve', exemption)
        self.press(bureau, 'chief', 'end_', exemption)
        self.ask(bureau, running)
        Enterprise = running.__class__
        states = {
            'running': {running, later}, 'exempt': {exempt, ended},
            'closed': {closed}}
        with set_company(bureau.company):
            for state, enterprises in states.items():
                for record in enterprises:
                    self.assertEqual(
                        Enterprise(record.id).state, state)
                for operator, value, found in [
                        ('=', state, enterprises),
                        ('in', [state], enterprises),
                        ('!=', state, set().union(*(
                                    e for s, e in states.items()
                                    if s != state)))]:
                    self.assertEqual(
                        set(Enterprise.search([('state', operator, value)])),
                        found)

    @with_transaction()
    def test_ended(self):
        "What is ended exempts no more from the next day on"
        bureau = make_bureau()
        enterprise = make_enterprise(bureau.company, 1)
        exemption = self.ask(bureau, enterprise, end=TODAY + 5 * DAY)
        self.press(bureau, 'director', 'approve', exemption)
        Exemption = exemption.__class__

        def exempt(day):
            return bool(Exemption.get_exempt([enterprise], day))
        self.assertTrue(exempt(TODAY + 5 * DAY))
        exemption = self.press(bureau, 'director', 'end_', exemption)
        self.assertEqual(
            (exemption.state, exemption.ended_by),
            ('ended', bureau.employees.director))
        self.assertEqual(
            [exempt(TODAY - DAY), exempt(TODAY), exempt(TODAY + DAY)],
            [False, True, False])

    @with_transaction()
    def test_decision(self):
        "Chiefs and above decide, upon what others have asked for"
        bureau = make_bureau()
        enterprise = make_enterprise(bureau.company, 1)
        exemption = self.ask(bureau, enterprise)
        self.assertEqual(
            (exemption.asked_by, exemption.asked_on),
            (bureau.employees.officer, TODAY))
        for role in ['duty', 'office', 'legal', 'township']:
            for button, context in [
                    ('approve', {}), ('refuse', {'reason': "No."})]:
                with self.subTest(role=role, button=button):
                    with self.assertRaises(REFUSED):
                        self.press(bureau, role, button, exemption, **context)
        exemption = self.press(
            bureau, 'chief', 'refuse', exemption, reason="No paper.")
        self.assertEqual(
            (exemption.state, exemption.refusal, exemption.refused_by),
            ('refused', "No paper.", bureau.employees.chief))
        own = self.ask(bureau, enterprise, user='chief')
        with self.assertRaises(ExemptionError):
            self.press(bureau, 'chief', 'approve', own)
        with self.assertRaises(REFUSED):
            self.press(bureau, 'officer', 'approve', own)
        own = self.press(bureau, 'deputy', 'approve', own)
        self.assertEqual(own.approved_by, bureau.employees.deputy)
        with acting(bureau.users.director), self.assertRaises(AccessError):
            own.__class__.write([own.__class__(own.id)], {'end': TODAY})

    @with_transaction()
    def test_changed_by_others(self):
        "Nobody changes what others have asked for, to approve it then"
        bureau = make_bureau()
        enterprise = make_enterprise(bureau.company, 1)
        exemption = self.ask(bureau, enterprise)
        Exemption = exemption.__class__
        for role in ['chief', 'deputy', 'office']:
            with self.subTest(role=role), acting(getattr(bureau.users, role)):
                with self.assertRaises(ExemptionError):
                    Exemption.write(
                        [Exemption(exemption.id)], {'end': TODAY + 99 * DAY})
                with self.assertRaises(UserError):
                    Exemption.delete([Exemption(exemption.id)])
        with acting(bureau.users.officer):
            Exemption.write([Exemption(exemption.id)], {'end': TODAY})
            Exemption.delete([Exemption(exemption.id)])

    @with_transaction()
    def test_stand_in(self):
        "Who stands in for whoever has asked does not approve it"
        bureau = make_bureau()
        exemption = self.ask(bureau, make_enterprise(bureau.company, 1))
        with set_company(bureau.company):
            Pool().get('safety.stand_in').create([{
                        'employee': bureau.employees.officer.id,
                        'stand_in': bureau.employees.chief.id,
                        'start': TODAY,
                        'end': TODAY + DAY}])
        with self.assertRaises(ExemptionError):
            self.press(bureau, 'chief', 'approve', exemption)
        exemption = self.press(bureau, 'deputy', 'approve', exemption)
        self.assertEqual(exemption.state, 'approved')

    @with_transaction()
    def test_back_dated(self):
        bureau = make_bureau()
        enterprise = make_enterprise(bureau.company, 1)
        self.ask(bureau, enterprise, start=TODAY - 3 * DAY)
        for others in [
                {'start': TODAY - 4 * DAY},
                {'lifts_login': False, 'lifts_report': False}]:
            with self.subTest(others=others):
                with self.assertRaises(ExemptionDayError):
                    self.ask(bureau, enterprise, **others)

    @with_transaction()
    def test_duty(self):
        "One team at a time, with cadres"
        Duty = Pool().get('supervision.duty')
        bureau = make_bureau()
        employees = bureau.employees
        team = {
            'company': bureau.company.id, 'leader': employees.deputy.id,
            'members': [('add', [employees.duty.id])],
            'start': TODAY, 'end': TODAY + DAY}
        Duty.create([team])
        for day, people in [
                (TODAY - DAY, set()), (TODAY + 2 * DAY, set()),
                (TODAY + DAY, {employees.deputy.id, employees.duty.id})]:
            self.assertEqual(Duty.get_people(bureau.company.id, day), people)
        for others in [
                {}, {'start': TODAY + 9 * DAY, 'end': TODAY + 9 * DAY,
                    'members': None}]:
            with self.subTest(others=others), self.assertRaises(DutyError):
                Duty.create([{**team, **others}])

    @with_transaction()
    def test_certificate(self):
        Certificate = Pool().get('supervision.certificate')
        bureau = make_bureau()
        officer = bureau.employees.officer
        old, new = Certificate.create([{
                    'company': bureau.company.id, 'employee': officer.id,
                    'number': str(n), 'valid_from': TODAY - n * DAY,
                    'valid_until': TODAY + n * DAY} for n in [1, 2]])
        for day, expected in [
                (TODAY, {officer: new}), (TODAY + 2 * DAY, {officer: new}),
                (TODAY + 3 * DAY, {})]:
            self.assertEqual(
                Certificate.get_valid([officer], day), expected)


class AccessTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built('hazard_supervision', make_bureau)
        cls.addClassCleanup(drop_db)

    @with_transaction()
    def test_reading(self):
        "All read the enterprises of their bureau, townships only their own"
        pool = Pool()
        Township = pool.get('supervision.township')
        bureau, other = make_bureau(), make_bureau("Other", 'other_')
        township, = Township.create([{
                    'company': bureau.company.id, 'name': "Stone Bridge",
                    'people': [('add', [bureau.employees.township.id])]}])
        own = make_enterprise(bureau.company, 1, township=township)
        far = make_enterprise(bureau.company, 2)
        make_enterprise(other.company, 3)
        for role in ROLES:
            expected = {own} if role == 'township' else {own, far}
            with self.subTest(role=role), acting(getattr(bureau.users, role)):
                self.assertEqual(
                    set(own.__class__.search([])), expected)

    @with_transaction()
    def test_writing(self):
        bureau = make_bureau()
        enterprise = make_enterprise(bureau.company, 1)
        Enterprise = enterprise.__class__
        writers = {'director', 'deputy', 'chief', 'office', 'admin'}
        for role in ROLES:
            with self.subTest(role=role), acting(getattr(bureau.users, role)):
                if role in writers:
                    Enterprise.write(
                        [Enterprise(enterprise.id)], {'address': role})
                    continue
                with self.assertRaises(AccessError):
                    Enterprise.write(
                        [Enterprise(enterprise.id)], {'address': role})

    @with_transaction()
    def test_strangers(self):
        "Whoever is in no group of supervision reads nothing of it"
        pool = Pool()
        bureau = make_bureau()
        make_enterprise(bureau.company, 1)
        user = bureau.users.officer
        with Transaction().set_user(0):
            user.groups = []
            user.save()
        for name in ['enterprise', 'exemption', 'contact', 'duty', 'body']:
            Model = pool.get(f'supervision.{name}')
            with self.subTest(name=name), acting(user):
                with self.assertRaises(AccessError):
                    Model.search([])
