# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""What happens to the hazards: who does which step and when.

Hazards come in rounds, as people find several on one way through a place;
those of a round share their fate, so that their steps are done in batches.
"""

import datetime as dt
from dataclasses import dataclass, field
from types import SimpleNamespace

from .checklists import rounds
from .danger import DangerStories
from .tools import read

__all__ = ['HAZARDS', 'Story', 'tell']

HAZARDS = 200
# The numbers of hazards of the rounds by fate; the rest is simply closed.
FATES = {
    'on_site': [3, 1, 2, 1, 2, 3, 1, 2, 2, 1, 3, 2, 1, 2, 2, 1, 2],
    'on_site_checked': [2, 1, 2, 1],
    'second_round': [1, 2, 1, 2, 1, 1],
    'corrected': [1, 2, 1],
    'reassigned': [2, 1, 1],
    'extended': [1, 2, 1],
    'late_report': [1, 2, 1],
    'overdue_closed': [2, 1, 2, 1, 2],
    'cancelled': [1, 2, 1],
    'draft': [2, 1, 1, 2],
    'waiting': [2, 1, 1, 2],
    'waiting_late': [2, 1, 1],
    'rectifying': [2, 1, 2, 1, 2],
    'rectifying_late': [2, 1, 1],
    'recheck': [2, 1, 2, 1],
    'recheck_safety': [1, 2],
    'recheck_late': [2, 1],
    'returned': [1, 2],
    'failed': [1, 1],
    'extension_requested': [1, 1],
    'extension_approved': [1],
    'extension_rejected': [1],
    'urgent': [1],
    'major_acceptance': [1],
    'major_checked': [1],
    'major_closed': [1],
    'major_draft': [1],
    'major_running': [1],
    'on_site_recheck': [1],
    'noticed': [3],
    'noticed_open': [2],
    }
CLOSED = [2, 1, 3, 2, 1, 2, 2, 1]
# Fates that the captain who can log in is to find in the own inbox
AT_CAPTAIN = {
    'waiting', 'waiting_late', 'rectifying', 'rectifying_late', 'recheck',
    'recheck_late', 'extension_requested', 'noticed', 'noticed_open'}
GRADES = ['C', 'D', 'C', 'C', 'B', 'C', 'D', 'C', 'B', 'C']
LARGER = {
    'urgent', 'on_site_checked', 'recheck_safety', 'on_site_recheck',
    'extended', 'extension_requested', 'extension_approved',
    'extension_rejected'}
SMALLER = {'on_site', 'recheck', 'recheck_late', 'waiting', 'waiting_late'}
DEADLINE_HOURS = {'B': 30, 'C': 10, 'D': 8}

RETURNED = ["地点填写有误，请核实后重新上报。", "照片与隐患内容不符，请更正。"]
CANCELLED = ["与前一班上报的隐患重复。", "现场核实不构成隐患。"]
FAILED = [
    "整改不彻底，仍有一处未处理，重新四定。",
    "现场试验不合格，需更换配件后再报复查。"]
LATE = ["井下网络中断，升井后次日补报。", "交接班时遗漏，班后会核对发现。"]


@dataclass
class Story:
    "A round, its people and its steps as (time, person, step, values)"
    fate: str
    size: int
    start: dt.datetime
    place: SimpleNamespace
    grade: str
    reporter: SimpleNamespace
    captain: SimpleNamespace
    rectifier: SimpleNamespace
    checker: SimpleNamespace
    topics: list
    values: dict = field(default_factory=dict)
    steps: list = field(default_factory=list)
    hazards: list = field(default_factory=list)


def tell(mine, clock, random):
    "Return the stories of the last sixty days"
    return _Teller(mine, clock, random).run()


class _Teller(DangerStories):

    def __init__(self, mine, clock, random):
        self.mine = mine
        self.clock = clock
        self.random = random
        self.topics = read('topics')
        self.majors = {t['fate']: t for t in read('majors')}
        self.told = set()
        people = list(mine.people.values())
        self.reporters = [p for p in people if p.members]
        self.inspectors = [
            p for p in people
            if p.unit.name == "安全监察部" and p.post == 'worker']

    def run(self):
        stories = list(self._tell_rounds())
        sizes = {fate: list(sizes) for fate, sizes in FATES.items()}
        rest = HAZARDS - sum(map(sum, sizes.values()))
        rest -= sum(s.size for s in stories)
        sizes['closed'] = []
        while rest:
            size = min(rest, CLOSED[len(sizes['closed']) % len(CLOSED)])
            sizes['closed'].append(size)
            rest -= size
        for fate, numbers in sizes.items():
            for number, size in enumerate(numbers):
                story = self._new(fate, number, size)
                getattr(self, f'_tell_{fate}')(story)
                stories.append(story)
        return stories

    def _new(self, fate, number, size):
        grade = self._choose_grade(fate, number)
        place = self._choose_place(fate, number, size, grade)
        reporter = self._choose_reporter(place, fate, number)
        topics = [self.majors.get(fate)]
        if topics == [None]:
            topics = self._choose_topics(place, size, grade)
        return self._cast(fate, number, place, grade, reporter, topics)

    def _cast(self, fate, number, place, grade, reporter, topics):
        team = [p for p in self.mine.people.values() if p.unit == place.unit]
        leaders = [
            p for p in team
            if p.post in {'captain', 'secretary'} and p != reporter]
        rectifier = team[2]
        if len(leaders) > 1 and number % 4 == 3 and team[3] != reporter:
            rectifier = team[3]
        checker = {
            'A': self._named("冯安平"), 'B': self._named("丁巡"),
            }.get(grade, leaders[-1])
        return Story(
            fate, len(topics), None, place, grade, reporter, leaders[0],
            rectifier, checker, topics)

    def _tell_rounds(self):
        places = {p.name: p for p in self.mine.places}
        for number, (checklist, days, outcome) in enumerate(
                rounds(self.clock)):
            if outcome == 'missed':
                continue
            place = places[checklist.place]
            topics = []
            if outcome == 'hazards' and days > 3:
                topics = self._choose_topics(
                    place, number % 2 + 1, 'C', checklist.items)
            inspector = self._named(
                checklist.inspectors[number % len(checklist.inspectors)])
            story = self._cast(
                'round', number, place, 'C', inspector, topics)
            story.start = self.clock.ago(days, checklist.hour)
            time = self._add(
                story, story.start, inspector, 'inspect', code=checklist.code)
            if topics:
                self._close(story, time)
            yield story

    def _named(self, name):
        return self.mine.people[name]

    def _choose_place(self, fate, number, size, grade):
        places = self.mine.places
        if fate in self.majors:
            name = self.majors[fate]['place']
            return next(p for p in places if p.name == name)
        if fate in AT_CAPTAIN and number == 0:
            places = [p for p in places if p.unit.name == "通风队"]
        for find in [self._fresh_topics, self._fitting_topics]:
            if fitting := [p for p in places if len(find(p, grade)) >= size]:
                return self.random.choice(fitting)

    def _fresh_topics(self, place, grade, items=None):
        return [
            t for t in self._fitting_topics(place, grade, items)
            if (place.name, t['item']) not in self.told]

    def _fitting_topics(self, place, grade, items=None):
        return [
            t for t in self.topics
            if place.tags & set(t['tags'].split()) and grade in t['grades']
            and (items is None or t['item'] in items)]

    def _choose_grade(self, fate, number):
        if fate in LARGER:
            return 'B'
        if fate in self.majors:
            return 'A'
        if fate in SMALLER:
            return 'CD'[number % 2]
        return self.random.choice(GRADES)

    def _choose_reporter(self, place, fate, number):
        if fate in {'draft', 'returned', 'recheck'} and number == 0:
            return self._named("李群")
        if number % 6 == 5:
            return self.random.choice(self.inspectors)
        return self.random.choice([
                p for p in self.reporters
                if p.post != 'secretary' or p.unit != place.unit])

    def _choose_topics(self, place, size, grade, items=None):
        """Choose topics that are new at the place, seldom some known ones.

        Where nothing is new any more, the reporters skip the check item.
        """
        topics = self._fitting_topics(place, grade, items)
        fresh = self._fresh_topics(place, grade, items)
        if self.random.random() < 0.1:
            fresh = topics
        elif len(fresh) < size:
            fresh = [{**t, 'skip_item': items is None} for t in topics]
        topics = self.random.sample(fresh, size)
        self.told.update((place.name, t['item']) for t in topics)
        return topics

    # Times

    def _start(self, story, days, latest=3):
        "Find the hazards some time in the last days"
        day = self.random.randint(latest, days)
        hour = self.random.choice([2, 4, 9, 10, 11, 13, 14, 17, 19, 21, 23])
        story.start = self.clock.ago(day, hour + self.random.random())
        return story.start

    def _before(self, story, hours):
        story.start = self.clock.now - dt.timedelta(hours=hours)
        return story.start

    def _add(self, story, time, person, step, **values):
        "Plan the step at the next time at which the person looks"
        minute = person.number * 7 % 20
        time = time.replace(second=0, microsecond=0)
        time += dt.timedelta(minutes=(minute - time.minute) % 20)
        story.steps.append((time, person, step, values))
        return time

    def _later(self, time, low, high):
        return time + dt.timedelta(hours=self.random.uniform(low, high))

    # Steps

    def _report(self, story):
        return self._add(story, story.start, story.reporter, 'report')

    def _confirm(self, story, time, hours=None):
        deadline = None
        # That of what is planned is the plan's.
        if story.grade != 'A':
            hours = hours or DEADLINE_HOURS[story.grade]
            deadline = (time + dt.timedelta(hours=hours)).replace(
                minute=0, second=0)
        time = self._add(
            story, time, story.captain, 'confirm', deadline=deadline)
        return time, deadline

    def _finish(self, story, time):
        return self._add(story, time, story.rectifier, 'finish')

    def _pass(self, story, time):
        if story.grade == 'A':
            time = self._add(story, time, story.checker, 'ask')
            time += dt.timedelta(minutes=20)
            time = self._add(story, time, self._named("赵严"), 'second')
            time += dt.timedelta(minutes=20)
        return self._add(story, time, story.checker, 'pass')

    def _fail(self, story, time):
        return self._add(
            story, time, story.checker, 'fail',
            reason=self.random.choice(FAILED))

    def _close(self, story, time):
        time, deadline = self._confirm(story, self._later(time, 0.3, 1.5))
        share = self.random.uniform(0.3, 0.9)
        time = self._finish(story, time + (deadline - time) * share)
        return self._pass(story, self._later(time, 0.3, 1.4))

    # Fates

    def _tell_closed(self, story):
        self._start(story, 60)
        self._close(story, self._report(story))

    def _tell_on_site(self, story):
        self._start(story, 60, latest=2)
        story.values['handling'] = 'on_site'
        self._report(story)

    def _tell_on_site_checked(self, story):
        self._tell_on_site(story)
        self._pass(story, self._later(story.steps[-1][0], 1, 3))

    def _tell_on_site_recheck(self, story):
        story.values['handling'] = 'on_site'
        self._before(story, 3)
        self._report(story)

    def _tell_second_round(self, story):
        self._start(story, 58, latest=6)
        time, _ = self._confirm(story, self._later(self._report(story), 1, 2))
        time = self._finish(story, self._later(time, 3, 6))
        time = self._fail(story, self._later(time, 0.5, 2))
        self._close(story, time)

    def _tell_failed(self, story):
        self._before(story, 22)
        time, _ = self._confirm(story, self._later(self._report(story), 1, 2))
        time = self._finish(story, self._later(time, 6, 8))
        time = self._fail(story, self._later(time, 1, 2))
        if story.size == 1 and self.random.random() < 0.5:
            self._confirm(story, self._later(time, 1, 2), 24)

    def _tell_corrected(self, story):
        self._start(story, 55, latest=5)
        time = self._add(
            story, self._later(self._report(story), 0.5, 1), story.captain,
            'return', reason=self.random.choice(RETURNED))
        time = self._add(
            story, self._later(time, 1, 4), story.reporter, 'resubmit')
        self._close(story, time)

    def _tell_reassigned(self, story):
        self._start(story, 50, latest=5)
        time = self._report(story)
        unit = self.mine.units["机电队"]
        if story.place.unit == unit:
            unit = self.mine.units["运输队"]
        time = self._add(
            story, self._later(time, 0.5, 1), story.captain, 'reassign',
            unit=unit, reason="设备归属该队管理，改由其整改。")
        team = [p for p in self.mine.people.values() if p.unit == unit]
        story.captain, _, story.rectifier = team[:3]
        if story.grade not in 'AB':
            story.checker = team[1]
        if story.rectifier == story.reporter:
            story.rectifier = team[3]
        self._close(story, time)

    def _tell_late_report(self, story):
        self._start(story, 40, latest=5)
        story.values['found_at'] = story.start - dt.timedelta(hours=31)
        story.values['late_reason'] = self.random.choice(LATE)
        self._close(story, self._report(story))

    def _tell_overdue_closed(self, story):
        self._start(story, 55, latest=7)
        time, deadline = self._confirm(
            story, self._later(self._report(story), 0.3, 4))
        time = self._finish(story, self._later(deadline, 4, 60))
        self._pass(story, self._later(time, 0.3, 3))

    def _tell_cancelled(self, story):
        self._start(story, 45)
        self._add(
            story, self._later(self._report(story), 1, 20),
            self._named("赵严"), 'cancel',
            reason=self.random.choice(CANCELLED))

    def _tell_draft(self, story):
        self._before(story, self.random.uniform(0.5, 7))
        self._add(story, story.start, story.reporter, 'draft')

    def _tell_waiting(self, story):
        self._before(story, self.random.uniform(0.5, 1.5))
        self._report(story)

    def _tell_waiting_late(self, story):
        self._before(story, self.random.uniform(5, 40))
        self._report(story)

    def _tell_rectifying(self, story):
        self._before(story, self.random.uniform(2.5, 7))
        self._confirm(
            story, self._later(self._report(story), 0.5, 1),
            self.random.choice([9, 16, 30, 54]))

    def _tell_rectifying_late(self, story):
        # The one of two has climbed to the leader of the mine.
        self._before(
            story, 140 if story.size == 2 else self.random.uniform(30, 70))
        self._confirm(story, self._later(self._report(story), 0.5, 1))

    def _tell_recheck(self, story):
        self._before(story, self.random.uniform(6, 9))
        time, _ = self._confirm(story, self._later(self._report(story), 1, 2))
        self._finish(story, self.clock.now - dt.timedelta(minutes=50))

    def _tell_recheck_safety(self, story):
        self._tell_recheck(story)

    def _tell_recheck_late(self, story):
        self._before(story, self.random.uniform(24, 40))
        time, _ = self._confirm(story, self._later(self._report(story), 1, 2))
        self._finish(story, self._later(time, 4, 7))

    def _tell_returned(self, story):
        self._before(story, self.random.uniform(4, 20))
        self._add(
            story, self._later(self._report(story), 0.5, 1), story.captain,
            'return', reason=self.random.choice(RETURNED))

    def _extend(self, story, time, deadline):
        return self._add(
            story, time, story.rectifier, 'request',
            deadline=deadline + dt.timedelta(days=3),
            reason="所需配件外委采购，到货需三天。",
            measures="设专人看守，每班检查两次，悬挂警示牌。")

    def _tell_extended(self, story):
        self._start(story, 50, latest=9)
        time, deadline = self._confirm(
            story, self._later(self._report(story), 1, 2), 48)
        time = self._extend(story, self._later(time, 20, 30), deadline)
        time = self._decide(story, time, 'approve')
        time = self._finish(story, deadline + dt.timedelta(hours=40))
        self._pass(story, self._later(time, 1, 3))

    def _decide(self, story, time, step, **values):
        return self._add(
            story, self._later(time, 1, 3), self._named("赵严"), step,
            **values)

    def _tell_extension_requested(self, story):
        self._before(story, 30)
        time, deadline = self._confirm(
            story, self._later(self._report(story), 1, 2), 40)
        self._extend(story, self._later(time, 22, 25), deadline)

    def _tell_extension_approved(self, story):
        self._before(story, 40)
        time, deadline = self._confirm(
            story, self._later(self._report(story), 1, 2), 45)
        time = self._extend(story, self._later(time, 22, 25), deadline)
        self._decide(story, time, 'approve')

    def _tell_extension_rejected(self, story):
        self._before(story, 40)
        time, deadline = self._confirm(
            story, self._later(self._report(story), 1, 2), 45)
        time = self._extend(story, self._later(time, 22, 25), deadline)
        self._decide(
            story, time, 'reject', reason="配件已到货，按原期限整改。")

    def _plan(self, story, time, until='approve', days=10):
        time = self._add(
            story, self._later(time, 3, 4), story.captain, 'plan',
            finish_on=(time + dt.timedelta(days=days)).date(),
            amount=self.random.choice([80000, 120000, 260000]))
        for name, step in [("赵严", 'check'), ("孙守正", 'approve')]:
            if until == 'draw':
                break
            time = self._add(
                story, self._later(time, 1, 2), self._named(name),
                f'{step}_plan')
            if until == step:
                break
        return time

    def _treat(self, story, low, high):
        "Treat the hazard as planned, so many hours after the four-fix."
        time = self._plan(story, self._report(story))
        time, _ = self._confirm(story, self._later(time, 0.5, 1))
        self._disclose(story, time)
        time = self._finish(story, self._later(time, low, high))
        return self._pass(story, self._later(time, 2, 5))

    def _tell_major_closed(self, story):
        story.start = self.clock.ago(38, 9.4)
        time = self._treat(story, 150, 160)
        time = self._add(
            story, self._later(time, 20, 24), self._named("赵严"), 'outside',
            name="郭鉴", title="监察员", body="省矿山安全监察局监察二处")
        self._add(
            story, self._later(time, 1, 2), self._named("孙守正"), 'accept')

    def _tell_major_acceptance(self, story):
        story.start = self.clock.ago(7, 8.5)
        self._treat(story, 118, 122)

    def _tell_major_running(self, story):
        story.start = self.clock.ago(4, 14.2)
        time = self._plan(story, self._report(story))
        time, _ = self._confirm(story, self._later(time, 0.5, 1))
        self._disclose(story, time)

    def _tell_major_checked(self, story):
        self._before(story, 20)
        self._plan(story, self._report(story), until='check', days=6)

    def _tell_major_draft(self, story):
        self._before(story, 9)
        self._plan(story, self._report(story), until='draw', days=3)

    # Documents

    def _notice(self, story, time):
        return self._add(
            story, self._later(time, 0.5, 1), self._named("赵严"), 'notice',
            deadline=time.replace(minute=0) + dt.timedelta(days=2))

    def _tell_noticed(self, story):
        story.start = self.clock.ago(9, 9.6)
        time, _ = self._confirm(
            story, self._later(self._report(story), 0.5, 1), 24)
        time = self._notice(story, time)
        time = self._finish(story, self._later(time, 5, 7))
        time = self._pass(story, self._later(time, 1, 2))
        self._add(
            story, self._later(time, 0.5, 1), self._named("赵严"), 'opinion')

    def _tell_noticed_open(self, story):
        self._before(story, 7)
        time, _ = self._confirm(
            story, self._later(self._report(story), 0.5, 1), 30)
        self._notice(story, time)
