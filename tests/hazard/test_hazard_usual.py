# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The discipline of a card follows its place and unit, not the last card."

from mine import build_mine, new_hazard
from organization import acting, get_ref
from steps import report
from templates import activate_built

from trytond.pool import Pool
from trytond.tests.test_tryton import TestCase, with_transaction


class UsualTestCase(TestCase):
    "What usually goes with a place and a unit"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built('hazard', build_mine)

    def build(self):
        "Return a mine with two places, of which each has its discipline"
        pool = Pool()
        Discipline = pool.get('hazard.discipline')
        Place = pool.get('hazard.place')
        mine = build_mine()
        mine.heading = Place(
            name="Heading 3102", company=mine.company,
            unit=mine.units.driving)
        mine.heading.save()
        mine.ventilation = Discipline(
            get_ref('hazard.discipline_ventilation'))
        mine.driving = Discipline(get_ref('hazard.discipline_tunnelling'))
        report(mine, place=mine.heading, unit=mine.units.driving,
            discipline=mine.driving)
        report(mine)
        return mine

    def choose(self, mine, **values):
        "Return the card once the place was chosen"
        hazard = new_hazard(mine, **values)
        with acting(mine.users.reporter):
            hazard.on_change_place()
        return hazard

    @with_transaction()
    def test_place(self):
        "Test the discipline is that of the last hazard at the place"
        mine = self.build()
        card = self.choose(
            mine, place=mine.heading, discipline=mine.ventilation)
        self.assertEqual(card.unit, mine.units.driving)
        self.assertEqual(card.discipline, mine.driving)
        card.place = mine.place
        with acting(mine.users.reporter):
            card.on_change_place()
        self.assertEqual(card.discipline, mine.ventilation)

    @with_transaction()
    def test_new_place(self):
        "Test at a place without hazards it is that of the unit"
        Place = Pool().get('hazard.place')
        mine = self.build()
        place = Place(
            name="Heading 3103", company=mine.company,
            unit=mine.units.driving)
        place.save()
        card = self.choose(mine, place=place, discipline=mine.ventilation)
        self.assertEqual(card.discipline, mine.driving)

    @with_transaction()
    def test_new_unit(self):
        "Test nothing is guessed where the unit has had no hazard"
        mine = self.build()
        card = self.choose(mine)
        card.unit = mine.units.safety
        with acting(mine.users.reporter):
            card.on_change_unit()
        self.assertIsNone(card.discipline)

    @with_transaction()
    def test_check_item(self):
        "Test a check item tells the discipline better"
        Item = Pool().get('hazard.check_item')
        mine = self.build()
        item, *_ = Item.search([
                ('discipline', '!=', None),
                ('discipline', '!=', mine.ventilation.id)], limit=1)
        card = self.choose(
            mine, check_item=item, discipline=item.discipline)
        self.assertEqual(card.discipline, item.discipline)

    @with_transaction()
    def test_default(self):
        "Test a new card begins with that of its place"
        Hazard = Pool().get('hazard.hazard')
        mine = self.build()
        with acting(mine.users.reporter):
            defaults = Hazard.default_get(['place', 'discipline'])
        self.assertEqual(defaults['place'], mine.place.id)
        self.assertEqual(defaults['discipline'], mine.ventilation.id)

    @with_transaction()
    def test_quick_search(self):
        "Test hazards are found by discipline, grade, unit and finder"
        pool = Pool()
        Grade = pool.get('hazard.grade')
        Hazard = pool.get('hazard.hazard')
        mine = self.build()
        with acting(mine.users.safety):
            for words, count in [
                    (mine.driving.name, 1),
                    (mine.ventilation.name, 1),
                    ("Driving", 1),
                    (Grade(get_ref('hazard.grade_general')).name, 2),
                    ("Reporter", 2),
                    ("Nothing such", 0)]:
                with self.subTest(words):
                    self.assertEqual(
                        len(Hazard.search(
                                [('rec_name', 'ilike', f'%{words}%')])),
                        count)
