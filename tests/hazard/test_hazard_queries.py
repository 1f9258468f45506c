# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"How many queries the steps of the loop cost, alone and in a batch."

import random

from mine import build_mine, new_hazard
from organization import acting, create_member, get_kind
from queries import count_queries
from templates import activate_built

from trytond import backend
from trytond.pool import Pool
from trytond.tests.test_tryton import TestCase, with_transaction
from trytond.transaction import Transaction

MANY = 12
# The queries of one, and of these the updates and inserts of each row: each
# number makes an update of its own. finish and pass_ read the photos that
# their events record, pass_ also who else has acted on the hazard.
LIMITS = {
    'create': (14, 0, 1),
    'submit': (32, 1, 2),
    'write hazard.four_fix': (12, 0, 0),
    'confirm': (27, 0, 2),
    'write hazard.rectification': (10, 0, 0),
    'finish': (30, 0, 2),
    'pass_': (26, 0, 1),
    }


class QueriesTestCase(TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built('hazard', build_mine)

    def setUp(self):
        super().setUp()
        self.counts = {}

    def count(self, name, function):
        "Call the function and keep the number of its queries"
        # As in a new request: nothing of the records is known yet.
        Transaction().cache.clear()
        with count_queries() as queries:
            result = function()
        self.counts.setdefault(name, []).append(len(queries))
        return result

    def go_round(self, count):
        "Take count hazards through the loop"
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        mine = self.mine
        with acting(mine.users.reporter):
            values = [
                new_hazard(
                    mine, found_as=get_kind('union').id)._save_values()
                for _ in range(count)]
            hazards = self.count('create', lambda: Hazard.create(values))
            ids = [h.id for h in hazards]
            self.count('submit', lambda: Hazard.submit(Hazard.browse(ids)))
        for model, user, values, button in [
                ('hazard.four_fix', mine.users.captain, {
                        'measures': "Hang the door anew.",
                        'responsible': mine.employees.worker.id}, 'confirm'),
                ('hazard.rectification', mine.users.worker, {
                        'actions': "Hung anew and tried."}, 'finish'),
                ('hazard.recheck', mine.users.captain, {}, 'pass_')]:
            Stage = pool.get(model)
            ids = [s.id for s in Stage.search([('state', '=', 'draft')])]
            with acting(user):
                if values:
                    self.count(f'write {model}', lambda: Stage.write(
                            Stage.browse(ids), values))
                self.count(button, lambda: getattr(Stage, button)(
                        Stage.browse(ids)))

    @with_transaction()
    def test_steps(self):
        "Test a step costs as many queries for one as for many"
        self.mine = build_mine()
        member = create_member(
            self.mine.employees.reporter, 'union',
            unit=self.mine.units.ventilation)
        member.__class__.activate([member])
        self.go_round(1)
        self.counts.clear()
        self.go_round(1)
        self.go_round(MANY)

        for name, (one, many) in self.counts.items():
            with self.subTest(name):
                limit, updates, inserts = LIMITS[name]
                rows = updates
                if backend.name != 'postgresql':
                    # Others insert row by row.
                    rows += inserts
                self.assertLessEqual(one, limit)
                self.assertLessEqual(many, one + 2 + (MANY - 1) * rows)

    @with_transaction()
    def test_long_description(self):
        "Test no index refuses what is too long for it"
        mine = build_mine()
        words = random.Random(1).choices(range(0x4e00, 0x9fa5), k=4000)
        hazard = new_hazard(mine, description=''.join(map(chr, words)))
        hazard.save()
        self.assertEqual(len(hazard.description), 4000)
