# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What waits to be disclosed and what documents name is compared with events."

from forgery import ForgedMine
from notices import draft_opinion, issue
from organization import acting
from steps import draw_plan, finish, major, recheck, report

from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction

LINES = ['hazard.rectification_notice.line', 'hazard.recheck_opinion.line']


class NamedForgeryTestCase(ForgedMine):

    def build_named(self):
        "Let an opinion answer the notice, and a major hazard wait."
        self.build()
        mine = self.mine
        finish(mine, self.other)
        recheck(mine, self.other, 'pass_')
        self.opinion = issue(
            draft_opinion(mine, self.notice), mine.users.safety)
        self.major = report(mine, **major())
        Transaction().tasks.clear()
        self.assertEqual(self.verify().list('problems'), [])

    @with_transaction()
    def test_lines(self):
        "Which hazards issued documents name is what events tell"
        self.build_named()
        for model, document in zip(LINES, [self.notice, self.opinion]):
            line, = Pool().get(model).search([])
            with self.subTest(model, case="deleted"), self.forged(
                    lambda: self.delete(model, lambda t: t.id == line.id)):
                problem, = self.verify().problems
                self.assertEqual(
                    (problem.record, problem.field, problem.hazard),
                    (str(document), 'lines', self.other.id))
                self.assertIn(self.other.number, problem.message)
            with self.subTest(model, case="changed"), self.forged(
                    lambda: self.update(
                        model, line.id, hazard=self.hazard.id)):
                self.assertEqual(
                    {(p.record, p.hazard) for p in self.verify().problems}, {
                        (str(document), self.other.id),
                        (str(document), self.hazard.id)})

    @with_transaction()
    def test_waiting(self):
        "What waits to be disclosed is neither deleted nor cancelled"
        self.build_named()
        pool = Pool()
        for model, kind, field in [
                ('hazard.filing', [('recipient', '=', 'regulator')],
                    'filings'),
                ('hazard.publication', [], 'publications')]:
            waits, = pool.get(model).search(
                [('hazard', '=', self.major.id), *kind])
            with self.subTest(model, case="deleted"), self.forged(
                    lambda: self.delete(model, lambda t: t.id == waits.id)):
                problem, = self.verify().problems
                self.assertEqual(
                    (problem.record, problem.field),
                    (str(self.major), field))
                self.assertIn("asks for it", problem.message)
            with self.subTest(model, case="cancelled"), self.forged(
                    lambda: self.update(
                        model, waits.id, state='cancelled')):
                verified = self.verify()
                self.assertFound(verified, str(waits), 'state')
                self.assertFound(verified, str(self.major), field)

    @with_transaction()
    def test_returned(self):
        "What was cancelled with the hazard fits, also once it is back"
        self.build_named()
        Hazard = Pool().get('hazard.hazard')
        with acting(self.mine.users.captain), Transaction().set_context(
                reason="Which door?"):
            Hazard.return_([Hazard(self.major.id)])
        self.assertEqual(self.verify().list('problems'), [])
        with acting(self.mine.users.reporter):
            Hazard.submit([Hazard(self.major.id)])
        Transaction().tasks.clear()
        self.assertEqual(self.verify().list('problems'), [])

    @with_transaction()
    def test_drawn(self):
        "Who drew up a plan that is not checked yet is whom the event tells"
        self.build_named()
        plan = draw_plan(self.mine, self.major)
        Transaction().tasks.clear()
        self.assertEqual(self.verify().list('problems'), [])
        with self.forged(lambda: self.update(
                    'hazard.plan', plan.id,
                    drawn_by=self.mine.employees.worker.id)):
            problem, = self.verify().problems
            self.assertEqual(
                (problem.record, problem.field), (str(plan), 'drawn_by'))
        # What is changed is drawn up anew, of which no event tells yet.
        plan.__class__.write([plan], {'goals': "None."})
        self.assertIsNone(plan.__class__(plan.id).drawn_at)
        self.assertEqual(self.verify().list('problems'), [])
