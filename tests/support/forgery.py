# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"A mine of which somebody forges the records in the database itself."

import datetime as dt
import hashlib
import json
import unittest
from contextlib import contextmanager
from unittest.mock import patch

from mine import build_mine
from notices import issue_notice
from organization import acting, create_member
from pictures import picture
from points import create_rule, serve
from repository import MODULES
from school import create_course, create_session, hold
from steps import confirm, draft, finish, recheck, report, waiting
from time_machine import travel
from undone import undone

from trytond import backend
from trytond.modules.hazard.integrity.event import DIGEST_FIELDS, event_digest
from trytond.modules.hazard.integrity.seal import seal_digest
from trytond.modules.hazard.integrity.verification import Verifier
from trytond.modules.safety_base.clock import company_zone
from trytond.pool import Pool
from trytond.tests.test_tryton import activate_module
from trytond.transaction import Transaction

FIRST = dt.datetime(2026, 3, 10, 2, tzinfo=dt.UTC)
DAY = dt.date(2026, 3, 10)


class ForgedMine(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_module(MODULES)

    def setUp(self):
        clock = travel(FIRST, tick=False)
        self.traveller = clock.start()
        self.addCleanup(clock.stop)

    def build(self):
        "Let a mine work for three days; those after the first are quiet"
        pool = Pool()
        self.mine = mine = build_mine()
        self.company = mine.company
        member = create_member(
            mine.employees.reporter, 'union', mine.units.ventilation)
        serve([member], dt.date(2026, 3, 1))
        pool.get('appraisal.period').generate(
            mine.company, dt.date(2026, 3, 1), dt.date(2026, 3, 31))
        create_rule(mine.company, 'hazard_verified', 3)
        self.hazard = self.go_round()
        self.other = report(mine, description="A cable hangs low.")
        confirm(mine, self.other)
        self.notice = issue_notice(mine, [self.other])
        with patch(
                'trytond.modules.hazard_report.engine.issued_document'
                '.convert') as convert:
            convert.return_value = b'%PDF'
            self.notice.get_issued('pdf')
        course = create_course(mine.company, kinds=[])
        session = create_session(
            course, units=[mine.units.ventilation], kinds=[])
        session.attendances = [{'employee': mine.employees.worker.id}]
        session.save()
        hold(session)
        pool.get('appraisal.entry').collect(mine.company)
        for _ in range(3):
            self.night()
        self.traveller.shift(dt.timedelta(hours=2))
        self.unsealed = report(mine, description="Today's.")
        self.newest = report(mine, description="The last one.")
        self.photo, = pool.get('hazard.photo').search([])
        self.blue, = pool.get('hazard.photo').create([{
                    'hazard': draft(mine).id, 'stage': 'found',
                    'image': picture(color='blue'), 'filename': 'blue.jpg'}])
        Transaction().tasks.clear()

    def go_round(self):
        "Return a closed hazard with photos, an extension and two rounds."
        pool = Pool()
        Extension = pool.get('hazard.extension')
        Hazard = pool.get('hazard.hazard')
        Photo = pool.get('hazard.photo')
        mine = self.mine
        hazard = draft(mine)
        with acting(mine.users.reporter):
            Photo.create([{
                        'hazard': hazard.id, 'stage': 'found',
                        'image': picture(), 'filename': 'found.jpg'}])
            Hazard.submit([Hazard(hazard.id)])
        confirm(mine, hazard, funding=100)
        rectification = waiting('hazard.rectification', hazard)
        with acting(mine.users.worker):
            extension, = Extension.create([{
                        'rectification': rectification.id,
                        'deadline': rectification.deadline
                        + dt.timedelta(days=1),
                        'reason': "No crane.", 'measures': "Fenced in."}])
            Extension.request([Extension(extension.id)])
        with acting(mine.users.safety):
            Extension.approve([Extension(extension.id)])
        finish(mine, hazard)
        recheck(mine, hazard, 'fail', reason="It jams.")
        confirm(mine, hazard, measures="Grind the edge.")
        finish(mine, hazard, actions="Ground.")
        recheck(mine, hazard, 'pass_', reason="It closes.")
        return Hazard(hazard.id)

    def night(self):
        "Let the day end and the job seal it."
        Seal = Pool().get('hazard.seal')
        self.traveller.shift(dt.timedelta(days=1))
        Seal.seal_days()

    def verify(self):
        Transaction().cache.clear()
        return Verifier(self.company, files=True).run()

    @contextmanager
    def forged(self, *forgeries):
        "Forge, and undo it in the end."
        with undone():
            for forgery in forgeries:
                forgery()
            yield

    def execute(self, query, *args):
        cursor = Transaction().connection.cursor()
        cursor.execute(*query)
        return cursor

    def table(self, model):
        return Pool().get(model).__table__()

    def rows(self, model, where, *names):
        table = self.table(model)
        return [dict(zip(names, row)) for row in self.execute(table.select(
                    *(getattr(table, n) for n in names), where=where(table),
                    order_by=[table.id.asc])).fetchall()]

    def update(self, model, id_, **values):
        table = self.table(model)
        self.execute(table.update(
                [getattr(table, n) for n in values], list(values.values()),
                where=table.id == id_))

    def free(self, model):
        "Let the table take any text for a reference, as who forges can."
        if backend.name != 'postgresql':
            return
        cursor = Transaction().connection.cursor()
        cursor.execute(
            "SELECT indexname FROM pg_indexes WHERE tablename = %s "
            "AND indexdef LIKE '%%pattern_ops%%'",
            (Pool().get(model)._table,))
        for name, in cursor.fetchall():
            cursor.execute(f'DROP INDEX "{name}"')

    def delete(self, model, where):
        table = self.table(model)
        self.execute(table.delete(where=where(table)))

    def delete_hazard(self, hazard):
        for model in [
                'appraisal.entry', 'hazard.event', 'hazard.photo',
                'hazard.recheck', 'hazard.extension', 'hazard.rectification',
                'hazard.four_fix']:
            if model == 'appraisal.entry':
                self.delete(model, lambda t: t.source == str(hazard))
            else:
                self.delete(model, lambda t: t.hazard == hazard.id)
        self.delete('hazard.hazard', lambda t: t.id == hazard.id)

    def event(self, sequence, hazard=None):
        hazard = hazard or self.hazard
        event, = Pool().get('hazard.event').search([
                ('hazard', '=', hazard.id), ('sequence', '=', sequence)])
        return event

    def stage(self, model, index=-1):
        return Pool().get(model).search(
            [('hazard', '=', self.hazard.id)],
            order=[('id', 'ASC')])[index]

    def rechain(self, hazard):
        "Compute the digests of the events of the hazard anew."
        previous = None
        names = [*DIGEST_FIELDS, 'version', 'content', 'id']
        for event in self.rows(
                'hazard.event', lambda t: t.hazard == hazard.id, *names):
            event['previous'] = previous
            digest = event_digest(event)
            self.update(
                'hazard.event', event['id'], previous=previous, digest=digest)
            previous = digest

    def reseal(self):
        "Compute all seals anew, and what the runs have kept of them."
        Seal = Pool().get('hazard.seal')
        zone, previous = company_zone(self.company), None
        for seal in self.rows(
                'hazard.seal', lambda t: t.company == self.company.id,
                'id', 'company', 'day', 'version', 'sealed_at'):
            seal['previous'] = previous
            previous = seal_digest(
                seal, Seal.get_digests(self.company.id, seal['day'], zone),
                Seal.get_sealed_of_day(self.company, seal['day'], zone))
            self.update(
                'hazard.seal', seal['id'], digest=previous,
                previous=seal['previous'])
            run = self.table('hazard.seal.run')
            self.execute(run.update(
                    [run.digest], [previous],
                    where=run.sealed_until == seal['day']))

    def rewrite(self):
        "Forge a description with all that records it."
        self.update(
            'hazard.hazard', self.hazard.id, description="It closes well.")
        event = self.event(1)
        self.update('hazard.event', event.id, note="It closes well.")
        if event.content:
            content = json.loads(event.content)
            content['card']['description'] = "It closes well."
            self.update(
                'hazard.event', event.id, content=json.dumps(
                    content, sort_keys=True, separators=(',', ':')))
        self.rechain(self.hazard)

    def write_number(self):
        "Record a number for a time, and a list for a choice."
        event = self.event(1)
        content = json.loads(event.content)
        content['card'].update(found_at=5, handling=['on_site'])
        self.update(
            'hazard.event', event.id, content=json.dumps(
                content, sort_keys=True, separators=(',', ':')))
        self.rechain(self.hazard)

    def delete_last_event(self):
        last = self.hazard.events[-1]
        self.delete('hazard.event', lambda t: t.id == last.id)

    def set_back(self):
        self.delete_last_event()
        self.update('hazard.hazard', self.hazard.id, state='recheck')

    def swap(self):
        first, second = self.event(3), self.event(4)
        self.update('hazard.event', first.id, sequence=1000)
        self.update('hazard.event', second.id, sequence=3)
        self.update('hazard.event', first.id, sequence=4)

    def delete_seals(self, where):
        self.delete('hazard.seal', where)

    def seal_anew(self):
        self.rewrite()
        self.delete_seals(lambda t: t.day >= DAY)
        Pool().get('hazard.seal').seal_days()

    def seal_last_anew(self):
        self.delete_seals(lambda t: t.day == dt.date(2026, 3, 12))
        Pool().get('hazard.seal').seal_days()

    def insert_hazard(self, events=True):
        "Copy the other hazard, with its chain or without."
        cursor = Transaction().connection.cursor()

        def copy(model, where, **values):
            table = self.table(model)
            cursor.execute(*table.select(where=where(table)))
            names = [d[0] for d in cursor.description]
            for row in cursor.fetchall():
                row = {**dict(zip(names, row)), **values}
                if model != 'hazard.hazard':
                    row['id'] += 1000
                self.execute(table.insert(
                        [getattr(table, n) for n in row],
                        [list(row.values())]))
        id_ = self.newest.id + 1000
        copy('hazard.hazard', lambda t: t.id == self.other.id,
            id=id_, number=None)
        if events:
            copy('hazard.event', lambda t: t.hazard == self.other.id,
                hazard=id_)
            self.rechain(Pool().get('hazard.hazard')(id_))

    def draft_again(self):
        self.delete(
            'hazard.event', lambda t: t.hazard == self.unsealed.id)
        self.update(
            'hazard.hazard', self.unsealed.id, state='draft', number=None)

    def forge_photo(self, digest=False):
        "Replace the file of the photo"
        Photo = Pool().get('hazard.photo')
        photo = Photo(self.photo.id)
        new = picture(color='blue')
        Photo.image.set(Photo, 'image', [photo.id], new)
        if digest:
            self.update(
                'hazard.photo', photo.id,
                sha256=hashlib.sha256(new).hexdigest())

    def forge_pdf(self, digest=False):
        "Replace the PDF of the notice"
        Notice = self.notice.__class__
        Notice.pdf.set(Notice, 'pdf', [self.notice.id], b'%PDF forged')
        if digest:
            self.update(
                Notice.__name__, self.notice.id,
                pdf_sha256=hashlib.sha256(b'%PDF forged').hexdigest())

    def assertFound(self, verified, record, field):
        found = [
            (p.day if isinstance(record, dt.date) else p.record, p.field)
            for p in verified.problems]
        if isinstance(record, dt.date):
            self.assertIn(record, [day for day, _ in found], found)
        else:
            self.assertTrue(any(
                    r and r.startswith(record) and field in {None, f}
                    for r, f in found), verified.list('problems'))
