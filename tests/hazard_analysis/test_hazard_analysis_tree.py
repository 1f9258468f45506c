# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import unittest

from facts import write
from mine import build_mine
from organization import acting, create_unit
from templates import activate_built
from test_hazard_analysis_fact import MAY, PERIOD, closed

from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction


class TreeTestCase(unittest.TestCase):
    "Figures of units and places with what is below them"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built('hazard_analysis', build_mine)

    def rows(self, user, kind):
        Tree = Pool().get(f'hazard.analysis.{kind}_tree')
        with acting(user, **PERIOD):
            return {
                row.rec_name.split(' / ')[-1]: row for row in Tree.search([])}

    def build(self):
        "Hazards of two teams, of a crew of one, and of the mine itself."
        mine = build_mine()
        mine.units.crew = create_unit(
            mine.company, "Crew", kind='team', parent=mine.units.driving)
        write(mine, [
                closed(unit='ventilation'), closed(unit='driving'),
                closed(unit='crew', hours=(1, 8, 3)),
                closed(unit='crew', hours=(1, 2, 1)), closed(unit='mine')])
        return mine

    @with_transaction()
    def test_units(self):
        "Each unit counts what is below it once"
        mine = self.build()
        rows = self.rows(mine.users.safety, 'unit')
        self.assertEqual(
            {name: row.number for name, row in rows.items()},
            {"Mine": 5, "Ventilation": 1, "Driving": 3, "Crew": 2})
        self.assertEqual(rows["Crew"].parent, rows["Driving"])
        self.assertEqual(rows["Driving"].parent, rows["Mine"])
        self.assertIsNone(rows["Mine"].parent)
        self.assertEqual(
            set(rows["Mine"].children),
            {rows["Ventilation"], rows["Driving"]})
        # 4, 7 and 12 hours; the last tenth begins a fifth before the 12
        self.assertEqual(rows["Driving"].median_hours, 7)
        self.assertAlmostEqual(rows["Driving"].percentile_90_hours, 11)

    @with_transaction()
    def test_opens(self):
        "A row opens what it counts, that of units that are no more, too"
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        mine = self.build()
        mine.units.crew.active = False
        mine.units.crew.save()
        for name, row in self.rows(mine.users.safety, 'unit').items():
            with self.subTest(unit=name), acting(
                    mine.users.safety, **PERIOD):
                row = row.__class__(row.id)
                self.assertEqual(
                    Hazard.search(row.get_domain(), count=True), row.number)

    @with_transaction()
    def test_rules(self):
        "The unit above counts for a captain only what the captain may read"
        mine = self.build()
        rows = self.rows(mine.users.captain, 'unit')
        self.assertEqual(
            {name: row.number for name, row in rows.items()},
            {"Mine": 1, "Ventilation": 1})

    @with_transaction()
    def test_places(self):
        "Each place counts what is within it"
        pool = Pool()
        Place = pool.get('hazard.place')
        mine = build_mine()
        district = Place(
            name="District 18", company=mine.company, unit=mine.units.mine)
        district.save()
        mine.place.parent = district
        mine.place.save()
        ids = write(mine, [closed(), closed(), closed(MAY)])
        table = pool.get('hazard.hazard').__table__()
        cursor = Transaction().connection.cursor()
        cursor.execute(*table.update(
                [table.place], [district.id], where=table.id == ids[2]))
        rows = self.rows(mine.users.safety, 'place')
        self.assertEqual(
            {name: row.number for name, row in rows.items()},
            {"District 18": 3, "Return airway 18506": 2})
