# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What cannot be read or verified is told, and hides no other forgery."

import datetime as dt
from unittest.mock import patch

from forgery import ForgedMine
from organization import create_company

from trytond import backend
from trytond.model import ModelSQL, fields
from trytond.modules.hazard.integrity import chain_check
from trytond.modules.hazard.integrity.lenient import lenient_times
from trytond.modules.hazard.integrity.verification import Verifier
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction

TYPES = {'date', 'datetime', 'timestamp'}
IMPOSSIBLE = {
    'postgresql': ['infinity', '-infinity', '0044-03-15 BC', '200000-12-31'],
    'sqlite': ['infinity', '-0044-03-15', '2026-02-30', '200000-12-31', '5'],
    }[backend.name]
SEALED = dt.date(2026, 3, 11)


class HiddenForgeryTestCase(ForgedMine):

    def forge_plainly(self):
        "Forge what is found however else is forged."
        self.update(
            'hazard.hazard', self.other.id, description="It hangs high.")
        self.delete_seals(lambda t: t.day == SEALED)

    def assertPlainFound(self, verified):
        self.assertFound(verified, str(self.other), 'description')
        self.assertFound(verified, SEALED, None)

    def read_times(self):
        "Yield of each model the first record and its dates and times."
        for name, Model in sorted(Pool().iterobject()):
            if (not issubclass(Model, ModelSQL) or Model._is_table_query()
                    or name.split('.')[0] in {'ir', 'res'}):
                continue
            names = [
                n for n, f in Model._fields.items()
                if f._type in TYPES and not isinstance(f, fields.Function)
                and n not in {'create_date', 'write_date'}]
            if not names:
                continue
            rows = self.rows(name, lambda t: t.id == t.id, 'id', *names)
            for row in rows[:1]:
                id_ = row.pop('id')
                if names := [n for n, v in row.items() if v is not None]:
                    yield name, id_, names

    @with_transaction()
    def test_impossible_times(self):
        "Dates and times that cannot be are told, with all else"
        self.build()
        told = 0
        for count, (model, id_, names) in enumerate(list(self.read_times())):
            text = IMPOSSIBLE[count % len(IMPOSSIBLE)]
            with self.subTest(model=model, text=text), self.forged(
                    self.forge_plainly, lambda: self.update(
                        model, id_, **dict.fromkeys(names, text))):
                verified = self.verify()
                self.assertPlainFound(verified)
                for name in names:
                    self.assertFound(verified, f'{model},{id_}', name)
                Transaction().cache.clear()
                messages = '\n'.join(verified.list('problems'))
                self.assertIn("no date or time that can be", messages)
                if backend.name == 'postgresql':
                    self.assertNotIn("could not be verified", messages)
                told += len(names)
        self.assertGreater(told, 30)
        self.assertEqual(self.verify().list('problems'), [])

    @with_transaction()
    def test_each_impossible_time(self):
        "Each date and time that cannot be is told as it is"
        self.build()
        for text in IMPOSSIBLE:
            with self.subTest(text), self.forged(
                    self.forge_plainly, lambda: self.update(
                        'hazard.hazard', self.hazard.id, found_at=text)):
                verified = self.verify()
                self.assertPlainFound(verified)
                self.assertFound(verified, str(self.hazard), 'found_at')
                told, = [
                    m for m in verified.list('problems') if "can be" in m]
                self.assertIn(text.split()[0], told)

    @with_transaction()
    def test_other_company(self):
        "What cannot be is told in its company only"
        self.build()
        other = create_company("Another")
        with self.forged(lambda: self.update(
                    'hazard.hazard', self.hazard.id,
                    found_at=IMPOSSIBLE[0])):
            self.assertEqual(Verifier(other).run().list('problems'), [])
            self.assertFound(self.verify(), str(self.hazard), 'found_at')

    @with_transaction()
    def test_strict_again(self):
        "Times are read as ever after a verification"
        self.build()
        with self.forged(lambda: self.update(
                    'hazard.hazard', self.hazard.id,
                    found_at=IMPOSSIBLE[0])):
            def read():
                return self.rows(
                    'hazard.hazard', lambda t: t.id == self.hazard.id,
                    'found_at')
            with lenient_times():
                self.assertEqual(read(), [
                        {'found_at': dt.datetime(9999, 12, 1)}])
            self.verify()
            with self.assertRaises((backend.DatabaseDataError, ValueError)):
                read()

    @with_transaction()
    def test_last_day(self):
        "The last day of all may be how long something is valid"
        self.build()
        certificate, = Pool().get('training.certificate').search([])
        with self.forged(lambda: self.update(
                    'training.certificate', certificate.id,
                    valid_until=dt.date.max)):
            problem, = self.verify().problems
            self.assertIn("9999-12-31", problem.message)
            self.assertNotIn("can be", problem.message)

    @with_transaction()
    def test_raising_check(self):
        "What a check raises is told, and the others go on"
        self.build()

        def raising(scope):
            cursor = Transaction().connection.cursor()
            cursor.execute('SELECT * FROM nowhere')
            yield
        checks = [
            raising, *Verifier(self.company, files=True)._get_checks()]
        with self.forged(self.forge_plainly), patch.object(
                Verifier, '_get_checks', return_value=checks), \
                self.assertLogs('trytond.modules.hazard.integrity'):
            verified = self.verify()
            self.assertPlainFound(verified)
            self.assertFound(verified, str(self.company), None)
            messages = '\n'.join(verified.list('problems'))
            self.assertIn("could not be verified", messages)
            self.assertIn("nowhere", messages)

    @with_transaction()
    def test_raising_hazard(self):
        "What raises of a hazard is told, and the others are verified"
        self.build()
        check_stages = chain_check.check_stages

        def raising(rows, hazard, events):
            if hazard['id'] == self.hazard.id:
                raise TypeError("not this")
            return check_stages(rows, hazard, events)
        with self.forged(self.forge_plainly), patch.object(
                chain_check, 'check_stages', raising), \
                self.assertLogs('trytond.modules.hazard.integrity'):
            verified = self.verify()
            self.assertPlainFound(verified)
            self.assertFound(verified, str(self.hazard), None)
            self.assertEqual(verified.hazards, 4)
