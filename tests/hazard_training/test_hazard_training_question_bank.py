# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The properties of the delivered questions, read from their files alone."

import csv
import datetime as dt
import re
import unittest
from collections import Counter

from repository import ROOT

from trytond.modules.hazard_training.question.question import question_key
from trytond.modules.hazard_training.question.question_delivery import (
    LETTERS, OPTIONS, row_key)

DATA = ROOT / 'modules' / 'hazard_training' / 'data'
# Options are shuffled, so an explanation names what it speaks of
ORDINALS = re.compile(
    r'[前后][一二两三四五]项|最[前后]一项|第[一二三四五]项'
    r'|选项\s*[A-E]|[A-E]\s*(选)?项|以上[都各均]|其余|下列|上述')
NUMBER = re.compile(r'[≥＞<不]?[\d./%～:‰°]+\S{0,8}')
# What the bank cites as read, with the edition that is in force
EDITIONS = {
    '《煤矿安全规程》（2025）', '《煤矿重大事故隐患判定标准》（2026）'}
CITATION = re.compile(
    r'(《[^》]+》（\d{4}）)((?:第[\d～]+条(?:（[一二三四五六七八九十]+）)*、?)*)')
ABSURD = re.compile(
    '绿化|颜色|食堂|喝酒|广告|学历|投影仪|门牌|工具箱|落灰|空调|字迹')


def read(name):
    with open(DATA / name, encoding='utf-8', newline='') as file:
        return list(csv.DictReader(file))


def options(row):
    return [row[n] for n in OPTIONS if row[n]]


def right(row):
    return [
        option for letter, option in zip(LETTERS, options(row))
        if letter in row['right']]


class QuestionBankTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rows = read('questions_zh.csv')

    def of_type(self, type):
        return [r for r in self.rows if r['type'] == type]

    def test_share(self):
        "No discipline holds more than a fifth of the questions"
        self.assertGreaterEqual(len(self.rows), 360)
        count = Counter(r['discipline'] for r in self.rows)
        for discipline, number in count.items():
            with self.subTest(discipline=discipline):
                self.assertLessEqual(number, len(self.rows) * .2)

    def test_right_longest(self):
        "The right option is the only longest one in at most 30 percent"
        single = self.of_type('single')
        longest = []
        for row in single:
            key, = right(row)
            if all(len(key) > len(o) for o in options(row) if o != key):
                longest.append(row['text'])
        self.assertLessEqual(len(longest), len(single) * .3, longest)

    def test_right_number(self):
        "Multiple choice has two, three or four right options"
        numbers = Counter(len(right(r)) for r in self.of_type('multiple'))
        total = sum(numbers.values())
        self.assertEqual(set(numbers), {2, 3, 4})
        self.assertGreaterEqual(min(numbers.values()), total * .2)
        self.assertLessEqual(max(numbers.values()), total * .5)

    def test_right_letter(self):
        "The right option stands anywhere"
        single = self.of_type('single')
        letters = Counter(r['right'] for r in single)
        self.assertGreaterEqual(min(letters.values()), len(single) * .2)

    def test_options(self):
        "There are four or five different options, none of them absurd"
        for row in self.rows:
            if row['type'] == 'true_false':
                continue
            with self.subTest(question=row['text']):
                texts = options(row)
                self.assertIn(len(texts), {4, 5})
                self.assertEqual(len(set(texts)), len(texts))
                self.assertFalse(ABSURD.search(''.join(texts)))

    def test_explanation(self):
        "No explanation tells an option by its place"
        for row in self.rows:
            with self.subTest(question=row['text']):
                self.assertFalse(ORDINALS.search(row['explanation']))

    def test_hard(self):
        "Hard questions ask for judgement: their answers are no numbers"
        hard = [r for r in self.rows if r['difficulty'] == 'hard']
        self.assertGreaterEqual(len(hard), 60)
        for row in hard:
            with self.subTest(question=row['text']):
                self.assertFalse(
                    all(NUMBER.fullmatch(o) for o in right(row)))

    def test_citation(self):
        "What cites a law names its edition, and the articles as known"
        for row in self.rows:
            with self.subTest(question=row['text']):
                self.assertTrue(row['source'])
                cited = [m[1] for m in CITATION.finditer(row['source'])]
                self.assertEqual(
                    '；'.join(dict.fromkeys(cited)), row['edition'])
                for name in ['煤矿安全规程', '煤矿重大事故隐患判定标准']:
                    if f'《{name}》' in row['source']:
                        self.assertTrue(EDITIONS & set(cited))

    def test_criteria_article(self):
        "What cites the criteria names the article"
        for row in self.rows:
            for match in CITATION.finditer(row['source']):
                if '判定标准' in match[1]:
                    with self.subTest(question=row['text']):
                        self.assertTrue(match[2])

    def test_checked(self):
        "What was read in the law tells when; the rest waits for it"
        for row in self.rows:
            with self.subTest(question=row['text']):
                if row['checked']:
                    self.assertLessEqual(
                        dt.date.fromisoformat(row['checked']),
                        dt.date.today())
                    if '《' in row['source']:
                        self.assertLessEqual(
                            set(row['edition'].split('；')), EDITIONS)
        checked = sum(bool(r['checked']) for r in self.rows)
        self.assertGreaterEqual(checked, len(self.rows) * .9)

    def test_words(self):
        "The words are those of the rules that are in force"
        for row in self.rows:
            text = ' '.join(row.values())
            with self.subTest(question=row['text']):
                self.assertFalse(re.search('爆破工(?!作)|发爆器|炮眼', text))
                self.assertFalse(re.search(r'[?,;()]', text))

    def test_no_twin(self):
        "No text is there twice"
        keys = [question_key(r['text']) for r in self.rows]
        self.assertEqual(len(set(keys)), len(keys))

    def test_retired(self):
        "What is retired is not delivered, and what was wrong is retired"
        retired = read('questions_retired.csv')
        keys = {r['content'] for r in retired}
        self.assertEqual(len(keys), len(retired))
        self.assertFalse(keys & {row_key(r) for r in self.rows})
        texts = {r['text'] for r in retired}
        for text in [
                "提升钢丝绳直径减小量达到多少时，必须更换？",
                "低瓦斯矿井的采掘工作面，每班检查甲烷浓度至少多少次？",
                "柱径为80毫米的单体液压支柱，初撑力不得小于多少？"]:
            with self.subTest(text=text):
                self.assertIn(text, texts)
