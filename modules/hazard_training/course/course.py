# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.model import ModelSQL, ModelView, fields
from trytond.modules.safety_base.named import NamedMixin
from trytond.pyson import Eval

from ..training import TrainingMixin

KINDS = [
    ('induction', "Induction"),
    ('refresher', "Refresher"),
    ('special', "Special"),
    ]
# A certificate of these lets a member be active.
QUALIFYING = ['induction', 'refresher']


class Course(TrainingMixin, NamedMixin, ModelSQL, ModelView):
    __name__ = 'training.course'

    kind = fields.Selection(
        KINDS, "Kind", required=True, sort=False,
        help="Who holds a valid certificate of an induction or a refresher "
        "may be active as a member.")
    kind_string = kind.translated('kind')
    kinds = fields.Many2Many(
        'training.course-safety.member.kind', 'course', 'kind',
        "Kinds of Member",
        help="For whom the course is. Leave empty for all kinds.")
    hours = fields.Numeric(
        "Hours", digits=(4, 1), required=True,
        domain=[('hours', '>', 0)])
    certified = fields.Boolean(
        "Gives a Certificate",
        help="Check to certify who attended and passed.")
    exam_required = fields.Boolean(
        "Exam Required",
        states={
            'invisible': ~Eval('certified'),
            },
        help="Check to certify only who also passed an exam of the course.")
    validity_months = fields.Integer(
        "Validity (months)",
        domain=['OR',
            ('validity_months', '=', None),
            ('validity_months', '>', 0),
            ],
        states={
            'invisible': ~Eval('certified'),
            },
        help="How long a certificate is valid. Leave empty for no limit.")
    content = fields.Text(
        "Content",
        help="What is taught. Add the materials as attachments.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order.insert(0, ('kind', 'ASC'))

    @classmethod
    def default_kind(cls):
        return 'induction'

    @classmethod
    def default_certified(cls):
        return True

    @classmethod
    def default_validity_months(cls):
        return 12


class CourseKind(TrainingMixin, ModelSQL):
    __name__ = 'training.course-safety.member.kind'

    course = fields.Many2One(
        'training.course', "Course", required=True, ondelete='CASCADE')
    kind = fields.Many2One(
        'safety.member.kind', "Kind", required=True, ondelete='RESTRICT')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('course')
