# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Shipped reference data, in new databases and in those that are updated."

import datetime as dt
import unittest

from mine import build_mine, new_hazard
from organization import acting, get_ref
from proteus import Model, Wizard
from proteus.config import set_trytond
from steps import draft
from templates import activate_built

from trytond.modules.hazard.old_ledger.heads import reference_names
from trytond.modules.hazard.old_ledger.text import closest
from trytond.modules.safety_organization import former_name
from trytond.modules.safety_organization.roster.check import record_names
from trytond.pool import Pool
from trytond.tests.test_tryton import DB_NAME, drop_db, with_transaction
from trytond.transaction import Transaction, inactive_records

CHINESE = {'language': 'zh_CN'}


def named(xml_id):
    "Return the record of the id."
    ModelData = Pool().get('ir.model.data')
    module, fs_id = xml_id.split('.')
    data, = ModelData.search([('module', '=', module), ('fs_id', '=', fs_id)])
    return Pool().get(data.model)(data.db_id)


class ShippedTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        activate_built('hazard', build_mine)

    @with_transaction()
    def test_sources(self):
        "Hazards come from the five levels of investigation, among others"
        Source = Pool().get('hazard.source')
        self.assertEqual(
            [s.code for s in Source.search([])][3:8],
            ['monthly', 'level_ten_days', 'level_daily', 'level_shift',
                'level_post'])

    @with_transaction()
    def test_four_shifts(self):
        "Four shifts of six hours cover the day"
        shifts = named('safety_organization.shift_set_six').shifts
        for hour in range(24):
            self.assertEqual(
                sum(s.covers(dt.time(hour)) for s in shifts), 1)

    @with_transaction()
    def test_former_names(self):
        "Rosters and ledgers may use the names that records bore before"
        pool = Pool()
        Trade = pool.get('safety.trade')
        trade = named('safety_organization.trade_blaster').id
        for field, text, xml_id in [
                ('discipline', "运输（提升）", 'hazard.discipline_transport'),
                ('check_item', "自救器、矿灯与定位卡携带",
                    'hazard.check_item_management_03')]:
            with self.subTest(text):
                self.assertEqual(
                    closest(text, reference_names(field)), named(xml_id).id)

        # That one is not used any more.
        self.assertIsNone(
            closest("火工品与爆破", reference_names('discipline')))

        def find(text):
            return record_names(Trade.search([]), 'code', 'name').get(text)
        self.assertEqual(find("爆破工"), trade)
        # Who has one of this name means this one.
        own, = Trade.create([{'name': "爆破工"}])
        self.assertEqual(find("爆破工"), own.id)

    @with_transaction()
    def test_former_names_of_records(self):
        "Each former name is that of a shipped record"
        for module in ['hazard', 'safety_organization']:
            names = former_name._read_file(module)
            self.assertTrue(names)
            for fs_id, texts in names.items():
                record = named(f'{module}.{fs_id}')
                self.assertNotIn(record.name, texts)

    @with_transaction()
    def test_category_group(self):
        "The category is chosen among those of the group"
        Category = Pool().get('hazard.category')
        Hazard = Pool().get('hazard.hazard')
        mine = build_mine()
        domain = Hazard.category.domain
        count = len(Category.search(domain))
        for group in ['basic', 'site', 'disaster']:
            with Transaction().set_context(category_group=group):
                categories = Category.search(domain)
                self.assertEqual({c.group for c in categories}, {group})
                self.assertTrue(all(c.in_group for c in categories))
                self.assertEqual(
                    Category.search([('in_group', 'in', [True])]), categories)
                for clause in [('=', False), ('not in', [True])]:
                    self.assertEqual(
                        len(Category.search([('in_group', *clause)])),
                        count - len(categories))
        gas = Category(get_ref('hazard.category_gas'))
        with acting(mine.users.reporter):
            hazard = new_hazard(mine, category=gas)
            hazard.on_change_category()
            self.assertEqual(hazard.category_group, 'disaster')
            hazard.category_group = 'site'
            hazard.on_change_category_group()
            self.assertIsNone(hazard.category)
        # The group only helps to choose
        hazard = draft(mine, category=gas, category_group='disaster')
        self.assertEqual(hazard.category_group, 'disaster')


class UpdateTestCase(unittest.TestCase):
    "Test a database that was in use before names were corrected"

    def setUp(self):
        drop_db()
        self.addCleanup(drop_db)

    def test_update(self):
        "Names are corrected, but not what somebody changed"
        activate_built('hazard', build_mine, lang='zh_CN')
        with Transaction().start(DB_NAME, 0) as transaction:
            self.go_back()
            self.change()
            transaction.commit()
        set_trytond()
        Module = Model.get('ir.module')
        Module.click(
            Module.find([('name', '=', 'safety_organization')]), 'upgrade')
        Wizard('ir.module.activate_upgrade').execute('upgrade')
        set_trytond()
        with Transaction().start(DB_NAME, 0, context=CHINESE), \
                inactive_records():
            self.check()

    def go_back(self):
        "Give records the names that they had"
        Translation = Pool().get('ir.translation')
        table = Translation.__table__()
        cursor = Transaction().connection.cursor()
        for xml_id, english, chinese in [
                ('hazard.source_leader', "Leader on Duty", "领导带班检查"),
                ('hazard.source_superior', "Superior", "上级检查"),
                ('hazard.source_government', "Authorities", "政府检查"),
                ('hazard.discipline_transport', None, "运输（提升）"),
                ('safety_organization.trade_blaster', None, "爆破工"),
                ]:
            record = named(xml_id)
            name = f'{record.__name__},name'
            for language, text in [('en', english), ('zh_CN', chinese)]:
                if text:
                    cursor.execute(*table.update(
                            [table.src, table.value],
                            [english or record.name, text],
                            where=(table.name == name)
                            & (table.res_id == record.id)
                            & (table.lang == language)))
            if english:
                shipped = record.__table__()
                cursor.execute(*shipped.update(
                        [shipped.name], [english],
                        where=shipped.id == record.id))
        Translation._translation_cache.clear()

    def change(self):
        "Change some of them as an administrator would"
        pool = Pool()
        Translation = pool.get('ir.translation')
        Source = pool.get('hazard.source')
        superior = named('hazard.source_superior')
        with Transaction().set_context(**CHINESE):
            Source.write([superior], {'name': "局检查"})
        translation, = Translation.search([
                ('name', '=', 'hazard.source,name'),
                ('res_id', '=', named('hazard.source_government').id),
                ('lang', '=', 'zh_CN'),
                ])
        Translation.write([translation], {'value': "省局检查"})
        holiday = named('hazard.source_holiday')
        holiday.active = False
        holiday.save()
        Source.delete([named('hazard.source_analogy')])

    def check(self):
        ModelData = Pool().get('ir.model.data')
        for xml_id, name in [
                ('hazard.source_leader', "矿领导带班检查"),
                ('hazard.source_superior', "局检查"),
                ('hazard.source_government', "省局检查"),
                ('hazard.discipline_transport', "提升运输"),
                ('safety_organization.trade_blaster', "爆破员"),
                ]:
            with self.subTest(xml_id=xml_id):
                self.assertEqual(named(xml_id).name, name)
        with Transaction().set_context(language='en'):
            self.assertEqual(
                named('hazard.source_leader').name,
                "Leader of the Mine on Duty")
        self.assertFalse(named('hazard.source_holiday').active)
        analogy, = ModelData.search([('fs_id', '=', 'source_analogy')])
        self.assertIsNone(analogy.db_id)
