# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Fill a new database with a mine: python -m demo.populate CONF DATABASE"""

import datetime as dt
import random
import sys

import trytond.config as config

from .progress import step

SEED = 2026
DAYS = 60
# The jobs of the scheduler with the hours (UTC) at which they run
JOBS = [
    ('hazard.seal', 'seal_days', [5.2]),
    ('hazard.hazard', 'archive_closed', [18.5]),
    ('hazard.checklist', 'plan_rounds', [16.2]),
    ('hazard.inspection', 'remind_rounds', [0.2, 8.2, 16.3]),
    ('hazard.reminder', 'remind', [0.1, 8.1, 16.1]),
    ('safety.member', 'check_certificates', [0.4]),
    ('safety.coverage', 'notify_gaps', [0.5]),
    ]
# Of how many days the notifications stay
NOTIFIED_DAYS = 1


def main(configuration, database):
    config.update_etc(configuration)
    from trytond.pool import Pool

    Pool.start()
    Pool(database).init()
    populate(database)


def populate(database):
    from trytond.transaction import Transaction

    from .appraisal import appraise
    from .checklists import create_checklists
    from .danger import on_duty
    from .learning import import_questions, learn
    from .opinions import collect
    from .organization import (
        appoint_members, create_company, create_organization)
    from .places import create_places
    from .play import Play
    from .school import hold_courses
    from .statutory import state_quarters
    from .stories import tell
    from .tools import Clock, working

    choice = random.Random(SEED)
    with Clock() as clock:
        clock.move(clock.ago(DAYS + 15, 9))
        with step("Entering the people and places of a mine"):
            with working(database):
                finish_wizards()
                tidy_menu()
                company = create_company()
                with Transaction().set_context(company=company.id):
                    mine = create_organization(company)
                    create_places(mine)
                    on_duty(mine, clock)
            appoint_members(mine, database)
            create_checklists(mine, clock, database)
        with step(f"Playing {DAYS} days of its work"):
            stories = tell(mine, clock, choice)
            play = Play(database, mine, clock, choice)
            play.run([
                    *((*taken, story) for story in stories
                        for taken in story.steps),
                    *jobs(clock)])
        with step("Holding its courses and exams"):
            with working(database):
                import_questions(mine)
            hold_courses(mine, clock, database)
            learn(mine, clock, choice, database)
        with step("Asking for opinions and counting points"):
            collect(mine, clock, choice, database)
            appraise(mine, clock, DAYS, database)
        with step("Signing the statutory table of the last quarter"):
            state_quarters(mine, clock, database)
    with working(database):
        forget_notifications(clock)


def finish_wizards():
    from trytond.pool import Pool
    Item = Pool().get('ir.module.config_wizard.item')
    Item.write(Item.search([]), {'state': 'done'})


def tidy_menu():
    "Show the parties only to who keeps them, as a mine would"
    from trytond.pool import Pool

    from .tools import get_ref
    Menu = Pool().get('ir.ui.menu')
    Menu.write([Menu(get_ref('party.menu_party'))], {
            'groups': [('add', [get_ref('party.group_party_admin')])]})


def jobs(clock):
    "Yield the runs of the scheduler as steps of nobody"
    for day in range(DAYS + 1, -1, -1):
        start = clock.now.replace(hour=0, minute=0, second=0)
        start -= dt.timedelta(days=day)
        for model, method, hours in JOBS:
            for hour in hours:
                time = start + dt.timedelta(hours=hour)
                if time <= clock.now:
                    yield (
                        time, None, 'job',
                        {'model': model, 'method': method}, None)


def forget_notifications(clock):
    from trytond.pool import Pool
    Notification = Pool().get('res.notification')
    notifications = Notification.search([
            ('create_date', '<',
                clock.now - dt.timedelta(days=NOTIFIED_DAYS)),
            ])
    # Those on PostgreSQL bear the time of its own clock.
    if notifications:
        Notification.delete(notifications)


if __name__ == '__main__':
    main(*sys.argv[1:])
