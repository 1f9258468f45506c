# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""The stories are played by their people, step by step, on the clock."""

import datetime as dt
from decimal import Decimal
from itertools import groupby

from trytond.pool import Pool
from trytond.transaction import Transaction

from .danger import DangerPlay
from .photos import draw, paper
from .tools import get_ref, working

__all__ = ['Play']

# The photos, by their number, for which an older one is sent again
USED_AGAIN = {40, 90, 135}

GRADES = {'A': 'major', 'B': 'larger', 'C': 'general', 'D': 'slight'}
PLAN = {
    'funds': "安全费用列支，材料由供应部门当日备齐。",
    'institution': "矿长负总责，总工程师组织，责任队组实施，安监部监督。",
    'requirements': "按计划日期完成，每日汇报进度，完工后由矿长组织验收。",
    }
# What the table of major hazards says of their plans
PLANNED = [
    'causes', 'danger', 'stop_area', 'goals', 'methods', 'safety_measures',
    'emergency_plan']
COPIES = "安全副矿长，调度指挥中心"
PASSED = "现场复查，符合要求，同意销号。"


class Play(DangerPlay):

    def __init__(self, database, mine, clock, random):
        self.database = database
        self.mine = mine
        self.clock = clock
        self.random = random
        self.now = None
        self._found = 0
        self._used = []

    def run(self, steps):
        """Do the steps, given as (time, person, step, values, subject).

        Who is at several of one kind at the same time does them as a batch.
        Without a person it is the server that acts.
        """
        steps = sorted(
            steps, key=lambda s: (s[0], s[1].number if s[1] else 0, s[2]))
        for (time, number, name), group in groupby(
                steps, key=lambda s: (
                    s[0], s[1].number if s[1] else 0, s[2])):
            group = list(group)
            if time > self.clock.now:
                raise ValueError(f"{name} of {group[0][4].fate} is to come")
            self.now = time
            self.clock.move(time)
            method = getattr(self, f'do_{name}')
            subjects = [(s[4], s[3]) for s in group]
            person = group[0][1]
            with working(self.database, person.user if person else 0):
                method(person, subjects)

    # The loop

    def do_draft(self, person, subjects):
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        Shift = pool.get('safety.shift')
        vlist = []
        for story, _ in subjects:
            found_at = story.values.pop(
                'found_at', self.now - dt.timedelta(minutes=25))
            shift = Shift.at(self.mine.company, found_at)
            for topic in story.topics:
                values = self._card(story, topic, person)
                values['found_at'] = found_at
                values['shift'] = shift.id
                values['photos'] = self._found_photos(story, values, topic)
                vlist.append(values)
        hazards = iter(Hazard.create(vlist))
        for story, _ in subjects:
            story.hazards = [next(hazards).id for _ in story.topics]

    def do_report(self, person, subjects):
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        self.do_draft(person, subjects)
        Hazard.submit(hazards_of(subjects))

    def do_inspect(self, person, subjects):
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        Inspection = pool.get('hazard.inspection')
        Line = pool.get('hazard.inspection.line')
        for story, values in subjects:
            inspection, = Inspection.search([
                    ('checklist.code', '=', values['code']),
                    ('opens_at', '<=', self.now),
                    ('due_at', '>', self.now),
                    ('state', '=', 'draft'),
                    ])
            Inspection.start([inspection])
            found = {
                get_ref(f'hazard.check_item_{t["item"]}')
                for t in story.topics}
            lines = Line.search([('inspection', '=', inspection.id)])
            for line in lines:
                line.result = 'hazard' if line.item.id in found else 'ok'
            Line.save(lines)
            if not found:
                Inspection.zero_report([inspection])
                continue
            story.values['inspection'] = inspection.id
            self.do_draft(person, [(story, {})])
            Hazard.submit(hazards_of([(story, {})]))
            Inspection.finish([Inspection(inspection.id)])

    def _card(self, story, topic, person):
        pool = Pool()
        CheckItem = pool.get('hazard.check_item')
        item = CheckItem(get_ref(f'hazard.check_item_{topic["item"]}'))
        source = 'snapshot'
        if story.fate == 'round' or not person.members:
            source = 'routine'
        values = {
            'company': self.mine.company,
            'found_by': person.employee,
            'member': person.members[0] if person.members else None,
            'place': story.place.id,
            'unit': story.place.unit.id,
            'grade': get_ref(f'hazard.grade_{GRADES[story.grade]}'),
            'discipline': item.discipline.id,
            'category': item.category.id,
            'check_item': None if topic.get('skip_item') else item.id,
            'legal_basis': item.get_legal_basis(self.now.date()),
            'cause': topic['cause'],
            'source': get_ref(f'hazard.source_{source}'),
            'description': self._fill(topic['description']),
            'handling': 'four_fix',
            **story.values,
            }
        if criterion := topic.get('criterion'):
            values['criterion'] = get_ref(f'hazard.criterion_{criterion}')
        if values.get('urgent'):
            values['urgent_cause'] = get_ref(
                'hazard.urgent_cause_water_sign')
        if values['handling'] == 'on_site':
            values['on_site_measures'] = topic['actions']
            values['on_site_at'] = self.now - dt.timedelta(minutes=5)
        return values

    def _fill(self, text):
        number = self.random.randint(3, 110)
        return text.format(
            n=number, n2=number + self.random.randint(2, 6),
            m=self.random.randint(4, 90) * 10,
            s=self.random.randint(2, 6) * 5,
            s2=self.random.randint(2, 4))

    def _found_photos(self, story, values, topic):
        if self.random.random() > 0.75 and story.grade != 'A':
            return []
        self._found += 1
        if self._found in USED_AGAIN:
            data = self._used[-9]
        else:
            data = self._photo(story, topic, values['found_at'], False)
            self._used.append(data)
        photos = [{'image': data, 'stage': 'found', 'filename': '隐患.jpg'}]
        if values['handling'] == 'on_site':
            photos.append({
                    'image': self._photo(
                        story, topic, values['on_site_at'], True),
                    'stage': 'on_site', 'filename': '处理后.jpg'})
        return [('create', photos)]

    def _photo(self, story, topic, time, fixed):
        local = self.clock.local(time)
        title = "整改后" if fixed else "隐患"
        return draw(
            topic['picture'],
            [f'{story.place.name}  {title}', f'{local:%Y-%m-%d %H:%M}'],
            local, fixed, self.random)

    def do_resubmit(self, person, subjects):
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        hazards = hazards_of(subjects)
        for hazard in hazards:
            hazard.description += "（已按要求核实更正）"
        Hazard.save(hazards)
        Hazard.submit(hazards)

    def do_confirm(self, person, subjects):
        pool = Pool()
        FourFix = pool.get('hazard.four_fix')
        four_fixes = []
        for story, values, hazard, topic in pairs(subjects):
            four_fix = waiting(FourFix, hazard)
            four_fix.measures = topic['measures']
            four_fix.responsible = story.rectifier.employee
            if values['deadline']:
                four_fix.deadline = values['deadline']
            four_fix.funding = (
                get_plan(hazard).amount if story.grade == 'A'
                else Decimal(topic.get('cost') or 0))
            if four_fix.funding:
                four_fix.funding_source = "安全费用"
            if story.grade in {'A', 'B'}:
                four_fix.supervisor = self.mine.people["钱慎行"].employee
                four_fix.emergency_plan = "整改前设警戒，专人监护。"
            four_fixes.append(four_fix)
        FourFix.save(four_fixes)
        FourFix.confirm(four_fixes)

    def do_return(self, person, subjects):
        self._with_reason('hazard.four_fix', 'return_', subjects)

    def do_reassign(self, person, subjects):
        self._with_reason('hazard.four_fix', 'reassign', subjects)

    def do_cancel(self, person, subjects):
        self._with_reason('hazard.hazard', 'cancel', subjects)

    def do_reject(self, person, subjects):
        self._with_reason('hazard.extension', 'reject', subjects)

    def _with_reason(self, model, button, subjects):
        Model = Pool().get(model)
        for story, values in subjects:
            hazards = Pool().get('hazard.hazard').browse(story.hazards)
            if model != 'hazard.hazard':
                hazards = [waiting(Model, h) for h in hazards]
            context = {'reason': values['reason']}
            if 'unit' in values:
                context['unit'] = values['unit'].id
            with Transaction().set_context(context):
                getattr(Model, button)(hazards)

    def do_finish(self, person, subjects):
        pool = Pool()
        Photo = pool.get('hazard.photo')
        Rectification = pool.get('hazard.rectification')
        rectifications, photos = [], []
        for story, _, hazard, topic in pairs(subjects):
            rectification = waiting(Rectification, hazard)
            rectification.actions = topic['actions']
            rectification.rectified_at = max(
                self.now - dt.timedelta(minutes=20),
                rectification.opened_at)
            rectification.cost = Decimal(self.random.choice(
                    [0, 0, 180, 460, 1150, 2800]))
            rectifications.append(rectification)
            if self.random.random() < 0.7:
                photos.append({
                        'rectification': rectification.id,
                        'image': self._photo(
                            story, topic, rectification.rectified_at, True),
                        'filename': '整改后.jpg',
                        })
        Rectification.save(rectifications)
        Photo.create(photos)
        Rectification.finish(rectifications)

    def do_pass(self, person, subjects):
        pool = Pool()
        Recheck = pool.get('hazard.recheck')
        rechecks = []
        for _, _, hazard, _ in pairs(subjects):
            recheck = waiting(Recheck, hazard)
            if not recheck.second_checker:
                recheck.reason = PASSED
            rechecks.append(recheck)
        Recheck.save(rechecks)
        Recheck.pass_(rechecks)

    def do_ask(self, person, subjects):
        pool = Pool()
        Recheck = pool.get('hazard.recheck')
        rechecks = []
        for _, _, hazard, _ in pairs(subjects):
            recheck = waiting(Recheck, hazard)
            recheck.reason = PASSED
            recheck.second_checker = self.mine.people["赵严"].employee
            rechecks.append(recheck)
        Recheck.save(rechecks)

    def do_second(self, person, subjects):
        pool = Pool()
        Recheck = pool.get('hazard.recheck')
        Recheck.confirm([
                waiting(Recheck, h) for _, _, h, _ in pairs(subjects)])

    def do_fail(self, person, subjects):
        pool = Pool()
        Photo = pool.get('hazard.photo')
        Recheck = pool.get('hazard.recheck')
        rechecks = []
        for story, values, hazard, topic in pairs(subjects):
            recheck = waiting(Recheck, hazard)
            recheck.reason = values['reason']
            rechecks.append(recheck)
            Photo.create([{
                        'recheck': recheck.id,
                        'image': self._photo(story, topic, self.now, False),
                        'filename': '复查.jpg',
                        }])
        Recheck.save(rechecks)
        Recheck.fail(rechecks)

    # Extensions and plans

    def do_request(self, person, subjects):
        pool = Pool()
        Extension = pool.get('hazard.extension')
        Rectification = pool.get('hazard.rectification')
        extensions = Extension.create([{
                    'rectification': waiting(Rectification, hazard).id,
                    **values,
                    } for _, values, hazard, _ in pairs(subjects)])
        Extension.request(extensions)

    def do_approve(self, person, subjects):
        pool = Pool()
        Extension = pool.get('hazard.extension')
        Extension.approve([
                waiting(Extension, hazard)
                for _, _, hazard, _ in pairs(subjects)])

    def do_plan(self, person, subjects):
        pool = Pool()
        Plan = pool.get('hazard.plan')
        plans = []
        for story, values, hazard, topic in pairs(subjects):
            plan = get_plan(hazard)
            plans.append(plan)
            Plan.write([plan], {
                    **PLAN,
                    **{name: topic[name] for name in PLANNED},
                    'amount': Decimal(values['amount']),
                    'principal': person.employee,
                    'finish_on': values['finish_on'],
                    })
        Plan.draw(plans)

    def do_check_plan(self, person, subjects):
        pool = Pool()
        Plan = pool.get('hazard.plan')
        Plan.check([get_plan(h) for _, _, h, _ in pairs(subjects)])

    def do_approve_plan(self, person, subjects):
        pool = Pool()
        Plan = pool.get('hazard.plan')
        Plan.approve([get_plan(h) for _, _, h, _ in pairs(subjects)])

    # Acceptances

    def do_outside(self, person, subjects):
        pool = Pool()
        Acceptance = pool.get('hazard.acceptance')
        for story, values, hazard, topic in pairs(subjects):
            local = self.clock.local(self.now)
            Acceptance.write([waiting(Acceptance, hazard)], {
                    'reason': topic['opinion'],
                    'accepted_on': local.date(),
                    'outside_name': values['name'],
                    'outside_title': values['title'],
                    'outside_body': values['body'],
                    'document': paper([
                            "重大事故隐患验收意见", story.place.name,
                            topic['opinion'], values['body'],
                            f"{values['title']}：{values['name']}（签字）",
                            f'{local:%Y-%m-%d}'], local),
                    'document_name': '验收意见.jpg',
                    })

    def do_accept(self, person, subjects):
        pool = Pool()
        Acceptance = pool.get('hazard.acceptance')
        Acceptance.pass_([
                waiting(Acceptance, h) for _, _, h, _ in pairs(subjects)])

    # Documents

    def do_notice(self, person, subjects):
        pool = Pool()
        Notice = pool.get('hazard.rectification_notice')
        notices = []
        for story, values in subjects:
            notices.extend(Notice.create([{
                            'unit': story.place.unit.id,
                            'responsible': story.rectifier.employee,
                            'deadline': values['deadline'],
                            'copies_to': COPIES,
                            'lines': [('create', [{
                                            'hazard': hazard,
                                            'requirement': topic['measures'],
                                            } for hazard, topic in zip(
                                                story.hazards,
                                                story.topics)])],
                            }]))
        Notice.issue(notices)

    def do_opinion(self, person, subjects):
        pool = Pool()
        Notice = pool.get('hazard.rectification_notice')
        Opinion = pool.get('hazard.recheck_opinion')
        for story, _ in subjects:
            notice, = Notice.search([
                    ('lines.hazard', '=', story.hazards[0]),
                    ])
            Opinion.issue(Opinion.create([{
                            'notice': notice.id,
                            'opinion': "同意销号，举一反三，加强日常检查。",
                            }]))

    # The scheduler

    def do_job(self, person, subjects):
        for _, values in subjects:
            Model = Pool().get(values['model'])
            getattr(Model, values['method'])()


def hazards_of(subjects):
    Hazard = Pool().get('hazard.hazard')
    return Hazard.browse([h for story, _ in subjects for h in story.hazards])


def pairs(subjects):
    "Yield story, values, hazard and topic of each hazard"
    Hazard = Pool().get('hazard.hazard')
    for story, values in subjects:
        for hazard, topic in zip(Hazard.browse(story.hazards), story.topics):
            yield story, values, hazard, topic


def get_plan(hazard):
    plan, = Pool().get('hazard.plan').search([('hazard', '=', hazard.id)])
    return plan


def waiting(Model, hazard):
    "Return the record of the hazard that waits for the next step"
    record, = Model.search([
            ('hazard', '=', hazard.id),
            ('state', 'in', ['draft', 'requested']),
            ])
    return record
