# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What the cells of old ledgers say, whatever way they are written in."

import datetime as dt
import unittest
from decimal import Decimal

from openpyxl.utils.datetime import MAC_EPOCH

from trytond.modules.hazard.old_ledger.numbered import (
    is_unclear, split_numbered)
from trytond.modules.hazard.old_ledger.row import Entry, order_times, settle
from trytond.modules.hazard.old_ledger.state_words import StateWords
from trytond.modules.hazard.old_ledger.text import (
    clean, closest, fingerprint, parse_amount, parse_moment)
from trytond.tools import timezone as tz

DAY = dt.date(2025, 7, 17)
SHANGHAI = tz.ZoneInfo('Asia/Shanghai')
WORDS = StateWords(
    meanings={('state', '挂起'): 'open'},
    known={
        'state': {
            '合格': 'closed', '是': 'closed', '已销号': 'closed',
            '关闭': 'closed', '整改完成': 'closed', '已整改': 'closed',
            '√': 'closed', '待复查': 'rectified', '否': 'open',
            '未销号': 'open', '现场处理': 'on_site', '已现场处理': 'on_site'},
        'result': {'合格': 'passed', '不合格': 'failed', '未整改': 'failed'},
        'handling': {'现场处理': 'on_site', '限期整改': 'four_fix'}},
    denials=['未', '不', '没', '待', '中'])


