# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The records of the XML files, which templates take without validation."

import unittest
from collections import defaultdict

from repository import MODULES

from trytond.pool import Pool
from trytond.tests.test_tryton import activate_module, with_transaction
from trytond.transaction import inactive_records


class DataTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_module(MODULES)

    @with_transaction()
    def test_valid(self):
        "All records that the modules bring are valid"
        pool = Pool()
        ModelData = pool.get('ir.model.data')
        ids = defaultdict(set)
        for data in ModelData.search([('module', 'in', MODULES)]):
            if data.db_id is not None:
                ids[data.model].add(data.db_id)

        self.assertIn('hazard.grade', ids)
        for name, record_ids in sorted(ids.items()):
            Model = pool.get(name)
            with self.subTest(model=name), inactive_records():
                Model._validate(Model.browse(sorted(record_ids)))
