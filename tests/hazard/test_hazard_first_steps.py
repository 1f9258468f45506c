# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What a mine decides before it begins is asked for and kept."

import datetime as dt
import unittest

import time_machine
from mine import build_mine
from organization import acting, get_ref
from repository import MODULES
from steps import report, waiting
from templates import activate_built

from trytond.model.exceptions import AccessError, SQLConstraintError
from trytond.modules.hazard.exceptions import FirstStepsError
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction

NAME = 'hazard.first_steps'
VALUES = {
    'formula': 'five', 'document_sign': "A", 'serious_hours': 48,
    'general_hours': 30, 'slight_hours': 9}


class FirstStepsTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built(MODULES, build_mine)

    def take(self, user, **values):
        "Open the wizard as the user and save the values; return what it asked"
        Wizard = Pool().get(NAME, type='wizard')
        with acting(user):
            session, _, _ = Wizard.create()
            asked = Wizard.execute(session, {}, 'start')['view']['defaults']
            start = {**asked, **VALUES, **values}
            start.pop('shift_set.', None)
            start.pop('company.', None)
            start.pop('editions', None)
            Wizard.execute(session, {'start': start}, 'save')
            Wizard.delete(session)
        return asked

    @with_transaction()
    def test_saved(self):
        "What is chosen rules the loop, the shifts and the numbers"
        pool = Pool()
        Configuration = pool.get('hazard.configuration')
        Grade = pool.get('hazard.grade')
        mine = build_mine()
        User = pool.get('res.user')
        User.write([User(mine.users.manager.id)], {
                'groups': [('add', [get_ref(
                                'safety_organization'
                                '.group_organization_admin')])]})
        four = get_ref('safety_organization.shift_set_six')
        asked = self.take(mine.users.manager, shift_set=four)
        self.assertEqual(asked['formula'], 'four')
        self.assertEqual(
            [asked[f'{n}_hours'] for n in ['serious', 'general', 'slight']],
            [24, 24, 8])
        settings = Configuration.settings(mine.company)
        self.assertEqual(settings['formula'], 'five')
        self.assertEqual(settings['document_sign'], "A")
        shift_set = pool.get('safety.configuration')(1).get_multivalue(
            'shift_set', company=mine.company.id)
        self.assertEqual(shift_set.id, four)
        self.assertEqual(
            [Grade(get_ref(f'hazard.grade_{n}')).rectify_hours
                for n in ['larger', 'general', 'slight', 'major']],
            [48, 30, 9, 24])
        # Who comes again is asked from what is set
        again = self.take(mine.users.manager, shift_set=four)
        self.assertEqual(again['general_hours'], 30)

    @with_transaction()
    def test_full_hour(self):
        "The proposed deadline is the full hour after those of the grade"
        mine = build_mine()
        self.take(mine.users.manager)
        with time_machine.travel(
                dt.datetime(2026, 11, 22, 2, 7, tzinfo=dt.UTC), tick=False):
            hazard = report(mine, found_at=dt.datetime(2026, 11, 22, 2))
            four_fix = waiting('hazard.four_fix', hazard)
        self.assertEqual(
            four_fix.deadline, dt.datetime(2026, 11, 23, 9))

    @with_transaction()
    def test_refused(self):
        "Only who administers hazards takes the first steps"
        mine = build_mine()
        for name in ['reporter', 'captain', 'safety', 'chief', 'station']:
            with self.subTest(user=name), self.assertRaises(AccessError):
                self.take(getattr(mine.users, name))

    @with_transaction()
    def test_shift_set(self):
        "Who does not keep the organization cannot change the shifts"
        mine = build_mine()
        self.take(mine.users.manager)
        with self.assertRaises(AccessError):
            self.take(
                mine.users.manager,
                shift_set=get_ref('safety_organization.shift_set_six'))

    @with_transaction()
    def test_values(self):
        "No hours are refused"
        mine = build_mine()
        with self.assertRaises(SQLConstraintError):
            self.take(mine.users.manager, general_hours=0)

    @with_transaction()
    def test_company(self):
        "Without a company there is nothing to set up"
        mine = build_mine()
        Wizard = Pool().get(NAME, type='wizard')
        with acting(mine.users.manager), \
                Transaction().set_context(company=None):
            session, _, _ = Wizard.create()
            with self.assertRaises(FirstStepsError):
                Wizard.execute(session, {}, 'start')

    @with_transaction()
    def test_asked(self):
        "The administrator is asked after the installation"
        pool = Pool()
        Item = pool.get('ir.module.config_wizard.item')
        item, = Item.search([
                ('action', '=', Pool().get('ir.model.data').get_id(
                    'hazard', 'wizard_first_steps'))])
        self.assertEqual(item.state, 'open')