class LedgerTextTestCase(unittest.TestCase):

    def test_days(self):
        "A day is understood in each way of writing that is clear"
        for value in [
                DAY, dt.datetime(2025, 7, 17), 45855, 45855.0, 20250717,
                '45855', '20250717', '2025.7.17', '2025-07-17', '2025/7/17',
                '2025年7月17日', '2025年07月17号', ' 2025 年 7 月 17 日 ',
                '２０２５．７．１７', '2025。7。17', '2025.7.17（星期四）',
                '2025.7.17 八点班', '2025-07-17\n早班', '25.7.17',
                '2025—7—17', '17/07/2025', '7/17/2025', '17-Jul-25',
                '17 July 2025', 'Jul 17, 2025']:
            with self.subTest(value=value):
                self.assertEqual(parse_moment(value), (DAY, None))

    def test_times(self):
        "A time is understood with its day"
        for value in [
                dt.datetime(2025, 7, 17, 8, 30), 45855 + 8.5 / 24,
                '45855.354166667', '2025-07-17 08:30', '2025-07-17 08:30:00',
                '2025-07-17T08:30:00.000', '2025.7.17  8：30',
                '2025年7月17日8时30分', '2025年7月17日 8点30分0秒']:
            with self.subTest(value=value):
                self.assertEqual(
                    parse_moment(value), (DAY, dt.time(8, 30)))
        self.assertEqual(
            parse_moment('2025年7月17日8点'), (DAY, dt.time(8)))

    def test_epoch(self):
        "Serials of workbooks from the Macintosh count from 1904"
        self.assertEqual(
            parse_moment(45855 - 1462, MAC_EPOCH), (DAY, None))

    def test_no_dates(self):
        "What is no date, half a date or two dates is refused"
        for value in [
                '', 'yesterday', '7.17', '7月17日', '2025', 2025, '2025.7',
                '2025年7月', '5.7.17', '03/04/2026', '1-Foo-26',
                '2025.7.17-7.19', '2025-13-01',
                '2025-02-30', '2025.7.17\n2025.7.18', '2025-07-17 25:00',
                '2025.7.170', True, '2025-07-17 8:30-9:00', 12345678, 0, -1]:
            with self.subTest(value=value):
                with self.assertRaises(ValueError):
                    parse_moment(value)

    def test_clean(self):
        "Texts lose spaces and what stands for nothing"
        for value, text in [
                (None, ''), ('/', ''), ('—', ''), ('无', ''), (12.0, '12'),
                (1.5, '1.5'), (' a  b \n\n c ', 'a b\nc'),
                (dt.datetime(2025, 7, 17), '2025-07-17')]:
            with self.subTest(value=value):
                self.assertEqual(clean(value), text)

    def test_split(self):
        "Several numbered hazards in a cell are told apart"
        for text in [
                '1、风门损坏；2、皮带跑偏；3、照明不足',
                '1.风门损坏\n2.皮带跑偏\n3.照明不足',
                '1）风门损坏 2）皮带跑偏 3）照明不足',
                '①风门损坏②皮带跑偏③照明不足',
                '（1）风门损坏，（2）皮带跑偏，（3）照明不足',
                '(1)风门损坏(2)皮带跑偏(3)照明不足',
                '一、风门损坏；二、皮带跑偏；三、照明不足',
                '（一）风门损坏（二）皮带跑偏（三）照明不足',
                '⑴风门损坏⑵皮带跑偏⑶照明不足']:
            with self.subTest(text=text):
                self.assertEqual(
                    split_numbered(text), ['风门损坏', '皮带跑偏', '照明不足'])

    def test_split_before(self):
        "What stands before the first hazard is said of each"
        self.assertEqual(
            split_numbered('回风巷：1、风门损坏；2、皮带跑偏'),
            ['回风巷：风门损坏', '回风巷：皮带跑偏'])

    def test_split_many(self):
        "Numbers of two digits and numerals go on"
        for mark in ['{}、', '（{}）']:
            text = '；'.join(
                mark.format(n) + f'隐患{n}号' for n in range(1, 13))
            self.assertEqual(
                split_numbered(text), [f'隐患{n}号' for n in range(1, 13)])
        numerals = '一 二 三 四 五 六 七 八 九 十 十一 十二'.split()
        self.assertEqual(
            len(split_numbered('；'.join(f'{n}、风门损坏' for n in numerals))),
            12)

    def test_not_split(self):
        "What is no list is left as it is"
        for text in [
                '', '风门损坏', '1、只有一条', '更换1、2号风机',
                '1、2、3号支架无压', '1.5m处破碎；2.3m处破碎',
                '2、风门损坏；3、皮带跑偏', '皮带1.2m宽', '第1、2部皮带跑偏']:
            with self.subTest(text=text):
                self.assertEqual(split_numbered(text), [text])

    def test_split_nested(self):
        "What numbers within numbers stand under is said of them alone"
        for text, parts in [
                ('1.检查甲硐室：⑴灯坏。（2）门锁坏。\n'
                    '2.检查乙硐室：⑴灰尘大。⑵无牌板。', [
                        '检查甲硐室：灯坏。', '检查甲硐室：门锁坏。',
                        '检查乙硐室：灰尘大。', '检查乙硐室：无牌板。']),
                ('一、东大巷。\n1.浮煤。\n2.积水。\n'
                    '二、西大巷。\n1.无灯。\n2.无牌。', [
                        '东大巷。浮煤。', '东大巷。积水。',
                        '西大巷。无灯。', '西大巷。无牌。']),
                ('1.风门坏；2.检查乙硐室：①无灯②无牌', [
                        '风门坏', '检查乙硐室：无灯', '检查乙硐室：无牌'])]:
            with self.subTest(text=text):
                self.assertEqual(split_numbered(text), parts)
                self.assertFalse(is_unclear(text))

    def test_split_numbered_things(self):
        "What is numbered itself may follow the number"
        for text, parts in [
                ('1.3号钻场无牌；2.5号钻场积水',
                    ['3号钻场无牌', '5号钻场积水']),
                ('1.12#支架漏液；2.13#支架歪斜',
                    ['12#支架漏液', '13#支架歪斜'])]:
            with self.subTest(text=text):
                self.assertEqual(split_numbered(text), parts)

    def test_unclear(self):
        "Numbers that do not run on are left whole, which can be told"
        for text in [
                '1.风门坏；2.灯坏；2.牌坏', '2、风门损坏；3、皮带跑偏',
                '1.甲巷：（1）灯坏（3）牌坏；2.乙巷积水', '1.风门坏；3.灯坏']:
            with self.subTest(text=text):
                self.assertEqual(split_numbered(text), [text])
                self.assertTrue(is_unclear(text))
        for text in ['', '1、只有一条', '1.5m处破碎；2.3m处破碎']:
            with self.subTest(text=text):
                self.assertFalse(is_unclear(text))

    def test_amounts(self):
        "Amounts are understood with separators and in ten thousands"
        for value, amount in [
                (300, 300), (0.5, '0.5'), ('1,200元', 1200), ('1200 元', 1200),
                ('0.5万元', 5000), ('２００', 200)]:
            with self.subTest(value=value):
                self.assertEqual(parse_amount(value), Decimal(amount))
        for value in ['自筹', '约500元', '500元/人', True]:
            with self.subTest(value=value):
                with self.assertRaises(ValueError):
                    parse_amount(value)

    def test_closest(self):
        "A name is meant by what contains it or is contained in it alone"
        names = {
            '重大': 1, '较大': 2, '一般': 3, 'a': 1, 'b': 2, 'c': 3,
            '运输（提升）': 4}
        for text, id_ in [
                ('C', 3), ('C级', 3), ('c 类', 3), ('重大隐患', 1),
                ('一般（C）', 3), ('运输', 4), ('大', None), ('cx', None),
                ('', None), ('特大', None)]:
            with self.subTest(text=text):
                self.assertEqual(closest(text, names), id_)

    def test_fingerprint(self):
        "The same is known again whatever its spaces and widths"
        self.assertEqual(
            fingerprint(DAY, '18506 工作面', '风门坏。'),
            fingerprint(DAY, '１８５０６工作面', '风门 坏。'))
        self.assertNotEqual(
            fingerprint(DAY, 'ab', 'c'), fingerprint(DAY, 'a', 'bc'))


