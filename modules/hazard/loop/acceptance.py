# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The acceptance of major hazards, without which they are not closed."

import hashlib
from itertools import chain

import trytond.config as config
from trytond.model import Index, fields
from trytond.modules.safety_base.clock import company_zone, local_day
from trytond.modules.safety_base.file_name import safe_name
from trytond.modules.safety_base.workflow import (
    check_actor, hours_later, now, step)
from trytond.modules.safety_organization.person import (
    acting_person, represented_people)
from trytond.pool import Pool
from trytond.pyson import Eval, If

from ..exceptions import AcceptanceError
from ..reference.grade import ACCEPTORS
from . import notice
from .hand_over import AssigneeMixin
from .inbox import Turn
from .second import SecondCheckerMixin
from .signed import is_employee, is_paper, plain_name
from .stage import StageMixin, stamped_by

STORE_PREFIX = config.get('hazard', 'acceptance_store_prefix', default=None)
OUTSIDE = ['outside_name', 'outside_body', 'document']


class Acceptance(SecondCheckerMixin, AssigneeMixin, StageMixin):
    __name__ = 'hazard.acceptance'

    _states = {
        'readonly': Eval('state') != 'draft',
        }
    _of_outside = {
        'readonly': _states['readonly'],
        'invisible': ~Eval('outside', False),
        }
    _editable = frozenset({
            'reason', 'accepted_on', 'second_checker', 'outside_name',
            'outside_title', 'outside_body', 'document', 'document_name',
            'photos'})
    _confirms = frozenset({'reason', 'second_checker', 'accepted_on'})
    _messages = 'hazard.msg_acceptance'
    _error = AcceptanceError
    _file_digests = {'document': 'document_sha256'}
    # It may be moved to another store.
    _unrecorded = frozenset({'document_id'})

    acceptor = fields.Selection(
        ACCEPTORS, "Accepted By Whom", required=True, readonly=True,
        sort=False)
    outside = fields.Boolean("One from Outside", readonly=True)
    recheck = fields.Many2One(
        'hazard.recheck', "Recheck", readonly=True, ondelete='RESTRICT')
    rectified_by = fields.Function(
        fields.Many2One('company.employee', "Rectified By"), 'get_recheck')
    rectified_at = fields.Function(
        fields.DateTime("Rectified At"), 'get_recheck')
    actions = fields.Function(fields.Text("Actions Taken"), 'get_recheck')
    recheck_reason = fields.Function(
        fields.Text("Opinion of the Recheck"), 'get_recheck')
    accepted_on = fields.Date(
        "Accepted On Site On", states={
            'readonly': _states['readonly'],
            'required': Eval('state').in_(['passed', 'failed']),
            })
    reason = fields.Text(
        "Opinion", states={
            'readonly': _states['readonly'],
            'required': Eval('state').in_(['passed', 'failed']),
            },
        help="What was found on site, and whether the hazard is accepted.")
    outside_name = fields.Char(
        "Name", states=_of_outside,
        help="Who accepted the hazard on site together with the mine and is "
        "not one of its employees.")
    outside_title = fields.Char("Title", states=_of_outside)
    outside_body = fields.Char(
        "Body", states=_of_outside,
        help="The authority, the group or the institute that sent the "
        "person.")
    document = fields.Binary(
        "Signed Document", filename='document_name', file_id='document_id',
        store_prefix=STORE_PREFIX, states=_of_outside,
        help="The opinion as it was signed, a PDF, JPEG or PNG file of at "
        "most 20 MB.")
    document_id = fields.Char("Document ID", readonly=True)
    document_name = fields.Char(
        "File Name", states={
            'readonly': _states['readonly'],
            'invisible': ~Eval('document_name'),
            })
    document_sha256 = fields.Char(
        "SHA-256 of the Document", readonly=True,
        states={
            'invisible': ~Eval('document_sha256'),
            })
    second_checker = fields.Many2One(
        'company.employee', "Second Person", domain=[
            ('company', '=', Eval('company', -1)),
            ],
        states={
            'readonly': _states['readonly'],
            'required': (
                ~Eval('outside', False) & (Eval('state') == 'passed')),
            'invisible': Eval('outside', False),
            },
        help="Who saves it here asks this person, who must confirm the "
        "opinion with an own login before the acceptance can pass.")
    second_at = fields.DateTime(
        "Second Person Confirmed At", readonly=True,
        states={
            'invisible': Eval('outside', False),
            })
    photos = fields.One2Many(
        'hazard.photo', 'acceptance', "Photos of the Acceptance",
        states=_states,
        context={
            'photo_hazard': Eval('hazard', -1),
            'photo_stage': 'acceptance',
            },
        depends={'hazard'})
    decided_by = stamped_by("Decided By", 'decided_by')
    decided_at = fields.DateTime(
        "Decided At", readonly=True,
        states={
            'invisible': ~Eval('decided_at'),
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

    @classmethod
    def get_recheck(cls, acceptances, names):
        values = {n: {} for n in names}
        for acceptance in acceptances:
            recheck = acceptance.recheck
            for name in names:
                value = None
                if recheck:
                    value = getattr(recheck, name.removeprefix('recheck_'))
                values[name][acceptance.id] = getattr(value, 'id', value)
        return values

    @classmethod
    def get_acting_domain(cls):
        "It waits for whom its grade names."
        turn = Turn()
        return [
            ('state', '=', 'draft'),
            ('acceptor', 'in', [a for a, _ in ACCEPTORS if turn.is_in(a)])]

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/form//group[@id="outside"]', 'states', {
                    'invisible': ~Eval('outside', False),
                    }),
            ('/tree/field[@name="state"]', 'visual', If(
                    Eval('state') == 'failed', 'danger', If(
                        Eval('state') == 'passed', 'success', ''))),
            ]

    @property
    def ended_at(self):
        if self.state in {'passed', 'failed'}:
            return self.decided_at
        if self.state == 'cancelled':
            return self.write_date

    @classmethod
    def open(cls, hazards, rechecks):
        "Put the hazards, whose rechecks passed, before who accepts them."
        acceptances = []
        for hazard, recheck in zip(hazards, rechecks):
            grade = hazard.grade
            acceptances.append(cls.new(
                    hazard,
                    acceptor=grade.acceptor,
                    outside=grade.acceptance_outside,
                    recheck=recheck,
                    due_at=hours_later(now(), grade.acceptance_hours)))
        cls.save_new(acceptances)
        cls.__queue__.tell_waiting(acceptances)

    @classmethod
    def preprocess_values(cls, mode, values):
        values = super().preprocess_values(mode, values)
        if 'document' in values:
            document = values['document']
            values['document_sha256'] = (
                hashlib.sha256(bytes(document)).hexdigest()
                if document else None)
        if values.get('document_name'):
            values['document_name'] = safe_name(values['document_name'])
        return values

    @classmethod
    def check_modification(cls, mode, acceptances, values=None,
            external=False):
        super().check_modification(
            mode, acceptances, values=values, external=external)
        if values and values.get('document'):
            cls._check_document(acceptances, bytes(values['document']))

    @classmethod
    def _check_document(cls, acceptances, document):
        if not is_paper(document):
            for acceptance in acceptances:
                acceptance._refuse('document')

    @classmethod
    def check_checker(cls, acceptances, person):
        """Raise AcceptanceError for who rectified or rechecked in any round.

        So it is for who reported a fix on site, whoever is named there.
        """
        pool = Pool()
        Event = pool.get('hazard.event')
        users = Event.get_users([a.hazard for a in acceptances])
        checker = person | represented_people()
        for acceptance in acceptances:
            hazard = acceptance.hazard
            actions = {'finish', 'pass', 'fail'}
            if hazard.handling == 'on_site':
                actions |= {'submit', 'resubmit'}
            acted = [
                *(users[hazard.id, a] for a in actions),
                *(users[str(r), 'second'] for r in hazard.rechecks)]
            if checker.is_any(acceptance._barred(), chain(*acted)):
                acceptance._refuse('own_work')

    def _barred(self):
        hazard = self.hazard
        if hazard.handling == 'on_site':
            yield hazard.found_by
        for rectification in hazard.rectifications:
            yield rectification.responsible
            yield rectification.done_by
        for recheck in hazard.rechecks:
            yield recheck.rectified_by
            yield recheck.checked_by
            if recheck.second_at:
                yield recheck.second_checker
        yield from hazard.formerly_responsible

    def get_barred(self):
        return [*self._barred(), self.second_checker]

    @classmethod
    def check_giver(cls, acceptances):
        "Raise AcceptanceError unless the grade names who acts."
        found = cls.search([
                ('id', 'in', [a.id for a in acceptances]),
                cls.get_acting_domain()])
        for acceptance in acceptances:
            if acceptance not in found:
                acceptance._refuse('acceptor')
        cls.check_checker(acceptances, acting_person())

    @classmethod
    def get_successors(cls, acceptances):
        people = notice.People(acceptances)
        by_role = {'head': people.heads, 'safety': people.safety}
        return {a: by_role[a.acceptor][a.company.id] for a in acceptances}

    @classmethod
    def check_decision(cls, acceptances):
        "Raise AcceptanceError unless who acts may decide what is there."
        check_actor(a.company for a in acceptances)
        person = acting_person()
        cls.check_giver(acceptances)
        for acceptance in acceptances:
            acceptance.check_opinion()
        return person

    def check_opinion(self):
        if not (self.reason or '').strip() or not self.accepted_on:
            self._refuse('reason')
        zone = company_zone(self.company)
        found = local_day(self.rectified_at or self.opened_at, zone)
        if not found <= self.accepted_on <= local_day(now(), zone):
            self._refuse('day')

    def check_outside(self):
        "Raise AcceptanceError unless somebody from outside has signed."
        for name in OUTSIDE:
            value = getattr(self, name)
            if not (plain_name(value) if isinstance(value, str) else value):
                self._refuse('outside', field=self.__names__(name)['field'])
        if is_employee(self.outside_name, self.company):
            self._refuse('outside_employee', name=self.outside_name)

    @classmethod
    @step('passed')
    def pass_(cls, acceptances):
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        person = cls.check_decision(acceptances)
        cls.check_second(acceptances, person)
        for acceptance in acceptances:
            if acceptance.outside:
                acceptance.check_outside()
            elif not acceptance.second_at:
                acceptance._refuse('two_persons')
        hazards, reasons = cls._get_hazards(acceptances)
        cls.move(acceptances, 'passed', 'decided')
        for hazard in hazards:
            hazard.closed_at = now()
        Hazard.advance(
            hazards, 'closed', 'accept', note=reasons.get,
            stages=acceptances)
        Hazard.__queue__.tell_closed(hazards)

    @classmethod
    @step('failed')
    def fail(cls, acceptances):
        pool = Pool()
        FourFix = pool.get('hazard.four_fix')
        Hazard = pool.get('hazard.hazard')
        cls.check_decision(acceptances)
        for acceptance in acceptances:
            if not acceptance.second_at:
                # No document shall say that this person accepted.
                acceptance.second_checker = None
        hazards, reasons = cls._get_hazards(acceptances)
        cls.move(acceptances, 'failed', 'decided')
        for hazard in hazards:
            hazard.round += 1
        Hazard.advance(
            hazards, 'four_fix', 'refuse', note=reasons.get,
            stages=acceptances)
        FourFix.open(hazards)

    @classmethod
    def _get_hazards(cls, acceptances):
        "Return their hazards, and the opinions by hazard."
        hazards = [a.hazard for a in acceptances]
        return hazards, {h: a.reason for h, a in zip(hazards, acceptances)}
