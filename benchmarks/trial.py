# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Send hazards that real mines wrote through the whole loop.

    .venv/bin/python benchmarks/trial.py FILE [--show ID ...] [--keep]

FILE has one JSON object a line: id, description, found_at (a time, a day, a
month or a year) and unit, and where known kind ("real_mine_ledger": unit is
a team of the mine; otherwise it is a mine of its own), place, discipline,
grade, category, shift, found_by, measures, deadline, closed_at, recheck and
status.  Nothing of it is kept.

A server is started on a throw-away PostgreSQL cluster (or the one that PGHOST
names, where an empty database named trial is used when there is one) and
everybody works through XML-RPC with a login of their own: the office enters
units, people, places and disciplines, an inspector reports, captains four-fix,
workers rectify and checkers recheck.  Texts which the source has cut are
returned and reported again; where the measures belong to a neighbour, the
first recheck fails.  Prints what happened as a table and the cards of --show;
with --keep the server waits for Enter before it stops.
"""

import argparse
import datetime as dt
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
import xmlrpc.client
from collections import Counter, defaultdict
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
from proteus import Model, Wizard
from proteus.config import set_xmlrpc_session

sys.path.append(str(Path(__file__).parent.parent / 'tests' / 'support'))
from cluster import Cluster  # noqa: E402

DATABASE = 'trial'
PASSWORD = 'trial-of-the-loop-2'
PORT = 18930
ZONE = ZoneInfo('Asia/Shanghai')
DISCIPLINES = {
    '采煤': 'mining', '掘进': 'tunnelling', '开掘': 'tunnelling',
    '机电': 'electromechanical', '运输': 'transport', '通风': 'ventilation',
    '地测防治水': 'geology', '安全管理': 'management', '其他': 'other'}
SHIFT = "Eight O'Clock Shift"
SURFACE = re.compile('地表|井口|监控|技术科|村|房|副立井|起吊室|斜井')
AUTHORITY = re.compile('局|厅|管站|部门|国务院|联合')
GROUPS = {
    'office': [
        "Organization Administration", "Employee Administration",
        "Party Administration", "Hazard Administration"],
    'inspector': ["Hazard Reporter"],
    'safety': ["Hazard Safety Department"],
    'leader': ["Hazard Unit Leader"],
    'worker': []}


def utc(text):
    "Return the time, in UTC, that a year, month, day or time may stand for"
    parts = [int(p) for p in re.findall(r'\d+', text)]
    parts += [1] * (3 - len(parts))
    if len(parts) == 3:
        parts += [8, 0]
    local = dt.datetime(*parts, tzinfo=ZONE)
    return local.astimezone(dt.UTC).replace(tzinfo=None)


def fault(exception):
    "Return what the user is told"
    text = str(getattr(exception, 'faultString', exception))
    return text.strip().splitlines()[-1][:160]


class Server:

    def __init__(self, stack):
        self.directory = Path(
            stack.enter_context(tempfile.TemporaryDirectory()))
        self.env = os.environ.copy()
        if 'PGHOST' not in self.env:
            cluster = Cluster()
            stack.callback(cluster.stop)
            cluster.start()
            self.env.update(cluster.environment)
        self._prepare()
        process = subprocess.Popen(
            self._command('trytond'), env=self.env, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        stack.callback(process.wait)
        stack.callback(process.terminate)
        self._await()

    def _command(self, name, *arguments):
        return [
            str(Path(sys.executable).parent / name),
            '-c', str(self.directory / 'trytond.conf'),
            '-d', DATABASE, *arguments]

    def _prepare(self):
        (self.directory / 'trytond.conf').write_text(
            f'[database]\nuri = postgresql://\nlanguage = zh_CN\n'
            f'[web]\nlisten = 127.0.0.1:{PORT}\n'
            f'[session]\nmax_attempt = 1000\n')
        password = self.directory / 'password'
        password.write_text(PASSWORD)
        self.env['TRYTONPASSFILE'] = str(password)
        with psycopg.connect(
                host=self.env['PGHOST'], user=self.env.get('PGUSER'),
                dbname='template1', autocommit=True) as connection:
            if connection.execute(
                    'SELECT 1 FROM pg_database WHERE datname = %s',
                    [DATABASE]).fetchone():
                return
            connection.execute(f'CREATE DATABASE {DATABASE}')
        subprocess.run(
            self._command(
                'trytond-admin', '-u', 'hazard', '--activate-dependencies',
                '-l', 'zh_CN', '--email', 'admin@example.com', '-p'),
            env=self.env, check=True, stdout=subprocess.DEVNULL)

    def _await(self):
        request = urllib.request.Request(
            f'http://127.0.0.1:{PORT}/', method='OPTIONS')
        for _ in range(120):
            try:
                urllib.request.urlopen(request).close()
                return
            except OSError:
                time.sleep(0.5)
        sys.exit("The server does not answer")


class People:
    "The sessions of those who work"

    def __init__(self, stack):
        self._stack = stack
        self.admin = self.login('admin')
        self._set_up()

    def login(self, login):
        config = self._stack.enter_context(set_xmlrpc_session(
                f'http://127.0.0.1:{PORT}/{DATABASE}/rpc/', login,
                password=PASSWORD))
        config.login = login
        return config

    def _set_up(self):
        config = self.admin
        with config.set_context(language='en'):
            self.groups = {
                g.name: g.id
                for g in Model.get('res.group', config).find([])}
            self.shift_set, = [
                s.id for s in Model.get('safety.shift.set', config).find([])
                if SHIFT in {x.name for x in s.shifts}]
        Currency = Model.get('currency.currency', config)
        self.currency = Currency(
            name='人民币', code='CNY', symbol='¥', rounding=Decimal('0.01'))
        self.currency.save()

    def company(self, name):
        Company = Model.get('company.company', self.admin)
        Party = Model.get('party.party', self.admin)
        party = Party(name=name)
        party.save()
        company = Company(party=party, currency=self.currency)
        company.timezone = 'Asia/Shanghai'
        company.save()
        return company

    def user(self, company, login, kind, employee=None):
        User = Model.get('res.user', self.admin)
        Group = Model.get('res.group', self.admin)
        user = User(name=login, login=login, password=PASSWORD)
        user.companies.append(Model.get(
                'company.company', self.admin)(company.id))
        user.company = user.companies[0]
        if employee:
            user.employees.append(Model.get(
                    'company.employee', self.admin)(employee.id))
            user.employee = user.employees[0]
        for name in GROUPS[kind]:
            user.groups.append(Group(self.groups[name]))
        user.save()
        return self.login(login)


class Mine:
    "A mine as its office enters it"

    def __init__(self, people, name, number):
        self.people, self.name, self.key = people, name, f'm{number}'
        self.company = people.company(name)
        self.office = people.user(self.company, f'{self.key}-office', 'office')
        with self.office.set_context(company=self.company.id):
            configuration = Model.get('safety.configuration', self.office)(1)
            configuration.shift_set = Model.get(
                'safety.shift.set', self.office)(people.shift_set)
            configuration.save()
        self.units, self.places, self.actors = {}, {}, {}
        self.root = self.unit(name, 'mine')
        self.safety_unit = self.unit('安监部', 'department')
        self.chief = self.actors[name, 'captain']
        for kind in ['inspector', 'safety']:
            self.hire(self.safety_unit, kind, kind)
        self.inspector = self.actors['安监部', 'inspector']
        self.safety = self.actors['安监部', 'safety']

    def unit(self, name, kind='team'):
        if name not in self.units:
            Unit = Model.get('safety.unit', self.office)
            unit = Unit(name=name, kind=kind, company=self._in_office())
            if kind != 'mine':
                unit.parent = self.root
            unit.save()
            self.units[name] = unit
            captain = self.hire(unit, 'captain', 'leader')
            leader = unit.leaders.new()
            leader.employee = captain
            leader.function = 'captain'
            unit.save()
            self.hire(unit, 'worker', 'worker')
        return self.units[name]

    def _in_office(self):
        return Model.get('company.company', self.office)(self.company.id)

    def hire(self, unit, post, kind):
        Party = Model.get('party.party', self.office)
        Employee = Model.get('company.employee', self.office)
        party = Party(name=f'{unit.name}{post}')
        party.save()
        employee = Employee(party=party, company=self._in_office(), unit=unit)
        employee.save()
        config = self.people.user(
            self.company, f'{self.key}-{unit.id}-{post}', kind, employee)
        config.employee = employee.id
        self.actors[unit.name, post] = config
        return employee

    def place(self, name, unit):
        key = re.sub(r'\s', '', name or '全矿')
        if key not in self.places:
            Place = Model.get('hazard.place', self.office)
            place = Place(name=key, company=self._in_office(), unit=unit)
            place.kind = 'surface' if SURFACE.search(key) else 'underground'
            place.save()
            self.places[key] = place.id
        return self.places[key]


class Story:
    "What happens to one hazard"

    def __init__(self, trial, row):
        self.trial, self.row = trial, row
        self.mine = trial.mine(row)
        ledger = row.get('kind') == 'real_mine_ledger'
        self.unit = self.mine.unit(row['unit']) if ledger else self.mine.root
        self.captain = self.mine.actors[self.unit.name, 'captain']
        self.worker = self.mine.actors[self.unit.name, 'worker']
        self.notes = []

    def find(self, model, config, *domain, **order):
        return Model.get(model, config).find(list(domain), **order)

    def waiting(self, model, config):
        stage, = self.find(
            model, config, ('hazard', '=', self.hazard.id),
            ('state', '=', 'draft'))
        return stage

    def tell(self):
        row = self.row
        self.report()
        if row.get('truncated_in_source') and self.hazard.state == 'four_fix':
            self.return_()
        while self.hazard.state not in {'closed', 'archived'}:
            if self.hazard.state == 'four_fix':
                self.four_fix()
            elif self.hazard.state == 'rectification':
                self.rectify()
            self.recheck()
            self.hazard.reload()

    def report(self):
        row, config = self.row, self.mine.inspector
        hazard = Model.get('hazard.hazard', config)()
        found_at = utc(row['found_at'])
        place = self.mine.place(row.get('place'), self.unit)
        hazard.place = Model.get('hazard.place', config)(place)
        proposed = hazard.unit.name if hazard.unit else None
        if proposed != self.unit.name:
            self.notes.append('unit other than that of the place')
        hazard.unit = Model.get('safety.unit', config)(self.unit.id)
        hazard.discipline, = self.find(
            'hazard.discipline', config,
            ('code', '=', self.trial.discipline(self.mine, row)))
        if grade := row.get('grade'):
            hazard.grade, = self.find(
                'hazard.grade', config,
                ('code', '=', 'A' if grade == '重大' else grade))
        else:
            self.notes.append('grade as proposed')
        hazard.found_at = found_at
        if row.get('grade') in {'A', '重大'}:
            self._set_criterion(hazard, config)
        self._set_shift(hazard, config)
        self._set_category(hazard, config)
        self._set_source(hazard, config)
        hazard.description = row['description']
        hazard.late_reason = '补录以前的检查记录'
        if row.get('status') == '已现场处理':
            hazard.handling = 'on_site'
            hazard.on_site_measures = row['measures']
            hazard.on_site_at = utc(row['closed_at'])
        self.hazard = hazard
        self._submit()

    def _set_criterion(self, hazard, config):
        day = hazard.found_at.date()
        hazard.criterion, *_ = self.find(
            'hazard.criterion', config, ('children', '=', None),
            ('edition.valid_from', '<=', day),
            ['OR', ('edition.valid_to', '=', None),
                ('edition.valid_to', '>=', day)])
        self.notes.append('criterion made up')

    def _submit(self):
        hazard = self.hazard
        try:
            hazard.click('submit')
        except Exception as exception:
            if hazard.handling != 'on_site':
                raise
            self.notes.append(f'refused: {fault(exception)}')
            hazard.on_site_at = hazard.found_at
            hazard.click('submit')

    def _set_shift(self, hazard, config):
        if not (text := self.row.get('shift')):
            return
        name = text[:-1].replace('捌', '八').replace('肆', '四')
        proposed = hazard.shift.name if hazard.shift else None
        hazard.shift, = self.find(
            'safety.shift', config, ('name', 'like', name + '%'),
            ('set', '=', self.trial.people.shift_set))
        if hazard.shift.name != proposed:
            self.notes.append(
                'shift written is not that of the time')

    def _set_category(self, hazard, config):
        if not (text := self.row.get('category')):
            return
        for name in re.split('[/、]', text):
            if found := self.find(
                    'hazard.category', config, ('name', 'ilike', f'%{name}%')):
                hazard.category = found[0]
                return
        self.notes.append('no such category')

    def _set_source(self, hazard, config):
        body = self.row.get('found_by') or ''
        code = 'routine'
        if '矿级领导' in body:
            code = 'leader'
        elif AUTHORITY.search(body):
            code = 'government'
        hazard.source, = self.find(
            'hazard.source', config, ('code', '=', code))
        if code == 'government':
            hazard.inspected_by = body

    def return_(self):
        config = self.captain
        four_fix = self.waiting('hazard.four_fix', config)
        wizard = Wizard(
            'hazard.hazard.return', [four_fix], config=config)
        wizard.form.reason = '隐患描述不完整'
        wizard.execute('press')
        self.notes.append('returned and reported again')
        self.hazard.reload()
        assert self.hazard.state == 'returned', self.hazard.state
        self.hazard.description += '（原文不全，已现场核实）'
        self.hazard.click('submit')

    def four_fix(self):
        config = self.captain
        if self.hazard.grade.plan_required:
            self.plan()
        four_fix = self.waiting('hazard.four_fix', config)
        four_fix.measures = self.row.get('measures') or '按规程整改。'
        four_fix.responsible = Model.get('company.employee', config)(
            self.worker.employee)
        if deadline := self.row.get('deadline'):
            four_fix.measures += f'（原定期限 {deadline}）'
            if not self.notes or 'deadline' not in self.notes[-1]:
                self._try_deadline(four_fix, utc(deadline))
        four_fix.click('confirm')
        self.hazard.reload()

    def _try_deadline(self, four_fix, deadline):
        proposed = four_fix.deadline
        four_fix.deadline = deadline
        try:
            four_fix.click('confirm')
            sys.exit("A deadline in the past was accepted")
        except Exception:
            self.notes.append('deadline in the past refused')
        four_fix.deadline = proposed

    def plan(self):
        for config in [self.captain, self.mine.safety]:
            plans = self.find(
                'hazard.plan', config, ('hazard', '=', self.hazard.id),
                ('state', '=', 'draft'))
            if not plans:
                return
            plan, = plans
            if config is self.captain:
                for name in ['goals', 'methods', 'funds', 'institution',
                        'requirements', 'safety_measures', 'emergency_plan']:
                    setattr(plan, name, '见整改方案')
                plan.amount = Decimal('10000')
                plan.principal = Model.get('company.employee', config)(
                    self.captain.employee)
                plan.finish_on = (
                    dt.datetime.now().date() + dt.timedelta(days=20))
                plan.save()
                continue
            plan.click('approve')
        self.notes.append('plan approved')

    def rectify(self):
        row, config = self.row, self.worker
        rectification = self.waiting('hazard.rectification', config)
        rectification.actions = row.get('measures') or '已按规程整改。'
        done = row.get('closed_at') or row.get('deadline')
        if done and utc(done) >= self.hazard.found_at:
            rectification.rectified_at = utc(done)
        elif done:
            self.notes.append('rectified before it was found')
        rectification.click('finish')
        self.hazard.reload()

    def recheck(self):
        row = self.row
        verifier = self.hazard.grade.verifier
        config = {
            'unit': self.captain, 'safety': self.mine.safety,
            'leader': self.mine.chief, 'regulator': self.mine.safety,
            }[verifier]
        if not self.find(
                'hazard.recheck', config, ('hazard', '=', self.hazard.id),
                ('state', '=', 'draft')):
            return
        recheck = self.waiting('hazard.recheck', config)
        if recheck.two_checkers:
            recheck.second_checker = Model.get('company.employee', config)(
                self.mine.safety.employee)
        if row.get('measures_mismatch_suspected') and recheck.round == 1:
            recheck.reason = '整改措施与隐患不符'
            recheck.click('fail')
            self.notes.append('recheck failed')
        else:
            recheck.reason = row.get('recheck') or '已整改到位'
            recheck.click('pass_')


class Trial:

    def __init__(self, people):
        self.people, self.mines, self.stories = people, {}, {}
        self.failures = []

    def mine(self, row):
        name = (
            '甲矿' if row.get('kind') == 'real_mine_ledger' else row['unit'])
        if name not in self.mines:
            self.mines[name] = Mine(self.people, name, len(self.mines))
        return self.mines[name]

    def discipline(self, mine, row):
        name = row['discipline']
        if name not in DISCIPLINES:
            Discipline = Model.get('hazard.discipline', mine.office)
            code = f'own{len(DISCIPLINES)}'
            Discipline(name=name, code=code).save()
            DISCIPLINES[name] = code
        return DISCIPLINES[name]

    def run(self, rows):
        for row in rows:
            story = Story(self, row)
            try:
                story.tell()
            except Exception as exception:
                self.failures.append((row['id'], fault(exception)))
            self.stories[row['id']] = story

    def print_table(self, seconds):
        told = [s for s in self.stories.values() if hasattr(s, 'hazard')]
        counts = Counter()
        for story in told:
            story.hazard.reload()
            hazard = story.hazard
            counts['state', hazard.state] += 1
            counts['handling', hazard.handling] += 1
            counts['late', hazard.late] += 1
            counts['round', hazard.round] += 1
            counts['grade', hazard.grade.rec_name] += 1
            for note in set(story.notes):
                counts['note', note] += 1
        print(f"{len(told)} hazards of {len(self.mines)} mines, "
            f"{sum(len(m.actors) for m in self.mines.values())} people, "
            f"{sum(len(m.places) for m in self.mines.values())} places, "
            f"{seconds:.0f} s")
        for (what, value), count in sorted(
                counts.items(), key=lambda c: (c[0][0], str(c[0][1]))):
            print(f"  {what:10} {str(value):70} {count:5}")
        for id_, text in self.failures:
            print(f"  FAILED     {id_:5} {text}")

    def verify(self):
        by_state = defaultdict(int)
        for mine in self.mines.values():
            wizard = Wizard('hazard.verify', config=mine.safety)
            wizard.execute('verify')
            by_state['hazards'] += wizard.form.hazards
            by_state['events'] += wizard.form.events
            by_state['mines that fit'] += wizard.form.fits
            wizard.execute('end')
        print("Verified:", dict(by_state))

    def show(self, ids):
        for id_ in ids:
            hazard = self.stories[id_].hazard
            print(f"\n{id_}: {hazard.number} {hazard.state} "
                f"{hazard.grade.name} {hazard.discipline.name}"
                f" {hazard.category.name if hazard.category else '-'}"
                f" {hazard.source.name} {hazard.shift and hazard.shift.name}")
            print(f"  {hazard.place.rec_name} / {hazard.unit.rec_name}: "
                f"{hazard.description}")
            for event in hazard.events:
                print(f"  {event.sequence} {event.at:%m-%d %H:%M:%S} "
                    f"{event.employee and event.employee.rec_name} "
                    f"{event.action} {event.from_state}>"
                    f"{event.to_state} {event.note}")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('file', type=Path)
    parser.add_argument('--show', type=int, nargs='*', default=[])
    parser.add_argument('--keep', action='store_true')
    options = parser.parse_args()
    rows = [
        json.loads(line)
        for line in options.file.read_text(encoding='utf-8').splitlines()]
    xmlrpc.client.MAXINT = 2 ** 63
    with ExitStack() as stack:
        Server(stack)
        trial = Trial(People(stack))
        start = time.monotonic()
        trial.run(rows)
        trial.print_table(time.monotonic() - start)
        trial.verify()
        trial.show(options.show)
        if options.keep:
            input(f"http://127.0.0.1:{PORT}/ {DATABASE} {PASSWORD}\n")


if __name__ == '__main__':
    main()
