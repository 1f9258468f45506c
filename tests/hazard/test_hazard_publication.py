# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What is told to the workers."

import datetime as dt
import unittest
from unittest.mock import patch

from mine import build_mine
from organization import acting, create_company, get_ref
from pictures import picture
from steps import publish, report
from templates import activate_built

from trytond.model.exceptions import (
    AccessButtonError, AccessError, ButtonActionException)
from trytond.modules.hazard.disclosure.publication import REQUIRED
from trytond.modules.hazard.exceptions import (
    DisclosureAccessError, DisclosureError, PublicationError)
from trytond.modules.hazard.integrity.verification import Verifier
from trytond.modules.safety_base.exceptions import PhotoFormatError
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction


class PublicationTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built('hazard', build_mine)

    def report(self, mine, **values):
        "Report a hazard of a grade that is published."
        Grade = Pool().get('hazard.grade')
        grade = Grade(get_ref('hazard.grade_larger'))
        Grade.write([grade], {'publish': True})
        return report(mine, grade=grade.id, **values)

    def take_down(self, publication, user, **context):
        context = {
            'to_date': publication.from_date, 'acknowledged': 28, **context}
        with acting(user, **context):
            publication.__class__.take_down(
                [publication.__class__(publication.id)])
        return publication.__class__(publication.id)

    @with_transaction()
    def test_life(self):
        "A hazard waits to be published, is shown and taken down"
        mine = build_mine()
        hazard = self.report(mine)
        publication, = hazard.publications
        self.assertEqual(publication.state, 'draft')
        self.assertEqual(publication.unit, mine.units.ventilation)
        publication = publish(mine, hazard)
        self.assertEqual(publication.published_by, mine.employees.captain)
        publication = self.take_down(publication, mine.users.captain)
        self.assertEqual(publication.state, 'removed')
        self.assertEqual(publication.acknowledged, 28)
        self.assertEqual(
            [e.action for e in hazard.__class__(hazard.id).events[-2:]],
            ['publish', 'unpublish'])
        self.assertEqual(Verifier(mine.company).run().problems, [])

    @with_transaction()
    def test_others(self):
        "What the grade does not publish waits for nobody"
        mine = build_mine()
        self.assertFalse(report(mine).publications)

    @with_transaction()
    def test_required(self):
        "A publication tells how, where, since when and to how many"
        mine = build_mine()
        hazard = self.report(mine)
        for name in REQUIRED:
            with self.subTest(name=name):
                with self.assertRaises(PublicationError):
                    publish(mine, hazard, **{name: None})
        publish(mine, hazard, reach=0, acknowledged=0)

    @with_transaction()
    def test_dates(self):
        "Nothing is shown in the future, or before it was found"
        mine = build_mine()
        hazard = self.report(mine)
        today = dt.date.today()
        for days in [2, -2]:
            with self.subTest(days=days):
                with self.assertRaises(PublicationError):
                    publish(
                        mine, hazard,
                        from_date=today + dt.timedelta(days=days))
        publication = publish(mine, hazard)
        for to_date in [
                today + dt.timedelta(days=2), today - dt.timedelta(days=2),
                None, "now", dt.datetime.now()]:
            with self.subTest(to_date=to_date):
                with self.assertRaises(PublicationError):
                    self.take_down(
                        publication, mine.users.captain, to_date=to_date)
        with acting(mine.users.captain):
            with self.assertRaises(ButtonActionException):
                publication.__class__.take_down([publication])

    @with_transaction()
    def test_acknowledged(self):
        "No more people know than were reached"
        mine = build_mine()
        hazard = self.report(mine)
        with self.assertRaises(PublicationError):
            publish(mine, hazard, reach=10, acknowledged=11)
        publication = publish(mine, hazard, reach=10, acknowledged=9)
        with self.assertRaises(PublicationError):
            self.take_down(
                publication, mine.users.captain, acknowledged=11)

    @with_transaction()
    def test_writers(self):
        "The leaders of the unit and the safety department publish"
        mine = build_mine()
        hazard = self.report(mine)
        publication, = hazard.publications
        Publication = publication.__class__
        for name in ['reporter', 'other_captain', 'dispatcher', 'station']:
            with self.subTest(name=name), acting(getattr(mine.users, name)):
                with self.assertRaises(AccessError):
                    Publication.write(
                        [Publication(publication.id)], {'where': "Here"})
                with self.assertRaises((AccessError, AccessButtonError)):
                    Publication.publish([Publication(publication.id)])
        publication = publish(mine, hazard, user=mine.users.safety)
        with acting(mine.users.captain), self.assertRaises(AccessError):
            Publication.write(
                [Publication(publication.id)], {'where': "There"})
        with acting(mine.users.captain), self.assertRaises(AccessError):
            Publication.delete([Publication(publication.id)])

    @with_transaction()
    def test_other_unit(self):
        "The safety department publishes to the workers of other units too"
        mine = build_mine()
        hazard = self.report(mine)
        with acting(mine.users.safety):
            other, = Pool().get('hazard.publication').create([{
                        'hazard': hazard.id,
                        'unit': mine.units.driving.id,
                        }])
            with self.assertRaises(AccessError):
                other.__class__.write(
                    [other], {'unit': mine.units.ventilation.id})
        self.assertEqual(other.unit, mine.units.driving)

    @with_transaction()
    def test_unreported(self):
        "What was returned is not published, nor is what nobody may read"
        mine = build_mine()
        other = build_mine(create_company("Other"), prefix='other-')
        Publication = Pool().get('hazard.publication')
        returned = report(mine)
        with acting(mine.users.safety, reason="Where?"):
            returned.__class__.return_([returned.__class__(returned.id)])
        for error, hazard in [
                (DisclosureError, returned), (AccessError, report(other))]:
            with self.subTest(error=error), self.assertRaises(error):
                with acting(mine.users.safety):
                    Publication.create([{
                                'hazard': hazard.id,
                                'company': mine.company.id}])

    @with_transaction()
    def test_elsewhere(self):
        "Nobody publishes to an own unit what they may not read"
        mine = build_mine()
        hazard = report(mine, unit=mine.units.driving.id)
        with acting(mine.users.captain), self.assertRaises(AccessError):
            Pool().get('hazard.publication').create([{
                        'hazard': hazard.id,
                        'unit': mine.units.ventilation.id}])

    @with_transaction()
    def test_delete(self):
        "What is due stays, what was entered besides may go"
        mine = build_mine()
        hazard = self.report(mine)
        publication, = hazard.publications
        Publication = publication.__class__
        with acting(mine.users.captain):
            further, = Publication.create([{'hazard': hazard.id}])
            self.assertIsNone(further.due_at)
            with self.assertRaises(DisclosureAccessError):
                Publication.delete([Publication(publication.id)])
            Publication.delete([further])

    @with_transaction()
    def test_missing(self):
        "Publications that a grade asks for since are opened once"
        mine = build_mine()
        Reminder = Pool().get('hazard.reminder')
        hazard = report(mine, grade=get_ref('hazard.grade_larger'))
        self.assertFalse(hazard.publications)
        self.report(mine)
        for _ in range(2):
            Reminder.remind()
            publication, = hazard.__class__(hazard.id).publications
            self.assertTrue(publication.due_at)

    @with_transaction()
    def test_photo(self):
        "The proof is a picture"
        mine = build_mine()
        hazard = self.report(mine)
        with self.assertRaises(PhotoFormatError):
            publish(mine, hazard, proof=b'%PDF-')
        publication = publish(mine, hazard, proof=picture())
        self.assertTrue(publication.proof_sha256)

    @with_transaction()
    def test_photo_decoded(self):
        "No picture is decoded for who may not add it"
        mine = build_mine()
        other = build_mine(create_company("Other"), prefix='other-')
        publication, = self.report(mine).publications
        Publication = publication.__class__
        foreign = report(other)
        with patch('trytond.modules.safety_base.image.read') as read:
            with acting(mine.users.other_captain), \
                    self.assertRaises(AccessError):
                Publication.write([Publication(publication.id)], {
                        'proof': picture()})
            with acting(mine.users.captain), self.assertRaises(AccessError):
                Publication.create([{
                            'hazard': foreign.id, 'proof': picture()}])
            read.assert_not_called()

    @with_transaction()
    def test_reminded(self):
        "What is not published climbs the ladder"
        mine = build_mine()
        Reminder = Pool().get('hazard.reminder')
        hazard = self.report(mine)
        publication, = hazard.publications
        table = publication.__table__()
        Transaction().connection.cursor().execute(*table.update(
                [table.due_at],
                [dt.datetime.now() - dt.timedelta(hours=1)]))
        Reminder.remind()
        reminder, = Reminder.search([
                ('stage', '=', str(publication)), ('step', '=', 'overdue')])
        self.assertIn(mine.users.captain, reminder.users)

    @with_transaction()
    def test_returned(self):
        "What is returned is not to be published"
        mine = build_mine()
        hazard = self.report(mine)
        with acting(mine.users.safety, reason="Where?"):
            hazard.__class__.return_([hazard.__class__(hazard.id)])
        publication, = hazard.__class__(hazard.id).publications
        self.assertEqual(publication.state, 'cancelled')
