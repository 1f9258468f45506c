# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from sql import Literal, Null

from trytond.i18n import gettext
from trytond.model import Check, fields
from trytond.modules.safety_base.reference import ReferenceMixin
from trytond.modules.safety_base.workflow import hours_later
from trytond.pool import Pool
from trytond.pyson import Eval, If
from trytond.transaction import Transaction

from ..exceptions import GradeError

PLAN_HOURS = 72
ACCEPTANCE_HOURS = 72
ACCEPTORS = [
    ('safety', "Safety Department"),
    ('head', "Head of the Mine"),
    ]


class Grade(ReferenceMixin):
    __name__ = 'hazard.grade'

    # What the law asks for of all major hazards, first what is delivered
    _lawful = {
        'acceptance_outside': [True],
        'acceptance_required': [True],
        'acceptor': ['head'],
        'plan_required': [True],
        'report_up': [True],
        'two_checkers': [True],
        'verifier': ['leader', 'regulator'],
        }

    legal_class = fields.Selection([
            ('major', "Major"),
            ('general', "General"),
            ], "Legal Class", required=True, sort=False,
        help="The class of the law that the grade belongs to.")
    colour = fields.Selection([
            ('red', "Red"),
            ('orange', "Orange"),
            ('yellow', "Yellow"),
            ('blue', "Blue"),
            ], "Color", required=True, sort=False)
    verifier = fields.Selection([
            ('unit', "Unit Leader"),
            ('safety', "Safety Department"),
            ('leader', "Mine Leader"),
            ('regulator', "Regulator"),
            ], "Verifier", required=True, sort=False,
        help="Who rechecks the rectification.")
    four_fix_hours = fields.Integer(
        "Hours to Four-fix", required=True,
        help="The time allowed to confirm the four-fix.")
    rectify_hours = fields.Integer(
        "Hours to Rectify", required=True,
        help="The default time allowed to rectify after the four-fix.")
    recheck_hours = fields.Integer(
        "Hours to Recheck", required=True,
        help="The time allowed to recheck after the rectification.")
    working_days = fields.Boolean(
        "Working Days Only",
        states={
            'readonly': Eval('legal_class') == 'major',
            },
        help="Check to count these hours on working days only, and to remind "
        "of such hazards on no holiday.")
    recheck_on_site = fields.Boolean(
        "Recheck On-site Fixes",
        help="Check to recheck also what was fixed on the spot.")
    plan_hours = fields.Integer(
        "Hours to Plan",
        states={
            'required': Eval('plan_required', False),
            'invisible': ~Eval('plan_required', False),
            },
        help="The time allowed until the treatment plan is approved.")
    plan_required = fields.Boolean(
        "Plan Required",
        help="Check to require an approved treatment plan "
        "before the four-fix is confirmed.")
    two_checkers = fields.Boolean(
        "Two Checkers",
        help="Check to require a second person at the recheck.")
    acceptance_required = fields.Boolean(
        "Acceptance Required",
        help="Check to close such hazards only once two persons have "
        "accepted them after the recheck.")
    acceptor = fields.Selection(
        ACCEPTORS, "Accepted By",
        states={
            'required': Eval('acceptance_required', False),
            'invisible': ~Eval('acceptance_required', False),
            }, sort=False,
        help="Who decides on the acceptance.")
    acceptance_outside = fields.Boolean(
        "One from Outside",
        states={
            'invisible': ~Eval('acceptance_required', False),
            },
        help="Check to require that one of the two persons is not of the "
        "mine.")
    acceptance_hours = fields.Integer(
        "Hours to Accept",
        states={
            'required': Eval('acceptance_required', False),
            'invisible': ~Eval('acceptance_required', False),
            },
        help="The time allowed to accept after the recheck.")
    report_up = fields.Boolean(
        "Report Up",
        help="Check to report such hazards to the higher authorities and to "
        "the workers' congress, before they can be closed.")
    report_up_hours = fields.Integer(
        "Hours to Report Up",
        states={
            'invisible': ~Eval('report_up'),
            },
        domain=['OR',
            ('report_up_hours', '=', None), ('report_up_hours', '>', 0)],
        help="The time allowed to report to the higher authorities. Leave "
        "empty for that of the configuration.")
    publish = fields.Boolean(
        "Publish to Workers",
        help="Check to publish such hazards to the workers.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('hours_positive', Check(t, (t.four_fix_hours > 0)
                    & (t.rectify_hours > 0)
                    & (t.recheck_hours > 0)),
                'hazard.msg_grade_hours_positive'),
            ('major_hours_positive', Check(t, (t.plan_hours > 0)
                    & (t.acceptance_hours > 0)),
                'hazard.msg_grade_hours_positive'),
            ('major_always', Check(t, (t.legal_class != 'major')
                    | (t.working_days == Literal(False))
                    | (t.working_days == Null)),
                'hazard.msg_grade_major_always'),
            ]

    @classmethod
    def __register__(cls, module):
        table_h = cls.__table_handler__(module)
        migrated = (
            table_h.table_exist(cls._table)
            and not table_h.column_exist('publish'))
        super().__register__(module)
        cursor = Transaction().connection.cursor()
        table = cls.__table__()
        major = table.legal_class == 'major'
        # Migration from 8.0.0: no grade was published
        if migrated:
            cursor.execute(*table.update(
                    [table.publish], [True], where=major))
        # Migration from 8.0.0: the law was up to the settings
        for name, values in cls._lawful.items():
            column = getattr(table, name)
            cursor.execute(*table.update(
                    [column], values[:1],
                    where=major & ((column == Null) | ~column.in_(values))))
        cursor.execute(*table.update(
                [table.acceptance_hours], [ACCEPTANCE_HOURS],
                where=major & (table.acceptance_hours == Null)))
        # Migration from 8.0.0: plans had no time
        cursor.execute(*table.update(
                [table.plan_hours], [PLAN_HOURS],
                where=(table.plan_required == Literal(True))
                & (table.plan_hours == Null)))
        # Migration from 8.0.0: nobody accepted
        cursor.execute(*table.update(
                [table.acceptor, table.acceptance_outside,
                    table.acceptance_hours],
                ['head', True, ACCEPTANCE_HOURS],
                where=(table.acceptance_required == Literal(True))
                & (table.acceptor == Null)))

    def later(self, time, hours, company):
        "Return the time by which so many hours are over in the company."
        if not self.working_days:
            return hours_later(time, hours)
        return Pool().get('safety.day').hours_later(time, hours, company)

    @classmethod
    def default_working_days(cls):
        return False

    @classmethod
    def default_legal_class(cls):
        return 'general'

    @classmethod
    def default_plan_hours(cls):
        return PLAN_HOURS

    @classmethod
    def default_acceptor(cls):
        return 'head'

    @classmethod
    def default_acceptance_outside(cls):
        return True

    @classmethod
    def default_acceptance_hours(cls):
        return ACCEPTANCE_HOURS

    @classmethod
    def default_verifier(cls):
        return 'unit'

    @fields.depends('legal_class', *_lawful)
    def on_change_legal_class(self):
        if self.legal_class == 'major':
            for name, values in self._lawful.items():
                if getattr(self, name, None) not in values:
                    setattr(self, name, values[0])

    @classmethod
    def validate_fields(cls, grades, field_names):
        super().validate_fields(grades, field_names)
        if field_names is None or field_names & {'legal_class', *cls._lawful}:
            for grade in grades:
                grade.check_lawful()

    def check_lawful(self):
        "Raise GradeError where the law asks for more of major hazards."
        if self.legal_class != 'major':
            return
        for name, values in self._lawful.items():
            if getattr(self, name) not in values:
                self._refuse_unlawful(name, values[0])

    def _refuse_unlawful(self, name, value):
        names = {'grade': self.rec_name, **self.__names__(name)}
        if value is True:
            raise GradeError(gettext('hazard.msg_grade_lawful', **names))
        selection = dict(self.fields_get([name])[name]['selection'])
        raise GradeError(gettext(
                'hazard.msg_grade_lawful_value',
                value=selection[value], **names))

    @classmethod
    def check_modification(cls, mode, grades, values=None, external=False):
        super().check_modification(
            mode, grades, values=values, external=external)
        if mode == 'write' and 'legal_class' in values:
            cls._check_used(
                [g for g in grades if g.legal_class != values['legal_class']])

    @classmethod
    def _check_used(cls, grades):
        "Raise GradeError where hazards were reported by what the grades are."
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        for hazard in Hazard.search([
                    ('grade', 'in', [g.id for g in grades]),
                    ], limit=1):
            raise GradeError(gettext(
                    'hazard.msg_grade_used', grade=hazard.grade.rec_name))

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree/field[@name="colour"]', 'visual',
                If(Eval('colour') == 'red', 'danger',
                    If(Eval('colour') == 'orange', 'warning', ''))),
            ]
