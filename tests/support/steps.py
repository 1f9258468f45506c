# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The steps of the loop, each taken by who takes it in a mine."

import datetime as dt
from decimal import Decimal

from mine import new_hazard
from organization import acting, get_ref

from trytond.pool import Pool
from trytond.transaction import Transaction


def draft(mine, user=None, **values):
    pool = Pool()
    Hazard = pool.get('hazard.hazard')
    with acting(user or mine.users.reporter):
        hazard, = Hazard.create([new_hazard(mine, **values)._save_values()])
    return Hazard(hazard.id)


def report(mine, user=None, **values):
    pool = Pool()
    Hazard = pool.get('hazard.hazard')
    hazard = draft(mine, user=user, **values)
    with acting(user or mine.users.reporter):
        Hazard.submit([Hazard(hazard.id)])
    return Hazard(hazard.id)


def major(**values):
    "Return values of a card that is a major one by the law of today."
    pool = Pool()
    Criterion = pool.get('hazard.criterion')
    found_at = values.get('found_at') or dt.datetime.now()
    with Transaction().set_context(in_force_at=found_at):
        criterion, = Criterion.search([
                ('in_force', '=', True), ('children', '=', None),
                ('edition', '!=', None)], limit=1)
    return {
        'grade': get_ref('hazard.grade_major'), 'criterion': criterion,
        **values}


def waiting(model, hazard):
    "Return the draft of the model which waits for somebody."
    pool = Pool()
    Stage = pool.get(model)
    stage, = Stage.search([
            ('hazard', '=', hazard.id), ('state', '=', 'draft')])
    return stage


def step(model, hazard, button, user, **values):
    "Fill in the waiting stage of the hazard as the user and press the button."
    with acting(user):
        stage = waiting(model, hazard)
        if values:
            stage.__class__.write([stage], values)
        getattr(stage.__class__, button)([stage])
    return stage.__class__(stage.id)


def confirm(mine, hazard, user=None, **values):
    values.setdefault('measures', "Hang the door anew.")
    values.setdefault('responsible', mine.employees.worker.id)
    return step(
        'hazard.four_fix', hazard, 'confirm', user or mine.users.captain,
        **values)


def finish(mine, hazard, user=None, **values):
    values.setdefault('actions', "Hung anew and tried.")
    return step(
        'hazard.rectification', hazard, 'finish', user or mine.users.worker,
        **values)


def plan_values(mine):
    "Return all that a treatment plan must contain."
    return {
        'causes': "The drainage failed, gas gathers in the corner.",
        'danger': "Up to 1.5 %, treated within two days.",
        'stop_area': "The face 18506 and its return airway.",
        'goals': "Gas below the limit.",
        'methods': "Ventilate and drain.",
        'funds': "A fan and ducts from the safety fund.",
        'amount': Decimal(120000),
        'institution': "The ventilation team under its captain.",
        'principal': mine.employees.captain.id,
        'requirements': "Within two days, work stopped until then.",
        'finish_on': dt.date.today() + dt.timedelta(days=2),
        'safety_measures': "Cut the power, withdraw the people.",
        'emergency_plan': "Leave by the intake airway.",
        }


def press_plan(hazard, button, user, **context):
    "Press the button of the plan of the hazard as the user."
    plan, = Pool().get('hazard.plan').search([('hazard', '=', hazard.id)])
    with acting(user, **context):
        getattr(plan.__class__, button)([plan.__class__(plan.id)])
    return plan.__class__(plan.id)


def draw_plan(mine, hazard, user=None, **values):
    "Fill in the plan of the hazard and put it before the safety department."
    user = user or mine.users.captain
    plan, = Pool().get('hazard.plan').search([('hazard', '=', hazard.id)])
    with acting(user):
        plan.__class__.write(
            [plan.__class__(plan.id)], {**plan_values(mine), **values})
    return press_plan(hazard, 'draw', user)


def approve_plan(mine, hazard, **values):
    "Have the plan of the hazard drawn up, checked and approved."
    draw_plan(mine, hazard, **values)
    press_plan(hazard, 'check', mine.users.safety)
    return press_plan(hazard, 'approve', mine.users.head)


def recheck(mine, hazard, button, user=None, **values):
    return step(
        'hazard.recheck', hazard, button, user or mine.users.captain,
        **values)


