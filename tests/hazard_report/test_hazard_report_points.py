# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt
import unittest
from unittest.mock import patch

from document_text import get_lines, get_pages, get_tables
from documents import print_as
from points import (
    DAY, build_appraisal, create_entry, create_rule, get_period, get_sheet)
from repository import MODULES
from steps import report
from templates import activate_built

from trytond.modules.hazard_report.exceptions import PointsAccessError
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction

STATEMENT = 'appraisal.points.statement'
FORM = 'appraisal.assessment.form'
MARCH = dt.date(2026, 3, 31)
PROVISIONAL = r"^（本期尚未结算，数据截至\d{4}-\d\d-\d\d \d\d:\d\d）$"


class PointsTestCase(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built(
            MODULES, build_appraisal, lang='zh_CN', end=dt.date(2026, 4, 30))

    def build(self):
        built = build_appraisal(end=dt.date(2026, 4, 30))
        built.company.timezone = 'Asia/Shanghai'
        built.company.save()
        Pool().get('appraisal.standard').create([{
                    'company': built.company.id,
                    'kind': built.members.ann.kind.id, 'task': 2}])
        built.rule = create_rule(
            built.company, 'hazard_verified', 3, name="核实隐患", cap=8,
            cap_period='month')
        return built

    def close(self, company, *kinds):
        Period = Pool().get('appraisal.period')
        Period.close(Period.search([
                    ('company', '=', company.id),
                    ('kind', 'in', kinds),
                    ('end_date', '<=', MARCH),
                    ]))

    def read(self, user, name, *sheets):
        extension, content = print_as(user, name, sheets, format='odt')
        self.assertEqual(extension, 'odt')
        content = bytes(content)
        return get_lines(content), get_tables(content)

    @with_transaction()
    def test_statement(self):
        "The statement tells each entry and what they come to"
        Entry = Pool().get('appraisal.entry')
        built = self.build()
        ann = built.members.ann
        hazard = report(built.mine)
        create_entry(built.rule, ann, source=str(hazard), task=1)
        create_entry(built.rule, ann, task=1)
        wrong = create_entry(
            create_rule(
                built.company, 'rectification_overdue', -2, name="整改超期",
                group='loop'), ann)
        self.close(built.company, 'tenday')
        late = create_entry(
            built.rule, ann, day=DAY, period=get_period(
                built.company, 'tenday', dt.date(2026, 4, 5)).id, late=True)
        Entry.reverse([wrong], "已按期整改。", origin=late)
        lines, tables = self.read(
            built.users.ann, STATEMENT, get_sheet(ann, 'month'))
        self.assertRegex(lines.pop(1), PROVISIONAL)
        self.assertEqual(lines, [
                "个人积分明细",
                "共记分3笔，合计4分；超封顶不计0分；计入积分4分。",
                "得分＝基础分＋计入积分（季度、年度按月数平均）。"
                "核实隐患后面为任务数。",
                "更正以冲销另记一笔，原记分和冲销都保留。",
                "本人（签字）：　　　　　　　　　　"
                "主管部门（盖章）：　　　　　　　　　　日期：",
                ])
        who, entries, sums = tables
        self.assertEqual(who, [
                ["姓名", "Ann", "类别", "群监网员", "单位", "Ventilation"],
                ["考核周期", "2026年3月", "起止日期",
                    "2026年3月1日至2026年3月31日"],
                ])
        period = "考核周期 2026年3月上旬"
        self.assertEqual(entries, [
                ["序号", "日期", "积分规则", "来源", "积分", "备注"],
                ['1', '2026-03-05', "核实隐患", "隐患", '3', ''],
                ['2', '2026-03-05', "核实隐患", period, '3', ''],
                ['3', '2026-03-05', "整改超期", period, "−2", "已被冲销"],
                ])
        self.assertEqual(sums, [
                ["上报隐患", "整改", "培训", "意见", "履职", "计入积分",
                    "超封顶",
                    "基础分", "得分"],
                ['6', "−2", '0', '0', '0', '4', '0', '60', '64'],
                ["类别名次", '1/2', "单位名次", '1', "上期名次", '',
                    "核实隐患", "2/2 完成", "合格"],
                ])

    @with_transaction()
    def test_corrections(self):
        "The statement tells what is late, reversed and over the cap"
        Entry = Pool().get('appraisal.entry')
        built = self.build()
        ann = built.members.ann
        first = create_entry(built.rule, ann, late=True)
        for _ in range(3):
            create_entry(built.rule, ann)
        period = get_period(built.company, 'tenday')
        Entry.create([first._reversal_values(DAY, period, "重复。")])
        lines, (_, entries, sums) = self.read(
            built.users.union, STATEMENT, get_sheet(ann, 'tenday'))
        self.assertEqual(
            lines[2], "共记分5笔，合计9分；超封顶不计1分；计入积分8分。")
        self.assertEqual(entries[1][5], "补记、已被冲销")
        self.assertEqual(entries[5][4:], ["−3", "冲销第1笔、重复。"])
        self.assertEqual(sums[1][5:7], ['8', '1'])
        lines, tables = self.read(
            built.users.ann, STATEMENT,
            get_sheet(ann, 'tenday', dt.date(2026, 3, 15)))
        self.assertIn("本期没有记分。", lines)
        self.assertEqual(len(tables), 2)

    @with_transaction()
    def test_form(self):
        "The form tells the months and the year, a page for each member"
        built = self.build()
        ann, bob = built.members.ann, built.members.bob
        create_entry(built.rule, ann, task=1)
        create_entry(built.rule, ann, day=dt.date(2026, 4, 5), task=1)
        create_entry(built.rule, ann, day=dt.date(2026, 4, 6), task=1)
        self.close(built.company, 'tenday', 'month')
        # Any sheet of the year will do
        Date = Pool().get('ir.date')
        with patch.object(Date, 'today', return_value=dt.date(2026, 4, 9)):
            lines, tables = self.read(
                built.users.ann, FORM, get_sheet(ann, 'tenday'))
        self.assertRegex(lines.pop(1), PROVISIONAL)
        self.assertEqual(lines, [
                "年度考核评定表",
                "名次后面为本类别人数，核实隐患后面为任务数。",
                "年度评定",
                "年度得分60.75分，在本角色2名三员中排第1名，考核等级：合格。",
                "全年核实隐患3条；完成任务的月份1个，未完成任务的月份1个。",
                ])
        who, months, signatures = tables
        self.assertEqual(who, [
                ["姓名", "Ann", "类别", "群监网员", "单位", "Ventilation"],
                ["年度", "2026年", "任职日期", "2026年3月1日", "考核等级",
                    "合格"],
                ])
        self.assertEqual(months, [
                ["月份", "上报隐患", "整改", "培训", "意见", "履职",
                    "计入积分",
                    "得分", "名次", "核实隐患", "考核等级"],
                ["3月", '3', '0', '0', '0', '0', '3', '63', '1/2', '1/2',
                    "合格"],
                ["4月", '6', '0', '0', '0', '0', '6', '66', '1/2', '2/2',
                    "合格"],
                ["全年", '9', '0', '0', '0', '0', '9', '60.75', '1/2',
                    '3/24', "合格"],
                ])
        self.assertEqual(
            [c.splitlines()[0] for row in signatures for c in row],
            ["本人意见：", "所在单位意见：", "主管部门意见：", "矿领导意见："])
        _, content = print_as(
            built.users.union, FORM,
            [get_sheet(m, 'year') for m in [ann, bob]], format='pdf')
        self.assertEqual(
            ["Bob" in page for page in get_pages(bytes(content))],
            [False, True])

    @with_transaction()
    def test_access(self):
        "One prints one's own points and of whom one manages or leads"
        built = self.build()
        ann = built.members.ann
        create_entry(built.rule, ann)
        built.users.captain = built.mine.users.captain
        # Then the first ten are published.
        self.close(built.company, 'tenday', 'month')
        for name in [STATEMENT, FORM]:
            for kind in ['tenday', 'month']:
                sheet = get_sheet(ann, kind)
                for user in ['ann', 'union', 'captain', 'admin']:
                    with self.subTest(name=name, kind=kind, user=user):
                        _, tables = self.read(
                            getattr(built.users, user), name, sheet)
                        self.assertEqual(tables[0][0][1], "Ann")
                for user in ['bob', 'cat', 'youth']:
                    with self.subTest(name=name, kind=kind, user=user), \
                            self.assertRaises(PointsAccessError):
                        self.read(getattr(built.users, user), name, sheet)
