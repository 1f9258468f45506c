# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What the papers on major hazards and urgent danger tell, word by word."

import datetime as dt
import re

from document_text import get_lines, get_tables
from official import OfficialTestCase
from organization import acting, get_ref
from steps import approve_plan, file_up, publish, waiting, withdraw

from trytond.model.exceptions import AccessError
from trytond.modules.hazard_report.exceptions import PublicationPrintError
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction

SHORT_CIRCUIT = 'hazard.criterion_2026_5_9'


class PaperTestCase(OfficialTestCase):

    def major(self, mine, **values):
        return self.report(mine, **{
                'criterion': get_ref(SHORT_CIRCUIT),
                'grade': get_ref('hazard.grade_major'),
                **values})

    def stop(self, mine, hazard, **values):
        return withdraw(mine, hazard, **{
                'area': "18506工作面及回风巷。", **values})

    @with_transaction()
    def test_filing(self):
        "The report tells what is known, with places to sign, on one page"
        mine = self.build()
        hazard = self.major(mine)
        self.stop(mine, hazard)
        filings = file_up(
            mine, hazard, authority="国家矿山安全监察局某局",
            content="风流短路，已停止作业，申请督办。")
        regulator, = [f for f in filings if f.recipient == 'regulator']
        content = self.print_(
            mine.users.safety, [regulator], 'hazard.filing.document')
        self.assertEqual(
            get_lines(content),
            ["重大事故隐患报告单", f"隐患编号：{hazard.number}"])
        table, = get_tables(content)
        for row in [
                ["报送单位", "国家矿山安全监察局某局", "报送对象",
                    "监管监察部门"],
                ["隐患内容", "风门闭合不严，漏风。"],
                ["报送内容", "风流短路，已停止作业，申请督办。"],
                ["报送人", "赵严", "回执号", ""]]:
            self.assertIn(row, table)
        measures, = [r[1] for r in table if r[0] == "已采取的措施"]
        self.assertRegex(
            measures, r"停止作业，撤出12人，范围：18506工作面及回风巷。")
        pages = self.check_pages(
            self.print_(
                mine.users.safety, [regulator], 'hazard.filing.document',
                'pdf'),
            "填报人（签字）：", "矿长（签字、盖章）：",
            "接收单位签收（签字、盖章）：")
        self.assertEqual(len(pages), 1)

    @with_transaction()
    def test_filing_planned(self):
        "The report tells of the plan that was approved"
        mine = self.build()
        hazard = self.major(mine)
        filing = Pool().get('hazard.filing').search([
                ('hazard', '=', hazard.id)])[0]
        waiting_text = re.sub(r'\s', '', ''.join(self.check_pages(
                    self.print_(
                        mine.users.safety, [filing],
                        'hazard.filing.document', 'pdf'),
                    "重大事故隐患报告单")))
        self.assertNotIn("停产区域", waiting_text)
        approve_plan(
            mine, hazard, causes="风门损坏。", danger="风量不足。",
            stop_area="回风巷。", methods="更换风门。")
        table, = get_tables(self.print_(
                mine.users.safety, [filing], 'hazard.filing.document'))
        for row in [
                ["现状及产生原因", "风门损坏。"],
                ["停产区域", "回风巷。"],
                ["已采取的措施", "更换风门。"]]:
            self.assertIn(row, table)

    @with_transaction()
    def test_filing_names(self):
        "The file is named by title, hazard and recipient"
        mine = self.build()
        hazard = self.major(mine)
        filings = file_up(mine, hazard)
        Report = Pool().get('hazard.filing.document', type='report')
        names = set()
        for filing in filings:
            with acting(mine.users.safety):
                *_, name = Report.execute(
                    [filing.id], {'model': 'hazard.filing', 'format': 'odt'})
            names.add(name)
        self.assertEqual(len(names), len(filings))
        self.assertIn(
            f"重大事故隐患报告单-{hazard.number}-监管监察部门", names)

    @with_transaction()
    def test_withdrawal(self):
        "The record tells who stopped what by which right, on one page"
        mine = self.build()
        hazard = self.major(mine)
        withdrawal = self.stop(mine, hazard)
        self.after(hours=3)
        with acting(
                mine.users.dispatcher, reason="瓦斯浓度0.4%，通风正常。",
                resumed_at=dt.datetime.now(),
                approved_by=mine.employees.head.id):
            withdrawal.__class__.resume(
                [withdrawal.__class__(withdrawal.id)])
        content = self.print_(
            mine.users.dispatcher, [withdrawal],
            'hazard.withdrawal.document')
        self.assertEqual(
            get_lines(content),
            ["停产撤人记录", f"隐患编号：{hazard.number}"])
        table, = get_tables(content)
        for row in [
                ["停产撤人范围", "18506工作面及回风巷。"],
                ["切断电源", "已切断，2026-11-22 10:15", "撤出人数", "12人"],
                ["恢复作业条件", "瓦斯浓度0.4%，通风正常。"]]:
            self.assertIn(row, table)
        right, = [r[1] for r in table if r[0] == "停产撤人依据"]
        self.assertIn("《煤矿安全规程》", right)
        pages = self.check_pages(
            self.print_(
                mine.users.dispatcher, [withdrawal],
                'hazard.withdrawal.document', 'pdf'),
            "张风来　班组长", "程守业", "带班领导（签字）：",
            "恢复作业批准人（签字）：")
        self.assertEqual(len(pages), 1)

    def print_sheets(self, user, **values):
        "Return the publications that the wizard prints, and their data."
        Print = Pool().get('hazard.publication.print', type='wizard')
        Start = Pool().get('hazard.publication.print.start')
        with acting(user):
            session_id, _, _ = Print.create()
            start = {
                'company': user.company.id, 'unit': None, 'format': 'odt',
                'draft': False, 'from_date': dt.date(2026, 11, 1),
                'to_date': dt.date(2026, 11, 30), **values}
            self.assertLessEqual(set(start), set(Start._fields))
            result = Print.execute(session_id, {'start': start}, 'print_')
        (_, data), = result['actions']
        return data

    @with_transaction()
    def test_publication(self):
        "The sheet of a unit has its hazards, with places to sign"
        mine = self.build()
        hazard = self.major(mine)
        publication = publish(
            mine, hazard, where="井口公示栏", from_date=dt.date(2026, 11, 22))
        approve_plan(mine, hazard, methods="更换风门。")
        data = self.print_sheets(mine.users.captain)
        self.assertEqual(data['ids'], [publication.id])
        Report = Pool().get('hazard.publication.table', type='report')
        with acting(mine.users.captain):
            _, content, _, name = Report.execute(data['ids'], {
                    **data, 'model': 'hazard.publication'})
        self.assertEqual(name, "隐患公示表-通风队-2026-11-22")
        lines = get_lines(bytes(content))
        self.assertEqual(lines[:2], [
                "重大事故隐患公示表",
                "公示单位：通风队　公示期间：2026年11月1日至2026年11月30日"])
        hazards, signatures = get_tables(bytes(content))
        row, = [r for r in hazards if r[0] == "1"]
        self.assertEqual(row[1:3], [hazard.number, "18506 回风巷"])
        self.assertIn("风门闭合不严，漏风。", row[3])
        self.assertIn("《煤矿重大事故隐患判定标准》", row[3])
        self.assertEqual(row[5], "更换风门。")
        self.assertEqual(
            row[8], "井口公示栏\n2026-11-22\n已知晓20人，应知晓30人")
        self.assertIn("职工代表（签字）：", signatures[0][2])
        pages = self.check_pages(
            self.print_(
                mine.users.captain, [publication],
                'hazard.publication.table', 'pdf'),
            "公示时间：2026年11月22日起", "举报电话：")
        self.assertEqual(len(pages), 1)
        # Who found it is nobody's business.
        self.assertNotIn("李群", ''.join(pages))

    @with_transaction()
    def test_publication_units(self):
        "Each unit has a sheet of its own"
        mine = self.build()
        publications = []
        mine.units.driving.name = "掘进一队"
        mine.units.driving.save()
        for unit in [mine.units.ventilation, mine.units.driving]:
            hazard = self.major(mine, unit=unit)
            publications.append(publish(
                    mine, hazard, user=mine.users.safety, where="井口",
                    from_date=dt.date(2026, 11, 22)))
        pages = self.check_pages(
            self.print_(
                mine.users.safety, publications, 'hazard.publication.table',
                'pdf'),
            "公示单位：通风队", "公示单位：掘进一队")
        self.assertEqual(len(pages), 2)
        content = self.print_(
            mine.users.safety, publications, 'hazard.publication.table')
        self.assertEqual(
            get_lines(content).count("重大事故隐患公示表"), 2)
        self.assertEqual(
            self.print_sheets(
                mine.users.safety, unit=mine.units.driving.id)['ids'],
            [publications[1].id])

    @with_transaction()
    def test_publication_period(self):
        "What was not shown within the days is not printed"
        mine = self.build()
        hazard = self.major(mine)
        publish(mine, hazard, from_date=dt.date(2026, 11, 22))
        for values in [
                {'to_date': dt.date(2026, 11, 21)},
                {'unit': mine.units.driving.id}]:
            with self.subTest(values=values):
                with self.assertRaises(PublicationPrintError):
                    self.print_sheets(mine.users.safety, **values)

    @with_transaction()
    def test_publication_draft(self):
        "What is to be hung out is printed where it is asked for"
        mine = self.build()
        hazard = self.major(mine)
        draft = waiting('hazard.publication', hazard)
        with self.assertRaises(PublicationPrintError):
            self.print_sheets(mine.users.safety)
        self.assertEqual(
            self.print_sheets(mine.users.safety, draft=True)['ids'],
            [draft.id])

    @with_transaction()
    def test_publication_cancelled(self):
        "What was cancelled is on no sheet"
        mine = self.build()
        hazard = self.major(mine)
        draft = waiting('hazard.publication', hazard)
        draft.__class__.cancel_open([hazard])
        with self.assertRaises(PublicationPrintError):
            self.print_(
                mine.users.safety, [draft], 'hazard.publication.table')

    @with_transaction()
    def test_others(self):
        "Nobody prints the papers of what they may not read"
        mine = self.build()
        hazard = self.major(mine)
        withdrawal = self.stop(mine, hazard)
        filing = file_up(mine, hazard)[0]
        publication = publish(mine, hazard)
        for record, name in [
                (withdrawal, 'hazard.withdrawal.document'),
                (filing, 'hazard.filing.document'),
                (publication, 'hazard.publication.table')]:
            for user in ['other_captain', 'manager']:
                with self.subTest(name=name, user=user):
                    with self.assertRaises(AccessError):
                        self.print_(
                            getattr(mine.users, user), [record], name)
