# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from operator import attrgetter

from trytond.i18n import gettext
from trytond.model import Unique, fields
from trytond.modules.hazard.loop import notice
from trytond.modules.safety_base.reason import ReasonWizard
from trytond.pool import Pool
from trytond.pyson import Eval, If
from trytond.transaction import check_access
from trytond.wizard import StateAction, StateTransition, Wizard

from ..engine.issued_document import IssuedMixin, LineMixin
from ..exceptions import IssuedAccessError, OpinionError

VERDICTS = [
    ('passed', "Rectified as Required"),
    ('failed', "Not Rectified as Required"),
    ('open', "Not Finished"),
    ('cancelled', "Cancelled"),
    ]


class RecheckOpinion(IssuedMixin):
    __name__ = 'hazard.recheck_opinion'

    _states = {
        'readonly': Eval('state') != 'draft',
        }
    _editable = frozenset({'checker', 'second_checker', 'opinion', 'lines'})
    _derived = frozenset({'notice', 'company', 'unit'})
    _sequence_type = 'hazard_report.sequence_type_recheck_opinion'
    _sign = 'hazard_report.msg_sign_opinion'
    _cancel_wizard = 'hazard_report.wizard_recheck_opinion_cancel'

    notice = fields.Many2One(
        'hazard.rectification_notice', "Notice", required=True,
        ondelete='RESTRICT',
        states={
            'readonly': Eval('id', -1) >= 0,
            },
        domain=[
            If(Eval('state') == 'draft', ('state', '=', 'issued'), ()),
            ],
        help="The notice that the opinion answers.")
    checker = fields.Many2One(
        'company.employee', "Checker", ondelete='RESTRICT', states={
            'readonly': _states['readonly'],
            'required': Eval('state') != 'draft',
            },
        domain=[('company', '=', Eval('company', -1))])
    second_checker = fields.Many2One(
        'company.employee', "Second Checker", ondelete='RESTRICT',
        states=_states,
        domain=[
            ('company', '=', Eval('company', -1)),
            ('id', '!=', Eval('checker', -1)),
            ],
        help="Required where the grade of a hazard asks for two checkers.")
    opinion = fields.Text(
        "Opinion", states=_states,
        help="What is to be done further; the results stand by the hazards.")
    lines = fields.One2Many(
        'hazard.recheck_opinion.line', 'opinion', "Hazards", states=_states)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        for name in ['company', 'unit']:
            getattr(cls, name).states = {'readonly': True}

    @classmethod
    def preprocess_values(cls, mode, values):
        pool = Pool()
        Notice = pool.get('hazard.rectification_notice')
        values = super().preprocess_values(mode, values)
        if mode == 'create' and values.get('notice'):
            notice = Notice(values['notice'])
            values['company'] = notice.company.id
            values['unit'] = notice.unit.id
        return values

    @classmethod
    def on_modification(cls, mode, opinions, field_names=None):
        super().on_modification(mode, opinions, field_names=field_names)
        if mode == 'create':
            cls._fill(opinions)

    @classmethod
    def _fill(cls, opinions):
        "Add the hazards of the notices and who rechecked them."
        pool = Pool()
        Line = pool.get('hazard.recheck_opinion.line')
        lines = []
        for opinion in opinions:
            for named in opinion.notice.lines:
                line = Line(opinion=opinion, hazard=named.hazard)
                line.judge()
                lines.append(line)
            rechecks = [
                line.recheck for line in lines
                if line.opinion == opinion and line.recheck]
            if rechecks and not opinion.checker:
                last = max(rechecks, key=lambda r: (
                        bool(r.second_checker), r.checked_at))
                opinion.checker = last.checked_by
                if not opinion.second_checker:
                    opinion.second_checker = last.second_checker
        Line.save(lines)
        cls.save(opinions)

    def check_issue(self):
        "Judge anew and raise OpinionError for what may not be issued."
        pool = Pool()
        Line = pool.get('hazard.recheck_opinion.line')
        super().check_issue()
        if self.notice.state != 'issued':
            raise OpinionError(gettext(
                    'hazard_report.msg_recheck_opinion_notice',
                    notice=self.notice.rec_name))
        lines = list(self.lines)
        for line in lines:
            line.judge()
        Line.save(lines)
        judged = [line for line in lines if line.recheck]
        if not judged:
            raise OpinionError(gettext(
                    'hazard_report.msg_recheck_opinion_early',
                    notice=self.notice.rec_name))
        self._check_checkers(judged)

    def _check_checkers(self, lines):
        if not self.checker:
            raise OpinionError(gettext(
                    'hazard_report.msg_recheck_opinion_checker',
                    opinion=self.rec_name))
        if self.second_checker == self.checker or (
                not self.second_checker
                and any(line.hazard.grade.two_checkers for line in lines)):
            raise OpinionError(gettext(
                    'hazard_report.msg_recheck_opinion_two_checkers',
                    opinion=self.rec_name))
        checkers = {self.checker, self.second_checker}
        for line in lines:
            for rectification in line.hazard.rectifications:
                if own := checkers & {
                        rectification.responsible, rectification.done_by
                        } - {None}:
                    raise OpinionError(gettext(
                            'hazard_report.msg_recheck_opinion_own_work',
                            employee=own.pop().rec_name,
                            hazard=line.hazard.rec_name))

    @classmethod
    def issued(cls, opinions):
        super().issued(opinions)
        cls.append_events(opinions, 'opinion')
        people = notice.People(opinions)
        notice.notify({
                o: {o.notice.responsible.id} | people.get_leaders(o.unit)
                for o in opinions},
            'hazard_report.msg_notice_recheck_opinion',
            'tryton-notification', describe=attrgetter('opinion'))

    @classmethod
    def cancelled(cls, opinions):
        super().cancelled(opinions)
        cls.append_events(opinions, 'opinion_cancel')


