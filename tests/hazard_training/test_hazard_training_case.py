# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import unittest
from io import BytesIO

from access import call, run
from organization import acting, create_employee, create_member, get_kind
from pictures import picture
from PIL import Image
from school import build_school, certify
from steps import confirm, draft, finish, recheck, report
from templates import activate_built

from trytond.model.exceptions import (
    AccessButtonError, AccessError, SQLConstraintError)
from trytond.modules.company.tests import set_company
from trytond.modules.hazard_training.exceptions import CaseError
from trytond.modules.safety_base.exceptions import PhotoFormatError
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction


def close(mine, photo=None, **values):
    "Return a hazard that went through the loop."
    pool = Pool()
    Photo = pool.get('hazard.photo')
    hazard = draft(mine, **values)
    if photo:
        Photo.create([{
                    'hazard': hazard.id, 'image': photo,
                    'filename': 'photo.jpg'}])
    with acting(mine.users.reporter):
        hazard.__class__.submit([hazard])
    confirm(mine, hazard)
    finish(mine, hazard, actions="Worker hung it anew.")
    recheck(mine, hazard, 'pass_')
    return hazard.__class__(hazard.id)


def open_form(user, record):
    "Return the fields of the form and what the web client reads for them."
    name = f'model.{record.__name__}'
    view = call(user, f'{name}.fields_view_get', None, 'form')
    names = [*view['fields'], '_timestamp', '_write', '_delete', 'rec_name']
    for field, definition in view['fields'].items():
        if definition['type'] in {'many2one', 'reference'}:
            names.append(f'{field}.rec_name')
        elif definition['type'] == 'selection':
            names.append(f'{field}:string')
    values, = call(user, f'{name}.read', [record.id], names)
    return view['fields'], values


class CaseTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built('hazard_training', build_school)

    @property
    def Case(self):
        return Pool().get('training.case')

    def create(self, school, **values):
        case, = self.Case.create([{
                    'company': school.company.id,
                    'title': "A door",
                    'found': "A door did not close.",
                    'lesson': "Try each door.",
                    **values}])
        return case

    def activate(self, school):
        certify([school.employees.candidate])
        school.member.__class__.activate([school.member])

    @with_transaction()
    def test_promote(self):
        "A closed hazard becomes a case that names nobody"
        school = build_school()
        mine = school.mine
        with set_company(school.company):
            hazard = close(
                mine, photo=picture(),
                description="Reporter saw that the door is open.")
            run(mine.users.safety, 'training.case.promote', [],
                active_model='hazard.hazard', active_id=hazard.id,
                active_ids=[hazard.id])
            case, = self.Case.search([])
            self.assertEqual(case.hazard, hazard)
            self.assertEqual(case.found, "somebody saw that the door is open.")
            self.assertEqual(
                case.measures, "Hang the door anew.\nsomebody hung it anew.")
            self.assertEqual(case.discipline, hazard.discipline)
            self.assertEqual([p.stage for p in case.photos], ['before'])
            self.assertTrue(case.photos[0].image)
            self.assertEqual(case.state, 'draft')

    @with_transaction()
    def test_promote_once(self):
        "The same hazard is not promoted twice"
        school = build_school()
        with set_company(school.company):
            hazard = close(school.mine)
            case, = self.Case.promote([hazard])
            with self.assertRaises(CaseError):
                self.Case.promote([hazard])
            with self.assertRaises(SQLConstraintError):
                self.create(school, hazard=hazard.id)

    @with_transaction()
    def test_promote_open(self):
        "An open hazard is not promoted"
        school = build_school()
        with set_company(school.company):
            with self.assertRaises(CaseError):
                self.Case.promote([report(school.mine)])
            self.assertFalse(self.Case.search([]))
            self.assertTrue(self.Case.promote([close(school.mine)]))

    @with_transaction()
    def test_promote_refused(self):
        "Only who makes cases promotes, and only hazards that are shown"
        school = build_school()
        with set_company(school.company):
            hazard = close(school.mine)
            for user in [
                    school.mine.users.captain, school.mine.users.reporter,
                    school.users.admin, school.users.candidate]:
                with self.assertRaises(AccessError):
                    run(user, 'training.case.promote', [],
                        active_model='hazard.hazard', active_id=hazard.id,
                        active_ids=[hazard.id])

    @with_transaction()
    def test_publish(self):
        "A case is published to active members and read by each of them"
        school = build_school()
        mine = school.mine
        with set_company(school.company):
            self.activate(school)
            case = self.create(school, kinds=[
                    ('add', [get_kind('union').id])])
            with acting(school.users.candidate):
                self.assertFalse(self.Case.search([]))
            with acting(school.users.admin):
                self.Case.publish([case])
            self.assertEqual(
                [n.label for n in Transaction().user_notifications
                    if n.user == school.users.candidate],
                ['A case to read: "A door"'])
            with acting(school.users.candidate):
                found, = self.Case.search([('unread', '=', True)])
                self.assertTrue(found.unread)
                self.Case.acknowledge([found])
            with acting(school.users.candidate):
                self.assertFalse(self.Case.search([('unread', '=', True)]))
                self.assertEqual(
                    self.Case.search([('unread', '=', False)]), [case])
            case = self.Case(case.id)
            self.assertEqual((case.read_count, case.addressed_count), (1, 1))
            reading, = case.readings
            read_at = reading.read_at
            self.assertEqual(reading.employee, school.employees.candidate)
            with acting(school.users.candidate):
                with self.assertRaises(AccessButtonError):
                    self.Case.acknowledge([case])
                with self.assertRaises(AccessError):
                    reading.__class__.write([reading], {'read_at': None})
            self.assertEqual(
                reading.__class__(reading.id).read_at, read_at)
            with acting(mine.users.captain):
                self.assertEqual(self.Case.search([]), [case])
            for user in [mine.users.other_captain, school.users.party]:
                with acting(user):
                    self.assertFalse(self.Case.search([]))
                    with self.assertRaises(AccessError):
                        self.Case.acknowledge([case])

    @with_transaction()
    def test_readers(self):
        "The units narrow the kinds; without any choice all members read"
        school = build_school()
        with set_company(school.company):
            self.activate(school)
            other = create_employee(school.company, "Other")
            certify([other])
            member = create_member(
                other, 'party', school.mine.units.driving)
            member.__class__.activate([member])
            candidate = school.employees.candidate
            ventilation = ('add', [school.mine.units.ventilation.id])
            for values, readers in [
                    ({}, {candidate, other}),
                    ({'kinds': [('add', [get_kind('party').id])]}, {other}),
                    ({'units': [ventilation]}, {candidate}),
                    ({'kinds': [('add', [get_kind('party').id])],
                        'units': [ventilation]}, set()),
                    ]:
                with self.subTest(values=values):
                    case = self.create(school, **values)
                    self.assertEqual(set(case.find_readers()), readers)
            with self.assertRaises(CaseError):
                self.Case.publish([case])

    @with_transaction()
    def test_lesson(self):
        "A case without lesson is not published"
        school = build_school()
        with set_company(school.company):
            self.activate(school)
            with self.assertRaises(CaseError):
                self.Case.publish([self.create(school, lesson=None)])

    @with_transaction()
    def test_published(self):
        "A published case is corrected after it was withdrawn only"
        school = build_school()
        with set_company(school.company):
            self.activate(school)
            case = self.create(school)
            self.Case.publish([case])
            with acting(school.users.admin):
                with self.assertRaises(AccessError):
                    self.Case.write([case], {'title': "Doors"})
                self.Case.withdraw([case])
                self.Case.write([case], {'title': "Doors"})
            with acting(school.users.candidate):
                self.assertFalse(self.Case.search([]))
            with self.assertRaises(AccessError):
                self.Case.delete([self.Case(case.id)])

    @with_transaction()
    def test_photo(self):
        "A photo is a picture, and kept without the data of the camera"
        school = build_school()
        with set_company(school.company):
            exif = Image.Exif()
            exif[271] = "Camera"
            case = self.create(school, photos=[('create', [{
                            'stage': 'before',
                            'image': picture(exif=exif)}])])
            kept = Image.open(BytesIO(case.photos[0].image))
            self.assertFalse(kept.getexif())
            with self.assertRaises(PhotoFormatError):
                self.create(school, photos=[('create', [{
                                'stage': 'before', 'image': b'%PDF-1.4'}])])

    @with_transaction()
    def test_part(self):
        "What belongs to a case is moved to no case that is published"
        school = build_school()
        with set_company(school.company):
            self.activate(school)
            draft, published = [
                self.create(school, photos=[('create', [{
                                'stage': 'before', 'image': picture()}])])
                for _ in range(2)]
            self.Case.publish([published])
            for case, values in [
                    (published, {'caption': "The door"}),
                    (draft, {'case': published.id})]:
                photo, = self.Case(case.id).photos
                with acting(school.users.admin):
                    with self.assertRaises(AccessError):
                        photo.__class__.write([photo], values)
            photo, = self.Case(draft.id).photos
            with acting(school.users.admin):
                photo.__class__.write([photo], {'caption': "The door"})

    @with_transaction()
    def test_form(self):
        "A reader opens the form with all that the client reads for it"
        school = build_school()
        with set_company(school.company):
            self.activate(school)
            case, = self.Case.promote([close(school.mine, photo=picture())])
            self.Case.write([case], {'lesson': "Try each door."})
            self.Case.publish([case])
            reader = school.users.candidate
            fields, values = open_form(reader, case)
            self.assertGreater(len(fields), 20)
            self.assertNotIn('question', fields)
            self.assertEqual(values['id'], case.id)
            self.assertEqual(values['lesson'], "Try each door.")
            self.assertEqual(
                values['discipline.']['rec_name'], case.discipline.rec_name)
            for name in ['photos', 'readings']:
                Target = self.Case._fields[name].get_target()
                self.assertEqual(len(values[name]), 1)
                for id_ in values[name]:
                    open_form(reader, Target(id_))

    @with_transaction()
    def test_newcomers(self):
        "Who becomes a member later reads the published cases, once"
        school = build_school()
        with set_company(school.company):
            self.activate(school)
            case = self.create(school)
            self.Case.publish([case])
            other = create_employee(school.company, "Other")
            certify([other])
            member = create_member(
                other, 'party', school.mine.units.driving)
            member.__class__.activate([member])
            for _ in range(2):
                self.Case.address_readers()
                case = self.Case(case.id)
                self.assertEqual(
                    {r.employee for r in case.readings},
                    {school.employees.candidate, other})
