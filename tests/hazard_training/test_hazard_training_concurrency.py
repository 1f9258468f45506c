# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Files imported and papers issued by several people at the same time."

import unittest
from functools import partial
from unittest.mock import patch

from ledger_tools import ledger, row
from organization import acting, create_unit
from roster_tools import person
from roster_tools import workbook as roster
from rpc import Caller, race
from school import build_school, create_course, create_session
from test_hazard_training_questions import workbook as questions

from trytond.exceptions import UserError
from trytond.modules.hazard.old_ledger.write import LedgerWrite
from trytond.pool import Pool
from trytond.tests.test_tryton import DB_NAME, activate_module, drop_db
from trytond.transaction import Transaction

COUNT = 3


class ImportTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        drop_db()
        activate_module('hazard_training')
        cls.addClassCleanup(drop_db)
        with Transaction().start(DB_NAME, 1):
            cls.school = build_school()
            mine = cls.school.mine
            create_unit(
                mine.company, "Ventilation Team", kind='team',
                parent=mine.units.mine)
            cls.callers = {
                'union': Caller(cls.school.users.union),
                'training': Caller(cls.school.users.admin),
                'safety': Caller(mine.users.safety),
                }

    def count(self, *models):
        pool = Pool(DB_NAME)
        with Transaction().start(DB_NAME, 1, readonly=True):
            return [pool.get(m).search([], count=True) for m in models]

    def test_roster(self):
        "People of a roster imported by several at once are there once"
        models = [
            'party.party', 'party.identifier', 'company.employee',
            'safety.member', 'res.user']
        before = self.count(*models)
        start = {
            'file': roster([person(i) for i in range(COUNT)]),
            'create_logins': True}
        calls = [
            partial(
                self.callers['union'].open('safety.roster.import'),
                'import_', start=start)
            for _ in range(COUNT)]

        results = race(*calls)

        new = [
            r['view']['defaults'][n] for r in results
            for n in ['parties', 'members']]
        self.assertEqual(sorted(new), [0, 0, 0, 0, COUNT, COUNT])
        after = self.count(*models)
        self.assertEqual(
            [b - a for a, b in zip(before, after)], [COUNT] * len(models))

    def test_questions(self):
        "Questions imported by several at once are in the bank once"
        start = {'file': questions(
                *({'text': f"What closes {i}?"} for i in range(COUNT)))}
        calls = [
            partial(
                self.callers['training'].open('training.question.import'),
                'import_', start=start)
            for _ in range(COUNT)]

        results = race(*calls)

        self.assertEqual(
            sorted(r['view']['state'] for r in results),
            ['errors', 'errors', 'result'])
        self.assertEqual(self.count('training.question'), [COUNT])

    def test_ledger(self):
        "Hazards of a ledger imported by several at once come in once"
        calls = [self.preview(row(Location="Airway")) for _ in range(COUNT)]

        results = race(*calls)

        self.assertEqual(
            sorted(r['view']['state'] for r in results),
            ['preview', 'preview', 'result'])
        self.assertEqual(
            self.count('hazard.hazard', 'hazard.ledger'), [1, 1])

    def test_ledger_fails(self):
        "Nothing stays of a ledger whose import ends in an error"
        models = [
            'hazard.hazard', 'hazard.place', 'hazard.ledger', 'safety.unit']
        before = self.count(*models)
        call = self.preview(row(
                Location="Another airway", Responsible_Unit="Others"))

        with patch.object(
                LedgerWrite, '_link_recurrences',
                side_effect=UserError("It fails.")):
            with self.assertRaises(UserError):
                call()

        self.assertEqual(self.count(*models), before)

    def preview(self, *rows):
        "Return the function that brings in the checked ledger of the rows"
        execute = self.callers['safety'].open('hazard.ledger.import')
        answer = execute('read', start={
                'file': ledger(rows), 'file_name': 'old.xlsx'})
        answer = execute('check', map=_stored(answer['view']['defaults']))
        return partial(execute, 'import_', preview={
                **_stored(answer['view']['defaults']),
                'create_places': True, 'create_units': True})

    def test_certificates(self):
        "Sessions finished at once certify each who attended once"
        school = self.school
        Session = Pool(DB_NAME).get('training.session')
        with Transaction().start(DB_NAME, 1):
            sessions = [
                create_session(
                    create_course(school.company, f"Course {i}"),
                    units=[school.mine.units.ventilation], kinds=[])
                for i in range(COUNT)]
            with acting(school.users.admin):
                Session.plan(sessions)
                Session.start(sessions)
                Session.attend_all(sessions)
            ids = [s.id for s in sessions for _ in range(2)]

        results = race(*(
                partial(
                    self.callers['training'], 'training.session.finish', [i])
                for i in ids))

        errors = [r for r in results if isinstance(r, UserError)]
        self.assertEqual(len(errors), COUNT, results)
        Certificate = Pool(DB_NAME).get('training.certificate')
        with Transaction().start(DB_NAME, 1, readonly=True):
            numbers = [c.number for c in Certificate.search([])]
        self.assertEqual(len(numbers), COUNT)
        self.assertEqual(len(set(numbers)), COUNT)


def _stored(values):
    "Return the values as a client sends them back."
    return {
        n: [_stored(v) if isinstance(v, dict) else v for v in value]
        if isinstance(value, list) else value
        for n, value in values.items() if not n.endswith('.')}
