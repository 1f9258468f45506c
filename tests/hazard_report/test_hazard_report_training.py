# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import unittest

from bank import create_question
from documents import print_as, read_paragraphs, read_part
from organization import acting, get_kind
from pictures import picture
from repository import MODULES
from school import build_school, certify, create_course, create_session, hold
from templates import activate_built

from trytond.model.exceptions import AccessError
from trytond.modules.company.tests import set_company
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction

IMAGE = '{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}image'


class TrainingDocumentsTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built(MODULES, build_school)

    def build(self):
        Language = Pool().get('ir.lang')
        school = build_school()
        party = school.company.party
        party.lang, = Language.search([('code', '=', 'en')])
        party.save()
        return school

    def read(self, user, report, record, **data):
        extension, content = print_as(
            user, report, [record], format='odt', **data)
        self.assertEqual(extension, 'odt')
        return content, ' | '.join(read_paragraphs(content))

    @with_transaction()
    def test_sheet(self):
        "The attendance sheet has a line to sign for each who is invited"
        school = self.build()
        with set_company(school.company):
            session = create_session(create_course(school.company))
            session.__class__.plan([session])
            _, text = self.read(
                school.users.admin, 'training.session.sheet', session)
            for part in [
                    "Attendance Sheet", "Induction", "Classroom", "Ms Ma",
                    "1 | Candidate | Ventilation", "1 invited", "Signature"]:
                self.assertIn(part, text)
            self.assertTrue(text.endswith("| 6"), text)
            _, text = self.read(
                school.users.party, 'training.session.sheet', session)
            self.assertNotIn("Candidate", text)

    @with_transaction()
    def test_register(self):
        "The register tells who attended and the certificates"
        school = self.build()
        with set_company(school.company):
            course = create_course(school.company, content="The duties.")
            session = hold(create_session(course))
            certificate, = Pool().get('training.certificate').search([])
            _, text = self.read(
                school.users.admin, 'training.session.register', session)
            for part in [
                    "Training Register", "The duties.", "Candidate",
                    "Present", certificate.number, "1 present, 0 absent"]:
                self.assertIn(part, text)

    @with_transaction()
    def test_certificate(self):
        "The certificate names the holder, the days and carries a code"
        school = self.build()
        with set_company(school.company):
            certificate, = certify(
                [school.employees.candidate], create_course(school.company))
            content, text = self.read(
                school.users.candidate, 'training.certificate.paper',
                certificate)
            for part in [
                    "Training Certificate", certificate.number, "Candidate",
                    "Induction", get_kind('union').rec_name]:
                self.assertIn(part, text)
            self.assertEqual(len(list(read_part(content).iter(IMAGE))), 1)
            with self.assertRaises(AccessError):
                self.read(
                    school.users.party, 'training.certificate.paper',
                    certificate)

    @with_transaction()
    def test_case(self):
        "The case shows what is to be learnt with the photos"
        Case = Pool().get('training.case')
        school = self.build()
        with set_company(school.company):
            case, = Case.create([{
                        'company': school.company.id,
                        'title': "A door",
                        'found': "A door did not close.",
                        'lesson': "Try each door.\nReport each door.",
                        'photos': [('create', [{
                                        'stage': s, 'image': picture()}
                                    for s in ['before', 'after']])],
                        }])
            content, text = self.read(
                school.users.admin, 'training.case.sheet', case)
            for part in [
                    "A door did not close.", "Try each door.",
                    "Report each door.", "Before | After"]:
                self.assertIn(part, text)
            self.assertNotIn("Measures", text)
            self.assertNotIn("Question", text)
            self.assertEqual(len(list(read_part(content).iter(IMAGE))), 2)

    @with_transaction()
    def test_case_question(self):
        "The case asks its question, with the answer for who reads the bank"
        pool = Pool()
        Case = pool.get('training.case')
        school = self.build()
        candidate = school.users.candidate
        with set_company(school.company):
            certify([school.employees.candidate])
            with acting(school.users.union):
                school.member.activate([school.member])
            question = create_question(
                school.company, "Which door?", 'AC', 'multiple',
                picture=picture())
            case, = Case.create([{
                        'company': school.company.id,
                        'title': "A door",
                        'found': "A door did not close.",
                        'lesson': "Try each door.",
                        'question': question.id,
                        }])
            Case.publish([case])
            asked = " | ".join([
                    "Question", "Which door?",
                    *(f"{x}. Which door? {x}" for x in 'ABCD')])
            answer = " | ".join([
                    "Right: AC", "Because of Which door?",
                    "Source: The rules"])
            readers = "Read by {} of 1 people."
            content, text = self.read(
                school.users.admin, 'training.case.sheet', case)
            self.assertTrue(text.endswith(
                    " | ".join([asked, answer, readers.format(0)])), text)
            self.assertEqual(len(list(read_part(content).iter(IMAGE))), 1)
            _, text = self.read(candidate, 'training.case.sheet', case)
            self.assertTrue(text.endswith(
                    " | ".join([asked, readers.format(0)])), text)
            with acting(candidate):
                Case(case.id).answer('AC')
            _, text = self.read(candidate, 'training.case.sheet', case)
            self.assertTrue(text.endswith(
                    " | ".join([asked, readers.format(1)])), text)
