# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Major hazards: the criterion makes the grade and the grade asks for one.

What was eliminated at once needs no treatment to be planned, so it may be
reported as fixed on site. It is rechecked and accepted like any other.
"""
import datetime as dt

from trytond.i18n import gettext
from trytond.model import fields
from trytond.modules.safety_base.boolean_search import asks_for_true
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval

from ..exceptions import MajorError
from ..loop.steps import REPORTABLE_STATES

# What takes longer is no elimination at once: it is to be planned.
AT_ONCE = dt.timedelta(hours=8)


class Hazard(metaclass=PoolMeta):
    __name__ = 'hazard.hazard'

    major = fields.Function(
        fields.Boolean("Major"), 'on_change_with_major',
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

    def state_after_report(self):
        "What is major or to be accepted is always rechecked."
        state = super().state_after_report()
        rechecked = self.major or self.grade.acceptance_required
        return 'recheck' if rechecked and state == 'closed' else state
