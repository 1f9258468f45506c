# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Opinions that tell of a hazard become one, and are answered by its end."

import unittest

from access import call, run
from feedback import kind, press, reload, route, run_tasks
from mine import build_mine
from organization import acting, get_ref
from pictures import picture
from steps import confirm, finish, recheck
from templates import activate_built

from trytond.model.exceptions import AccessError
from trytond.modules.safety_base.exceptions import StepError
from trytond.modules.safety_feedback.exceptions import (
    FeedbackHazardError, FeedbackUnitError)
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction

TEXT = "The chair 12 of the man-riding cableway is loose."


class FeedbackHazardTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built(['hazard', 'safety_feedback'], build_mine)

    def build(self):
        mine = build_mine()
        route(mine.units.ventilation)
        return mine

    def opinion(self, mine, anonymous=False, user=None, **values):
        "Return an opinion of the worker, or of nobody."
        run(user or mine.users.worker, 'safety.feedback.submit', [
                ('submit', {'secret': {
                            'anonymous': anonymous, 'kind': kind(),
                            'subject': "Chair", 'text': TEXT, **values}})])
        return Pool().get('safety.feedback').search(
            [], order=[('id', 'DESC')], limit=1)[0]

    def make(self, mine, opinion, user='captain', **values):
        "Make a hazard of the opinion by the wizard and return it."
        run(getattr(mine.users, user), 'safety.feedback.hazard', [
                ('make', {'ask': {
                            'company': mine.company.id,
                            'place': mine.place.id,
                            'unit': mine.units.ventilation.id,
                            'grade': get_ref('hazard.grade_general'),
                            'discipline': get_ref(
                                'hazard.discipline_ventilation'),
                            'description': TEXT, 'with_photos': True,
                            **values}})],
            active_model='safety.feedback', active_id=opinion.id,
            active_ids=[opinion.id])
        return reload(opinion).hazard

    def close(self, mine, hazard):
        with acting(mine.users.captain):
            hazard.__class__.submit([hazard.__class__(hazard.id)])
        confirm(mine, hazard)
        finish(mine, hazard, actions="The chair was fastened.")
        recheck(mine, hazard, 'pass_', user=mine.users.chief)

    @with_transaction()
    def test_defaults(self):
        "The card is filled in with what the opinion tells"
        mine = self.build()
        opinion = self.opinion(mine, photo1=picture(color='red'))
        Wizard = Pool().get('safety.feedback.hazard', type='wizard')
        with acting(
                mine.users.captain, active_model='safety.feedback',
                active_id=opinion.id, active_ids=[opinion.id]):
            session, _, _ = Wizard.create()
            view = Wizard.execute(session, {}, 'ask')['view']
        for name, value in [
                ('description', TEXT), ('unit', mine.units.ventilation.id),
                ('photos', 1), ('with_photos', True)]:
            with self.subTest(name=name):
                self.assertEqual(view['defaults'][name], value)

    @with_transaction()
    def test_author(self):
        "Nothing of the author goes into the hazard"
        mine = self.build()
        for anonymous in [False, True]:
            opinion = self.opinion(
                mine, anonymous=anonymous, photo1=picture(color='red'))
            hazard = self.make(mine, opinion)
            with self.subTest(anonymous=anonymous):
                self.assertEqual(hazard.state, 'draft')
                self.assertEqual(hazard.description, TEXT)
                self.assertEqual(
                    hazard.source.id, get_ref('hazard.source_internal'))
                photo, = hazard.photos
                self.assertEqual(photo.filename, 'photo.jpg')
                captain = mine.employees.captain
                people = {
                    hazard.found_by, photo.uploaded_by,
                    hazard.create_uid.employee}
                self.assertEqual(people, {captain})
                self.assertIsNone(hazard.member)
                self.assertNotIn('feedback', ' '.join(
                        f.model_name for f in hazard._fields.values()
                        if hasattr(f, 'model_name')))

    @with_transaction()
    def test_hidden(self):
        "The author reads number and state, but is not led to the hazard"
        mine = self.build()
        opinion = self.opinion(mine)
        hazard = self.make(mine, opinion)
        self.close(mine, hazard)
        values, = call(
            mine.users.worker, 'model.safety.feedback.read', [opinion.id],
            ['hazard_number', 'hazard_state'])
        self.assertEqual(
            (values['hazard_number'], values['hazard_state']),
            (hazard.number, "Closed"))
        for user in ['worker', 'captain']:
            with self.subTest(user=user), self.assertRaises(AccessError):
                call(
                    getattr(mine.users, user), 'model.safety.feedback.read',
                    [opinion.id], ['hazard'])

    @with_transaction()
    def test_closed(self):
        "The opinion is answered once the hazard is closed"
        mine = self.build()
        opinion = self.opinion(mine)
        hazard = self.make(mine, opinion)
        self.assertEqual(reload(opinion).state, 'submitted')
        self.close(mine, hazard)
        opinion = reload(opinion)
        self.assertEqual(opinion.state, 'answered')
        self.assertIn(hazard.number, opinion.answer_text)
        self.assertIn("The chair was fastened.", opinion.answer_text)
        self.assertIsNone(opinion.answered_by)
        run_tasks()
        Notification = Pool().get('res.notification')
        notification, = Notification.search([
                ('user', '=', mine.users.worker.id),
                ('model', '=', 'safety.feedback')])
        self.assertIn(hazard.number, notification.description)
        # Who is to answer may still adopt it.
        press(mine.users.captain, opinion, 'adopt', reason="Adopted.")
        self.assertEqual(reload(opinion).state, 'adopted')

    @with_transaction()
    def test_cancelled(self):
        "The opinion is answered once the hazard is cancelled"
        mine = self.build()
        opinion = self.opinion(mine)
        hazard = self.make(mine, opinion)
        Hazard = hazard.__class__
        with acting(mine.users.captain):
            Hazard.submit([Hazard(hazard.id)])
        with acting(mine.users.safety, reason="There is no chair 12."):
            Hazard.cancel([Hazard(hazard.id)])
        opinion = reload(opinion)
        self.assertEqual(opinion.state, 'answered')
        self.assertIn("There is no chair 12.", opinion.answer_text)

    @with_transaction()
    def test_answered(self):
        "An answer that was given before is completed by the result"
        mine = self.build()
        opinion = self.opinion(mine)
        hazard = self.make(mine, opinion)
        press(mine.users.captain, opinion, 'answer', reason="We see to it.")
        self.close(mine, hazard)
        opinion = reload(opinion)
        self.assertTrue(opinion.answer_text.startswith("We see to it.\n"))
        self.assertIn(hazard.number, opinion.answer_text)
        self.assertEqual(opinion.answered_by, mine.employees.captain)

    @with_transaction()
    def test_declined(self):
        "What was declined or withdrawn is answered no more"
        mine = self.build()
        declined = self.opinion(mine)
        withdrawn = self.opinion(mine)
        hazards = [self.make(mine, o) for o in [declined, withdrawn]]
        press(mine.users.captain, declined, 'decline', reason="No.")
        press(mine.users.worker, withdrawn, 'withdraw')
        for hazard in hazards:
            self.close(mine, hazard)
        self.assertEqual(reload(declined).answer_text, "No.")
        self.assertIsNone(reload(withdrawn).answer_text)

    @with_transaction()
    def test_once(self):
        "One hazard is made of an opinion, as long as it waits"
        mine = self.build()
        opinion = self.opinion(mine)
        self.make(mine, opinion)
        with self.assertRaises(FeedbackHazardError):
            self.make(mine, opinion)
        adopted = self.opinion(mine)
        press(mine.users.captain, adopted, 'adopt', reason="Yes.")
        with self.assertRaises((FeedbackHazardError, AccessError)):
            self.make(mine, adopted)

    @with_transaction()
    def test_draft_deleted(self):
        "Of an opinion whose draft was deleted a card is made anew"
        mine = self.build()
        opinion = self.opinion(mine)
        hazard = self.make(mine, opinion)
        with acting(mine.users.captain):
            hazard.__class__.delete([hazard.__class__(hazard.id)])
        self.assertTrue(self.make(mine, opinion))

    @with_transaction()
    def test_people(self):
        "Only who is to answer makes a hazard of it, and of no own opinion"
        mine = self.build()
        opinion = self.opinion(mine)
        for user in [
                'worker', 'reporter', 'other_captain', 'safety', 'station',
                'dispatcher', 'head', 'manager']:
            with self.subTest(user=user):
                with self.assertRaises((AccessError, StepError)):
                    self.make(mine, opinion, user=user)
        own = self.opinion(mine, user=mine.users.captain)
        with self.assertRaises(FeedbackUnitError):
            self.make(mine, own)
        self.assertTrue(self.make(mine, own, user='secretary'))
