# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What the words of old ledgers in Chinese say, and rows that are no hazards."

import unittest

import openpyxl
from ledger_tools import Import, save
from mine import build_mine
from organization import get_ref
from templates import activate_built

from trytond.model.exceptions import DomainValidationError
from trytond.modules.hazard.exceptions import LedgerMappingError
from trytond.modules.hazard.old_ledger.state_words import StateWords
from trytond.modules.safety_base.words import words
from trytond.pool import Pool
from trytond.tests.test_tryton import activate_module, with_transaction

HEADS = [
    "Date", "Location", "Discipline", "Grade", "Hazard", "Responsible Unit",
    "State", "Handling", "Result", "Date Rectified", "Deadline", "Category"]
BASE = dict(zip(HEADS, [
            "2025.7.17", "Return airway 18506", "Ventilation and Gas", "C",
            "The air door does not close.", "Ventilation"]))


def book(*rows):
    book = openpyxl.Workbook()
    book.active.append(HEADS)
    for number, values in enumerate(rows):
        base = {**BASE, "Hazard": f'Hazard {number}'}
        row = {**base, **values} if isinstance(values, dict) else {
            "Hazard": values}
        book.active.append([row.get(h) for h in HEADS])
    return save(book)


class LedgerWordsTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built('hazard', build_mine)

    def check(self, *rows):
        self.mine = build_mine()
        self.Hazard = Pool().get('hazard.hazard')
        return Import(self.mine.users.safety, book(*rows)).check()

    def again(self, wizard, **values):
        wizard.step('check_again', preview={**wizard.values, **values})
        return wizard

    def states(self):
        return [h.state for h in self.Hazard.search(
                [], order=[('id', 'ASC')])]

    def unknown(self, wizard):
        return [
            (u['field'], u['text'], u['rows'])
            for u in wizard.values['unknown']]

    @with_transaction()
    def test_counts(self):
        "The preview tells where what is imported will wait"
        wizard = self.check(
            {}, {"Date Rectified": "2025.7.18"},
            {"State": "Closed", "Date Rectified": "2025.7.18"},
            {"State": "In Progress"})
        self.assertEqual([wizard.values[n] for n in [
                    'four_fix', 'rectification', 'recheck', 'closed',
                    'archived']], [2, 0, 1, 0, 1])
        wizard.import_()
        self.assertEqual(sorted(self.states()), [
                'archived', 'four_fix', 'four_fix', 'recheck'])

    @with_transaction()
    def test_unknown_state(self):
        "A word of state that is not known is asked, once, and kept"
        rows = [{"State": "Suspended"}, {"State": "suspended"},
            {"State": "Gone", "Date Rectified": "2025.7.18"}]
        wizard = self.check(*rows)
        self.assertEqual(len(wizard.problems()), 3)
        self.assertEqual(
            {(f, t.lower()) for f, t, _ in self.unknown(wizard)},
            {('state', "suspended"), ('state', "gone")})
        for unknown in wizard.values['unknown']:
            unknown['word'] = (
                'closed' if unknown['text'] == "Gone" else 'open')
        wizard.import_()
        self.assertEqual(wizard.state, 'result')
        self.assertEqual(
            sorted(self.states()), ['archived', 'four_fix', 'four_fix'])
        wizard = Import(self.mine.users.safety, book(
                {"Hazard": "x", "State": "Gone"})).check()
        self.assertEqual(self.unknown(wizard), [])

    @with_transaction()
    def test_wrong_word(self):
        "A word of another field is not learnt"
        wizard = self.check({"State": "Suspended"})
        wizard.values['unknown'][0]['word'] = 'four_fix'
        self.assertEqual(len(self.again(wizard).problems()), 1)
        Meaning = Pool().get('hazard.ledger.mapping.meaning')
        Mapping = Pool().get('hazard.ledger.mapping')
        mapping, = Mapping.search([])
        for values in [
                {'field': 'state', 'word': 'four_fix'}, {'field': 'place'},
                {'field': 'unit', 'record': str(self.mine.place)}]:
            with self.subTest(values=values), \
                    self.assertRaises(
                        (LedgerMappingError, DomainValidationError)):
                Meaning.create([{
                            'mapping': mapping.id, 'text': "x", **values}])

    @with_transaction()
    def test_closed_day(self):
        "What is closed without a day is told, or takes the day chosen"
        rows = [{"State": "Closed", "Deadline": "2025.7.20"}] * 2
        wizard = self.check(*rows)
        self.assertEqual(len(wizard.problems()), 2)
        self.assertEqual(wizard.values['closed_when'], 2)
        self.again(wizard, closed_day='deadline')
        self.assertEqual(wizard.problems(), [])
        self.assertEqual(len(wizard.problems('note')), 2)
        wizard.import_()
        hazard, _ = self.Hazard.search([])
        self.assertEqual(hazard.state, 'archived')
        self.assertEqual(str(hazard.closed_at.date()), '2025-07-20')

    @with_transaction()
    def test_on_site(self):
        "What was fixed on site is closed on the day it was found"
        wizard = self.check(
            {"Handling": "Fixed on Site"}, {"State": "On Site"},
            {"Handling": "somehow"})
        self.assertEqual(
            self.unknown(wizard), [('handling', "somehow", 1)])
        self.assertEqual(len(wizard.problems()), 1)
        self.assertEqual(wizard.values['archived'], 2)

    @with_transaction()
    def test_result(self):
        "A result that is not known is asked where it decides"
        wizard = self.check(
            {"Result": "Fine", "Date Rectified": "2025.7.18"},
            {"Result": "Fine", "State": "Closed",
                "Date Rectified": "2025.7.18"})
        self.assertEqual(wizard.problems(), [(2, 'I', "Fine")])

    @with_transaction()
    def test_category(self):
        "A kind that is not known can be told, or stays out"
        wizard = self.check({"Category": "Falling Down"})
        self.assertEqual(wizard.problems(), [])
        category = get_ref('hazard.category_other')
        unknown, = wizard.values['unknown']
        self.assertEqual(unknown['field'], 'category')
        unknown['record'] = f'hazard.category,{category}'
        wizard.import_()
        hazard, = self.Hazard.search([])
        self.assertEqual(hazard.category.id, category)

    @with_transaction()
    def test_left_out(self):
        "Notes below the table are proposed, other rows can be left out"
        wizard = self.check(
            {"Grade": "?"}, "Between", {}, "Filled in by: Zhang")
        self.assertEqual(
            [(o['row'], o['leave_out']) for o in wizard.values['offered']],
            [(2, False), (3, False), (5, True)])
        self.assertEqual(len(wizard.problems()), 3)
        self.again(wizard)
        self.assertEqual([r for r, *_ in wizard.problems()], [2, 3])
        for row in wizard.values['offered']:
            row['leave_out'] = True
        wizard.import_()
        self.assertEqual(wizard.state, 'result')
        self.assertEqual(wizard.values['hazards'], 1)

    @with_transaction()
    def test_many_places(self):
        "More new places and units come in than one check of them can hold"
        wizard = self.check(*[
                {"Location": f'Place {n}', "Responsible Unit": f'Team {n}'}
                for n in range(150)])
        wizard.import_(create_places=True, create_units=True)
        self.assertEqual(wizard.state, 'result')
        self.assertEqual(
            (wizard.values['places'], wizard.values['units']), (150, 150))

    @with_transaction()
    def test_unclear(self):
        "Numbers that are not clear are told, and the hazard comes in whole"
        wizard = self.check({"Hazard": "1.Door; 2.Lamp; 2.Sign"})
        self.assertIn(
            (2, 'E', "1.Door; 2.Lamp; 2.Sign"), wizard.problems('note'))
        self.assertEqual(wizard.values['hazards'], 1)

    @with_transaction()
    def test_needless(self):
        "Dates that are none are notes where nothing depends on them"
        wizard = self.check(
            {"Deadline": "at once"}, {"Deadline": "3 days"},
            {"Deadline": "long"},
            {"State": "Open", "Date Rectified": "TBC"},
            {"State": "Closed", "Date Rectified": "TBC"},
            {"Date Rectified": "TBC"})
        self.assertEqual(
            [(r, v) for r, _, v in wizard.problems()],
            [(6, "Closed"), (7, "TBC")])
        self.assertEqual(
            {r for r, *_ in wizard.problems('note')} & {2, 3, 4}, {2, 3, 4})


class ChineseWordsTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_module('hazard', lang='zh_CN')

    @with_transaction()
    def test_state(self):
        "Usual words are known, what denies them is not taken for them"
        known = StateWords()
        for text, meaning in [
                ("关闭", 'closed'), ("已关闭", 'closed'), ("闭环", 'closed'),
                ("整改完成", 'closed'), ("完成", 'closed'),
                ("已治理", 'closed'), ("已消号", 'closed'), ("Y", 'closed'),
                ("100%", 'closed'), ("√", 'closed'), ("是", 'closed'),
                ("经复查合格", 'closed'), ("未整改", 'open'), ("否", 'open'),
                ("整改中", 'open'), ("待复查", 'rectified'),
                ("当场纠正", 'on_site'), ("现场处置", 'on_site'),
                ("50%", None), ("尚未完成", 'open'), ("部分完成", None),
                ("不需要", None), ("挂起", None), ("", None)]:
            with self.subTest(text=text):
                self.assertEqual(known.find('state', text), meaning)

    @with_transaction()
    def test_words(self):
        "Nothing stands for two things of one field"
        for names in [
                ['passed', 'failed', 'rectified'],
                ['closed', 'open', 'rectified', 'on_site'],
                ['on_site', 'four_fix']]:
            seen = {}
            for name in names:
                for word in words(f'hazard.msg_ledger_words_{name}'):
                    self.assertNotIn(word, seen, name)
                    seen[word] = name
