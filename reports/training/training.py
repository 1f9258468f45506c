# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Attendance sheet, training register, certificate and case for study."

from io import BytesIO

from PIL import Image

from trytond.i18n import gettext
from trytond.modules.hazard_training.question.answer_key import right_letters
from trytond.modules.hazard_training.question.question import LETTERS
from trytond.modules.safety_base.clock import company_zone
from trytond.pool import Pool
from trytond.tools.qrcode import generate_png
from trytond.transaction import check_access, without_check_access

from ..engine.document import Document, format_day, format_moment, paragraphs
from ..engine.records_mixin import RecordsMixin
from ..engine.sheet import listing, selection_texts

# The lines to fill in by hand below who is invited
BLANKS = 5
# The millimetres into which a photo must fit
PHOTO = (80, 60)


class TrainingDocument(RecordsMixin, Document):
    "Base of the documents of records, which the template calls _name."
    _name = None

    @classmethod
    def get_context(cls, records, header, data):
        pool = Pool()
        Model = pool.get(cls._model)
        context = super().get_context(records, header, data)
        context[cls._name] = [
            cls.get_values(r) for r in Model.browse([int(r) for r in records])]
        return context

    @classmethod
    def get_values(cls, record):
        "Return what the template shows of the record."
        raise NotImplementedError


class _SessionDocument(TrainingDocument):
    _model = 'training.session'
    _name = 'sessions'

    @classmethod
    def get_values(cls, session):
        zone = company_zone(session.company)
        start, end = [
            format_moment(t, zone)
            for t in (session.starts_at, session.ends_at)]
        if start[:10] == end[:10]:
            end = end[11:]
        return {
            'course': session.course.rec_name,
            'kind': session.course.kind_string,
            'time': f'{start} – {end}',
            'hours': f'{session.course.hours.normalize():f}',
            'place': session.place,
            'trainer': session.external_trainer or name_of(session.trainer),
            'counts': cls.get_counts(session),
            'content': paragraphs(session.course.content),
            'people': cls.get_people(session),
            }

    @classmethod
    def get_counts(cls, session):
        return gettext(
            'hazard_report.msg_session_counts', invited=session.invited,
            present=session.present, absent=session.absent)

    @classmethod
    def find_attendances(cls, session):
        # The attribute would give them without access check
        pool = Pool()
        Attendance = pool.get('training.attendance')
        return Attendance.search([('session', '=', session.id)])

    @classmethod
    def get_people(cls, session):
        return [{
                'number': number,
                'name': attendance.employee.rec_name,
                'unit': name_of(attendance.unit),
                } for number, attendance in enumerate(
                cls.find_attendances(session), 1)]


class SessionSheet(_SessionDocument):
    __name__ = 'training.session.sheet'

    @classmethod
    def get_counts(cls, session):
        # Who is present signs on it
        return gettext(
            'hazard_report.msg_session_invited', invited=session.invited)

    @classmethod
    def get_people(cls, session):
        people = super().get_people(session)
        return people + [
            {'number': len(people) + n, 'name': '', 'unit': ''}
            for n in range(1, BLANKS + 1)]


class SessionRegister(_SessionDocument):
    __name__ = 'training.session.register'

    @classmethod
    def get_people(cls, session):
        pool = Pool()
        Certificate = pool.get('training.certificate')
        people = super().get_people(session)
        attendances = cls.find_attendances(session)
        zone = company_zone(session.company)
        numbers = {
            c.attendance: c.number for c in Certificate.search([
                    ('attendance', 'in', [a.id for a in attendances])])}
        for values, attendance in zip(people, attendances):
            values.update({
                    'status': ' '.join(filter(None, [
                                attendance.status_string,
                                attendance.absence_string])),
                    'arrived': format_moment(attendance.arrived_at, zone)[11:],
                    'certificate': numbers.get(attendance, ''),
                    })
        return people


