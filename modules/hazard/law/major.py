# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Major hazards: the criterion makes the grade and the grade asks for one.

What was eliminated at once needs no treatment to be planned, so it may be
reported as fixed on site. It is rechecked and accepted like any other.

What was reported as a major one is not taken back but by the head of the
mine, who alone cancels it or returns it to be graded lower. Otherwise those
whom the treatment would burden could agree to do without it.
"""
import datetime as dt

from trytond.i18n import gettext
from trytond.model import fields
from trytond.modules.safety_base.boolean_search import asks_for_true
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval

from ..exceptions import MajorError
from ..loop.head import acts_as_head, get_heads
from ..loop.steps import REPORTABLE_STATES

# What takes longer is no elimination at once: it is to be planned.
AT_ONCE = dt.timedelta(hours=8)


class Hazard(metaclass=PoolMeta):
    __name__ = 'hazard.hazard'

    major = fields.Function(
        fields.Boolean("Major"), 'get_major',
        searcher='search_major')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.criterion.states = {
            **cls.criterion.states,
            'required': (
                Eval('major', False)
                & Eval('state').in_(REPORTABLE_STATES)),
            'invisible': ~Eval('major', False) & ~Eval('criterion'),
            }

    @fields.depends('grade')
    def on_change_with_major(self, name=None):
        return bool(self.grade and self.grade.legal_class == 'major')

    @classmethod
    def get_major(cls, hazards, name):
        grades = {h.grade for h in hazards}
        major = {g for g in grades if g and g.legal_class == 'major'}
        return {h.id: h.grade in major for h in hazards}

    @classmethod
    def search_major(cls, name, clause):
        operator = '=' if asks_for_true(clause) else '!='
        return [('grade.legal_class', operator, 'major')]

    @fields.depends('grade', 'criterion')
    def on_change_grade(self):
        if self.grade and self.grade.legal_class != 'major':
            self.criterion = None

    @fields.depends('grade', 'criterion')
    def on_change_criterion(self):
        pool = Pool()
        Grade = pool.get('hazard.grade')
        if self.criterion and not self.on_change_with_major():
            for grade in Grade.search(
                    [('legal_class', '=', 'major')], limit=1):
                self.grade = grade

    def check_report(self):
        "Also raise MajorError unless grade and criterion agree."
        super().check_report()
        self.check_major()

    def check_major(self):
        """Raise MajorError where grade and criterion do not agree.

        A criterion of the company's own must cite the law, and what was
        fixed on site must have been eliminated at once.
        """
        if self.criterion and not self.major:
            self._refuse_major('msg_hazard_criterion_grade')
        if not self.major:
            return
        if not self.criterion:
            self._refuse_major('msg_hazard_major_criterion')
        if not self.criterion.edition and not self.criterion.legal_bases:
            self._refuse_major(
                'msg_hazard_criterion_basis',
                criterion=self.criterion.rec_name)
        if (self.handling == 'on_site'
                and self.on_site_at - self.found_at > AT_ONCE):
            self._refuse_major(
                'msg_hazard_major_on_site',
                hours=AT_ONCE // dt.timedelta(hours=1))

    def _refuse_major(self, message, **variables):
        raise MajorError(gettext(
                f'hazard.{message}', hazard=self.rec_name,
                grade=self.grade.rec_name, **variables))

    @classmethod
    def check_cancel(cls, hazards):
        "Also raise MajorError unless the head cancels the major hazards."
        super().check_cancel(hazards)
        major = [h for h in hazards if h.major]
        if major and not acts_as_head():
            major[0]._refuse_major('msg_hazard_major_cancel')

    @classmethod
    def check_modification(cls, mode, hazards, values=None, external=False):
        super().check_modification(
            mode, hazards, values=values, external=external)
        if mode == 'write' and 'grade' in values:
            cls._check_lower(hazards, values['grade'])

    @classmethod
    def _check_lower(cls, hazards, grade):
        """Raise MajorError where the grade makes hazards general ones that
        were reported as major and not returned by the head."""
        Grade = Pool().get('hazard.grade')
        if grade and Grade(grade).legal_class == 'major':
            return
        lowered = [h for h in hazards if h.number and h.major]
        allowed = cls._returned_by_head(lowered) if lowered else set()
        for hazard in lowered:
            if hazard not in allowed:
                hazard._refuse_major('msg_hazard_major_lower')

    @classmethod
    def _returned_by_head(cls, hazards):
        "Return those that a head of the mine was the last one to return."
        Event = Pool().get('hazard.event')
        last = {e.hazard: e.user.id for e in Event.search([
                    ('hazard', 'in', [h.id for h in hazards]),
                    ('action', '=', 'return'),
                    ], order=[('sequence', 'ASC')])}
        heads = get_heads(set(last.values())) if last else set()
        return {h for h, user in last.items() if user in heads | {0}}

    def state_after_report(self):
        "What is major or to be accepted is always rechecked."
        state = super().state_after_report()
        rechecked = self.major or self.grade.acceptance_required
        return 'recheck' if rechecked and state == 'closed' else state