class LedgerRowTestCase(unittest.TestCase):

    def test_times(self):
        "Days begin and deadlines end in the zone of the company"
        times, wrong = order_times(
            {'found_at': (DAY, None), 'deadline': (DAY, None)}, SHANGHAI)
        self.assertEqual(wrong, [])
        self.assertEqual(times, {
                'found_at': dt.datetime(2025, 7, 16, 16),
                'deadline': dt.datetime(2025, 7, 17, 15, 59, 59),
                })

    def test_same_day(self):
        "A day without a time does not come before a time of the day"
        times, wrong = order_times({
                'found_at': (DAY, dt.time(8, 30)),
                'rectified_at': (DAY, None),
                'closed_at': (DAY, dt.time(12))}, SHANGHAI)
        self.assertEqual(wrong, [])
        self.assertEqual(times['rectified_at'], times['found_at'])

    def test_order(self):
        "What comes before what must have come first is out of order"
        before = DAY - dt.timedelta(days=1)
        for name in ['rectified_at', 'checked_at', 'closed_at', 'deadline']:
            with self.subTest(name=name):
                _, wrong = order_times(
                    {'found_at': (DAY, None), name: (before, None)}, tz.UTC)
                self.assertEqual(wrong, [name])
        _, wrong = order_times({
                'found_at': (before, None), 'checked_at': (DAY, None),
                'closed_at': (before, None)}, tz.UTC)
        self.assertEqual(wrong, ['closed_at'])

    def test_stages(self):
        "How far a hazard has come follows from its dates and words"
        for times, texts, stage in [
                ([], {}, 'four_fix'),
                ([], {'state': '未销号'}, 'four_fix'),
                (['rectified_at'], {}, 'recheck'),
                (['rectified_at'], {'state': '否'}, 'recheck'),
                (['closed_at'], {}, 'closed'),
                (['checked_at'], {'result': '合格'}, 'closed'),
                (['checked_at'], {}, 'closed'),
                (['rectified_at'], {'state': '已销号'}, 'closed'),
                (['rectified_at', 'checked_at'], {'result': '不合格'},
                    'failed')]:
            entry = self.entry(times, texts)
            with self.subTest(times=times, texts=texts):
                self.assertIsNone(settle(entry, WORDS))
                self.assertEqual(entry.stage, stage)
                self.assertEqual(
                    bool(entry.get('closed_at')), stage == 'closed')

    def test_closed_when(self):
        "What is closed without any date is not settled"
        self.assertEqual(
            settle(self.entry([], {'state': '是'}), WORDS), 'closed_at')

    def test_on_site(self):
        "What is closed and says so was fixed on site, if it tells how"
        for texts, handling in [
                ({'handling': '现场处理', 'measures': '修复'}, 'on_site'),
                ({'state': '已现场处理', 'actions': '修复'}, 'on_site'),
                ({'handling': '现场处理'}, 'four_fix'),
                ({'measures': '修复'}, 'four_fix')]:
            with self.subTest(texts=texts):
                entry = self.entry(['closed_at'], texts)
                self.assertIsNone(settle(entry, WORDS))
                self.assertEqual(entry.handling, handling)

    def entry(self, times, texts):
        values = dict.fromkeys(
            ['found_at', *times], dt.datetime(2025, 7, 17))
        return Entry(None, 1, {}, texts, '', values)
