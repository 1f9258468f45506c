# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Ways around the access rights that a client could try."

import datetime as dt
import unittest

from access import REFUSED, call, run
from mine import build_mine, new_hazard
from organization import create_company
from pictures import picture
from roster_tools import national_id
from steps import draft, report, to_rectify, waiting
from templates import activate_built

from trytond.exceptions import UserError
from trytond.model.exceptions import AccessError
from trytond.modules.safety_base.exceptions import IdentityError
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction


class AccessProbeTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built('hazard', build_mine)

    def returned(self, mine):
        hazard = report(mine)
        with Transaction().set_context(reason="Where?"):
            hazard.__class__.return_([hazard])
        return hazard

    @with_transaction()
    def test_server_fields(self):
        "What the server fills in cannot be sent by a client"
        mine = build_mine()
        reporter = mine.users.reporter
        values = new_hazard(mine)._save_values()
        card = draft(mine)
        time = dt.datetime(2026, 1, 1)
        for name, value in [
                ('number', '1'), ('reported_at', time), ('late', True),
                ('round', 2), ('closed_at', time), ('archived_at', time),
                ('responsible', mine.employees.worker.id),
                ('deadline', time), ('return_reason', "x"),
                ('cancel_reason', "x"), ('recurrence_of', card.id),
                ('recurrence', 3), ('state', 'closed')]:
            with self.subTest(name=name):
                with self.assertRaises(AccessError):
                    call(reporter, 'model.hazard.hazard.create',
                        [{**values, name: value}])
                with self.assertRaises(AccessError):
                    call(reporter, 'model.hazard.hazard.write', [card.id],
                        {name: value})
                with self.assertRaises(AccessError):
                    call(reporter, 'model.hazard.hazard.copy', [card.id],
                        {name: value})

    @with_transaction()
    def test_smuggling(self):
        "Stages and events do not come or go through the card"
        mine = build_mine()
        reporter = mine.users.reporter
        values = new_hazard(mine)._save_values()
        hazard = self.returned(mine)
        four_fix, = hazard.four_fixes
        stage = {
            'company': mine.company.id, 'unit': mine.units.ventilation.id,
            'round': 1, 'opened_at': dt.datetime(2026, 1, 1)}
        event = {
            'company': mine.company.id, 'sequence': 9, 'digest': 'x',
            'at': dt.datetime(2026, 1, 1), 'user': reporter.id,
            'action': 'close'}
        for name, command in [
                ('four_fixes', ('create', [stage])),
                ('four_fixes', ('add', [four_fix.id])),
                ('events', ('create', [event])),
                ('events', ('add', [hazard.events[0].id]))]:
            with self.subTest(name=name, command=command[0]):
                with self.assertRaises(AccessError):
                    call(reporter, 'model.hazard.hazard.create',
                        [{**values, name: [command]}])
        for name, target in [
                ('four_fixes', four_fix), ('events', hazard.events[0])]:
            for command in [
                    ('delete', [target.id]),
                    ('remove', [target.id]),
                    ('write', [target.id], {'hazard': draft(mine).id})]:
                with self.subTest(name=name, command=command[0]):
                    with self.assertRaises(AccessError):
                        call(reporter, 'model.hazard.hazard.write',
                            [hazard.id], {name: [command]})

    @with_transaction()
    def test_copy(self):
        "What may not be read is not read by copying it"
        mine = build_mine()
        card = draft(mine, photos=None)
        rectification = to_rectify(mine)
        Photo = Pool().get('hazard.photo')
        photo, = Photo.create([{
                    'hazard': card.id, 'image': picture(),
                    'filename': 'photo.jpg'}])
        captain, employee = mine.users.other_captain, mine.employees
        for model, record, values in [
                ('hazard', card, {'found_by': employee.other_captain.id}),
                ('hazard', rectification.hazard,
                    {'found_by': employee.other_captain.id}),
                ('photo', photo, None)]:
            with self.subTest(record=record):
                with self.assertRaises(AccessError):
                    call(captain, f'model.hazard.{model}.copy', [record.id],
                        values)

    @with_transaction()
    def test_photo_file(self):
        "A photo is not made of a file that is stored already"
        mine = build_mine()
        card = draft(mine)
        Photo = Pool().get('hazard.photo')
        photo, = Photo.create([{
                    'hazard': card.id, 'image': picture(),
                    'filename': 'photo.jpg'}])
        with self.assertRaises(UserError):
            call(mine.users.reporter, 'model.hazard.photo.create', [{
                        'hazard': draft(mine).id,
                        'company': mine.company.id,
                        'stage': 'found',
                        'image_id': photo.image_id,
                        'sha256': 'x',
                        'width': 1,
                        'height': 1,
                        'taken_at': dt.datetime(2000, 1, 1),
                        'taken_source': 'camera',
                        }])

    @with_transaction()
    def test_returned(self):
        "The safety department cancels returned hazards but completes none"
        mine = build_mine()
        hazard = self.returned(mine)
        safety = mine.users.safety
        for method, *args in [
                ('hazard.write', [hazard.id], {'description': "Else."}),
                ('hazard.submit', [hazard.id]),
                ('photo.create', [{
                            'hazard': hazard.id, 'image': picture(),
                            'filename': 'photo.jpg'}])]:
            with self.subTest(method=method):
                with self.assertRaises(AccessError):
                    call(safety, f'model.hazard.{method}', *args)
        call(mine.users.safety, 'model.hazard.hazard.cancel', [hazard.id],
            reason="Twice")
        hazard = hazard.__class__(hazard.id)
        self.assertEqual(hazard.state, 'cancelled')

    @with_transaction()
    def test_stranger(self):
        "A button tells strangers nothing about a record"
        mine = build_mine()
        rectification = to_rectify(mine)
        four_fix = rectification.four_fix
        for model, id_ in [
                ('hazard.hazard.submit', rectification.hazard.id),
                ('hazard.four_fix.confirm', four_fix.id)]:
            with self.subTest(model=model):
                with self.assertRaises(AccessError):
                    call(mine.users.other_captain, f'model.{model}', [id_])

    @with_transaction()
    def test_resources(self):
        "Who only reads a hazard leaves nothing on it but in its chat"
        mine = build_mine()
        hazard = report(mine)
        for model, values in [
                ('ir.note', {'message': "Seen"}),
                ('ir.attachment', {'name': "Seen", 'type': 'data'})]:
            for user in [mine.users.station, mine.users.other_captain]:
                with self.subTest(model=model, user=user.login):
                    with self.assertRaises(AccessError):
                        call(user, f'model.{model}.create',
                            [{**values, 'resource': str(hazard)}])

    @with_transaction()
    def test_context(self):
        "The rights do not follow what the context says of the user"
        mine = build_mine()
        other = build_mine(create_company("Other Mine"), prefix='foreign_')
        with Transaction().set_context(company=other.company.id):
            foreign = report(other)
        hazard = report(mine)
        groups = list(mine.users.safety.groups)
        forged = {
            'company': other.company.id,
            'companies': [other.company.id],
            'employee': other.employees.safety.id,
            'employees': [
                other.employees.reporter.id, mine.employees.reporter.id],
            'led_units': [hazard.unit.id, foreign.unit.id],
            'managed_companies': [mine.company.id, other.company.id],
            'user': mine.users.safety.id,
            'user_id': mine.users.reporter.id,
            'groups': [g.id for g in groups],
            '_check_access': False,
            '_user': 0,
            '_datetime': dt.datetime.now(),
            }
        worker = mine.users.worker
        for name in ['company', 'employee']:
            with self.assertRaises(IdentityError):
                call(worker, 'model.hazard.hazard.search', [],
                    **{name: forged.pop(name)})
        self.assertFalse(call(
                worker, 'model.hazard.hazard.search', [], **forged))
        for record in [hazard, foreign]:
            with self.assertRaises(AccessError):
                call(worker, 'model.hazard.hazard.read', [record.id],
                    ['number'], **forged)
        with self.assertRaises(AccessError):
            call(worker, 'model.hazard.hazard.cancel', [hazard.id],
                reason="x", **forged)

    @with_transaction()
    def test_wizard(self):
        "A forged action opens no wizard to others"
        mine = build_mine()
        hazard = report(mine)
        with self.assertRaises(REFUSED):
            run(mine.users.worker, 'hazard.verify',
                [('verify', {'start': {}})], action_id=-1)
        for model, id_ in [
                ('hazard.hazard', hazard.id),
                ('company.employee', mine.employees.worker.id)]:
            with self.subTest(model=model):
                with self.assertRaises(REFUSED):
                    run(mine.users.captain, 'hazard.hazard.cancel',
                        [('press', {'ask': {'reason': "x"}})],
                        active_model=model, active_id=id_, active_ids=[id_],
                        action_id=-1)

    @with_transaction()
    def test_extension(self):
        "A request stays at its rectification"
        mine = build_mine()
        one, other = to_rectify(mine), to_rectify(mine)
        worker = mine.users.worker
        extension, = call(worker, 'model.hazard.extension.create', [{
                    'rectification': one.id,
                    'deadline': one.deadline + dt.timedelta(days=2),
                    'reason': "No part.",
                    'measures': "A guard.",
                    }])
        with self.assertRaises(AccessError):
            call(worker, 'model.hazard.extension.write', [extension],
                {'rectification': other.id})

    @with_transaction()
    def test_export(self):
        "Exports and searches tell no national ID"
        pool = Pool()
        Identifier = pool.get('party.identifier')
        mine = build_mine()
        worker = mine.employees.worker
        code = national_id(1)
        Identifier.create([{
                    'party': worker.party.id, 'type': 'cn_ric',
                    'code': code}])
        user = mine.users.captain
        for path in ['party/identifiers/code', 'party/national_id']:
            with self.subTest(path=path):
                try:
                    rows = call(user, 'model.company.employee.export_data',
                        [worker.id], [path])
                except AccessError:
                    continue
                self.assertNotIn(code, str(rows))
        for name in [
                'party.identifiers.code', 'party.national_id',
                'party.rec_name']:
            with self.subTest(name=name):
                self.assertFalse(call(
                        user, 'model.company.employee.search',
                        [(name, '=', code)]))

    @with_transaction()
    def test_stage_of_another(self):
        "The leader of another unit does nothing at a stage"
        mine = build_mine()
        hazard = report(mine)
        four_fix = waiting('hazard.four_fix', hazard)
        user = mine.users.other_captain
        for method, *args in [
                ('write', [four_fix.id], {'measures': "None."}),
                ('confirm', [four_fix.id])]:
            with self.subTest(method=method):
                with self.assertRaises(AccessError):
                    call(user, f'model.hazard.four_fix.{method}', *args)
