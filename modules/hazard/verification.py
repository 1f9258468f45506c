# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Does what is recorded still fit the event chains and the seals?

It reads plain rows in slices, as there may be millions of events.
"""
import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from trytond.i18n import gettext
from trytond.model import ModelView, fields
from trytond.modules.safety_organization.clock import (
    company_zone, day_start, local_day)
from trytond.pool import Pool
from trytond.pyson import Bool, Eval, If
from trytond.tools import grouped_slice
from trytond.transaction import Transaction, check_access
from trytond.wizard import Button, StateTransition, StateView, Wizard

from .event import DIGEST_FIELDS, event_digest
from .seal import GRACE, seal_digest

# How many hazards are verified at once
SLICE = 1_000
# After how many days a day without a seal does not fit
SEALED_WITHIN = 3


@dataclass
class Problem:
    "The first thing that does not fit."
    message: str
    hazard: int = None
    sequence: int = None
    day: dt.date = None


@dataclass
class Verified:
    "What was verified until the first problem."
    hazards: int = 0
    events: int = 0
    days: int = 0
    problem: Problem = None

    def __add__(self, other):
        return self.__class__(
            self.hazards + other.hazards,
            self.events + other.events,
            self.days + other.days,
            self.problem or other.problem)


class Verifier:
    """Verify the chains and the seals of a company.

    Without days everything is verified; otherwise the whole chains of the
    hazards that have an event on these days, and the seals of these days.
    """

    def __init__(self, company, from_date=None, to_date=None):
        pool = Pool()
        self.company = company
        self.zone = company_zone(company)
        self.from_date = from_date
        self.to_date = to_date
        self.verified = Verified()
        self.Event = pool.get('hazard.event')
        self.Hazard = pool.get('hazard.hazard')
        self.Seal = pool.get('hazard.seal')

    def run(self):
        self.verified.problem = self._verify_chains() or self._verify_seals()
        return self.verified

    def _verify_chains(self):
        for hazards in self._read_hazards():
            events = self._read_events([h['hazard'] for h in hazards])
            for hazard in hazards:
                if problem := self._verify_chain(
                        hazard, events.get(hazard['hazard'], [])):
                    return problem

    def _verify_chain(self, hazard, events):
        previous, state = None, 'draft'
        for sequence, event in enumerate(events, 1):
            if event['sequence'] != sequence:
                return self._event_problem('missing', hazard, sequence)
            if event['previous'] != previous:
                return self._event_problem('previous', hazard, sequence)
            if event['digest'] != event_digest(event):
                return self._event_problem('digest', hazard, sequence)
            if event['company'] != self.company.id:
                return self._event_problem('company', hazard, sequence)
            previous = event['digest']
            state = event['to_state'] or state
        if state != hazard['state']:
            return self._event_problem(
                'state', hazard, len(events),
                state=self._get_state(hazard['state']),
                last_state=self._get_state(state))
        self.verified.hazards += bool(events)
        self.verified.events += len(events)

    def _event_problem(self, case, hazard, sequence, **variables):
        message = gettext(
            f'hazard.msg_verify_{case}',
            hazard=hazard['number'] or hazard['hazard'],
            sequence=sequence, **variables)
        return Problem(message, hazard['hazard'], sequence)

    def _get_state(self, state):
        definition = self.Hazard.fields_get(['state'])['state']
        return dict(definition['selection']).get(state, state)

    def _read_hazards(self):
        "Yield slices of hazards in the order of their ids"
        hazard = self.Hazard.__table__()
        names = ['hazard', 'number', 'state']
        columns = [hazard.id, hazard.number, hazard.state]
        if self.from_date or self.to_date:
            for ids in grouped_slice(self._read_hazards_of_days(), SLICE):
                yield self._fetch(
                    hazard.select(
                        *columns,
                        where=fields.SQL_OPERATORS['in'](
                            hazard.id, list(ids)),
                        order_by=[hazard.id.asc]),
                    names)
            return
        last = -1
        while hazards := self._fetch(
                hazard.select(
                    *columns,
                    where=(hazard.company == self.company.id)
                    & (hazard.id > last),
                    order_by=[hazard.id.asc],
                    limit=SLICE),
                names):
            yield hazards
            last = hazards[-1]['hazard']

    def _read_hazards_of_days(self):
        event = self.Event.__table__()
        where = event.company == self.company.id
        if self.from_date:
            where &= event.at >= day_start(self.from_date, self.zone)
        if self.to_date:
            day = self.to_date + dt.timedelta(days=1)
            where &= event.at < day_start(day, self.zone)
        rows = self._fetch(
            event.select(
                event.hazard,
                where=where, group_by=[event.hazard],
                order_by=[event.hazard.asc]),
            ['hazard'])
        return [r['hazard'] for r in rows]

    def _read_events(self, hazards):
        "Return the events in the order of their sequence by hazard id"
        event = self.Event.__table__()
        names = [*DIGEST_FIELDS, 'digest']
        events = defaultdict(list)
        for row in self._fetch(
                event.select(
                    *(getattr(event, n) for n in names),
                    where=fields.SQL_OPERATORS['in'](event.hazard, hazards),
                    order_by=[event.hazard.asc, event.sequence.asc]),
                names):
            events[row['hazard']].append(row)
        return events

    def _verify_seals(self):
        previous = self._read_seal_before()
        day = previous['day'] + dt.timedelta(days=1) if previous else None
        digest = previous['digest'] if previous else None
        for seal in self._read_seals():
            if day and seal['day'] != day:
                return self._seal_problem('missing', day)
            if problem := self._verify_seal(seal, digest):
                return problem
            digest = seal['digest']
            day = seal['day'] + dt.timedelta(days=1)
            self.verified.days += 1
        return self._verify_sealed(day)

    def _verify_seal(self, seal, previous):
        day = seal['day']
        if seal['previous'] != previous:
            return self._seal_problem('previous', day)
        digests = self.Seal.get_digests(self.company.id, day, self.zone)
        if len(digests) != seal['count']:
            return self._seal_problem(
                'count', day, sealed=seal['count'], found=len(digests))
        if seal['digest'] != seal_digest(
                self.company.id, day, digests, previous):
            return self._seal_problem('digest', day)

    def _verify_sealed(self, day):
        "Verify that the days from day on that should be sealed are"
        day = day or self.Seal.get_first_day(self.company, self.zone)
        today = local_day(dt.datetime.now() - GRACE, self.zone)
        end = today - dt.timedelta(days=SEALED_WITHIN)
        if self.to_date:
            end = min(end, self.to_date)
        if day and day <= end:
            return self._seal_problem('missing', day)

    def _seal_problem(self, case, day, **variables):
        pool = Pool()
        Lang = pool.get('ir.lang')
        message = gettext(
            f'hazard.msg_verify_seal_{case}',
            day=Lang.get().strftime(day),
            company=self.company.rec_name, **variables)
        return Problem(message, day=day)

    def _read_seal_before(self):
        if not self.from_date:
            return None
        seal = self.Seal.__table__()
        rows = self._fetch(
            seal.select(
                seal.day, seal.digest,
                where=(seal.company == self.company.id)
                & (seal.day < self.from_date),
                order_by=[seal.day.desc],
                limit=1),
            ['day', 'digest'])
        return rows[0] if rows else None

    def _read_seals(self):
        seal = self.Seal.__table__()
        where = seal.company == self.company.id
        if self.from_date:
            where &= seal.day >= self.from_date
        if self.to_date:
            where &= seal.day <= self.to_date
        names = ['day', 'count', 'previous', 'digest']
        return self._fetch(
            seal.select(
                *(getattr(seal, n) for n in names),
                where=where, order_by=[seal.day.asc]),
            names)

    @staticmethod
    def _fetch(query, names):
        cursor = Transaction().connection.cursor()
        cursor.execute(*query)
        return [dict(zip(names, row)) for row in cursor.fetchall()]


class VerifyStart(ModelView):
    __name__ = 'hazard.verify.start'

    from_date = fields.Date(
        "From Date",
        domain=[
            If(Bool(Eval('from_date')) & Bool(Eval('to_date')),
                ('from_date', '<=', Eval('to_date')),
                ()),
            ],
        help="Leave the dates empty to verify everything.")
    to_date = fields.Date(
        "To Date",
        domain=[
            If(Bool(Eval('from_date')) & Bool(Eval('to_date')),
                ('to_date', '>=', Eval('from_date')),
                ()),
            ],
        help="Leave the dates empty to verify everything.")


class VerifyResult(ModelView):
    __name__ = 'hazard.verify.result'

    _states = {
        'readonly': True,
        'invisible': ~Eval('problem'),
        }

    fits = fields.Boolean("Everything Fits", readonly=True)
    hazards = fields.Integer("Hazards Verified", readonly=True)
    events = fields.Integer("Events Verified", readonly=True)
    days = fields.Integer("Sealed Days Verified", readonly=True)
    problem = fields.Text("What Does Not Fit", states=_states)
    hazard = fields.Many2One('hazard.hazard', "Hazard", states=_states)
    sequence = fields.Integer("Event", states=_states)
    day = fields.Date("Day", states=_states)

    del _states


class Verify(Wizard):
    __name__ = 'hazard.verify'

    start = StateView(
        'hazard.verify.start', 'hazard.verify_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Verify", 'verify', 'tryton-ok', default=True),
            ])
    verify = StateTransition()
    result = StateView(
        'hazard.verify.result', 'hazard.verify_result_view_form', [
            Button("Close", 'end', 'tryton-close', default=True),
            ])

    def transition_verify(self):
        verified = self.run(self.start.from_date, self.start.to_date)
        problem = verified.problem
        self.result.fits = not problem
        for name in ['hazards', 'events', 'days']:
            setattr(self.result, name, getattr(verified, name))
        self.result.problem = problem.message if problem else None
        for name in ['hazard', 'sequence', 'day']:
            setattr(self.result, name, getattr(problem, name, None))
        return 'result'

    def default_result(self, fields):
        result = self.result
        return {
            name: getattr(result, name) for name in [
                'fits', 'hazards', 'events', 'days', 'problem', 'sequence',
                'day']
            } | {'hazard': result.hazard.id if result.hazard else None}

    @classmethod
    def run(cls, from_date=None, to_date=None):
        "Verify the companies of the user, up to the first problem."
        pool = Pool()
        Company = pool.get('company.company')
        ModelAccess = pool.get('ir.model.access')
        User = pool.get('res.user')
        # A forged action would pass by the groups of the wizard.
        with check_access():
            ModelAccess.check('hazard.seal', 'read')
        verified = Verified()
        for company in Company.browse(User.get_companies()):
            verified += Verifier(company, from_date, to_date).run()
            if verified.problem:
                break
        return verified
