# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt
import unittest

from document_text import get_lines, get_pages, get_tables
from documents import print_as
from organization import create_company
from points import build_appraisal, create_entry, create_rule, get_period
from repository import MODULES
from templates import activate_built

from trytond.model.exceptions import AccessError
from trytond.modules.hazard_report.appraisal.points import format_points
from trytond.modules.hazard_report.appraisal.ranking import get_first
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction

REPORT = 'appraisal.ranking.circular'
APRIL = dt.date(2026, 4, 5)


class RankingTestCase(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built(
            MODULES, build_appraisal, lang='zh_CN', end=dt.date(2026, 4, 30))

    def build(self):
        "Ann leads in March, bob in April."
        built = build_appraisal(end=dt.date(2026, 4, 30))
        company = built.company
        company.timezone = 'Asia/Shanghai'
        company.save()
        Standard = Pool().get('appraisal.standard')
        Standard.create([{
                    'company': company.id, 'kind': built.members.ann.kind.id,
                    'task': 1}])
        rule = create_rule(company, 'hazard_verified', 3)
        ann, bob, cat = [
            getattr(built.members, n) for n in ['ann', 'bob', 'cat']]
        create_entry(rule, ann, task=1)
        create_entry(rule, ann, day=APRIL, points=-5)
        create_entry(rule, bob, day=APRIL, points=30, task=1)
        create_entry(rule, cat, day=APRIL, points=1)
        return built

    def close(self, company, *kinds):
        Period = Pool().get('appraisal.period')
        Period.close(Period.search([
                    ('company', '=', company.id),
                    ('kind', 'in', kinds),
                    ('end_date', '<', dt.date(2026, 4, 1)),
                    ]))

    def read(self, user, period):
        extension, content = print_as(user, REPORT, [period], format='odt')
        self.assertEqual(extension, 'odt')
        content = bytes(content)
        return get_lines(content), get_tables(content)

    @with_transaction()
    def test_month(self):
        "The circular of a month tells figures, ranks, grades and changes"
        built = self.build()
        self.close(built.company, 'tenday', 'month')
        lines, tables = self.read(
            built.users.admin, get_period(built.company, 'month', APRIL))
        printed_at = lines.pop(1)
        self.assertRegex(
            printed_at, "^（本期尚未结算，数据截至"
            r"\d{4}-\d\d-\d\d \d\d:\d\d，仅供核对）$")
        self.assertRegex(lines.pop(), r'^\d{4}年\d+月\d+日$')
        self.assertEqual(lines, [
                "关于2026年4月绩效考核排名情况的通报",
                "各单位：",
                "现将2026年4月（2026年4月1日至2026年4月30日）"
                "绩效考核排名情况通报如下。",
                "一、总体情况",
                "本期参加考核3人，核实隐患1条，平均得分68.67分，"
                "最高90分，最低55分。",
                "全期在岗并有任务的三员中，完成任务1人，未完成任务1人。",
                "考核等级：优秀1人，良好0人，合格1人，不合格1人。",
                "积分台账本期共记3笔。",
                "与2026年3月相比，平均得分上升7.67分，核实隐患持平。",
                "二、三员排名",
                "（一）群监网员",
                "参加考核2人，核实隐患1条，平均得分72.5分。",
                "优秀（1人）：Bob。",
                "不合格（1人）：Ann。",
                "未完成任务（1人）：Ann。",
                "（二）青监岗员",
                "参加考核1人，核实隐患0条，平均得分61分。",
                "三、部门考评",
                "参加考评的单位2个，平均得分100分。",
                "四、名次变化",
                "群监网员名次上升较多的：Bob（第2名至第1名）。",
                "群监网员名次下降较多的：Ann（第1名至第2名）。",
                "五、有关要求",
                "请各单位及时传达，对照查找差距，"
                "督促帮助排名靠后和未完成任务的三员改进。",
                "三员可自行打印本人积分明细，对记分有异议的，"
                "可在规定期限内提出申诉。",
                "Mine",
                ])
        head = ["名次", "姓名", "单位", "得分", "积分", "核实隐患", "升降"]
        self.assertEqual(tables, [
                [head,
                    ['1', "Bob", "Driving", '90', '30', '1', "升1位"],
                    ['2', "Ann", "Ventilation", '55', "−5", '0', "降1位"]],
                [head, ['1', "Cat", "Ventilation", '61', '1', '0', "持平"]],
                [["名次", "单位", "得分", "整改及时率%", "一次合格率%",
                        "重复率%", "超期", "缺员", "升降"],
                    ['1', "Ventilation", '100', '', '', '', '0', '0', "持平"],
                    ['1', "Driving", '100', '', '', '', '0', '0', "持平"]],
                ])

    @with_transaction()
    def test_unranked(self):
        "Who has left is not in the circular for an entry that comes late"
        built = self.build()
        ann = built.members.ann
        ann.until = dt.date(2026, 3, 31)
        ann.save()
        for period in [
                get_period(built.company, 'tenday', APRIL),
                get_period(built.company, 'month', APRIL)]:
            lines, tables = self.read(built.users.admin, period)
            self.assertIn("本期参加考核2人", ''.join(lines))
            self.assertNotIn("Ann", str(tables))

    @with_transaction()
    def test_closed(self):
        "The circular of ten days that are closed has no grades"
        built = self.build()
        self.close(built.company, 'tenday')
        period = get_period(built.company, 'tenday')
        lines, tables = self.read(built.users.admin, period)
        text = '|'.join(lines)
        # The number is given once
        self.assertEqual(self.read(built.users.admin, period)[0], lines)
        self.assertIn(
            "关于2026年3月上旬绩效考核排名情况的通报|"
            f"通〔{dt.date.today().year}〕1号|各单位",
            text)
        for missing in ["考核等级", "仅供核对", "任务的三员中", "名次变化"]:
            self.assertNotIn(missing, text)
        self.assertEqual(tables[0][1][:4], ['1', "Ann", "Ventilation", '63'])
        _, content = print_as(
            built.users.admin, REPORT, [period], format='pdf')
        self.assertIn("总体情况", get_pages(bytes(content))[0])

    @with_transaction()
    def test_department(self):
        "A department gets its kind only and the units that are published"
        built = self.build()
        self.close(built.company, 'tenday', 'month')
        for day, units in [(APRIL, 0), (dt.date(2026, 3, 5), 1)]:
            lines, tables = self.read(
                built.users.union, get_period(built.company, 'month', day))
            text = '|'.join(lines)
            self.assertIn("参加考核2人", text)
            self.assertIn("（一）群监网员", text)
            self.assertNotIn("青监岗员", text)
            self.assertNotIn("Cat", str(tables))
            self.assertEqual(len(tables), 1 + units)
        lines, _ = self.read(
            built.users.youth, get_period(built.company, 'month', APRIL))
        self.assertIn("积分台账本期共记1笔", '|'.join(lines))

    @with_transaction()
    def test_access(self):
        "Members and those of other companies print no circular"
        built = self.build()
        period = get_period(built.company, 'month')
        with self.assertRaises(AccessError):
            self.read(built.users.ann, period)
        other = build_other(period)
        with self.assertRaises(AccessError):
            self.read(built.users.admin, other)

    @with_transaction()
    def test_nobody(self):
        "A period without members says so"
        built = self.build()
        Period = Pool().get('appraisal.period')
        day = dt.date(2020, 1, 1)
        Period.generate(built.company, day, day)
        lines, tables = self.read(
            built.users.union, get_period(built.company, 'tenday', day))
        self.assertIn("本期无人参加考核。", lines)
        self.assertEqual(tables, [])

    @with_transaction(context={'language': 'zh_CN'})
    def test_shared(self):
        "Who share a rank are named together or counted"
        def rows(*ranks):
            return [
                {'rank': r, 'bottom_rank': r, 'score': 60} for r in ranks]
        for ranks, named, more in [
                (range(1, 20), 10, ''),
                ([*range(1, 10), 10, 10, 10, 13], 12, ''),
                ([1, 2, *[3] * 40], 2, "另有40人并列第3名，得分60分。"),
                ([1] * 300, 0, "另有300人并列第1名，得分60分。")]:
            with self.subTest(ranks=len(ranks)):
                first, text = get_first(rows(*ranks), 'rank')
                self.assertEqual((len(first), text), (named, more))

    def test_points(self):
        "Points have no zeros behind the point and a proper minus"
        for value, text, signed in [
                (None, '', ''), (0, '0', '0'), (3, '3', '+3'),
                (60.5, '60.5', '+60.5'), (-1.25, "−1.25", "−1.25"),
                (100, '100', '+100'), (-0.001, '0', '0')]:
            self.assertEqual(format_points(value), text)
            self.assertEqual(format_points(value, signed=True), signed)


def build_other(period):
    "Return the same period of another company."
    pool = Pool()
    Period = pool.get('appraisal.period')
    company = create_company("Other")
    with Transaction().set_context(company=company.id):
        Period.generate(company, period.start_date, period.start_date)
        return get_period(company, period.kind, period.start_date)