def pass_by_two(mine, hazard, second, user=None, **values):
    "Pass the waiting recheck, which the second checker confirms before."
    user = user or mine.users.captain
    with acting(user):
        stage = waiting('hazard.recheck', hazard)
        stage.__class__.write([stage], {
                'second_checker': getattr(mine.employees, second).id,
                **values})
    recheck(mine, hazard, 'confirm', user=getattr(mine.users, second))
    return recheck(mine, hazard, 'pass_', user=user)


def to_rectify(mine, **values):
    "Return the waiting rectification of a new hazard."
    hazard = report(mine, **values)
    confirm(mine, hazard)
    return waiting('hazard.rectification', hazard)


def withdraw(mine, hazard, user=None, press=True, **values):
    "Record and confirm that work on the hazard was stopped."
    Withdrawal = Pool().get('hazard.withdrawal')
    now = dt.datetime.now().replace(microsecond=0)
    stopped_at = values.get('stopped_at') or now - dt.timedelta(minutes=5)
    values = {
        'hazard': hazard.id,
        'stopped_at': stopped_at,
        'area': "All of the heading below the water.",
        'power_cut': True,
        'power_cut_at': stopped_at,
        'people': 12,
        'withdrawn_at': max(stopped_at, now),
        'ordered_by': mine.employees.captain.id,
        'authority': get_ref('hazard.stop_authority_team_leader'),
        'reported_to': mine.employees.dispatcher.id,
        'reported_at': max(stopped_at, now),
        **values}
    with acting(user or mine.users.dispatcher):
        withdrawal, = Withdrawal.create([values])
        if press:
            Withdrawal.confirm([withdrawal])
    return Withdrawal(withdrawal.id)


def file_up(mine, hazard, user=None, **values):
    "Report the hazard up to all for whom it waits."
    Filing = Pool().get('hazard.filing')
    with acting(user or mine.users.safety):
        filings = Filing.search([
                ('hazard', '=', hazard.id), ('state', '=', 'draft')])
        Filing.write(filings, {
                'authority': "Bureau",
                'content': "Water in the heading, work stopped.",
                'method': 'letter',
                'filed_at': dt.datetime.now().replace(microsecond=0),
                'filed_by': mine.employees.safety.id,
                **values})
        Filing.file(filings)
    return Filing.browse(filings)


def publish(mine, hazard, user=None, **values):
    "Publish the hazard to the workers of its unit."
    Publication = Pool().get('hazard.publication')
    with acting(user or mine.users.captain):
        publications = Publication.search([
                ('hazard', '=', hazard.id), ('state', '=', 'draft')])
        Publication.write(publications, {
                'kind': 'board',
                'where': "Board at the pit head",
                'from_date': dt.date.today(),
                'reach': 30,
                'acknowledged': 20,
                **values})
        Publication.publish(publications)
    publication, = Publication.browse(publications)
    return publication


def to_accept(mine, checker=None, second='safety', **values):
    "Return a new major hazard that waits for its acceptance."
    hazard = report(mine, **major(**values))
    if hazard.handling == 'four_fix':
        approve_plan(mine, hazard)
        confirm(mine, hazard)
        finish(mine, hazard)
    pass_by_two(
        mine, hazard, second, user=checker or mine.users.chief,
        reason="The gas is below the limit.")
    file_up(mine, hazard)
    return hazard.__class__(hazard.id)


def outside(**values):
    "Return what somebody from outside leaves on the acceptance."
    return {
        'reason': "Treated as planned, accepted.",
        'accepted_on': dt.date.today(),
        'outside_name': "Wang Xun",
        'outside_title': "Engineer",
        'outside_body': "Mine Safety Bureau",
        'document': b'%PDF-1.7 signed'.ljust(500) + b'%%EOF',
        'document_name': 'opinion.pdf',
        **values}


def accept(mine, hazard, button='pass_', user=None, **values):
    "Fill in the acceptance by the safety department and decide on it."
    with acting(mine.users.safety):
        acceptance = waiting('hazard.acceptance', hazard)
        acceptance.__class__.write([acceptance], outside(**values))
    return step(
        'hazard.acceptance', hazard, button, user or mine.users.head)


def hand_over(record, employee, user, reason="On leave."):
    "Hand the stage or the hazard over to the employee as the user."
    with acting(
            user, reason=reason, successor=employee and employee.id):
        record.__class__.hand_over([record.__class__(record.id)])
    return record.__class__(record.id)


def can_see(user, record):
    with acting(user):
        return bool(record.__class__.search([('id', '=', record.id)]))


def waits_for(user, stage):
    "Is it for the user to act on the stage?"
    with acting(user):
        return bool(stage.__class__.search([
                    ('id', '=', stage.id), ('mine', '=', True)]))
