# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import unittest
from xml.etree import ElementTree

from repository import MODULES

from trytond.pool import Pool
from trytond.tests.test_tryton import activate_module, with_transaction

# What the web client can show in a list; others break the whole screen.
COLUMNS = {
    'binary', 'boolean', 'callto', 'char', 'date', 'dict', 'email', 'float',
    'image', 'integer', 'many2many', 'many2one', 'multiselection', 'numeric',
    'one2many', 'one2one', 'progressbar', 'reference', 'selection', 'sip',
    'text', 'time', 'timedelta', 'url'}


class ViewsTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_module(MODULES)

    @with_transaction()
    def test_columns(self):
        "Every column of the lists is of a kind that the clients show"
        pool = Pool()
        View = pool.get('ir.ui.view')
        for view in View.search([
                    ('module', 'in', MODULES),
                    ['OR',
                        ('type', '=', 'tree'),
                        ('inherit.type', '=', 'tree')],
                    ]):
            # One that inherits is shown with what it adds to
            view = view.inherit or view
            Model = pool.get(view.model)
            result = Model.fields_view_get(view_id=view.id, view_type='tree')
            fields = result['fields']
            for node in ElementTree.fromstring(result['arch']).iter('field'):
                name = node.attrib['name']
                with self.subTest(view=view.name, field=name):
                    self.assertIn(
                        node.get('widget', fields[name]['type']), COLUMNS)
