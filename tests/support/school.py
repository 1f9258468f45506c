# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Courses, sessions and certificates of the small mine."

import datetime as dt
from types import SimpleNamespace

from built import kept
from mine import build_mine
from organization import create_employee, create_member, create_user, get_kind

from trytond.pool import Pool


@kept
def build_school(mine=None):
    """Return a mine with a training administrator and a union department.

    Its candidate is of the union and of the team of the captain.
    """
    mine = mine or build_mine()
    company = mine.company
    people = SimpleNamespace(
        admin=create_employee(company, "Training Administrator"),
        union=create_employee(company, "Union Officer"),
        party=create_employee(company, "Party Officer"),
        trainer=create_employee(company, "Trainer"),
        candidate=create_employee(company, "Candidate"),
        )
    people.candidate.unit = mine.units.ventilation
    people.candidate.save()
    users = SimpleNamespace(
        admin=create_user('training', company, people.admin,
            ['hazard_training.group_training_admin']),
        union=create_user('union', company, people.union,
            ['safety_organization.group_member_union']),
        party=create_user('party', company, people.party,
            ['safety_organization.group_member_party']),
        trainer=create_user('trainer', company, people.trainer),
        candidate=create_user('candidate', company, people.candidate),
        )
    member = create_member(
        people.candidate, 'union', mine.units.ventilation)
    return SimpleNamespace(
        mine=mine, company=company, employees=people, users=users,
        member=member)


def in_days(number=0):
    "Return the day in a number of days from now: a run may pass midnight."
    return dt.date.today() + dt.timedelta(days=number)


def create_course(company, name="Induction", **values):
    pool = Pool()
    Course = pool.get('training.course')
    values.setdefault('hours', 8)
    if 'kinds' not in values:
        values['kinds'] = [get_kind('union')]
    course = Course(company=company, name=name, **values)
    course.save()
    return course


def create_session(course, days=0, **values):
    "Return a draft session that began so many days ago."
    pool = Pool()
    Session = pool.get('training.session')
    start = dt.datetime.now().replace(second=0, microsecond=0)
    start -= dt.timedelta(days=days)
    values.setdefault('starts_at', start)
    values.setdefault('ends_at', values['starts_at'] + dt.timedelta(hours=2))
    values.setdefault('place', "Classroom")
    if 'trainer' not in values:
        values.setdefault('external_trainer', "Ms Ma")
    if 'kinds' not in values:
        values['kinds'] = [get_kind('union')]
    session = Session(company=course.company, course=course, **values)
    session.save()
    return session


def hold(session, absent=()):
    "Hold the session; who is not named as absent attends."
    pool = Pool()
    Attendance = pool.get('training.attendance')
    Session = pool.get('training.session')
    Session.plan([session])
    Session.start([session])
    missing = Attendance.search([
            ('session', '=', session.id),
            ('employee', 'in', [e.id for e in absent]),
            ])
    Attendance.write(missing, {'status': 'absent', 'absence': 'sick'})
    Session.attend_all([session])
    Session.finish([session])
    return Session(session.id)


def certify(employees, course=None, issued_on=None, **values):
    "Issue certificates of the course to the employees."
    pool = Pool()
    Certificate = pool.get('training.certificate')
    employees = list(employees)
    course = course or create_course(employees[0].company, kinds=[])
    return Certificate.create([{
                'company': employee.company.id,
                'employee': employee.id,
                'course': course.id,
                'issued_on': issued_on or dt.date.today(),
                **values} for employee in employees])
