# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Fills the database of a service, and reads it under the rules of the server.

It runs in a process of its own, as a server's database is no test's:
stock.py build COUNT...
                       a mine whose people have passwords, and so many records
                       that wait at each step; prints their ids by step
                       and the message of who was slower
stock.py age COUNT     so many overdue and so many closed hazards, as 40 days
                       ago; prints their ids
stock.py queue         queues for each closed hazard to tell who reported it
stock.py verify        prints what was verified of the chains and the seals
"""

import datetime as dt
import json
import os
import re
import sys
from types import SimpleNamespace

import time_machine
from mine import build_mine, new_hazard
from organization import acting
from service import PASSWORD

from trytond.i18n import gettext
from trytond.modules.hazard.integrity.verification import Verifier
from trytond.pool import Pool
from trytond.transaction import Transaction

AGE = dt.timedelta(days=40)


def build(submit, confirm, finish, pass_):
    mine = build_mine()
    User = Pool().get('res.user')
    User.write(list(vars(mine.users).values()), {'password': PASSWORD})
    ids = {
        'submit': [h.id for h in drafts(mine, submit)],
        'confirm': fill_four_fixes(mine, reported(mine, confirm)),
        'finish': fill_rectifications(mine, confirmed(mine, finish)),
        'pass_': fill_rechecks(mine, finished(mine, pass_)),
        }
    return {'ids': ids, 'gone': message('safety_base.msg_step_gone')}


def message(name):
    "Return a regular expression of the message in the users' language"
    parts = gettext(name, record='|', state='|').split('|')
    return '.+'.join(map(re.escape, parts))


def age(count):
    with time_machine.travel(dt.datetime.now(dt.UTC) - AGE):
        mine = find_mine()
        overdue = reported(mine, count)
        done = closed(mine, count)
    return {
        'overdue': [h.id for h in overdue],
        'closed': [h.id for h in done]}


def queue():
    Hazard = Pool().get('hazard.hazard')
    hazards = Hazard.search([('state', '=', 'closed')])
    for hazard in hazards:
        Hazard.__queue__.tell_closed([hazard])
    return len(hazards)


def verify():
    Company = Pool().get('company.company')
    company, = Company.search([])
    verified = Verifier(company).run()
    problem = verified.problem
    return {
        'problem': problem and problem.message, 'hazards': verified.hazards,
        'events': verified.events, 'days': verified.days}


def find_mine():
    "Return what new cards and steps need of the mine that was built"
    pool = Pool()
    Employee = pool.get('company.employee')
    User = pool.get('res.user')
    employees = {
        e.party.name.lower(): e for e in Employee.search([])}
    place, = pool.get('hazard.place').search([])
    unit, = pool.get('safety.unit').search([('name', '=', "Ventilation")])
    return SimpleNamespace(
        company=place.company, place=place,
        units=SimpleNamespace(ventilation=unit),
        employees=SimpleNamespace(**employees),
        users=SimpleNamespace(
            **{u.login: u for u in User.search([('employee', '!=', None)])}))


def drafts(mine, count):
    Hazard = Pool().get('hazard.hazard')
    with acting(mine.users.reporter):
        return Hazard.create([
                new_hazard(mine)._save_values() for _ in range(count)])


def reported(mine, count):
    hazards = drafts(mine, count)
    press(mine.users.reporter, 'hazard.hazard', hazards, 'submit')
    return hazards


def confirmed(mine, count):
    hazards = reported(mine, count)
    fill_four_fixes(mine, hazards)
    press(mine.users.captain, 'hazard.four_fix', hazards, 'confirm')
    return hazards


def finished(mine, count):
    hazards = confirmed(mine, count)
    fill_rectifications(mine, hazards)
    press(mine.users.worker, 'hazard.rectification', hazards, 'finish')
    return hazards


def closed(mine, count):
    hazards = finished(mine, count)
    press(mine.users.captain, 'hazard.recheck', hazards, 'pass_')
    return hazards


def fill_four_fixes(mine, hazards):
    return fill(mine.users.captain, 'hazard.four_fix', hazards, {
            'measures': "Hang the door anew.",
            'responsible': mine.employees.worker.id})


def fill_rectifications(mine, hazards):
    return fill(mine.users.worker, 'hazard.rectification', hazards, {
            'actions': "Hung anew and tried."})


def fill_rechecks(mine, hazards):
    return fill(mine.users.captain, 'hazard.recheck', hazards, {
            'reason': "It jams."})


def fill(user, model, hazards, values):
    "Fill in the waiting stages of the hazards and return their ids"
    with acting(user):
        stages = waiting(model, hazards)
        stages[0].__class__.write(stages, values)
    return [s.id for s in stages]


def press(user, model, hazards, button):
    with acting(user):
        Model = Pool().get(model)
        records = (
            Model.browse([h.id for h in hazards])
            if model == 'hazard.hazard' else waiting(model, hazards))
        getattr(Model, button)(records)


def waiting(model, hazards):
    return Pool().get(model).search([
            ('hazard', 'in', [h.id for h in hazards]),
            ('state', '=', 'draft')])


def main(name, *counts):
    database = os.environ['TRYTOND_DATABASE_NAMES']
    Pool.start()
    with Transaction().start(database, 1, readonly=True):
        Pool(database).init()
    with Transaction().start(database, 1):
        functions = {f.__name__: f for f in [build, age, queue, verify]}
        json.dump(functions[name](*map(int, counts)), sys.stdout)


if __name__ == '__main__':
    main(*sys.argv[1:])
