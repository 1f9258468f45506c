# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from collections import defaultdict
from itertools import chain

from trytond.model import Index, fields
from trytond.modules.safety_base.access import check_writable
from trytond.modules.safety_base.workflow import now, step
from trytond.modules.safety_organization.person import (
    acting_person, represented_people)
from trytond.pool import Pool
from trytond.pyson import Eval, If

from ..exceptions import RecheckError
from . import notice
from .hand_over import AssigneeMixin
from .photo_pair import PhotoPairMixin
from .second import SecondCheckerMixin
from .stage import StageMixin, stamped_by

VERIFIERS = [
    ('unit', "Leader of the Unit"),
    ('safety', "Safety Department"),
    ('leader', "Leader of the Mine"),
    ('regulator', "Regulator"),
    ]


class Recheck(
        PhotoPairMixin, SecondCheckerMixin, AssigneeMixin, StageMixin):
    __name__ = 'hazard.recheck'

    _states = {
        'readonly': Eval('state') != 'draft',
        }
    _editable = frozenset({'reason', 'second_checker', 'photos'})
    _messages = 'hazard.msg_recheck'
    _error = RecheckError

    verifier = fields.Selection(
        VERIFIERS, "Checked By Whom", required=True, readonly=True,
        sort=False)
    rectification = fields.Many2One(
        'hazard.rectification', "Rectification", readonly=True,
        ondelete='RESTRICT')
    rectified_by = fields.Many2One(
        'company.employee', "Rectified By", readonly=True)
    rectified_at = fields.DateTime("Rectified At", readonly=True)
    actions = fields.Function(fields.Text("Actions Taken"), 'get_actions')
    reason = fields.Text(
        "Opinion", states={
            'readonly': _states['readonly'],
            'required': Eval('state') == 'failed',
            },
        help="Required when the recheck fails.")
    two_checkers = fields.Function(
        fields.Boolean("Two Checkers"), 'on_change_with_two_checkers')
    second_checker = fields.Many2One(
        'company.employee', "Second Checker", domain=[
            ('company', '=', Eval('company', -1)),
            ('id', '!=', Eval('rectified_by', -1)),
            ],
        states={
            'readonly': _states['readonly'],
            'required': (
                Eval('two_checkers', False) & (Eval('state') == 'passed')),
            'invisible': (
                ~Eval('two_checkers', False) & ~Eval('second_checker')),
            },
        help="Who saves it here asks this person, who must confirm the "
        "opinion with an own login before the recheck can pass.")
    second_at = fields.DateTime(
        "Second Checker Confirmed At", readonly=True,
        states={
            'invisible': (
                ~Eval('two_checkers', False) & ~Eval('second_at')),
            })
    photos = fields.One2Many(
        'hazard.photo', 'recheck', "Photos of the Recheck", states=_states,
        context={
            'photo_hazard': Eval('hazard', -1),
            'photo_stage': 'recheck',
            },
        depends={'hazard'})
    checked_by = stamped_by("Checked By", 'checked_by')
    checked_at = fields.DateTime(
        "Checked At", readonly=True,
        states={
            'invisible': ~Eval('checked_at'),
            })
    state = fields.Selection([
            ('draft', "Waiting"),
            ('passed', "Passed"),
            ('failed', "Failed"),
            ('cancelled', "Cancelled"),
            ], "State", required=True, readonly=True, sort=False)
    state_string = state.translated('state')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.add(Index(
                t, (t.second_checker, Index.Equality()),
                where=t.state == 'draft'))
        cls._transitions |= {
            ('draft', 'passed'),
            ('draft', 'failed'),
            ('draft', 'cancelled'),
            }
        waiting = {
            'invisible': Eval('state') != 'draft',
            'depends': ['state'],
            }
        cls._buttons.update({
                'pass_': {'icon': 'tryton-ok', **waiting},
                'fail': {'icon': 'tryton-cancel', **waiting},
                'confirm': {
                    'invisible': (
                        (Eval('state') != 'draft')
                        | ~Eval('second_checker')
                        | Eval('second_at')),
                    'icon': 'tryton-ok',
                    'depends': ['state', 'second_checker', 'second_at'],
                    },
                })

    @fields.depends(
        'hazard', 'state', '_parent_hazard.grade', '_parent_hazard.imported')
    def on_change_with_two_checkers(self, name=None):
        # An old ledger tells of one
        if not self.hazard or (
                self.hazard.imported and self.state != 'draft'):
            return False
        return bool(self.hazard.grade and self.hazard.grade.two_checkers)

    @classmethod
    def get_actions(cls, rechecks, name):
        return {
            r.id: (
                r.rectification.actions if r.rectification
                else r.hazard.on_site_measures)
            for r in rechecks}

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree/field[@name="state"]', 'visual', If(
                    Eval('state') == 'failed', 'danger', If(
                        Eval('state') == 'passed', 'success', ''))),
            ]

    @classmethod
    def get_turn(cls, turn):
        verifiers = ['OR',
            [('verifier', '=', 'unit'), turn.get_units('rectified_by')],
            [('verifier', '=', 'leader'), turn.is_not('rectified_by')]]
        if turn.is_in('safety'):
            verifiers.append([
                    ('verifier', 'in', ['safety', 'regulator']),
                    turn.is_not('rectified_by')])
        return verifiers

    @property
    def ended_at(self):
        if self.state in {'passed', 'failed'}:
            return self.checked_at
        if self.state == 'cancelled':
            return self.write_date

    @classmethod
    def open(cls, hazards, rectifications=None):
        "Put the hazards, rectified or fixed on site, before their checkers."
        rechecks = []
        for hazard, rectification in zip(
                hazards, rectifications or [None] * len(hazards)):
            rechecks.append(cls.new(
                    hazard,
                    verifier=hazard.grade.verifier,
                    due_at=hazard.grade.later(
                        now(), hazard.grade.recheck_hours, hazard.company),
                    **cls._rectified(hazard, rectification)))
        cls.save_new(rechecks)
        cls.__queue__.tell_waiting(rechecks)

    @classmethod
    def _rectified(cls, hazard, rectification):
        if not rectification:
            return {
                'rectified_by': hazard.found_by,
                'rectified_at': hazard.on_site_at,
                }
        return {
            'rectification': rectification,
            'rectified_by': (
                rectification.done_by or rectification.responsible),
            'rectified_at': rectification.rectified_at,
            }

    @classmethod
    def check_checker(cls, rechecks, person):
        """Raise RecheckError for a checker who rectified in any round.

        So it is for who reported a fix on site, whoever is named there.
        """
        pool = Pool()
        Event = pool.get('hazard.event')
        users = Event.get_users([r.hazard for r in rechecks])
        checker = person | represented_people()
        for recheck in rechecks:
            hazard = recheck.hazard
            actions = {'finish'}
            if hazard.handling == 'on_site':
                actions |= {'submit', 'resubmit'}
            if checker.is_any(
                    recheck._barred(),
                    chain(*(users[hazard.id, a] for a in actions))):
                recheck._refuse('own_work')

    def _barred(self):
        yield self.rectified_by
        if self.hazard.handling == 'on_site':
            yield self.hazard.found_by
        for rectification in self.hazard.rectifications:
            yield rectification.responsible
            yield rectification.done_by
        yield from self.hazard.formerly_responsible

    def get_barred(self):
        return [*self._barred(), self.second_checker]

    @classmethod
    def check_giver(cls, rechecks):
        "Let only who may check choose who checks."
        check_writable(rechecks)
        cls.check_checker(rechecks, acting_person())

    @classmethod
    def get_successors(cls, rechecks):
        people = notice.People(rechecks)
        successors = {}
        for recheck in rechecks:
            company = recheck.company.id
            if recheck.verifier == 'leader':
                employees = people.mine[company] & people.leading[company]
            else:
                employees = people.safety[company]
            if recheck.verifier == 'unit':
                employees = employees | people.leading[company]
            successors[recheck] = employees
        return successors

    @classmethod
    @step('passed')
    def pass_(cls, rechecks):
        pool = Pool()
        Acceptance = pool.get('hazard.acceptance')
        Hazard = pool.get('hazard.hazard')
        person = acting_person()
        cls.check_checker(rechecks, person)
        cls.check_second(rechecks, person)
        for recheck in rechecks:
            if recheck.two_checkers and not recheck.second_at:
                recheck._refuse('two_checkers')
        cls.move(rechecks, 'passed', 'checked')
        groups = defaultdict(list)
        for recheck in rechecks:
            grade = recheck.hazard.grade
            groups[grade.acceptance_required].append(recheck)
        for accept, group in groups.items():
            hazards, reasons = cls._get_hazards(group)
            if not accept:
                for hazard in hazards:
                    hazard.closed_at = now()
            Hazard.advance(
                hazards, 'acceptance' if accept else 'closed', 'pass',
                note=reasons.get, stages=group)
            if accept:
                Acceptance.open(hazards, group)
            else:
                Hazard.__queue__.tell_closed(hazards)

    @classmethod
    @step('failed')
    def fail(cls, rechecks):
        pool = Pool()
        FourFix = pool.get('hazard.four_fix')
        Hazard = pool.get('hazard.hazard')
        cls.check_checker(rechecks, acting_person())
        for recheck in rechecks:
            if not recheck.reason:
                recheck._refuse('reason')
            if not recheck.second_at:
                # No document shall say that this person checked.
                recheck.second_checker = None
        hazards, reasons = cls._get_hazards(rechecks)
        cls.move(rechecks, 'failed', 'checked')
        for hazard in hazards:
            hazard.round += 1
        Hazard.advance(
            hazards, 'four_fix', 'fail', note=reasons.get, stages=rechecks)
        FourFix.open(hazards)

    @classmethod
    def _get_hazards(cls, rechecks):
        "Return their hazards, and the opinions by hazard."
        hazards = [r.hazard for r in rechecks]
        return hazards, {h: r.reason for h, r in zip(hazards, rechecks)}
