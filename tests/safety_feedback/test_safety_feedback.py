# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt
import unittest

from access import call, run
from feedback import (
    SUBJECT, TEXT, build_office, kind, press, reload, route, run_tasks, submit)
from organization import create_company, represent
from pictures import picture
from queries import count_queries
from templates import activate_built

from trytond.model.exceptions import (
    AccessButtonError, AccessError, ButtonActionException, SQLConstraintError)
from trytond.modules.company.tests import set_company
from trytond.modules.safety_base.exceptions import (
    PhotoFormatError, PhotoSizeError, StepError)
from trytond.modules.safety_base.image import MAX_BYTES
from trytond.modules.safety_feedback.exceptions import (
    FeedbackAuthorError, FeedbackForwardError, FeedbackPhotoError,
    FeedbackRatedError, FeedbackUnitError)
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction

ANSWER = {'reason': "New lamps are ordered."}


class FeedbackTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built('safety_feedback', build_office)

    @property
    def Feedback(self):
        return Pool().get('safety.feedback')

    def notified(self, user):
        Notification = Pool().get('res.notification')
        return [n.label for n in Notification.search(
                [('user', '=', user.id)], order=[('id', 'ASC')])]

    @with_transaction()
    def test_submit(self):
        "An opinion gets a number, the unit of its kind and a day"
        office = build_office()
        route(office.units.kitchen, kind('welfare'))
        first = submit(office)
        second = submit(office, kind=kind('welfare'))
        self.assertEqual(first.state, 'submitted')
        self.assertEqual(first.author, office.employees.author)
        self.assertEqual(first.unit, office.units.works)
        self.assertEqual(second.unit, office.units.kitchen)
        self.assertEqual(
            first.due_on, first.submitted_on + dt.timedelta(days=7))
        self.assertTrue(first.number)
        self.assertNotEqual(first.number, second.number)

    @with_transaction()
    def test_due_days(self):
        "The days until the answer is due are those of the company"
        Configuration = Pool().get('safety.feedback.configuration')
        office = build_office()
        with set_company(office.company):
            configuration = Configuration(1)
            configuration.due_days = 3
            configuration.save()
            feedback = submit(office)
        self.assertEqual(
            feedback.due_on, feedback.submitted_on + dt.timedelta(days=3))

    @with_transaction()
    def test_no_employee(self):
        "Who is no employee of the company submits nothing"
        User = Pool().get('res.user')
        office = build_office()
        User.write([office.users.author], {
                'employee': None,
                'employees': [('remove', [office.employees.author.id])]})
        with self.assertRaises(FeedbackAuthorError):
            submit(office)

    @with_transaction()
    def test_author(self):
        "The author is the user and cannot be chosen"
        office = build_office()
        feedback = submit(office, author=office.employees.colleague.id)
        self.assertEqual(feedback.author, office.employees.author)

    @with_transaction()
    def test_filled_in_by_server(self):
        "A client fills in neither state nor answer nor anonymity"
        office = build_office()
        for values in [
                {'state': 'adopted'}, {'answer_text': "Yes."},
                {'unit': office.units.kitchen.id}, {'anonymous': True},
                {'satisfaction': '5'}]:
            with self.subTest(values=values):
                with self.assertRaises(AccessError):
                    submit(office, **values)

    @with_transaction()
    def test_submitted_recorded(self):
        "What is submitted can be neither changed nor deleted"
        office = build_office()
        feedback = submit(office)
        for method, *args in [('write', {'text': "Other"}), ('delete',)]:
            for name in ['author', 'leader', 'administrator']:
                with self.subTest(method=method, name=name):
                    with self.assertRaises(AccessError):
                        call(getattr(office.users, name),
                            f'model.safety.feedback.{method}',
                            [feedback.id], *args)

    @with_transaction()
    def test_readers(self):
        "Author, leaders and administration read an opinion, nobody else"
        office = build_office()
        feedback = submit(office)
        for name, may in [
                ('author', True), ('leader', True), ('head', True),
                ('administrator', True), ('colleague', False),
                ('other_leader', False)]:
            with self.subTest(name=name):
                self.assertEqual(
                    call(getattr(office.users, name),
                        'model.safety.feedback.search', []),
                    [feedback.id] if may else [])

    @with_transaction()
    def test_draft_own(self):
        "Nobody but the author reads a draft"
        office = build_office()
        id_, = call(office.users.author, 'model.safety.feedback.create', [{
                    'kind': kind(), 'subject': SUBJECT, 'text': TEXT}])
        for name in ['leader', 'head', 'administrator', 'colleague']:
            self.assertEqual(
                call(getattr(office.users, name),
                    'model.safety.feedback.search', []), [])
        self.assertEqual(
            call(office.users.author, 'model.safety.feedback.search', []),
            [id_])

    @with_transaction()
    def test_companies(self):
        "Nothing is read across companies, not even by the administration"
        office = build_office()
        foreign = build_office(create_company("Foreign"), prefix='foreign_')
        feedback = submit(office)
        feedback = press(office.users.leader, feedback, 'adopt', **ANSWER)
        press(office.users.administrator, feedback, 'publish')
        for name in ['author', 'leader', 'administrator', 'head']:
            user = getattr(foreign.users, name)
            for model in [
                    'safety.feedback', 'safety.feedback.published',
                    'safety.feedback.by_unit', 'safety.feedback.photo']:
                with self.subTest(name=name, model=model):
                    self.assertEqual(
                        call(user, f'model.{model}.search', []), [])
            with self.assertRaises(AccessError):
                call(user, 'model.safety.feedback.read', [feedback.id],
                    ['subject'])

    @with_transaction()
    def test_answer(self):
        "The leader answers and the author is told"
        office = build_office()
        feedback = submit(office)
        run_tasks()
        self.assertEqual(len(self.notified(office.users.leader)), 1)
        self.assertEqual(self.notified(office.users.other_leader), [])
        feedback = press(office.users.leader, feedback, 'answer', **ANSWER)
        run_tasks()
        self.assertEqual(feedback.state, 'answered')
        self.assertEqual(feedback.answer_text, ANSWER['reason'])
        self.assertEqual(feedback.answered_by, office.employees.leader)
        self.assertFalse(feedback.late)
        self.assertEqual(len(self.notified(office.users.author)), 1)
        feedback = press(office.users.leader, feedback, 'adopt')
        run_tasks()
        self.assertEqual(feedback.state, 'adopted')
        self.assertEqual(feedback.adopted_by, office.employees.leader)
        self.assertEqual(len(self.notified(office.users.author)), 2)

    @with_transaction()
    def test_answer_asked(self):
        "The answer is asked for by a wizard"
        office = build_office()
        feedback = submit(office)
        for button in ['answer', 'adopt', 'decline', 'forward']:
            with self.subTest(button=button):
                with self.assertRaises(ButtonActionException):
                    press(office.users.leader, feedback, button)

    @with_transaction()
    def test_answer_wizard(self):
        "The wizard asks for the answer, not for a reason"
        office = build_office()
        for button in ['answer', 'adopt', 'decline']:
            with self.subTest(button=button):
                feedback = submit(office)
                name = f'safety.feedback.{button}'
                Wizard = Pool().get(name, type='wizard')
                self.assertEqual(
                    Wizard.states[Wizard.start_state].model_name,
                    'safety.feedback.reply.ask')
                run(office.users.leader, name, [
                        ('press', {'reply': {'reason': ANSWER['reason']}})],
                    active_model='safety.feedback', active_id=feedback.id,
                    active_ids=[feedback.id])
                self.assertEqual(
                    reload(feedback).answer_text, ANSWER['reason'])

    @with_transaction()
    def test_answer_foreign(self):
        "Nobody answers for a unit that they do not lead"
        office = build_office()
        feedback = submit(office)
        for name in ['colleague', 'other_leader']:
            with self.subTest(name=name):
                with self.assertRaises(AccessError):
                    press(getattr(office.users, name), feedback, 'answer',
                        **ANSWER)
        for name in ['author', 'administrator']:
            for button in ['answer', 'adopt', 'decline']:
                with self.subTest(name=name, button=button):
                    with self.assertRaises(FeedbackUnitError):
                        press(getattr(office.users, name), feedback, button,
                            **ANSWER)

    @with_transaction()
    def test_answer_own(self):
        "A leader does not answer an own opinion, the one above does"
        office = build_office()
        feedback = submit(office, office.users.leader)
        with self.assertRaises(FeedbackUnitError):
            press(office.users.leader, feedback, 'answer', **ANSWER)
        run_tasks()
        self.assertEqual(self.notified(office.users.leader), [])
        self.assertEqual(len(self.notified(office.users.head)), 1)
        press(office.users.head, feedback, 'answer', **ANSWER)

    @with_transaction()
    def test_answer_represented(self):
        "Who stands in for the author does not answer"
        office = build_office()
        feedback = submit(office, office.users.leader)
        represent(
            office.users.leader.employees[0], office.users.head,
            dt.date.today())
        with self.assertRaises(FeedbackUnitError):
            press(office.users.head, feedback, 'answer', **ANSWER)

    @with_transaction()
    def test_answer_twice(self):
        "An opinion is answered once"
        office = build_office()
        feedback = submit(office)
        press(office.users.leader, feedback, 'answer', **ANSWER)
        with self.assertRaises(StepError):
            press(office.users.leader, feedback, 'answer', **ANSWER)
        press(office.users.leader, feedback, 'decline')
        for button in ['answer', 'adopt', 'decline']:
            with self.subTest(button=button):
                with self.assertRaises((StepError, AccessError)):
                    press(office.users.leader, feedback, button, **ANSWER)

    @with_transaction()
    def test_answer_late(self):
        "An answer after its day is marked"
        office = build_office()
        feedback = submit(office)
        feedback.due_on = dt.date.today() - dt.timedelta(days=2)
        feedback.save()
        self.assertTrue(reload(feedback).overdue)
        feedback = press(office.users.leader, feedback, 'decline', **ANSWER)
        self.assertTrue(feedback.late)
        self.assertFalse(feedback.overdue)

    @with_transaction()
    def test_answer_last_day(self):
        "An answer on its day is not late"
        office = build_office()
        feedback = submit(office)
        feedback.due_on = dt.date.today()
        feedback.save()
        self.assertFalse(reload(feedback).overdue)
        feedback = press(office.users.leader, feedback, 'answer', **ANSWER)
        self.assertFalse(feedback.late)

    @with_transaction()
    def test_forward(self):
        "Leader or administration forward with a reason, which is kept"
        office = build_office()
        feedback = submit(office)
        run_tasks()
        feedback = press(
            office.users.leader, feedback, 'forward', reason="Not ours.",
            unit=office.units.kitchen.id)
        run_tasks()
        self.assertEqual(feedback.unit, office.units.kitchen)
        forwarding, = feedback.forwardings
        self.assertEqual(forwarding.reason, "Not ours.")
        self.assertEqual(forwarding.employee, office.employees.leader)
        self.assertEqual(len(self.notified(office.users.other_leader)), 1)
        # Who forwarded still sees what becomes of it, but does not answer.
        self.assertEqual(
            call(office.users.leader, 'model.safety.feedback.search', []),
            [feedback.id])
        with self.assertRaises(FeedbackUnitError):
            press(office.users.leader, feedback, 'answer', **ANSWER)
        feedback = press(
            office.users.administrator, feedback, 'forward',
            reason="Theirs after all.", unit=office.units.works.id)
        self.assertEqual(feedback.unit, office.units.works)
        with self.assertRaises(FeedbackUnitError):
            press(office.users.author, feedback, 'forward', reason="Quick.",
                unit=office.units.kitchen.id)

    @with_transaction()
    def test_forward_refused(self):
        "Neither to another company nor to the same unit"
        office = build_office()
        foreign = build_office(create_company("Foreign"), prefix='foreign_')
        feedback = submit(office)
        for unit in [foreign.units.works, office.units.works]:
            with self.subTest(unit=unit.id):
                with self.assertRaises(FeedbackForwardError):
                    press(office.users.leader, feedback, 'forward',
                        reason="Not ours.", unit=unit.id)

    @with_transaction()
    def test_forwarding_recorded(self):
        "Forwardings are written by the button only"
        office = build_office()
        feedback = submit(office)
        with self.assertRaises(AccessError):
            call(office.users.administrator,
                'model.safety.feedback.forwarding.create', [{
                        'feedback': feedback.id,
                        'to_unit': office.units.kitchen.id,
                        'reason': "None", 'at': dt.datetime(2026, 1, 1)}])

    @with_transaction()
    def test_withdraw(self):
        "Only the author withdraws, and only what is not answered"
        office = build_office()
        feedback = submit(office)
        for name in ['leader', 'administrator']:
            with self.subTest(name=name):
                with self.assertRaises(FeedbackAuthorError):
                    press(getattr(office.users, name), feedback, 'withdraw')
        feedback = press(office.users.author, feedback, 'withdraw')
        self.assertEqual(feedback.state, 'withdrawn')
        answered = submit(office)
        press(office.users.leader, answered, 'answer', **ANSWER)
        with self.assertRaises(StepError):
            press(office.users.author, answered, 'withdraw')

    @with_transaction()
    def test_rate(self):
        "The author rates the answer once"
        office = build_office()
        feedback = submit(office)
        rating = {'satisfaction': '4', 'remark': "Quick."}
        with self.assertRaises(AccessButtonError):
            press(office.users.author, feedback, 'rate', **rating)
        press(office.users.leader, feedback, 'answer', **ANSWER)
        for name in ['leader', 'administrator']:
            with self.assertRaises(AccessButtonError):
                press(getattr(office.users, name), feedback, 'rate',
                    **rating)
        with self.assertRaises(ButtonActionException):
            press(office.users.author, feedback, 'rate', satisfaction='6')
        feedback = press(office.users.author, feedback, 'rate', **rating)
        self.assertEqual(feedback.satisfaction, '4')
        self.assertEqual(feedback.remark, "Quick.")
        with self.assertRaises(AccessButtonError):
            press(office.users.author, feedback, 'rate', **rating)
        with self.assertRaises(FeedbackRatedError):
            self.Feedback.set_satisfaction([feedback], '1', None)

    @with_transaction()
    def test_publish(self):
        "The administration publishes what is adopted for all to read"
        office = build_office()
        feedback = submit(office)
        with self.assertRaises(AccessButtonError):
            press(office.users.administrator, feedback, 'publish')
        press(office.users.leader, feedback, 'adopt', **ANSWER)
        with self.assertRaises(AccessButtonError):
            press(office.users.leader, feedback, 'publish')
        press(office.users.administrator, feedback, 'publish')
        name = 'model.safety.feedback.published'
        found = call(office.users.colleague, f'{name}.search', [])
        published, = call(
            office.users.colleague, f'{name}.read', found,
            ['subject', 'answer_text', 'author.rec_name'])
        self.assertEqual(published['answer_text'], ANSWER['reason'])
        self.assertEqual(published['author.']['rec_name'], "Author")
        press(office.users.administrator, feedback, 'unpublish')
        self.assertEqual(call(office.users.colleague, f'{name}.search', []),
            [])

    @with_transaction()
    def test_photo(self):
        "Of a photo only a picture that the server made is kept"
        office = build_office()
        feedback = submit(
            office, photos=[('create', [{'image': picture()}])])
        photo, = feedback.photos
        self.assertEqual(bytes(photo.image)[:3], b'\xff\xd8\xff')
        self.assertNotEqual(bytes(photo.image), picture())
        read, = call(office.users.leader, 'model.safety.feedback.photo.read',
            [photo.id], ['image'])
        self.assertEqual(bytes(read['image']), bytes(photo.image))
        with self.assertRaises(AccessError):
            call(office.users.colleague, 'model.safety.feedback.photo.read',
                [photo.id], ['image'])

    @with_transaction()
    def test_photo_refused(self):
        "No other file, none too large and not too many"
        office = build_office()
        for data, error in [
                (b'%PDF-1.4', PhotoFormatError),
                (picture() + b'\0' * MAX_BYTES, PhotoSizeError)]:
            with self.subTest(error=error):
                with self.assertRaises(error):
                    submit(office, photos=[('create', [{'image': data}])])
        with self.assertRaises(FeedbackPhotoError):
            submit(office, photos=[
                    ('create', [{'image': picture()}] * 4)])

    @with_transaction()
    def test_photo_stored(self):
        "No stored file can be named for a photo, nor one be changed"
        office = build_office()
        feedback = submit(
            office, photos=[('create', [{'image': picture()}])])
        photo, = feedback.photos
        with self.assertRaises(AccessError):
            call(office.users.author, 'model.safety.feedback.photo.create',
                [{'feedback': feedback.id, 'image': picture()}])
        with self.assertRaises(AccessError):
            call(office.users.author, 'model.safety.feedback.photo.write',
                [photo.id], {'image_id': 'x'})
        with self.assertRaises(AccessError):
            call(office.users.author, 'model.safety.feedback.create', [{
                        'kind': kind(), 'subject': SUBJECT, 'text': TEXT,
                        'photos': [('create', [{
                                        'image': picture(color='blue'),
                                        'image_id': str(photo.image_id)}])]}])

    @with_transaction()
    def test_copy(self):
        "A copy is a draft of whoever copies, without the answer"
        office = build_office()
        feedback = submit(office)
        press(office.users.leader, feedback, 'answer', **ANSWER)
        id_, = call(
            office.users.leader, 'model.safety.feedback.copy', [feedback.id])
        copy = self.Feedback(id_)
        self.assertEqual(copy.state, 'draft')
        self.assertEqual(copy.author, office.employees.leader)
        for name in ['number', 'unit', 'answer_text', 'due_on']:
            self.assertIsNone(getattr(copy, name))

    @with_transaction()
    def test_route_unique(self):
        "A kind has one route, and all others have one"
        office = build_office()
        with self.assertRaises(SQLConstraintError):
            route(office.units.kitchen)

    @with_transaction()
    def test_unrouted(self):
        "The administration is told of what has no unit"
        Route = Pool().get('safety.feedback.route')
        office = build_office()
        Route.delete(Route.search([]))
        feedback = submit(office)
        run_tasks()
        self.assertIsNone(feedback.unit)
        self.assertEqual(len(self.notified(office.users.administrator)), 1)
        press(office.users.administrator, feedback, 'forward',
            reason="Yours.", unit=office.units.works.id)

    @with_transaction()
    def test_search_functions(self):
        "Own, led and overdue opinions are found"
        office = build_office()
        feedback = submit(office)
        feedback.due_on = dt.date.today() - dt.timedelta(days=1)
        feedback.save()
        for name, field, found in [
                ('author', 'own', True), ('leader', 'own', False),
                ('leader', 'led', True), ('author', 'led', False),
                ('author', 'overdue', True)]:
            for value in [True, False]:
                with self.subTest(name=name, field=field, value=value):
                    self.assertEqual(
                        call(getattr(office.users, name),
                            'model.safety.feedback.search',
                            [(field, '=', value)]),
                        [feedback.id] if found == value else [])

    @with_transaction()
    def test_statistics(self):
        "Opinions are counted by kind and by unit"
        office = build_office()
        for button in ['adopt', 'decline']:
            feedback = submit(office)
            press(office.users.leader, feedback, button, **ANSWER)
        press(office.users.author, feedback, 'rate', satisfaction='2')
        late = submit(office)
        late.due_on = dt.date.today() - dt.timedelta(days=1)
        late.save()
        names = ['number', 'adopted', 'declined', 'submitted']
        for name, model in [
                ('administrator', 'by_kind'), ('leader', 'by_unit')]:
            user = getattr(office.users, name)
            row, = call(
                user, f'model.safety.feedback.{model}.search_read', [], 0,
                None, None, list(names))
            self.assertEqual([row[n] for n in names], [3, 1, 1, 1])
        row, = call(
            office.users.leader, 'model.safety.feedback.by_unit.search_read',
            [], 0, None, None,
            ['on_time', 'overdue', 'on_time_rate', 'satisfaction'])
        self.assertEqual((row['on_time'], row['overdue']), (2, 1))
        self.assertAlmostEqual(row['on_time_rate'], 2 / 3)
        self.assertEqual(row['satisfaction'], 2)
        for name, model in [
                ('author', 'by_unit'), ('other_leader', 'by_unit')]:
            self.assertEqual(
                call(getattr(office.users, name),
                    f'model.safety.feedback.{model}.search', []), [])
        with self.assertRaises(AccessError):
            call(office.users.leader,
                'model.safety.feedback.by_kind.search', [])
        tomorrow = dt.date.today() + dt.timedelta(days=1)
        self.assertEqual(
            call(office.users.leader, 'model.safety.feedback.by_unit.search',
                [], from_date=tomorrow), [])

    @with_transaction()
    def test_queries(self):
        "List, form and step need as many queries for many as for few"
        office = build_office()
        names = [
            'number', 'subject', 'kind.rec_name', 'author.rec_name',
            'unit.rec_name', 'overdue', 'own', 'led', 'state']

        def count(feedbacks):
            Transaction().cache.clear()
            ids = [f.id for f in feedbacks]
            with count_queries() as read:
                call(office.users.leader, 'model.safety.feedback.read',
                    ids, names)
            with count_queries() as answered:
                call(office.users.leader, 'model.safety.feedback.answer',
                    ids, **ANSWER)
            return len(read), len(answered)

        count([submit(office)])
        few = count([submit(office) for _ in range(2)])
        many = count([submit(office) for _ in range(12)])
        self.assertEqual(few, many)
