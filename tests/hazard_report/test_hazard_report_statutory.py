# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What the printed statutory table tells, word by word."

import datetime as dt

from document_text import get_lines, get_tables
from facts import Spec, write
from official import OfficialTestCase
from organization import acting

from trytond.model.exceptions import AccessError
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction

REPORT = 'hazard.statutory_report.table'
AUGUST = dt.datetime(2026, 8, 10, 2)


class StatutoryTableTestCase(OfficialTestCase):

    def prepare(self, mine):
        Report = Pool().get('hazard.statutory_report')
        closed = Spec(AUGUST, AUGUST, 'closed', closed_at=AUGUST)
        write(mine, [
                closed, closed, Spec(AUGUST, AUGUST, 'rectification')])
        with acting(mine.users.safety):
            report, = Report.create([{
                        'company': mine.company.id, 'phone': "0311-5550100",
                        'start_date': dt.date(2026, 8, 1)}])
            Report.prepare([report])
        return Report(report.id)

    @with_transaction()
    def test_signed(self):
        "The signed table has its figures and places for seal and signature"
        mine = self.build()
        report = self.prepare(mine)
        with acting(mine.users.head):
            report.__class__.sign([report.__class__(report.id)])
        content = self.print_(mine.users.safety, [report], REPORT)
        self.assertEqual(
            get_lines(content)[:2],
            ["安全生产隐患排查治理情况报表", "2026年第3季度"])
        heading, figures, signatures = get_tables(content)
        self.assertEqual(heading, [
                ["填报单位（章）：平安煤矿", "截止日期：2026年9月30日"]])
        self.assertEqual(figures[-1], [
                "平安煤矿", "1", "3", "2", "66.7", "0", "0", "—", "0", "0",
                "0", "0", "0", "0", "0.00"])
        self.assertIn("累计落实治理资金（万元）", figures[-2])
        self.assertEqual(signatures, [[
                    "单位负责人（签字）：程守业", "填表人（签字）：赵严",
                    "联系电话：0311-5550100", "填报日期：2026年11月22日"]])
        pages = self.check_pages(
            self.print_(mine.users.safety, [report], REPORT, 'pdf'),
            "填报单位（章）：", "列入治理计划的重大隐患")
        self.assertEqual(len(pages), 1)

    @with_transaction()
    def test_draft(self):
        "A draft says that it is one, and who may not read it prints none"
        mine = self.build()
        report = self.prepare(mine)
        content = self.print_(mine.users.safety, [report], REPORT)
        self.assertEqual(get_lines(content)[1], "2026年第3季度（草稿）")
        for user in ['captain', 'worker']:
            with self.subTest(user=user), self.assertRaises(AccessError):
                self.print_(getattr(mine.users, user), [report], REPORT)
