# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import unittest

from trytond.pool import Pool
from trytond.tests.test_tryton import (
    activate_module, drop_db, with_transaction)
from trytond.transaction import Transaction


class OverrideTestCase(unittest.TestCase):
    "Test the Chinese that is missing in Tryton's own modules"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # No other test is to meet the Chinese database.
        drop_db()
        activate_module('safety_organization', 'zh_CN')
        cls.addClassCleanup(drop_db)

    @with_transaction()
    def test_override(self):
        pool = Pool()
        with Transaction().set_context(language='zh_CN'):
            for model, field, string in [
                    # missing
                    ('party.address', 'street_name', "街道名称"),
                    ('company.employee', 'active', "启用"),
                    # fuzzy with another value
                    ('res.user', 'notifications', "通知"),
                    # fuzzy with the same value
                    ('res.user', 'menu', "菜单"),
                    ]:
                with self.subTest(model=model, field=field):
                    Model = pool.get(model)
                    definition = Model.fields_get([field])[field]
                    self.assertEqual(definition['string'], string)
            Model = pool.get('ir.model')
            self.assertEqual(Model.get_name('company.company'), "公司")
            Menu = pool.get('ir.ui.menu')
            ModelData = pool.get('ir.model.data')
            menu = Menu(ModelData.get_id('party', 'menu_identifier_form'))
            self.assertEqual(menu.name, "标识")
            Configuration = pool.get('party.configuration')
            selection = dict(Configuration.fields_get(['identifier_types'])[
                    'identifier_types']['selection'])
            self.assertEqual(selection['fr_vat'], "法国增值税号")

    @with_transaction()
    def test_complete(self):
        "Test nothing of what users meet is missing or fuzzy"
        Translation = Pool().get('ir.translation')
        sources = Translation.search([
                ('lang', '=', 'en'),
                ('module', 'in', ['company', 'party', 'res']),
                ('src', '!=', None),
                ('src', '!=', ''),
                ])
        translated = {
            (t.module, t.name, t.res_id, t.type, t.src)
            for t in Translation.search([
                    ('lang', '=', 'zh_CN'),
                    ('module', 'in', ['company', 'party', 'res']),
                    ('fuzzy', '=', False),
                    ('value', '!=', None),
                    ('value', '!=', ''),
                    ])}
        missing = {
            (t.module, t.name, t.type, t.src) for t in sources
            if (t.module, t.name, t.res_id, t.type, t.src) not in translated}
        self.assertGreater(len(sources), 300)
        self.assertEqual(missing, set())
