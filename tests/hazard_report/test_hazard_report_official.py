# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What the cards, forms and letters of a Chinese mine tell, word by word."


import datetime as dt
import re
from decimal import Decimal

from document_text import get_lines, get_pages, get_tables
from mine import new_hazard
from notices import draft_notice, draft_opinion, issue, issue_notice
from official import OfficialTestCase
from organization import acting, get_ref
from steps import accept, approve_plan, file_up, major, pass_by_two, waiting

from trytond.modules.hazard_report.exceptions import FormCountError
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction

DOORS = 'hazard.legal_basis_coal_2025_165'
SHORT_CIRCUIT = 'hazard.criterion_2026_5_9'


class LetterTestCase(OfficialTestCase):

    @with_transaction()
    def test_count(self):
        "Not more cards are printed than do not hold up the server"
        mine = self.build()
        hazard = self.report(mine)
        Card = Pool().get('hazard.card', type='report')
        with acting(mine.users.safety), self.assertRaises(FormCountError):
            Card.execute([hazard.id] * 301, {'model': 'hazard.hazard'})

    @with_transaction()
    def test_card(self):
        "The card tells the rounds and the timeline on one page"
        mine = self.build()
        hazard = self.rounds(mine)
        content = self.print_(mine.users.safety, [hazard], 'hazard.card')
        top, card, photos, stages, events = get_tables(content)
        self.assertEqual(top[0][1], "隐患信息卡")
        self.assertEqual(card[0], [
                "编号", "2026-000001", "隐患级别", "一般", "状态", "已销号"])
        self.assertEqual(card[3], [
                "发现人", "李群", "发现时间", "2026-11-22 10:10", "上报时间",
                "2026-11-22 10:20"])
        self.assertEqual(card[-1], ["隐患内容", "风门闭合不严，漏风。"])
        self.assertEqual(photos[0], ["整改前", "整改后"])
        self.assertEqual(stages, [
                ["轮次", "环节", "内容", "办理人", "时间"],
                ["1", "四定", "重新吊挂风门，调整闭锁。\n整改责任人：王班升"
                    "\u3000整改期限：2026-11-22 18:50\u3000资金：500.00",
                    "张风来", "2026-11-22 10:50"],
                ["1", "整改", "已重新吊挂，试验三次合格。", "王班升",
                    "2026-11-22 12:50"],
                ["1", "复查", "不通过\n复查意见：仍漏风，重新整改。",
                    "张风来", "2026-11-22 13:20"],
                ["2", "四定", "重新吊挂风门，调整闭锁。\n整改责任人：王班升"
                    "\u3000整改期限：2026-11-22 21:50",
                    "张风来", "2026-11-22 13:50"],
                ["2", "整改", "已重新吊挂，试验三次合格。", "王班升",
                    "2026-11-22 15:50"],
                ["2", "复查", "通过\n复查意见：现场复查合格，同意销号。",
                    "张风来", "2026-11-22 16:20"],
                ])
        self.assertEqual(events[0], ["序号", "时间", "办理人", "事项", "说明"])
        self.assertEqual([row[3] for row in events[1:]], [
                "上报", "确认四定", "整改完成", "复查不通过", "确认四定",
                "整改完成", "复查通过"])
        self.assertEqual([row[4] for row in events[1:4]], [
                "", "本环节用时0.5小时", "本环节用时2.0小时"])
        lines = get_lines(content)
        *_, event = hazard.__class__(hazard.id).events
        self.assertIn(f"末次事项摘要（SHA-256）：{event.digest}", lines)
        pages = self.check_pages(self.print_(
                mine.users.safety, [hazard], 'hazard.card', 'pdf'),
            "隐患信息卡", event.digest, "第1页共1页")
        self.assertEqual(len(pages), 1)

    @with_transaction()
    def test_names(self):
        "The card tells the names that people bore when it was recorded"
        mine = self.build()
        hazard = self.rounds(mine)
        employees = mine.employees
        Party = employees.reporter.party.__class__
        Party.write([
                e.party for e in [
                    employees.reporter, employees.captain,
                    employees.worker]],
            {'name': "改过"})
        content = self.print_(mine.users.safety, [hazard], 'hazard.card')
        text = repr([get_lines(content), get_tables(content)])
        self.assertIn("李群", text)
        self.assertIn("王班升", text)
        self.assertNotIn("改过", text)

    @with_transaction()
    def test_cards(self):
        "A selection of hazards gives a page for each, with photos or none"
        mine = self.build()
        found_at = dt.datetime.now()
        hazards = [
            self.report(mine),
            self.report(
                mine, grade=get_ref('hazard.grade_slight'),
                handling='on_site', found_at=found_at, on_site_at=found_at,
                on_site_measures="当场关闭。"),
            ]
        pages = self.check_pages(self.print_(
                mine.users.safety, hazards, 'hazard.card', 'pdf'),
            "处理措施当场关闭。")
        self.assertEqual(len(pages), 2)
        self.assertNotIn("整改前", ''.join(pages))

    @with_transaction()
    def test_long_card(self):
        "A long text goes on on the next pages and nothing is cut"
        mine = self.build()
        text = "巷道顶板破碎，支护失效，"
        hazard = self.report(mine, description=text * 400 + "至此完。")
        pages = self.check_pages(self.print_(
                mine.users.safety, [hazard], 'hazard.card', 'pdf'),
            "至此完。")
        self.assertEqual(''.join(pages).count("碎"), 400)
        self.assertGreater(len(pages), 1)

    @with_transaction()
    def test_letters(self):
        "Notice, reply list and opinion tell the same hazards"
        mine = self.build()
        doors, short = get_ref(DOORS), get_ref(SHORT_CIRCUIT)
        hazards = [
            self.report(mine),
            self.report(mine, legal_basis=doors),
            self.report(
                mine, legal_basis=doors, criterion=short,
                grade=get_ref('hazard.grade_major'))]
        for hazard in hazards[:2]:
            self.confirm(mine, hazard)
        notice = issue_notice(
            mine, hazards, inspected_by="安全监察部",
            deadline=dt.datetime(2026, 11, 24, 8),
            requirements="立即整改。\n按期回复。",
            copies_to="矿长，调度室")
        self._check_notice(mine, notice)
        self.finish(mine, hazards[0])
        self.recheck(mine, hazards[0])
        self._check_reply(mine, notice)
        self._check_opinion(mine, notice)

    def _check_notice(self, mine, notice):
        content = self.print_(mine.users.captain, [notice], notice.__name__)
        table, signatures = get_tables(content)
        self.assertEqual(table, [
                ["序号", "隐患编号", "地点", "隐患", "违反条款", "级别",
                    "整改要求"],
                *([str(i), f"2026-00000{i}", "18506 回风巷",
                        "风门闭合不严，漏风。", violated, grade, "Try it."]
                    for i, (violated, grade) in enumerate([
                            ("", "一般"),
                            ("《煤矿安全规程》第一百六十五条", "一般"),
                            ("《煤矿重大事故隐患判定标准》第八条（九）\n"
                                "《煤矿安全规程》第一百六十五条", "重大"),
                            ], 1))])
        self.assertEqual(signatures, [[
                    "检查人员（签字）：\n年　　月　　日",
                    "整改责任人（签字）：\n"
                    "签收时间：　　年　　月　　日　　时　　分"]])
        self.assertEqual(get_lines(content), [
                "隐患整改通知单",
                "平煤安监整〔2026〕1号",
                "通风队：",
                "安全监察部（检查人员：李群）于2026年11月22日检查，发现你单位存"
                "在以下3项事故隐患，现通知你单位按要求进行整改：",
                "一、整改要求",
                "立即整改。",
                "按期回复。",
                "二、整改责任人和期限",
                "整改责任人：王班升。整改期限：2026年11月24日16时前整改完毕。",
                "整改完成后，请填写《隐患整改回复单》报安全监察部申请复查。逾期未"
                "完成整改的，按有关规定追究责任。",
                "注：检查人员和整改责任人须本人签字。本通知单一式两份，检查单位和"
                "责任单位各存一份。",
                "安全监察部（盖章）",
                "2026年11月22日",
                "抄送：矿长，调度室。",
                ])
        content = self.print_(
            mine.users.captain, [notice], notice.__name__, 'pdf')
        self._check_last(content, "申请复查", "（盖章）")

    def _check_last(self, content, *texts):
        "Check that no page has signatures and a seal only"
        *_, last = get_pages(content)
        for text in texts:
            self.assertIn(text, re.sub(r'\s', '', last))

    @with_transaction()
    def test_one_page(self):
        "A notice of two hazards and its signatures are on one page"
        mine = self.build()
        hazards = [
            self.report(mine, legal_basis=get_ref(DOORS)) for _ in range(2)]
        notice = issue_notice(
            mine, hazards, inspected_by="安全监察部", copies_to="调度室",
            deadline=dt.datetime(2026, 11, 24, 8),
            requirements="立即组织整改，做到责任、措施、资金、时限、预案五落实。")
        content = self.print_(
            mine.users.captain, [notice], notice.__name__, 'pdf')
        self.assertEqual(len(get_pages(content)), 1)
        self._check_last(content, "隐患整改通知单", "抄送：调度室。")

    def _check_reply(self, mine, notice):
        name = 'hazard.rectification_notice.reply'
        content = self.print_(mine.users.worker, [notice], name)
        head, table, _ = get_tables(content)
        self.assertEqual(head, [
                ["责任单位", "通风队", "通知单编号",
                    "平煤安监整〔2026〕1号"],
                ["整改责任人", "王班升", "整改期限",
                    "2026年11月24日16时"]])
        self.assertEqual([row[3:] for row in table], [
                ["整改情况", "整改人", "整改完成时间"],
                ["已重新吊挂，试验三次合格。", "王班升", "2026-11-22 14:00"],
                ["整改中", "", ""],
                ["待四定", "", ""],
                ])
        self.check_pages(
            self.print_(mine.users.worker, [notice], name, 'pdf'),
            "隐患整改回复单",
            "《隐患整改通知单》（平煤安监整〔2026〕1号）收悉")

    def _check_opinion(self, mine, notice):
        opinion = issue(
            draft_opinion(mine, notice, opinion="其余两项限期完成。"),
            mine.users.safety)
        content = self.print_(mine.users.captain, [opinion], opinion.__name__)
        table, signatures = get_tables(content)
        self.assertEqual([row[3:] for row in table], [
                ["整改情况", "复查结果", "复查意见"],
                ["已重新吊挂，试验三次合格。", "整改合格",
                    "现场复查合格，同意销号。"],
                ["", "未完成整改", ""],
                ["", "未完成整改", ""],
                ])
        self.assertEqual(signatures[0][0].split("\n")[:-1], [
                "复查人（签字）：　　　　　　　　（张风来）"])
        self.assertEqual(get_lines(content), [
                "隐患整改复查意见书",
                "平煤安监复〔2026〕1号",
                "通风队：",
                "安全监察部于2026年11月22日对你单位下达了《隐患整改通知单》"
                "（平煤安监整〔2026〕1号）。经复查，提出如下意见：",
                "通知单所列3项隐患中，整改合格1项、未完成整改2项。",
                "其余两项限期完成。",
                "注：复查人员和被复查单位负责人须本人签字。本意见书一式两份，双"
                "方各存一份。",
                "安全监察部（盖章）",
                "2026年11月22日",
                ])
        self.check_pages(
            self.print_(
                mine.users.captain, [opinion], opinion.__name__, 'pdf'),
            "隐患整改复查意见书")

    @with_transaction()
    def test_empty_notice(self):
        "A draft without hazards is printed too"
        mine = self.build()
        notice = draft_notice(mine, [self.report(mine)], requirements="整改。")
        notice.__class__.write(
            [notice], {'lines': [('delete', [notice.lines[0].id])]})
        content = self.print_(mine.users.safety, [notice], notice.__name__)
        self.assertIn("（草稿，未编号）", get_lines(content))
        self.assertEqual(len(get_tables(content)[0]), 1)

    @with_transaction()
    def test_many(self):
        "The head of the table is on each page of a notice over 300 hazards"
        mine = self.build()
        self.after(minutes=20)
        hazards = report_many(mine, 300)
        notice = issue_notice(
            mine, hazards, inspected_by="安全监察部", requirements="整改。")
        self.assertEqual(notice.hazard_count, 300)
        pages = get_pages(self.print_(
                mine.users.safety, [notice], notice.__name__, 'pdf'))
        numbers = re.findall(r'2026-000\d{3}', ''.join(pages))
        self.assertEqual(len(set(numbers)), 300)
        for page in pages:
            if re.search(r'2026-000\d{3}', page):
                self.assertIn("隐患编号", page)

    @with_transaction()
    def test_plan(self):
        "The plan has all its contents, the amount in capitals, signatures"
        mine = self.build()
        hazard = self.report(mine, **major())
        plan = approve_plan(mine, hazard, **{
                'causes': "抽采管路积水，上隅角瓦斯积聚。",
                'danger': "瓦斯浓度最高1.2%，十日内可以治理。",
                'stop_area': "18506工作面。",
                'goals': "瓦斯浓度低于规定。",
                'methods': "加强通风。\n补打钻孔。",
                'funds': "安全费用列支。",
                'amount': Decimal('120000.50'),
                'institution': "通风队组织实施。",
                'principal': mine.employees.captain.id,
                'requirements': "十日内完成。",
                'finish_on': dt.date(2026, 12, 1),
                'safety_measures': "断电撤人。",
                'emergency_plan': "沿进风巷撤离。",
                })
        content = self.print_(
            mine.users.safety, [plan], 'hazard.plan.document')
        self.assertEqual(get_lines(content), [
                "重大事故隐患治理方案", "平安煤矿",
                "一、现状及产生原因", "抽采管路积水，上隅角瓦斯积聚。",
                "二、危害程度和治理难易程度",
                "瓦斯浓度最高1.2%，十日内可以治理。",
                "三、停产区域", "18506工作面。",
                "四、治理的目标和任务", "瓦斯浓度低于规定。",
                "五、采取的方法和措施", "加强通风。", "补打钻孔。",
                "六、经费和物资的落实", "安全费用列支。",
                "治理经费：120,000.50 元（大写：壹拾贰万元伍角整）",
                "七、负责治理的机构和人员", "通风队组织实施。",
                "治理责任人：张风来",
                "八、治理的时限和要求", "十日内完成。",
                "计划完成日期：2026年12月1日",
                "九、安全措施和应急预案", "断电撤人。", "沿进风巷撤离。",
                "平安煤矿", "2026年11月22日"])
        self.check_pages(
            self.print_(
                mine.users.safety, [plan], 'hazard.plan.document', 'pdf'),
            "编制人：张风来", "审核人（安全监察部）：赵严",
            "批准人（矿长）：程守业")

    @with_transaction()
    def test_acceptance(self):
        "The opinion tells who rechecked and who came from outside"
        mine = self.build()
        hazard = self.report(mine, **major())
        approve_plan(mine, hazard)
        self.confirm(mine, hazard)
        self.finish(mine, hazard)
        pass_by_two(
            mine, hazard, 'safety', user=mine.users.chief,
            reason="现场符合要求。")
        file_up(mine, hazard, content="方案已批准。")
        acceptance = accept(mine, hazard, **{
                'reason': "按方案治理完毕，同意销号。",
                'outside_name': "王巡",
                'outside_title': "监察员",
                'outside_body': "矿山安全监察局",
                })
        pages = self.check_pages(
            self.print_(
                mine.users.head, [acceptance], 'hazard.acceptance.document',
                'pdf'),
            "重大事故隐患销号验收单", "按方案治理完毕，同意销号。",
            "矿山安全监察局", "监察员", "王巡", "已通过",
            "外部验收人（签字、盖章）：", "矿长（签字）：")
        self.assertEqual(len(pages), 1)
        self.assertIn("赵严", pages[0])

    @with_transaction()
    def test_four_fix_recheck(self):
        "The four-fix card tells the recheck of its round, on one page"
        mine = self.build()
        hazard = self.rounds(mine)
        first, second = hazard.four_fixes
        for four_fix, result, opinion in [
                (first, "不通过", "仍漏风，重新整改。"),
                (second, "通过", "现场复查合格，同意销号。")]:
            with self.subTest(round=four_fix.round):
                table, = get_tables(self.print_(
                        mine.users.captain, [four_fix],
                        'hazard.four_fix.card'))
                self.assertIn(["复查人", "张风来"], table)
                self.assertIn(["复查意见", opinion], table)
                self.assertIn(
                    result, [r[1] for r in table if r[0] == "复查结果"])
        pages = self.check_pages(
            self.print_(
                mine.users.captain, [second], 'hazard.four_fix.card',
                'pdf'), "复查意见")
        self.assertEqual(len(pages), 1)

    @with_transaction()
    def test_four_fix_title(self):
        "The card is called by the formula of the company"
        Configuration = Pool().get('hazard.configuration')
        mine = self.build()
        hazard = self.report(mine)
        four_fix = self.confirm(
            mine, hazard, supervisor=mine.employees.safety.id,
            emergency_plan="撤人。")
        for formula, title in [
                ('five', "五定表"), ('six', "六定表"),
                ('implement', "五落实表")]:
            with Transaction().set_context(company=mine.company.id):
                configuration = Configuration(1)
                configuration.formula = formula
                configuration.save()
            with self.subTest(formula=formula):
                self.assertEqual(get_lines(self.print_(
                            mine.users.captain, [four_fix],
                            'hazard.four_fix.card'))[0], title)

    @with_transaction()
    def test_forms(self):
        "Four-fix card and extension form"
        pool = Pool()
        Extension = pool.get('hazard.extension')
        mine = self.build()
        hazard = self.report(mine)
        four_fix = self.confirm(
            mine, hazard, funding=Decimal(1200), funding_source="安全费用",
            supervisor=mine.employees.safety.id)
        content = self.print_(
            mine.users.captain, [four_fix], 'hazard.four_fix.card')
        self.assertEqual(
            get_lines(content), ["四定表", "隐患编号：2026-000001"])
        table, = get_tables(content)
        for row in [
                ["一、定措施", "重新吊挂风门，调整闭锁。"],
                ["二、定责任人", "王班升", "督办人", "赵严"],
                ["三、定时间", "2026-11-22 18:50", "轮次", "1"],
                ["四、定资金", "1,200.00 元（大写：壹仟贰佰元整）",
                    "资金来源", "安全费用"]]:
            self.assertIn(row, table)
        self.check_pages(
            self.print_(
                mine.users.captain, [four_fix], 'hazard.four_fix.card',
                'pdf'), "四定表", "复查人（签字）：")
        self.assertIn(
            ["复查结果", "", "复查时间", ""], table)
        rectification = waiting('hazard.rectification', hazard)
        with acting(mine.users.worker):
            extension, = Extension.create([{
                        'rectification': rectification.id,
                        'deadline': rectification.deadline
                        + dt.timedelta(days=2),
                        'reason': "配件未到。",
                        'measures': "专人看守。",
                        }])
            Extension.request([Extension(extension.id)])
        with acting(mine.users.safety):
            Extension.approve([Extension(extension.id)])
        content = self.print_(
            mine.users.captain, [extension], 'hazard.extension.form')
        table, = get_tables(content)
        for row in [
                ["申请延至", "2026-11-24 18:50", "延期天数", "2"],
                ["原因", "配件未到。"], ["临时防护措施", "专人看守。"],
                ["审批结果", "已批准", "审批时间", "2026-11-22 10:50"]]:
            self.assertIn(row, table)
        self.check_pages(
            self.print_(
                mine.users.captain, [extension], 'hazard.extension.form',
                'pdf'), "隐患整改延期审批单")


def report_many(mine, count):
    "Return so many new hazards, reported at once."
    pool = Pool()
    Hazard = pool.get('hazard.hazard')
    with acting(mine.users.reporter):
        hazards = Hazard.create([
                new_hazard(mine, description="风门漏风。")._save_values()
                for _ in range(count)])
        Hazard.submit(hazards)
    return Hazard.browse([h.id for h in hazards])
