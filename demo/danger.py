# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Urgent danger, and what is reported up and published."""

import datetime as dt

from trytond.pool import Pool
from trytond.transaction import Transaction

from .tools import get_ref

__all__ = ['DangerPlay', 'DangerStories', 'on_duty']

FILED = {
    'regulator': ("国家矿山安全监察局省局监察执法处", 'system'),
    'group': ("集团公司安全监察局", 'letter'),
    'congress': ("第九届职工代表大会第三次联席会议", 'meeting'),
    }
RECEIPTS = {
    'regulator': "矿安察收〔{year}〕{n}号",
    'group': "集安收{year}-{n}",
    }
# Who leads underground, by turns
DUTY = ["孙守正", "冯安平", "秦维宁"]
SHIFT = dt.timedelta(hours=8)


class DangerStories:
    "Tell of urgent danger and of what is disclosed"

    def _disclose(self, story, time):
        "Report up and publish what was found"
        time = self._add(
            story, self._later(time, 2, 3), self._named("赵严"), 'file')
        return self._add(
            story, self._later(time, 0.5, 1), story.captain, 'publish')

    def _tell_urgent(self, story):
        story.start = self.clock.ago(3, 10.1)
        story.values['urgent'] = True
        time = self._report(story)
        dispatcher = self._named("雷通达")
        time = self._add(
            story, time + dt.timedelta(minutes=30), dispatcher, 'withdraw')
        time, _ = self._confirm(story, self._later(time, 1, 2), 40)
        time = self._finish(story, self._later(time, 20, 24))
        self._add(story, self._later(time, 1, 2), dispatcher, 'resume')


class DangerPlay:
    "Play the steps about urgent danger and disclosure"

    def do_withdraw(self, person, subjects):
        Withdrawal = Pool().get('hazard.withdrawal')
        for story in (s for s, _ in subjects):
            stopped_at = story.start + dt.timedelta(minutes=2)
            withdrawals = Withdrawal.create([{
                        'hazard': hazard,
                        'stopped_at': stopped_at,
                        'area': "掘进工作面及以下受水威胁的全部作业地点。",
                        'power_cut': True,
                        'power_cut_at': stopped_at + dt.timedelta(minutes=3),
                        'people': 17,
                        'withdrawn_at': (
                            stopped_at + dt.timedelta(minutes=21)),
                        'ordered_by': story.rectifier.employee,
                        'authority': get_ref(
                            'hazard.stop_authority_team_leader'),
                        'reported_to': person.employee,
                        'reported_at': stopped_at + dt.timedelta(minutes=4),
                        'note': "人员全部升至上水平车场，已清点。",
                        } for hazard in story.hazards])
            Withdrawal.confirm(withdrawals)

    def do_resume(self, person, subjects):
        Withdrawal = Pool().get('hazard.withdrawal')
        for story in (s for s, _ in subjects):
            with Transaction().set_context(
                    reason="物探、钻探查明为顶板砂岩裂隙水，水量稳定且逐班减小，"
                    "排水能力满足要求，经现场验收。",
                    resumed_at=self.now,
                    approved_by=self.mine.people["孙守正"].employee):
                Withdrawal.resume(Withdrawal.search([
                            ('hazard', 'in', story.hazards),
                            ('state', '=', 'confirmed'),
                            ]))

    def do_file(self, person, subjects):
        Filing = Pool().get('hazard.filing')
        filings = Filing.search([
                ('hazard', 'in', [h for s, _ in subjects for h in s.hazards]),
                ('state', '=', 'draft'),
                ])
        for filing in filings:
            filing.authority, filing.method = FILED[filing.recipient]
            filing.content = (
                f"{filing.hazard.description}已停止受影响区域作业，正在编制治理"
                "方案。")
            filing.filed_at = self.now - dt.timedelta(minutes=10)
            filing.filed_by = person.employee
        Filing.save(filings)
        Filing.file(filings)
        for filing in filings:
            if filing.recipient in RECEIPTS:
                with Transaction().set_context(
                        receipt_number=RECEIPTS[filing.recipient].format(
                            year=self.now.year, n=filing.hazard.id),
                        received_at=self.now):
                    Filing.receive([filing])

    def do_publish(self, person, subjects):
        Publication = Pool().get('hazard.publication')
        publications = Publication.search([
                ('hazard', 'in', [h for s, _ in subjects for h in s.hazards]),
                ('state', '=', 'draft'),
                ])
        for publication in publications:
            publication.kind = 'board'
            publication.where = f"{publication.unit.name}学习室公示栏"
            publication.from_date = self.clock.local(self.now).date()
            publication.reach, publication.acknowledged = 42, 39
        Publication.save(publications)
        Publication.publish(publications)


def on_duty(mine, clock):
    "Let the leaders take turns, from last week to the day after tomorrow"
    DutyLeader = Pool().get('hazard.duty_leader')
    start = clock.now.replace(hour=0, minute=0, second=0, microsecond=0)
    start -= dt.timedelta(days=7)
    DutyLeader.create([{
                'company': mine.company,
                'employee': mine.people[DUTY[turn % len(DUTY)]].employee,
                'start': start + turn * SHIFT,
                'end': start + (turn + 1) * SHIFT,
                } for turn in range(27)])
