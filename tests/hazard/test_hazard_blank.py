# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Spaces are no text where a text is asked for."

import unittest

from mine import build_mine
from organization import acting
from steps import confirm, draft, finish, recheck, report
from templates import activate_built

from trytond.exceptions import UserError
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction

BLANK = [' ', '  \n\t ', '\u3000\u3000']


class BlankTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built('hazard', build_mine)

    def setUp(self):
        self.steps = {
            'description': lambda mine, text: draft(mine, description=text),
            'measures': lambda mine, text: confirm(
                mine, report(mine), measures=text),
            'actions': self.finish,
            'reason': self.fail_recheck,
            }

    def finish(self, mine, text):
        hazard = report(mine)
        confirm(mine, hazard)
        return finish(mine, hazard, actions=text)

    def fail_recheck(self, mine, text):
        hazard = report(mine)
        confirm(mine, hazard)
        finish(mine, hazard)
        return recheck(mine, hazard, 'fail', reason=text)

    def check(self, name):
        for text in BLANK:
            with self.subTest(text=text):
                self.check_refused(name, text)

    @with_transaction()
    def check_refused(self, name, text):
        # In a transaction of its own, which the refusal may end
        mine = build_mine()
        self.steps[name](mine, " Told. ")
        with self.assertRaises(UserError):
            self.steps[name](mine, text)

    def test_description(self):
        self.check('description')

    def test_measures(self):
        self.check('measures')

    def test_actions(self):
        self.check('actions')

    def test_reason(self):
        self.check('reason')

    @with_transaction()
    def test_kept(self):
        "What is not asked for is empty then, and texts keep their lines"
        mine = build_mine()
        FourFix = Pool().get('hazard.four_fix')
        hazard = report(mine, description=" One.\n  Two. ")
        self.assertEqual(hazard.description, " One.\n  Two. ")
        four_fix, = hazard.four_fixes
        with acting(mine.users.captain):
            FourFix.write([four_fix], {'emergency_plan': "   "})
        self.assertIsNone(FourFix(four_fix.id).emergency_plan)