class RecheckOpinionLine(LineMixin):
    __name__ = 'hazard.recheck_opinion.line'

    _states = {
        'readonly': True,
        }

    opinion = fields.Many2One(
        'hazard.recheck_opinion', "Opinion", required=True,
        ondelete='CASCADE', readonly=True)
    recheck = fields.Many2One(
        'hazard.recheck', "Recheck", readonly=True, ondelete='RESTRICT')
    note = fields.Text("Opinion on the Hazard")
    verdict = fields.Selection(
        VERDICTS, "Result", required=True, readonly=True, sort=False)
    verdict_string = verdict.translated('verdict')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls.__access__.add('opinion')
        cls.hazard.readonly = True
        cls._sql_constraints += [
            ('hazard_unique', Unique(t, t.opinion, t.hazard),
                'hazard_report.msg_recheck_opinion_hazard_unique'),
            ]

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree/field[@name="verdict"]', 'visual', If(
                    Eval('verdict') == 'passed', 'success', If(
                        Eval('verdict') == 'failed', 'danger', ''))),
            ]

    @property
    def document(self):
        return self.opinion

    @classmethod
    def check_modification(cls, mode, lines, values=None, external=False):
        super().check_modification(
            mode, lines, values=values, external=external)
        if external and (
                mode != 'write' or values.keys() - {'note'}):
            raise IssuedAccessError(gettext(
                    'hazard_report.msg_recheck_opinion_lines',
                    notice=lines[0].opinion.notice.rec_name))

    def judge(self):
        """Set what the rechecks since the notice have found.

        The note follows the recheck unless somebody has written another one.
        """
        notice, hazard = self.opinion.notice, self.hazard
        rechecks = [
            r for r in hazard.rechecks
            if r.state in {'passed', 'failed'}
            and r.checked_at >= notice.issued_at]
        before = getattr(self, 'recheck', None)
        self.recheck = rechecks[-1] if rechecks else None
        if hazard.state == 'cancelled':
            self.verdict = 'cancelled'
        elif self.recheck:
            self.verdict = self.recheck.state
        else:
            self.verdict = 'open'
        proposed = before.reason if before else None
        if (getattr(self, 'note', None) or None) == (proposed or None):
            self.note = self.recheck.reason if self.recheck else None


class RecheckOpinionCancel(ReasonWizard):
    __name__ = 'hazard.recheck_opinion.cancel'
    _button = 'cancel'


class RecheckOpinionPrepare(Wizard):
    __name__ = 'hazard.recheck_opinion.prepare'

    start_state = 'prepare'
    prepare = StateTransition()
    open_ = StateAction('hazard_report.act_recheck_opinion')

    def transition_prepare(self):
        return 'open_'

    def do_open_(self, action):
        pool = Pool()
        Opinion = pool.get('hazard.recheck_opinion')
        with check_access():
            opinions = Opinion.create(
                [{'notice': r.id} for r in self.records])
        action['views'].reverse()
        return action, {'res_id': [o.id for o in opinions]}
