# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""The training of the corps: courses, sessions, who attended, certificates."""

import datetime as dt

from trytond.modules.safety_base.clock import day_start, local_day
from trytond.pool import Pool
from trytond.tools import timezone as tz
from trytond.transaction import Transaction, without_check_access

from .tools import ZONE, get_ref, working

__all__ = ['hold_courses', 'train']

COURSES = [
    # name, code, kind, hours, months, content
    ("三员岗前培训", 'GQ', 'induction', 24, 12,
        "1. 三员职责、权限与津贴\n2. 隐患分级标准与重大隐患判定\n"
        "3. 各专业常见隐患的辨识\n4. 四定、整改与复查流程\n"
        "5. 手机上报与照片拍摄"),
    ("三员年度复训", 'FX', 'refresher', 8, 12,
        "1. 法规与制度更新\n2. 本矿典型隐患案例\n3. 上报质量讲评"),
    ("瓦斯防治专项培训", 'WS', 'special', 4, None,
        "1. 瓦斯检查制度\n2. 通风设施完好标准\n3. 应急避险"),
    ]
HOURS = {name: hours for name, _, _, hours, _, _ in COURSES}
# Whose papers were issued before and end soon, or ended on the way
PAPERS = {"胡维保": 18, "何为民": -1}
ABSENT = {"潘长流": 'duty', "万有田": 'sick'}
NEXT = 5
LESSONS = [
    "同类设施要举一反三，交接班时逐项确认，发现异常立即停止作业并上报。",
    "隐患整改要落实责任人和完成时间，复查不合格的必须重新制定措施。",
    ]


def train(mine):
    "Hold the induction for all who are appointed."
    pool = Pool()
    Attendance = pool.get('training.attendance')
    Session = pool.get('training.session')
    mine.courses = create_courses(mine)
    record_papers(mine)
    session = create_session(
        mine, '三员岗前培训', dt.datetime.now() - dt.timedelta(days=2),
        "职工培训中心一教室",
        kinds=['party', 'union', 'youth'])
    Session.plan([session])
    Session.start([session])
    papers = {mine.people[name].employee for name in PAPERS}
    Attendance.delete([
            a for a in session.attendances if a.employee.id in papers])
    Session.attend_all([Session(session.id)])
    Session.finish([Session(session.id)])


def create_courses(mine):
    pool = Pool()
    Course = pool.get('training.course')
    courses = Course.create([{
                'name': name,
                'code': code,
                'company': mine.company,
                'kind': kind,
                'hours': hours,
                'validity_months': months,
                'certified': months is not None,
                'content': content,
                } for name, code, kind, hours, months, content in COURSES])
    return {c.name: c.id for c in courses}


def record_papers(mine):
    "Record certificates that were issued on paper a year ago."
    pool = Pool()
    Certificate = pool.get('training.certificate')
    Date = pool.get('ir.date')
    today = Date.today()
    Certificate.create([{
                'company': mine.company,
                'employee': mine.people[name].employee,
                'course': mine.courses["三员岗前培训"],
                'issued_on': end - dt.timedelta(days=364),
                'valid_until': end,
                'external_number': f'PA-{number:03}',
                } for number, (name, days) in enumerate(PAPERS.items(), 31)
            for end in [today + dt.timedelta(days=75 + days)]])


def create_session(mine, course, start, place, **values):
    pool = Pool()
    Session = pool.get('training.session')
    start, end = get_times(start, HOURS[course])
    values['kinds'] = [('add', [
                get_ref(f'safety_organization.member_kind_{k}')
                for k in values['kinds']])]
    trainer = mine.people["梁察微"].employee
    session, = Session.create([{
                'company': mine.company,
                'course': mine.courses[course],
                'starts_at': start,
                'ends_at': end,
                'place': place,
                'trainer': trainer,
                'capacity': 60,
                **values}])
    return session


def get_times(time, hours):
    "Return when lessons of the day begin and end: four hours each half-day."
    zone = tz.ZoneInfo(ZONE)
    start = day_start(local_day(time, zone), zone) + dt.timedelta(hours=8)
    days = (hours - 1) // 8
    return start, start + dt.timedelta(
        days=days, hours=hours - days * 8 if hours <= 4 else 10)


def hold_courses(mine, clock, database):
    "Hold a special course last week and plan a refresher for next week."
    user, = [p.user for p in mine.people.values() if p.login == 'training']
    clock.move(clock.now - dt.timedelta(days=NEXT))
    with working(database, user):
        hold_special(mine)
    clock.move(clock.now)
    with working(database, user):
        Pool().get('training.session').plan([create_session(
                    mine, "三员年度复训",
                    clock.now + dt.timedelta(days=NEXT),
                    "职工培训中心二教室", kinds=['party'])])
    make_cases(mine, database)


def make_cases(mine, database):
    "The safety department makes cases, the training section publishes them."
    users = {p.login: p.user for p in mine.people.values()}
    with working(database, users['safety']):
        cases = promote(len(LESSONS) + 1)
    with working(database, users['training']):
        publish(cases)
    for person in list(mine.people.values())[::3]:
        with working(database, person.user):
            Case = Pool().get('training.case')
            for case in Case.search([('unread', '=', True)], limit=1):
                read_case(case)


def read_case(case):
    "Confirm having read the case, by an answer where it asks a question."
    if options := case.question_options:
        employee = Transaction().context['employee']
        case.answer('ABCD'[employee % len(options.splitlines())])
    else:
        case.__class__.acknowledge([case])


def promote(count):
    pool = Pool()
    Case = pool.get('training.case')
    Hazard = pool.get('hazard.hazard')
    hazards = Hazard.search([
            ('state', 'in', ['closed', 'archived']),
            ('photos', '!=', None),
            ], order=[('grade', 'ASC'), ('id', 'DESC')], limit=count)
    # As the wizard does
    with without_check_access():
        return [c.id for c in Case.promote(hazards)]


def publish(cases):
    pool = Pool()
    Case = pool.get('training.case')
    lessons = Case.browse(cases[:len(LESSONS)])
    for case, lesson in zip(lessons, LESSONS):
        Case.write([case], {'lesson': lesson})
    ask(lessons[0])
    Case.publish(lessons)


def ask(case):
    "Let the readers of the case answer a question of its discipline."
    pool = Pool()
    Question = pool.get('training.question')
    question, = Question.search([
            ('discipline', '=', case.discipline.id),
            ('type', '=', 'single'),
            ], limit=1)
    case.__class__.write([case], {'question': question.id})


def hold_special(mine):
    pool = Pool()
    Attendance = pool.get('training.attendance')
    Session = pool.get('training.session')
    session = create_session(
        mine, "瓦斯防治专项培训", dt.datetime.now(), "区队学习室",
        kinds=['union'])
    Session.plan([session])
    Session.start([session])
    reasons = {mine.people[n].employee: a for n, a in ABSENT.items()}
    for attendance in Session(session.id).attendances:
        if absence := reasons.get(attendance.employee.id):
            Attendance.write([attendance], {
                    'status': 'absent', 'absence': absence})
    Session.attend_all([Session(session.id)])
    Session.finish([Session(session.id)])
