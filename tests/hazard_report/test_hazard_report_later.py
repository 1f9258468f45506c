# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Modules are activated one after the other."

import unittest

from trytond.pool import Pool
from trytond.tests.test_tryton import DB_NAME, activate_module, drop_db
from trytond.transaction import Transaction


class LaterTestCase(unittest.TestCase):

    def test_training_after_report(self):
        "Training may join a database that prints documents already"
        drop_db()
        self.addCleanup(drop_db)
        activate_module('hazard_report')

        activate_module(['hazard_report', 'hazard_training'])

        with Transaction().start(DB_NAME, 0, readonly=True):
            Module = Pool().get('ir.module')
            module, = Module.search([('name', '=', 'hazard_training')])
            self.assertEqual(module.state, 'activated')