class CertificatePaper(TrainingDocument):
    __name__ = 'training.certificate.paper'
    _model = 'training.certificate'
    _name = 'papers'

    @classmethod
    def get_values(cls, certificate):
        zone = company_zone(certificate.company)
        holder = certificate.employee.party.name
        return {
            'number': gettext(
                'hazard_report.msg_certificate_number',
                number=certificate.number),
            'statement': gettext(
                'hazard_report.msg_certificate_statement',
                holder=holder, course=certificate.course.rec_name,
                hours=f'{certificate.course.hours.normalize():f}'),
            'holder': holder,
            'unit': name_of(certificate.unit),
            'course': certificate.course.rec_name,
            'kinds': (
                listing(k.rec_name for k in certificate.kinds)
                or gettext('hazard_report.msg_certificate_kinds')),
            'issued_on': format_day(certificate.issued_on, zone),
            'valid_until': (
                format_day(certificate.valid_until, zone)
                or gettext('hazard_report.msg_certificate_unlimited')),
            # The party masks what the reader may not know
            'national_id': certificate.employee.party.national_id or '',
            # A certificate tells its state only when it does not hold
            'status': (
                '' if certificate.status == 'valid'
                else certificate.status_string),
            'company': certificate.company.rec_name,
            'code': (
                generate_png(certificate.href, box_size=6, border=1),
                'image/png', '30mm', '30mm'),
            }


class CaseSheet(TrainingDocument):
    __name__ = 'training.case.sheet'
    _model = 'training.case'
    _name = 'cases'

    @classmethod
    def get_values(cls, case):
        zone = company_zone(case.company)
        stages = selection_texts('training.case.photo', 'stage')
        return {
            'title': case.title,
            'discipline': name_of(case.discipline),
            'category': name_of(case.category),
            'grade': name_of(case.grade),
            'published_on': format_day(case.published_at, zone),
            **{
                n: paragraphs(text) if (text := getattr(case, n)) else []
                for n in ['found', 'cause', 'measures', 'lesson']},
            **{
                s: [get_picture(p.image) for p in case.photos if p.stage == s]
                for s in stages if s},
            'question': cls._get_question(case),
            'readers': gettext(
                'hazard_report.msg_case_readers', read=case.read_count,
                addressed=case.addressed_count),
            }

    @classmethod
    def _get_question(cls, case):
        """Return what is shown of the question of the case, if it has one.

        The sheet goes from hand to hand, so the answer is not even printed
        for who has given it, but only for who may read the bank.
        """
        pool = Pool()
        Key = pool.get('training.case.key')
        ModelAccess = pool.get('ir.model.access')
        Question = pool.get('training.question')
        if not (question := Key.of_cases([case]).get(case.id)):
            return None
        with check_access():
            reads_bank = ModelAccess.check(
                'training.question', 'read', raise_exception=False)
        with without_check_access():
            question = Question(question)
            options = question.shown_options()
            picture, answer = question.picture, []
            if reads_bank:
                answer = [
                    gettext(
                        'hazard_report.msg_paper_right',
                        right=right_letters(options)),
                    *get_explanation(question.explanation, question.source)]
            return {
                'lines': paragraphs(question.text),
                'picture': get_picture(picture) if picture else None,
                'options': [
                    f'{letter}. {text}'
                    for letter, (text, _) in zip(LETTERS, options)],
                'answer': list(filter(None, answer)),
                }


def get_explanation(explanation, source):
    "Return the lines that explain the answer to a question."
    return [
        *(explanation or '').splitlines(),
        gettext('hazard_report.msg_paper_source', source=source)
        if source else None,
        ]


def get_picture(image):
    "Return the image, as large as fits."
    image = bytes(image)
    with Image.open(BytesIO(image)) as picture:
        width, height = picture.size
        type_ = Image.MIME[picture.format]
    scale = min(PHOTO[0] / width, PHOTO[1] / height)
    return (
        image, type_, f'{width * scale:.1f}mm', f'{height * scale:.1f}mm')


def name_of(record):
    return record.rec_name if record else ''
