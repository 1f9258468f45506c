# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Does what is recorded still fit?

What is verified is a list of functions (hazard.seal, get_checks), to which
modules add their own. Each yields what does not fit, and goes on. They read
plain rows in slices, as there may be millions of events.
"""
import datetime as dt
import logging
from collections import Counter
from contextlib import nullcontext
from dataclasses import dataclass, field

from trytond.i18n import gettext
from trytond.model import ModelView, fields
from trytond.modules.safety_base.clock import company_zone, day_start
from trytond.pool import Pool
from trytond.pyson import Bool, Eval, If
from trytond.transaction import Transaction, check_access, without_check_access
from trytond.wizard import Button, StateTransition, StateView, Wizard

from .event_content import read_names
from .file_check import check_files
from .lenient import lenient_times
from .problem_text import describe, get_label, shorten, show
from .time_check import check_times, find_impossible

logger = logging.getLogger(__name__)
# How many hazards are verified at once
SLICE = 1_000
# How many problems are kept and how many of them are shown
KEPT = 10_000
SHOWN = 200


@dataclass
class Problem:
    """What does not fit.

    told is the message, or a function that returns it, as of thousands only
    some are shown. record is "model,id" and field the name of the field, where
    it is known which. A remark is no fault but worth to be known.
    """
    told: object
    record: str = None
    field: str = None
    hazard: int = None
    sequence: int = None
    day: dt.date = None
    remark: bool = False

    @property
    def message(self):
        if callable(self.told):
            self.told = self.told()
        return self.told


@dataclass
class Verified:
    "How much was verified, by what it is, and what does not fit."
    counts: Counter = field(default_factory=Counter)
    found: Counter = field(default_factory=Counter)
    problems: list = field(default_factory=list)
    remarks: list = field(default_factory=list)

    def __getattr__(self, name):
        if name in {'hazards', 'events', 'days'}:
            return self.counts[name]
        raise AttributeError(name)

    @property
    def problem(self):
        return self.problems[0] if self.problems else None

    def add(self, problems):
        for problem in problems:
            kind = 'remarks' if problem.remark else 'problems'
            self.found[kind] += 1
            kept = getattr(self, kind)
            if len(kept) < KEPT:
                kept.append(problem)

    def __add__(self, other):
        return self.__class__(
            self.counts + other.counts, self.found + other.found,
            (self.problems + other.problems)[:KEPT],
            (self.remarks + other.remarks)[:KEPT])

    def list(self, kind, count=None):
        "Return the messages of the first problems or remarks."
        messages = [p.message for p in getattr(self, kind)[:count or SHOWN]]
        if (more := self.found[kind] - len(messages)) > 0:
            messages.append(gettext('hazard.msg_verify_more', count=more))
        return messages

    def summary(self):
        "Return what was verified, in words."
        return gettext('hazard.msg_verify_summary', counts=', '.join(
                f'{gettext(f"hazard.msg_verify_count_{n}")} {c}'
                for n, c in sorted(self.counts.items())),
            problems=self.found['problems'], remarks=self.found['remarks'])


class Scope:
    """What of a company is to be verified.

    Without days it is everything; otherwise the hazards that have an event
    on these days, and the seals of these days. counts holds how much has
    been verified, named the names of employees that were told of, and names
    those of today by id, as far as they have been needed.
    """

    def __init__(self, company, from_date=None, to_date=None):
        self.company = company
        self.zone = company_zone(company)
        self.from_date = from_date
        self.to_date = to_date
        self.counts = Counter()
        self.named = set()
        self.names = {}

    @property
    def whole(self):
        return not self.from_date and not self.to_date

    def has(self, day):
        "Is it one of the days?"
        return ((not self.from_date or self.from_date <= day)
            and (not self.to_date or day <= self.to_date))

    def get_names(self, employees):
        "Return the names that the employees bear today by id."
        if missing := employees - self.names.keys():
            self.names |= {**dict.fromkeys(missing), **read_names(missing)}
        return self.names

    def restrict(self, time):
        "Return the condition that the time is on one of the days."
        where = time == time
        if self.from_date:
            where &= time >= day_start(self.from_date, self.zone)
        if self.to_date:
            day = self.to_date + dt.timedelta(days=1)
            where &= time < day_start(day, self.zone)
        return where


def fetch(query, names):
    cursor = Transaction().connection.cursor()
    cursor.execute(*query)
    return [dict(zip(names, row)) for row in cursor.fetchall()]


def guard(record, check, *args):
    """Yield what does not fit by the check of the record.

    Whatever it raises is told, so that what others would find is told, too.
    """
    cursor = Transaction().connection.cursor()
    cursor.execute('SAVEPOINT guard')
    try:
        yield from check(*args)
    except Exception as error:
        logger.exception("%s could not be verified", record)
        cursor = Transaction().connection.cursor()
        cursor.execute('ROLLBACK TO SAVEPOINT guard')
        yield unverified(record, error)
    cursor.execute('RELEASE SAVEPOINT guard')


def unverified(record, error):
    "Return the problem of a record that cannot be verified for the error."
    return Problem(
        lambda: gettext(
            'hazard.msg_verify_unverified', record=describe(record),
            error=shorten(f'{type(error).__name__}: {error}')),
        str(record))


def changed(record, name, found, recorded, hazard, sequence):
    "Return the problem of a field that an event recorded otherwise."
    return Problem(
        lambda: gettext(
            'hazard.msg_verify_changed', field=get_label(record, name),
            record=describe(record), hazard=hazard['number'] or hazard['id'],
            sequence=sequence, found=show(record, name, found),
            recorded=show(record, name, recorded)),
        record, name, hazard['id'], sequence)


def differs(record, name, found, expected, hazard):
    "Return the problem of a field that is otherwise by other records."
    return Problem(
        lambda: gettext(
            'hazard.msg_verify_differs', field=get_label(record, name),
            record=describe(record), hazard=hazard['number'] or hazard['id'],
            found=show(record, name, found),
            expected=show(record, name, expected)),
        record, name, hazard['id'])


class Verifier:
    """Verify all that is recorded in a company, see Scope.

    impossible are the times that find_impossible() has found for all
    companies, which it does by itself without.
    """

    def __init__(
            self, company, from_date=None, to_date=None, files=False,
            impossible=None):
        self.scope = Scope(company, from_date, to_date)
        self.files = files
        self.impossible = impossible

    @without_check_access
    def run(self):
        verified = Verified(self.scope.counts)
        impossible = self.impossible
        if impossible is None:
            impossible = find_impossible()
        with lenient_times() if impossible else nullcontext():
            verified.add(check_times(self.scope, impossible))
            for check in self._get_checks():
                verified.add(guard(self.scope.company, check, self.scope))
        return verified

    def _get_checks(self):
        Seal = Pool().get('hazard.seal')
        checks = Seal.get_checks()
        if self.files:
            checks.append(lambda scope: check_files(scope.counts, scope))
        return checks


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
    files = fields.Boolean(
        "Read the Files",
        help="Compare each photo and issued file with its digest, which may "
        "take long. Only files of the days, where these are given.")

    @classmethod
    def default_files(cls):
        return True


class VerifyProblem(ModelView):
    __name__ = 'hazard.verify.problem'

    message = fields.Text("What Does Not Fit", readonly=True)
    record_name = fields.Char("Record", readonly=True)
    field_name = fields.Char("Field", readonly=True)
    hazard = fields.Many2One('hazard.hazard', "Hazard", readonly=True)
    sequence = fields.Integer("Event", readonly=True)
    day = fields.Date("Day", readonly=True)


class VerifyResult(ModelView):
    __name__ = 'hazard.verify.result'

    fits = fields.Boolean("Everything Fits", readonly=True)
    hazards = fields.Integer("Hazards Verified", readonly=True)
    events = fields.Integer("Events Verified", readonly=True)
    days = fields.Integer("Sealed Days Verified", readonly=True)
    summary = fields.Text("Verified", readonly=True)
    problems = fields.One2Many(
        'hazard.verify.problem', None, "What Does Not Fit", readonly=True,
        states={
            'invisible': Eval('fits', False),
            })
    remarks = fields.Text(
        "Remarks", readonly=True,
        states={
            'invisible': ~Eval('remarks'),
            })


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
        self.verified = self.run(
            self.start.from_date, self.start.to_date, self.start.files)
        return 'result'

    def default_result(self, fields):
        verified = self.verified
        return {
            'fits': not verified.problems,
            'hazards': verified.hazards,
            'events': verified.events,
            'days': verified.days,
            'summary': verified.summary(),
            'problems': [self._show(p) for p in verified.problems[:SHOWN]],
            'remarks': '\n'.join(verified.list('remarks')),
            }

    @staticmethod
    def _show(problem):
        record, field = problem.record, problem.field
        return {
            'message': problem.message,
            'record_name': describe(record) if record else None,
            'field_name': get_label(record, field) if field else None,
            'hazard': problem.hazard,
            'sequence': problem.sequence,
            'day': problem.day,
            }

    @classmethod
    def run(cls, from_date=None, to_date=None, files=False):
        "Verify the companies of the user."
        pool = Pool()
        Company = pool.get('company.company')
        ModelAccess = pool.get('ir.model.access')
        User = pool.get('res.user')
        # A forged action would pass by the groups of the wizard.
        with check_access():
            ModelAccess.check('hazard.seal', 'read')
        verified = Verified()
        impossible = find_impossible()
        for company in Company.browse(User.get_companies()):
            verified += Verifier(
                company, from_date, to_date, files, impossible).run()
        return verified
