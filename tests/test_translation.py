# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import re
import unittest
from collections import Counter
from xml.etree import ElementTree

import polib
from repository import DIRECTORIES, MODULES

from trytond.i18n import gettext
from trytond.modules.safety_organization.roster.check import get_columns
from trytond.pool import Pool
from trytond.tests.test_tryton import (
    activate_module, drop_db, with_transaction)

LANGUAGE = 'zh_CN'
# Signs of punctuation too, for what only joins other texts
CHINESE = re.compile('[\u3001\u300a\uff08-\uff1f\u4e00-\u9fff]')
PLACEHOLDER = re.compile(r'%\(\w+\)s|\$?\{\w*\}')
# What is the same in each language
UNTRANSLATABLE = {'SHA-256', *'ABCDEFGHIJ'}


def read_po(module):
    return polib.pofile(
        str(DIRECTORIES[module] / 'locale' / f'{LANGUAGE}.po'))


def export_po(module):
    Translation = Pool().get('ir.translation')
    return polib.pofile(
        Translation.translation_export(LANGUAGE, module).decode())


def synchronize():
    "Set, clean and update the translations as their export does."
    pool = Pool()
    Configuration = pool.get('ir.configuration')
    Lang = pool.get('ir.lang')
    configuration = Configuration(1)
    configuration.language = 'en'
    configuration.save()
    language, = Lang.search([('code', '=', LANGUAGE)])
    for name, state, data in [
            ('ir.translation.set', 'set_', {}),
            ('ir.translation.clean', 'clean', {}),
            ('ir.translation.update', 'update',
                {'start': {'language': language.id}}),
            ]:
        Wizard = pool.get(name, type='wizard')
        session, _, _ = Wizard.create()
        Wizard.execute(session, data, state)
        Wizard.delete(session)


def keys(po):
    return {(e.msgctxt, e.msgid) for e in po}


def translations(entry):
    return list(entry.msgstr_plural.values()) or [entry.msgstr]


def placeholders(text):
    return set(PLACEHOLDER.findall(text))


class TranslationTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        drop_db()
        cls.addClassCleanup(drop_db)
        # The fields for what other modules add are translated too
        activate_module([*MODULES, 'account'], lang=LANGUAGE)

    def test_complete(self):
        "Every message is translated, none is fuzzy or obsolete"
        for module in MODULES:
            with self.subTest(module=module):
                self.assertEqual(
                    [e.msgctxt for e in read_po(module)
                        if not all(translations(e)) or e.fuzzy or e.obsolete],
                    [])

    def test_chinese(self):
        "Every translation is Chinese"
        for module in MODULES:
            with self.subTest(module=module):
                self.assertEqual(
                    [e.msgctxt for e in read_po(module)
                        if not all(map(CHINESE.search, translations(e)))
                        and e.msgid not in UNTRANSLATABLE], [])

    def test_placeholders(self):
        "Every translation keeps the placeholders, those of overrides too"
        for path in [
                path for directory in DIRECTORIES.values()
                for path in directory.glob(f'locale/**/{LANGUAGE}.po')]:
            with self.subTest(path=str(path)):
                self.assertEqual(
                    [e.msgctxt for e in polib.pofile(str(path))
                        if any(
                            placeholders(t) != placeholders(e.msgid)
                            for t in translations(e))], [])

    def test_selections(self):
        "No two choices of a selection are called the same"
        for module in MODULES:
            choices = Counter(
                (e.msgctxt, e.msgstr) for e in read_po(module)
                if e.msgctxt.startswith('selection:'))
            with self.subTest(module=module):
                self.assertEqual(
                    [c for c, count in choices.items() if count > 1], [])

    @with_transaction()
    def test_export(self):
        "The files have the messages that an export gives"
        synchronize()
        for module in MODULES:
            with self.subTest(module=module):
                self.assertEqual(
                    keys(read_po(module)), keys(export_po(module)))

    @with_transaction(context={'language': LANGUAGE})
    def test_roster_columns(self):
        "A roster has the columns that the departments are used to"
        self.assertEqual(
            [c.label for c in get_columns()],
            ["单位", "姓名", "性别", "身份证号", "手机号", "工种", "技能等级",
                "角色", "班次", "责任区"])

    @with_transaction(context={'language': LANGUAGE})
    def test_fields(self):
        "Fields and selections of hazards are shown in Chinese"
        Hazard = Pool().get('hazard.hazard')
        fields = Hazard.fields_get(['state', 'place', 'grade', 'handling'])
        self.assertEqual(fields['state']['string'], "状态")
        self.assertEqual(fields['place']['string'], "地点")
        self.assertEqual(fields['grade']['string'], "隐患级别")
        self.assertEqual(
            dict(fields['handling']['selection']),
            {'four_fix': "四定", 'on_site': "现场处理"})
        states = dict(fields['state']['selection'])
        self.assertEqual(states['closed'], "已销号")
        self.assertEqual(states['archived'], "已归档")

    @with_transaction(context={'language': LANGUAGE})
    def test_names(self):
        "Models and fields are named in Chinese in messages"
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        Recheck = pool.get('hazard.recheck')
        self.assertEqual(
            Hazard.__names__('unit'), {'model': "隐患", 'field': "责任单位"})
        self.assertEqual(Recheck.__names__()['model'], "复查")

    @with_transaction(context={'language': LANGUAGE})
    def test_messages(self):
        "Messages are given in Chinese"
        pool = Pool()
        Message = pool.get('ir.message')
        ModelData = pool.get('ir.model.data')
        texts = {}
        for data in ModelData.search([
                    ('module', 'in', MODULES),
                    ('model', '=', 'ir.message'),
                    ]):
            names = re.findall(r'%\((\w+)\)s', Message(data.db_id).text)
            texts[data.fs_id] = gettext(
                f'{data.module}.{data.fs_id}', **dict.fromkeys(names, "1"))
        self.assertTrue(texts)
        self.assertEqual(
            {k: t for k, t in texts.items()
                if not CHINESE.search(t) or '%(' in t}, {})

    @with_transaction(context={'language': LANGUAGE})
    def test_menus(self):
        "Menus are in Chinese"
        pool = Pool()
        ModelData = pool.get('ir.model.data')
        Menu = pool.get('ir.ui.menu')
        for id_, name in [
                ('hazard.menu_hazard', "隐患排查治理"),
                ('hazard.menu_hazard_mine', "我的隐患"),
                ('hazard.menu_hazard_report', "隐患上报"),
                ('hazard.menu_hazard_todo', "待办"),
                ('hazard.menu_four_fix', "四定"),
                ('hazard.menu_rectification', "整改"),
                ('hazard.menu_recheck', "复查"),
                ('hazard.menu_extension', "延期审批"),
                ('hazard.menu_hazard_tracking', "隐患追踪"),
                ('hazard.menu_hazard_inspection', "隐患排查"),
                ('hazard.menu_hazard_major', "重大隐患"),
                ('hazard.menu_hazard_configuration', "设置"),
                ('hazard_report.menu_hazard_document', "台账与报表"),
                ('hazard_training.menu_training', "学习培训"),
                ('safety_organization.menu_safety_organization',
                    "人员与岗位"),
                ]:
            with self.subTest(menu=id_):
                menu = Menu(ModelData.get_id(*id_.split('.')))
                self.assertEqual(menu.name, name)

    @with_transaction(context={'language': LANGUAGE})
    def test_reference_data(self):
        "The seeded records have Chinese names, also for a search"
        pool = Pool()
        ModelData = pool.get('ir.model.data')
        names = {}
        for data in ModelData.search([('module', 'in', MODULES)]):
            if not data.model.startswith(
                    ('hazard.', 'safety.', 'training.')):
                continue
            Model = pool.get(data.model)
            record = Model(data.db_id)
            for name, field in Model._fields.items():
                if getattr(field, 'translate', False):
                    names[data.fs_id, name] = getattr(record, name)
        self.assertGreater(len(names), 200)
        self.assertEqual(
            {k: n for k, n in names.items() if not CHINESE.search(n)}, {})

        Grade = pool.get('hazard.grade')
        Kind = pool.get('safety.member.kind')
        self.assertEqual(
            [g.name for g in Grade.search([])],
            ["重大", "较大", "一般", "轻微"])
        self.assertTrue(Kind.search([('name', '=', "群监网员")]))

    @with_transaction(context={'language': LANGUAGE})
    def test_views(self):
        "Titles and labels in the views are in Chinese"
        pool = Pool()
        View = pool.get('ir.ui.view')
        texts = set()
        for view in View.search([
                    ('module', 'in', MODULES),
                    ('model', '!=', None),
                    ('inherit', '=', None),
                    ]):
            Model = pool.get(view.model)
            result = Model.fields_view_get(view_id=view.id)
            for node in ElementTree.fromstring(result['arch']).iter():
                for attribute in ['string', 'help', 'confirm']:
                    if text := node.get(attribute):
                        texts.add((view.name, text))
        self.assertTrue(texts)
        self.assertEqual([t for t in texts if not CHINESE.search(t[1])], [])
