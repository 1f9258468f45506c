# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"One word for one thing, in the catalogues, the guides and the templates."

import csv
import re
import unittest

import polib
from repository import DIRECTORIES, MODULES, ROOT

GLOSSARY = ROOT / 'doc' / 'developer' / 'glossary.rst'
# What quotes the law or others
QUOTED = [
    '员工自查', '漏检、假检', '漏检假检', '自查自改', '“爆破工”即爆破员']
# The heads of the old ledgers of others have any words
FOREIGN = 'model:ir.message,text:msg_ledger_head_'
HALF_WIDTH = re.compile(
    r'[\u4e00-\u9fff\u3001-\u301f\uff01-\uff5e] ?\([^)]*\)'
    r'|\([^()]*[\u4e00-\u9fff][^()]*\)')
DOUBLE = re.compile(r'培训”培训|增减[+-]|隐患隐患')


def read_glossary():
    "Return the forbidden words with the row that forbids them."
    text = GLOSSARY.read_text(encoding='utf-8')
    rows = [
        next(csv.reader([line.strip()], skipinitialspace=True))
        for line in text.splitlines() if line.startswith('   "')]
    return {
        word: (term, chinese) for term, chinese, others in rows
        for word in others.split('、') if word}


def read_messages():
    "Yield the module, the context and the Chinese of each message."
    for module in MODULES:
        path = DIRECTORIES[module] / 'locale' / 'zh_CN.po'
        for entry in polib.pofile(str(path)):
            for text in entry.msgstr_plural.values() or [entry.msgstr]:
                yield module, entry.msgctxt, text


def read_guides():
    for directory in ['user', 'admin']:
        for path in sorted((ROOT / 'doc' / directory).glob('*.rst')):
            # The words of a guide may stand on two lines.
            yield path.name, re.sub(
                r'\n\s*', '', path.read_text(encoding='utf-8'))
    path = ROOT / 'README.zh_CN.md'
    yield path.name, path.read_text(encoding='utf-8')


class WordsTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.forbidden = read_glossary()

    def find(self, text):
        for quoted in QUOTED:
            text = text.replace(quoted, '')
        return [word for word in self.forbidden if word in text]

    def test_glossary(self):
        "The glossary forbids words, and none that it asks for"
        self.assertGreater(len(self.forbidden), 10)
        self.assertEqual(self.forbidden['封签'][1], '存证；核验')
        for word, (_, chinese) in self.forbidden.items():
            with self.subTest(word=word):
                self.assertNotIn(word, chinese)

    def test_find(self):
        "A forbidden word is found, but not within what is quoted"
        self.assertEqual(self.find('封签和漏检、假检'), ['封签'])
        self.assertTrue(HALF_WIDTH.search('时长(分钟)'))
        self.assertFalse(HALF_WIDTH.search('时长（分钟）'))

    def test_catalogues(self):
        "The catalogues have the words of the glossary"
        self.assertEqual([
                (module, context, words)
                for module, context, text in read_messages()
                if not context.startswith(FOREIGN)
                and (words := self.find(text))], [])

    def test_brackets(self):
        "Brackets in Chinese are full-width"
        self.assertEqual([
                (module, context, text)
                for module, context, text in read_messages()
                if HALF_WIDTH.search(text)], [])

    def test_double(self):
        "No word stands twice, and no sign for a word"
        self.assertEqual([
                (module, context) for module, context, text in read_messages()
                if DOUBLE.search(text)], [])

    def test_periods(self):
        "A period that is closed is not called open"
        names = {
            (context, text) for _, context, text in read_messages()
            if context == 'selection:appraisal.period,state:'}
        self.assertEqual(
            {text for _, text in names}, {'未结算', '已结算'})

    def test_guides(self):
        "The guides have the words of the glossary"
        self.assertEqual([
                (name, words) for name, text in read_guides()
                if (words := self.find(text))], [])
