# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What waits for whom, and that it leaves the list once it is done."

import datetime as dt

from lxml import etree
from mine import build_mine
from organization import acting, get_ref
from steps import confirm, finish, report, waiting
from templates import activate_built

from trytond.pool import Pool
from trytond.tests.test_tryton import TestCase, with_transaction
from trytond.transaction import Transaction


class InboxTestCase(TestCase):
    "What waits for whom"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built('hazard', build_mine)

    @with_transaction()
    def test_step_reloads(self):
        "Test a step asks the client to read the list again"
        mine = build_mine()
        four_fix = waiting('hazard.four_fix', report(mine))
        FourFix = four_fix.__class__
        with acting(mine.users.captain):
            FourFix.write([four_fix], {
                    'measures': "Hang the door anew.",
                    'responsible': mine.employees.worker.id})
            self.assertEqual(FourFix.confirm([four_fix]), 'reload')

    @with_transaction()
    def test_step_of_nothing(self):
        "Test no step asks for nothing"
        mine = build_mine()
        FourFix = Pool().get('hazard.four_fix')
        with acting(mine.users.captain):
            self.assertIsNone(FourFix.confirm([]))

    @with_transaction()
    def test_wizard_reloads(self):
        "Test the wizard that asks for a reason does likewise at its end"
        mine = build_mine()
        Return = Pool().get('hazard.hazard.return', type='wizard')
        four_fix = waiting('hazard.four_fix', report(mine))
        with acting(mine.users.captain), Transaction().set_context(
                active_model='hazard.four_fix', active_id=four_fix.id,
                active_ids=[four_fix.id]):
            session, start, _ = Return.create()
            Return.execute(
                session, {start: {'reason': "Which door?"}}, 'press')
            self.assertEqual(Return.delete(session), 'reload')
        self.assertEqual(four_fix.__class__(four_fix.id).state, 'cancelled')

    def waits_for(self, mine, model, hazard):
        "Return the names of the people for whom the record waits."
        Model = Pool().get(model)
        User = Pool().get('res.user')
        names = set()
        for name, user in vars(mine.users).items():
            if not User(user.id).active:
                continue
            with acting(user):
                if Model.search([
                            ('hazard', '=', hazard.id), ('mine', '=', True)]):
                    names.add(name)
        return names

    @with_transaction()
    def test_nearest_leader(self):
        "Test a four-fix waits for the nearest leaders, not for all above"
        mine = build_mine()
        hazard = report(mine)
        self.assertEqual(
            self.waits_for(mine, 'hazard.four_fix', hazard),
            {'captain', 'secretary'})
        # Who may act for them still may.
        four_fix = confirm(mine, hazard, user=mine.users.chief)
        self.assertEqual(four_fix.state, 'confirmed')

    @with_transaction()
    def test_leaders_without_login(self):
        "Test what nearer leaders can't do waits for the next above"
        pool = Pool()
        User = pool.get('res.user')
        mine = build_mine()
        hazard = report(mine)
        User.write([mine.users.captain, mine.users.secretary], {
                'active': False})
        self.assertEqual(
            self.waits_for(mine, 'hazard.four_fix', hazard), {'chief'})

    @with_transaction()
    def test_rectification(self):
        "Test a rectification waits for who is responsible"
        mine = build_mine()
        hazard = report(mine)
        confirm(mine, hazard)
        self.assertEqual(
            self.waits_for(mine, 'hazard.rectification', hazard), {'worker'})

    @with_transaction()
    def test_rectification_without_login(self):
        "Test the leaders enter what somebody without a login has done"
        mine = build_mine()
        hazard = report(mine)
        confirm(mine, hazard)
        Pool().get('res.user').write([mine.users.worker], {'active': False})
        self.assertEqual(
            self.waits_for(mine, 'hazard.rectification', hazard),
            {'captain', 'secretary'})

    @with_transaction()
    def test_recheck(self):
        "Test a recheck by the unit waits for its leaders who did not rectify"
        mine = build_mine()
        hazard = report(mine)
        confirm(mine, hazard, responsible=mine.employees.captain.id)
        finish(mine, hazard, user=mine.users.captain)
        self.assertEqual(
            self.waits_for(mine, 'hazard.recheck', hazard), {'secretary'})

    @with_transaction()
    def test_recheck_of_only_leader(self):
        "Test what the only leader rectified waits for the next above"
        pool = Pool()
        mine = build_mine()
        hazard = report(mine)
        confirm(mine, hazard, responsible=mine.employees.captain.id)
        finish(mine, hazard, user=mine.users.captain)
        pool.get('res.user').write(
            [mine.users.secretary], {'active': False})
        self.assertEqual(
            self.waits_for(mine, 'hazard.recheck', hazard), {'chief'})

    @with_transaction()
    def test_recheck_by_safety(self):
        "Test a recheck by the safety department waits for it alone"
        mine = build_mine()
        hazard = report(mine, grade=get_ref('hazard.grade_larger'))
        confirm(mine, hazard)
        finish(mine, hazard)
        self.assertEqual(
            self.waits_for(mine, 'hazard.recheck', hazard), {'safety'})

    @with_transaction()
    def test_second_checker(self):
        "Test a recheck also waits for who was asked to confirm it"
        mine = build_mine()
        hazard = report(mine)
        confirm(mine, hazard)
        finish(mine, hazard)
        recheck = waiting('hazard.recheck', hazard)
        with acting(mine.users.captain):
            recheck.__class__.write(
                [recheck], {'second_checker': mine.employees.station.id})
        self.assertEqual(
            self.waits_for(mine, 'hazard.recheck', hazard),
            {'captain', 'secretary', 'station'})

    @with_transaction()
    def test_extension(self):
        "Test a request waits for who decides, who is not who asked"
        mine = build_mine()
        hazard = report(mine)
        confirm(mine, hazard)
        rectification = waiting('hazard.rectification', hazard)
        with acting(mine.users.captain):
            Extension = Pool().get('hazard.extension')
            extension, = Extension.create([{
                        'rectification': rectification.id,
                        'deadline': (
                            rectification.deadline + dt.timedelta(days=1)),
                        'reason': "The door is not there yet.",
                        'measures': "A watchman stands there.",
                        }])
            Extension.request([extension])
        self.assertEqual(
            self.waits_for(mine, 'hazard.extension', hazard), {'safety'})

    @with_transaction()
    def test_buttons(self):
        "Test a form has no button that its reader can never press"
        mine = build_mine()
        Hazard = Pool().get('hazard.hazard')
        for name, shown, hidden in [
                ('reporter', {'submit'}, {'cancel', 'return_', 'reassign'}),
                ('captain', {'submit', 'return_'}, {'cancel'}),
                ('safety', {'cancel', 'return_', 'reassign'}, set()),
                ]:
            with self.subTest(name), acting(getattr(mine.users, name)):
                view = Hazard.fields_view_get(view_type='form')
                buttons = set(etree.fromstring(
                        view['arch']).xpath('//button/@name'))
                self.assertLessEqual(shown, buttons)
                self.assertFalse(hidden & buttons)
