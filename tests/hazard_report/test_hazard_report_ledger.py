# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt
import subprocess
import unittest
from decimal import Decimal
from io import BytesIO
from unittest.mock import patch

import openpyxl
from lxml import etree
from mine import build_mine
from organization import acting, create_company, get_ref
from repository import MODULES
from steps import confirm, draft, finish, recheck, report
from templates import activate_built
from test_hazard_report_rows import TABLE, read

from trytond.model.exceptions import AccessError
from trytond.modules.company.tests import set_company
from trytond.modules.hazard_report.engine.bulk_read import Names
from trytond.modules.hazard_report.exceptions import (
    FormatError, OfficeMissingError, PrintAccessError)
from trytond.pool import Pool
from trytond.tests.test_tryton import drop_db, with_transaction
from trytond.transaction import Transaction

YEAR = {
    'from_date': dt.date.today() - dt.timedelta(days=30),
    'to_date': dt.date.today() + dt.timedelta(days=30),
    'state': 'all', 'format': 'xlsx'}
HEAD = [
    "序号", "隐患编号", "发现时间", "班次", "地点/部位", "专业", "类别",
    "检查项目", "检查类型/来源", "检查单位", "发现人 （角色）", "隐患内容",
    "等级", "违反条款", "处理方式", "责任单位", "整改责任人", "整改措施",
    "整改资金（元）", "整改期限 （含延期）", "应急预案/安全措施", "督办人",
    "整改完成时间", "复查时间", "复查人", "复查结果（轮次）", "销号时间",
    "超期天数"]


def ledger(user, ids=(), **data):
    pool = Pool()
    Ledger = pool.get('hazard.ledger.table', type='report')
    with acting(user):
        return Ledger.execute(list(ids), {**YEAR, **data})


def sheets(user, ids=(), **data):
    "Return the rows of the ledger by the name of its sheet."
    _, content, _, _ = ledger(user, ids, **data)
    book = openpyxl.load_workbook(BytesIO(content))
    return {s.title: list(s.iter_rows(values_only=True)) for s in book}


def rows(user, ids=(), **data):
    "Return the hazards of the only sheet as dictionaries by head."
    sheet, = sheets(user, ids, **data).values()
    head = list(sheet[2])
    return [
        dict(zip(head, row)) for row in sheet[3:] if type(row[0]) is int]


def pdf_text(content):
    return subprocess.run(
        ['pdftotext', '-layout', '-', '-'], input=content, check=True,
        stdout=subprocess.PIPE).stdout.decode()


class LedgerTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        drop_db()
        cls.addClassCleanup(drop_db)
        activate_built(MODULES, build_mine, lang='zh_CN')

    @with_transaction()
    def test_columns(self):
        "Each column has what the last round of the loop tells"
        mine = build_mine()
        mine.company.timezone = 'Asia/Shanghai'
        mine.company.save()
        with set_company(mine.company):
            hazard = report(
                mine, inspected_by="省局",
                legal_basis=get_ref('hazard.legal_basis_coal_2025_165'),
                shift=get_ref('safety_organization.shift_clock_8'))
            confirm(
                mine, hazard, measures="换密封条\n校正", funding=1200,
                emergency_plan="撤人", supervisor=mine.employees.safety.id)
            finish(mine, hazard)
            recheck(mine, hazard, 'fail', reason="还漏")
            confirm(mine, hazard, measures="换风门", funding=Decimal('1500.5'))
            finish(mine, hazard)
            recheck(mine, hazard, 'pass_')
            hazard = hazard.__class__(hazard.id)
            row, = rows(mine.users.safety)
        self.assertEqual(list(row), HEAD)
        found_at = (hazard.found_at + dt.timedelta(hours=8)).replace(
            microsecond=0)
        self.assertEqual(row["发现时间"].replace(microsecond=0), found_at)
        for time in [
                "整改期限 （含延期）", "整改完成时间", "复查时间",
                "销号时间"]:
            self.assertIsInstance(row.pop(time), dt.datetime)
        row.pop("发现时间")
        self.assertEqual(row, {
                "序号": 1, "隐患编号": hazard.number, "班次": "八点班",
                "地点/部位": "Return airway 18506", "专业": "通防",
                "类别": None, "检查项目": None, "检查类型/来源": None,
                "检查单位": "省局", "发现人 （角色）": "Reporter",
                "隐患内容": "The air door does not close.", "等级": "一般",
                "违反条款": "《煤矿安全规程》第一百六十五条",
                "处理方式": "四定",
                "责任单位": "Ventilation", "整改责任人": "Worker",
                "整改措施": "换风门", "整改资金（元）": 1500.5,
                "应急预案/安全措施": None, "督办人": None,
                "复查人": "Captain", "复查结果（轮次）": "通过（第2轮）",
                "超期天数": None})

    @with_transaction()
    def test_counts(self):
        "The ledger is right with no, one, three and 300 hazards"
        mine = build_mine()
        with set_company(mine.company):
            known = []
            for count in [0, 1, 3, 300]:
                while len(known) < count:
                    known.append(report(
                            mine, description=f"第{len(known) + 1}处漏风"))
                extension, content, _, name = ledger(
                    mine.users.safety, format='ods')
                self.assertEqual(extension, 'ods')
                self.assertEqual(
                    name, f"隐患排查治理台账-{dt.date.today()}")
                texts = [
                    [''.join(c.itertext()) for c in row]
                    for row in read(content).iter(f'{TABLE}table-row')]
                self.assertEqual(texts[0][0], "隐患排查治理台账")
                self.assertEqual(texts[2], HEAD)
                self.assertEqual(len(texts), count + 6)
                self.assertIn(f"隐患条数： {count}", texts[1])
                self.assertEqual(
                    [t[11] for t in texts[3:-3]],
                    [h.description for h in known])
            self.assertIn("一般 300", texts[-3][2])
            self.assertIn("待四定 300", texts[-2][2])
            self.assertIn("单位负责人（签字）：", texts[-1][0])

    @with_transaction()
    def test_pdf(self):
        "The head is repeated on each page, the pages are counted"
        mine = build_mine()
        with set_company(mine.company):
            for number in range(40):
                report(mine, description=f"第{number}处" + "漏风很严重" * 8)
            report(mine, description="无尽" * 600)
            extension, content, _, _ = ledger(
                mine.users.safety, format='pdf')
        self.assertEqual(extension, 'pdf')
        text = pdf_text(content)
        pages = text.rstrip('\f').split('\f')
        self.assertGreater(len(pages), 1)
        for number, page in enumerate(pages, 1):
            self.assertIn("隐患内容", page)
            self.assertIn(
                f"第{number}页共{len(pages)}页", page.replace(' ', ''))
        # Nothing of the long text is cut off.
        self.assertEqual(text.count("无"), 600)

    @with_transaction()
    def test_filters(self):
        mine = build_mine()
        with set_company(mine.company):
            door = report(mine)
            drill = report(
                mine, unit=mine.units.driving,
                grade=get_ref('hazard.grade_slight'),
                discipline=get_ref('hazard.discipline_electromechanical'))
            closed = report(
                mine, handling='on_site', on_site_measures="Closed it.",
                on_site_at=dt.datetime.now() - dt.timedelta(minutes=5))
            draft(mine)
            user = mine.users.safety

            def numbers(**data):
                return [r["隐患编号"] for r in rows(user, **data)]
            everything = [h.number for h in [door, drill, closed]]
            self.assertEqual(sorted(numbers()), sorted(everything))
            self.assertEqual(
                numbers(unit=mine.units.driving.id), [drill.number])
            self.assertEqual(numbers(unit=mine.units.mine.id), [])
            self.assertEqual(
                len(numbers(unit=mine.units.mine.id, sub_units=True)), 3)
            self.assertEqual(
                numbers(grades=[get_ref('hazard.grade_slight')]),
                [drill.number])
            self.assertEqual(
                numbers(disciplines=[
                        get_ref('hazard.discipline_electromechanical')]),
                [drill.number])
            self.assertEqual(numbers(sources=[1]), [])
            self.assertEqual(numbers(state='overdue'), [])
            self.assertEqual(numbers(state='cancelled'), [])
            self.assertEqual(
                sorted(numbers(state='open') + numbers(state='closed')),
                sorted(everything))
            past = dt.date(2001, 1, 1)
            self.assertEqual(numbers(from_date=past, to_date=past), [])

    @with_transaction()
    def test_sheet_per_unit(self):
        mine = build_mine()
        with set_company(mine.company):
            report(mine)
            report(mine)
            report(mine, unit=mine.units.driving)
            made = sheets(mine.users.safety, per_unit=True)
        self.assertEqual(
            {name: sum(type(r[0]) is int for r in rows)
                for name, rows in made.items()},
            {"Driving": 1, "Ventilation": 2})

    @with_transaction()
    def test_selection(self):
        mine = build_mine()
        with set_company(mine.company):
            report(mine)
            hazard = report(mine)
            made = rows(mine.users.safety, ids=[hazard.id])
        self.assertEqual([r["隐患编号"] for r in made], [hazard.number])

    @with_transaction()
    def test_old_ledger(self):
        "What comes from an old ledger is marked"
        mine = build_mine()
        with set_company(mine.company):
            hazard = report(mine)
            hazard.imported = True
            hazard.ledger_found_by = "老张"
            hazard.save()
            row, = rows(mine.users.safety)
        self.assertEqual(row["隐患编号"], f"{hazard.number}（旧台账）")
        self.assertEqual(row["发现人 （角色）"], "老张")

    @with_transaction()
    def test_outside_finder(self):
        "The finder from outside stands in the column of the finder"
        mine = build_mine()
        with set_company(mine.company):
            report(mine, outside_finder="孙科长", inspected_by="监管局")
            report(mine, outside_finder="集团老李")
            made = rows(mine.users.safety)
        self.assertEqual(
            [(r["发现人 （角色）"], r["检查单位"]) for r in made],
            [("孙科长", "监管局"), ("集团老李", None)])

    @with_transaction()
    def test_access(self):
        "A ledger lists only what its reader may read"
        mine, foreign = build_mine(), create_company("Other")
        with set_company(foreign):
            other = build_mine(foreign, prefix='foreign_')
            hidden = report(other)
        with set_company(mine.company):
            report(mine)
            own = report(
                mine, user=mine.users.other_captain,
                found_by=mine.employees.other_captain,
                unit=mine.units.driving)
            self.assertEqual(len(rows(mine.users.safety)), 2)
            self.assertEqual(
                [r["隐患编号"] for r in rows(mine.users.other_captain)],
                [own.number])
            with self.assertRaises(AccessError):
                ledger(mine.users.reporter)
            with self.assertRaises(AccessError):
                ledger(mine.users.safety, ids=[hidden.id])

    @with_transaction()
    def test_log(self):
        "It is kept who printed what, and nobody changes it"
        pool = Pool()
        Print = pool.get('hazard.print')
        mine = build_mine()
        with set_company(mine.company):
            hazard = report(mine)
            ledger(mine.users.captain, format='ods')
            ledger(mine.users.captain, ids=[hazard.id])
            second, first = Print.search([])
        self.assertEqual(
            (first.user, first.employee, first.title, first.format,
                first.count, first.company),
            (mine.users.captain, mine.employees.captain,
                f"隐患排查治理台账-{dt.date.today()}", 'ods', 1,
                mine.company))
        self.assertEqual(second.records, str(hazard.id))
        self.assertEqual(second.model, 'hazard.hazard')
        with self.assertRaises(PrintAccessError):
            Print.write([first], {'title': "Nothing"})
        with self.assertRaises(PrintAccessError):
            Print.delete([first])

    @with_transaction()
    def test_formats(self):
        "Without LibreOffice there is no PDF, all else is made"
        mine = build_mine()
        with set_company(mine.company):
            report(mine)
            with self.assertRaises(FormatError):
                ledger(mine.users.safety, format='exe')
            with patch(
                    'trytond.modules.hazard_report.engine.convert._find_office',
                    return_value=None):
                with self.assertRaises(OfficeMissingError):
                    ledger(mine.users.safety, format='pdf')
                for format_ in ['ods', 'xlsx']:
                    extension, content, _, _ = ledger(
                        mine.users.safety, format=format_)
                    self.assertEqual(extension, format_)
                    self.assertTrue(content.startswith(b'PK'))

    @with_transaction()
    def test_language(self):
        "The language is the company's, whatever the user's"
        mine = build_mine()
        with set_company(mine.company):
            with Transaction().set_context(language='en'):
                _, content, _, _ = ledger(mine.users.safety, format='ods')
        text = etree.tostring(read(content), encoding='unicode')
        self.assertIn("隐患排查治理台账", text)

    @with_transaction(context={'language': 'zh_CN'})
    def test_names_read_once(self):
        pool = Pool()
        Grade = pool.get('hazard.grade')
        names = Names()
        grade = get_ref('hazard.grade_general')
        names.load('hazard.grade', [grade])
        with patch.object(Grade, 'read') as read_:
            self.assertEqual(
                names.load('hazard.grade', [grade, None])[grade], "一般")
        read_.assert_not_called()
