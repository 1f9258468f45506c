# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Several people press a button of the same record at the same time."

import unittest
from functools import partial
from types import SimpleNamespace

from ledger_tools import bring_in, ledger, open_row
from mine import build_mine
from organization import acting, create_company
from rpc import Caller, race
from steps import (
    confirm, draft, draw_plan, finish, major, press_plan, report, waiting)

from trytond.exceptions import UserError
from trytond.modules.hazard.integrity.verification import Verifier
from trytond.pool import Pool
from trytond.tests.test_tryton import DB_NAME, activate_module, drop_db
from trytond.transaction import Transaction

RACES = 20


class ConcurrencyTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        drop_db()
        activate_module('hazard')
        cls.addClassCleanup(drop_db)
        with Transaction().start(DB_NAME, 1):
            cls.mine = build_mine()
            cls.callers = SimpleNamespace(**{
                    n: Caller(u) for n, u in vars(cls.mine.users).items()})

    def prepare(self, function, count=RACES):
        "Return ids that the function makes in the mine, one for each race"
        with Transaction().start(DB_NAME, 1):
            return [function(self.mine).id for _ in range(count)]

    def race(self, model, button, *callers):
        """Return a function that lets the callers press at once.

        The button is followed by another one when they press different ones.
        """
        buttons = button if isinstance(button, list) else [button] * 2

        def run(id_):
            return race(*(
                    partial(c, f'{model}.{b}', [id_], reason="It is wrong.")
                    for c, b in zip(callers, buttons)))
        return run

    def check(self, model, ids, results):
        "Check that one of each pair has won and the other was told"
        pool = Pool(DB_NAME)
        for id_, pair in zip(ids, results):
            errors = [r for r in pair if isinstance(r, UserError)]
            with self.subTest(model=model, id=id_):
                self.assertEqual(len(errors), 1, pair)
                self.assertIn("somebody else was faster", errors[0].message)
        with Transaction().start(DB_NAME, 1, readonly=True):
            company = pool.get('company.company')(self.mine.company.id)
            self.assertIsNone(Verifier(company).run().problem)
            Model = pool.get(model)
            return [self.tell(getattr(r, 'hazard', r))
                for r in Model.browse(ids)]

    def tell(self, hazard):
        "Return the state, the actions and the stages that wait"
        return (
            hazard.state,
            [e.action for e in hazard.events],
            [s.__name__.split('.')[1]
                for name in ['four_fixes', 'rectifications', 'rechecks']
                for s in getattr(hazard, name) if s.state == 'draft'])

    def assertAll(self, told, *expected):
        for story in told:
            self.assertIn(story, expected)

    def test_submit(self):
        "A card reported twice at once is reported once"
        ids = self.prepare(draft)
        run = self.race(
            'hazard.hazard', 'submit',
            self.callers.reporter, self.callers.reporter)

        told = self.check('hazard.hazard', ids, [run(id_) for id_ in ids])

        self.assertAll(told, ('four_fix', ['submit'], ['four_fix']))

    def test_submit_thrice(self):
        "Cards that are reported several times at once leave no gap"
        pool = Pool(DB_NAME)
        ids = self.prepare(draft, count=5)
        call = partial(self.callers.reporter, 'hazard.hazard.submit')
        for id_ in ids:
            race(*(partial(call, [id_]) for _ in range(3)))
        with Transaction().start(DB_NAME, 1, readonly=True):
            Hazard = pool.get('hazard.hazard')
            first, *others = [
                int(h.number[5:]) for h in Hazard.browse(ids)]
            self.assertEqual(others, [first + i for i in range(1, 5)])
            Numbering = pool.get('hazard.numbering')
            numbering, = Numbering.search([])
            self.assertEqual(numbering.last, others[-1])

    def test_confirm(self):
        "Of two captains confirming at once one wins"
        ids = self.prepare(filled_four_fix)
        run = self.race(
            'hazard.four_fix', 'confirm',
            self.callers.captain, self.callers.secretary)

        told = self.check('hazard.four_fix', ids, [run(id_) for id_ in ids])

        self.assertAll(told, (
                'rectification', ['submit', 'confirm'], ['rectification']))

    def test_undo(self):
        "An import is undone and worked on at once: one of both happens"
        ids = self.prepare(imported_four_fix)
        for id_ in ids:
            with Transaction().start(DB_NAME, 1, readonly=True):
                ledger = Pool(DB_NAME).get('hazard.four_fix')(
                    id_).hazard.ledger.id
            results = race(
                partial(
                    self.callers.safety, 'hazard.ledger.undo', [ledger],
                    reason="It is wrong."),
                partial(self.callers.captain, 'hazard.four_fix.confirm',
                    [id_]))
            errors = [r for r in results if isinstance(r, UserError)]
            self.assertEqual(len(errors), 1, results)
        with Transaction().start(DB_NAME, 1, readonly=True):
            pool = Pool(DB_NAME)
            company = pool.get('company.company')(self.mine.company.id)
            self.assertIsNone(Verifier(company).run().problem)
            told = [
                self.tell(f.hazard)
                for f in pool.get('hazard.four_fix').browse(ids)]
        self.assertAll(told,
            ('cancelled', ['import', 'undo'], []),
            ('rectification', ['import', 'confirm'], ['rectification']))

    def test_finish(self):
        "The worker and the captain finish at once"
        ids = self.prepare(filled_rectification)
        run = self.race(
            'hazard.rectification', 'finish',
            self.callers.worker, self.callers.captain)

        told = self.check(
            'hazard.rectification', ids, [run(id_) for id_ in ids])

        self.assertAll(told, (
                'recheck', ['submit', 'confirm', 'finish'], ['recheck']))

    def test_pass(self):
        "Two checkers pass at once"
        ids = self.prepare(waiting_recheck)
        run = self.race(
            'hazard.recheck', 'pass_',
            self.callers.captain, self.callers.secretary)

        told = self.check('hazard.recheck', ids, [run(id_) for id_ in ids])

        self.assertAll(told, (
                'closed', ['submit', 'confirm', 'finish', 'pass'], []))

    def test_confirm_or_return(self):
        "One captain confirms while the other returns the card"
        ids = self.prepare(filled_four_fix)
        run = self.race(
            'hazard.four_fix', ['confirm', 'return_'],
            self.callers.captain, self.callers.secretary)

        told = self.check('hazard.four_fix', ids, [run(id_) for id_ in ids])

        self.assertAll(
            told,
            ('rectification', ['submit', 'confirm'], ['rectification']),
            ('returned', ['submit', 'return'], []))

    def test_pass_or_fail(self):
        "One checker passes while the other fails"
        ids = self.prepare(partial(waiting_recheck, reason="It jams."))
        run = self.race(
            'hazard.recheck', ['pass_', 'fail'],
            self.callers.captain, self.callers.secretary)

        told = self.check('hazard.recheck', ids, [run(id_) for id_ in ids])

        before = ['submit', 'confirm', 'finish']
        self.assertAll(
            told,
            ('closed', [*before, 'pass'], []),
            ('four_fix', [*before, 'fail'], ['four_fix']))

    def test_plan(self):
        "A plan approved twice at once is approved once"
        ids = self.prepare(checked_plan, 5)
        run = self.race(
            'hazard.plan', 'approve', self.callers.head, self.callers.head)

        told = self.check('hazard.plan', ids, [run(id_) for id_ in ids])

        self.assertAll(told, (
                'four_fix', ['submit', 'draw', 'check', 'plan'],
                ['four_fix']))


class NumberTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        drop_db()
        activate_module('hazard')
        cls.addClassCleanup(drop_db)

    def test_first_reports(self):
        "The first reports of a year, made at once, get different numbers"
        pool = Pool(DB_NAME)
        Hazard = pool.get('hazard.hazard')
        Numbering = pool.get('hazard.numbering')
        names = ['reporter', 'captain', 'secretary', 'safety', 'chief']
        for i in range(4):
            with Transaction().start(DB_NAME, 1) as transaction:
                company = create_company(f"Mine {i}")
                with transaction.set_context(company=company.id):
                    mine = build_mine(company, prefix=f'{i}-')
                users = [getattr(mine.users, n) for n in names]
                finders = [getattr(mine.employees, n) for n in names]
                calls = [
                    partial(
                        Caller(user), 'hazard.hazard.submit',
                        [draft(mine, user=user, found_by=finder).id])
                    for user, finder in zip(users, finders)
                    for _ in range(2)]

            results = race(*calls)

            with Transaction().start(DB_NAME, 1, readonly=True):
                self.assertFalse(
                    [r for r in results if isinstance(r, UserError)])
                self.assertEqual(
                    len(Numbering.search([('company', '=', company.id)])), 1)
                numbers = [int(h.number[5:]) for h in Hazard.search([
                            ('company', '=', company.id)])]
                # Whoever starts again leaves no number behind.
                self.assertEqual(
                    sorted(numbers), list(range(1, len(calls) + 1)))
                company = pool.get('company.company')(company.id)
                self.assertIsNone(Verifier(company).run().problem)


def filled_four_fix(mine):
    four_fix = waiting('hazard.four_fix', report(mine))
    four_fix.measures = "Hang the door anew."
    four_fix.responsible = mine.employees.worker
    four_fix.save()
    return four_fix


def checked_plan(mine):
    hazard = report(mine, **major())
    draw_plan(mine, hazard)
    return press_plan(hazard, 'check', mine.users.safety)


def filled_rectification(mine):
    hazard = report(mine)
    confirm(mine, hazard)
    rectification = waiting('hazard.rectification', hazard)
    rectification.actions = "Hung anew and tried."
    rectification.save()
    return rectification


def imported_four_fix(mine):
    "Return a four-fix of a ledger of its own, ready to be confirmed."
    pool = Pool()
    count = pool.get('hazard.ledger').search([], count=True)
    bring_in(mine.users.safety, ledger([
                open_row(Hazard=f"Hazard {count}")]))
    record, = pool.get('hazard.ledger').search(
        [], order=[('id', 'DESC')], limit=1)
    hazard, = pool.get('hazard.hazard').search([('ledger', '=', record.id)])
    four_fix = waiting('hazard.four_fix', hazard)
    with acting(mine.users.captain):
        pool.get('hazard.four_fix').write([four_fix], {
                'measures': "Hang it anew.",
                'responsible': mine.employees.worker.id})
    return four_fix


def waiting_recheck(mine, reason=None):
    hazard = report(mine)
    confirm(mine, hazard)
    finish(mine, hazard)
    recheck = waiting('hazard.recheck', hazard)
    if reason:
        recheck.reason = reason
        recheck.save()
    return recheck
