# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
import datetime as dt
import hashlib
from collections import defaultdict

from sql import Null
from sql.aggregate import Max
from sql.conditionals import Case

from trytond import backend
from trytond.cache import Cache
from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Unique, fields
from trytond.model.exceptions import SQLConstraintError
from trytond.modules.safety_base.server_written import AppendOnlyMixin
from trytond.modules.safety_base.stand_in import get_representing
from trytond.modules.safety_base.workflow import acting_employee
from trytond.modules.safety_organization.person import person_of
from trytond.pool import Pool
from trytond.pyson import Eval
from trytond.tools import grouped_slice
from trytond.transaction import Transaction, without_check_access

from ..exceptions import EventAccessError, EventActionError
from ..loop.escalation_step import STEPS
from ..loop.stage import get_parts
from .event_content import encode, get_contents, get_represented, read_content

DIGEST_VERSION = 2
DIGEST_FIELDS = [
    'hazard', 'company', 'sequence', 'at', 'user', 'employee', 'action',
    'from_state', 'to_state', 'note', 'stage', 'previous']
# How many hazards are read at once
SLICE = 1_000


def event_digest(values):
    """Return the digest of the event that has these stored values.

    It is the SHA-256, in hexadecimal, of an ASCII JSON object without spaces
    and with sorted keys: "version" and the names of DIGEST_FIELDS, from
    version 2 on "content" too.
    Records are ids, "stage" is "model,id", "at" is ISO 8601 in UTC with six
    digits of a second, "content" is the text of event_content.py, and what is
    missing is null. Where no version is stored it is 1.
    A new version of this form must keep the older ones verifiable.
    """
    content = {name: values[name] for name in DIGEST_FIELDS}
    content['at'] = content['at'].isoformat(timespec='microseconds')
    content['version'] = values.get('version') or 1
    if content['version'] > 1:
        content['content'] = values['content']
    return hashlib.sha256(encode(content).encode('ascii')).hexdigest()


class Event(AppendOnlyMixin, ModelSQL, ModelView):
    __name__ = 'hazard.event'
    _refusal = EventAccessError, 'hazard.msg_event_modify'
    _log = False
    _search_latest = True
    # Field access does not hold where a relation leads to it.
    _unsearched = {'content'}

    hazard = fields.Many2One(
        'hazard.hazard', "Hazard", required=True, ondelete='RESTRICT',
        readonly=True)
    company = fields.Many2One(
        'company.company', "Company", required=True, ondelete='RESTRICT',
        readonly=True)
    sequence = fields.Integer("Sequence", required=True, readonly=True)
    at = fields.Timestamp("At", required=True, readonly=True)
    user = fields.Many2One(
        'res.user', "User", required=True, ondelete='RESTRICT',
        readonly=True)
    employee = fields.Many2One(
        'company.employee', "Employee", ondelete='RESTRICT', readonly=True)
    represented = fields.Function(
        fields.Many2One(
            'company.employee', "Stood In For",
            states={
                'invisible': ~Eval('represented'),
                }),
        'get_represented')
    action = fields.Selection([
            ('submit', "Submitted"),
            ('resubmit', "Submitted Again"),
            ('return', "Returned"),
            ('reassign', "Reassigned"),
            ('hand_over', "Handed Over"),
            ('confirm', "Four-fix Confirmed"),
            ('finish', "Rectified"),
            ('pass', "Recheck Passed"),
            ('fail', "Recheck Failed"),
            ('accept', "Acceptance Passed"),
            ('refuse', "Acceptance Failed"),
            ('second', "Confirmed by Second Checker"),
            ('close', "Closed"),
            ('cancel', "Cancelled"),
            ('archive', "Archived"),
            ('request', "Extension Requested"),
            ('extend', "Deadline Extended"),
            ('reject', "Extension Rejected"),
            ('draw', "Treatment Plan Drawn Up"),
            ('check', "Treatment Plan Checked"),
            ('plan_return', "Treatment Plan Returned"),
            ('plan', "Treatment Plan Approved"),
            ('replan', "Treatment Plan Reopened"),
            ('import', "Imported"),
            ('undo', "Import Undone"),
            *((name, step.event) for name, step in STEPS.items()),
            ('urgent', "Marked as Urgent Danger"),
            ('alarm', "Urgent Danger Told"),
            ('withdraw', "Work Stopped and People Withdrawn"),
            ('resume', "Work Resumed"),
            ('file', "Reported Up"),
            ('receipt', "Receipt Recorded"),
            ('publish', "Published to Workers"),
            ('unpublish', "Publication Taken Down"),
            ], "Action", required=True, readonly=True, sort=False)
    action_string = action.translated('action')
    stage = fields.Reference("Stage", selection='get_stages', readonly=True)
    note = fields.Text("Note", readonly=True)
    hours = fields.Function(
        fields.Float(
            "Hours", digits=(16, 1),
            help="The time that the hazard spent in the state that this "
            "event ended."),
        'get_hours')
    # Who may read the hazard need not read all of its stages, and is not asked
    # for them together with the rest.
    content = fields.Text(
        "Recorded Content", readonly=True, loading='lazy',
        help="What the card, the stage, the photos and the people were.")
    version = fields.Integer(
        "Version of the Digest", readonly=True,
        help="Empty for the first one, which leaves out the content.")
    previous = fields.Char("Previous Digest", readonly=True)
    digest = fields.Char("Digest", required=True, readonly=True)
    from_state = fields.Selection('get_states', "From State", readonly=True)
    to_state = fields.Selection('get_states', "To State", readonly=True)

    _names_cache = Cache('hazard.event.names', context=False)

    @classmethod
    def __setup__(cls):
        # What is a fraction of a second is for the chain, not for people.
        cls.at.format = '%H:%M:%S'
        super().__setup__()
        table = cls.__table__()
        cls.__access__.add('hazard')
        cls._order = [
            ('hazard.id', 'DESC'),
            ('sequence', 'ASC'),
            ('id', 'ASC'),
            ]
        cls._sql_constraints += [
            ('hazard_sequence_unique',
                Unique(table, table.hazard, table.sequence),
                'hazard.msg_event_sequence_unique'),
            ]
        cls._sql_indexes.update({
                Index(table,
                    (table.hazard, Index.Range()),
                    (table.sequence, Index.Range())),
                Index(table,
                    (table.company, Index.Equality()),
                    (table.at, Index.Range())),
                })

    @classmethod
    def get_states(cls):
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        states = Hazard.fields_get(['state'])['state']['selection']
        return [(None, ''), *states]

    @classmethod
    def _get_stages(cls):
        return [m.__name__ for m in get_parts()]

    @classmethod
    def get_stages(cls):
        pool = Pool()
        Model = pool.get('ir.model')
        get_name = Model.get_name
        return [(None, ''), *((m, get_name(m)) for m in cls._get_stages())]

    @classmethod
    def get_represented(cls, events, name):
        represented = dict.fromkeys(e.id for e in events)
        for id_, employee in cls.read_represented(list(represented)):
            represented[id_] = employee
        return represented

    @classmethod
    def read_represented(cls, events):
        "Yield the id and the represented employee of events of stand-ins."
        cursor = Transaction().connection.cursor()
        table = cls.__table__()
        for sub_ids in grouped_slice(events, SLICE):
            cursor.execute(*table.select(
                    table.id, table.content,
                    where=fields.SQL_OPERATORS['in'](table.id, list(sub_ids))
                    & _is_represented(table)))
            for id_, content in cursor:
                if employee := get_represented(content):
                    yield id_, employee

    @classmethod
    def get_hours(cls, events, name):
        table = cls.__table__()
        hours = dict.fromkeys(e.id for e in events)
        cursor = Transaction().connection.cursor()
        hazards = list({e.hazard.id for e in events})
        for sub_ids in grouped_slice(hazards, SLICE):
            cursor.execute(*table.select(
                    table.hazard, table.id, table.at,
                    where=fields.SQL_OPERATORS['in'](
                        table.hazard, list(sub_ids))
                    & (table.to_state != Null)
                    & ((table.from_state == Null)
                        | (table.from_state != table.to_state)),
                    order_by=[table.hazard.asc, table.sequence.asc]))
            entered = {}
            for hazard, id_, at in cursor:
                if id_ in hours and hazard in entered:
                    hours[id_] = _hours(entered[hazard], at)
                entered[hazard] = at
        return hours

    def get_rec_name(self, name):
        return f'{self.hazard.rec_name} - {self.action_string}'

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('hazard.rec_name', *clause[1:])]

    @classmethod
    def _validate(cls, events, field_names=None):
        # Nothing of an event was typed in.
        pass

    @classmethod
    def append(cls, entries):
        """Append an event per entry to the timelines of its hazard.

        An entry is a dictionary with "hazard" (record), "action" and, where
        they apply, "from_state", "to_state", "note" and "stage" (record).
        Raises EventActionError for an action that it does not know.
        Time, user, employee, sequence and digests are set here.

        Whoever appends to the same hazard at the same time fails with an
        operational error, upon which the server starts the request again.
        """
        if not entries:
            return []
        cls._check_actions(entries)
        last = cls._get_last([e['hazard'].id for e in entries])
        base = {
            'at': cls._now(),
            'user': Transaction().user,
            'version': DIGEST_VERSION,
            }
        employees = {
            c: acting_employee(c) for c in {e['hazard'].company
                for e in entries}}
        vlist = []
        for entry in entries:
            entry['represented'] = get_representing(
                entry.get('stage'), entry['hazard'])
        contents = get_contents(entries, employees)
        for entry, content in zip(entries, contents):
            values = cls._get_values(entry, last, {
                    **base,
                    'content': content,
                    'employee': employees[entry['hazard'].company]})
            last[values['hazard']] = (values['sequence'], values['digest'])
            vlist.append(values)
        with without_check_access():
            try:
                return cls.create(vlist)
            except SQLConstraintError as exception:
                raise backend.DatabaseOperationalError(
                    str(exception)) from exception

    @classmethod
    def _check_actions(cls, entries):
        "Raise EventActionError for an action that is not in the selection."
        known = {action for action, _ in cls.action.selection}
        for action in {e['action'] for e in entries} - known:
            raise EventActionError(gettext(
                    'hazard.msg_event_action', action=action))

    @classmethod
    def _get_values(cls, entry, last, base):
        hazard = entry['hazard']
        stage = entry.get('stage')
        sequence, previous = last.get(hazard.id, (0, None))
        values = {
            **base,
            'hazard': hazard.id,
            'company': hazard.company.id,
            'sequence': sequence + 1,
            'action': entry['action'],
            'from_state': entry.get('from_state'),
            'to_state': entry.get('to_state'),
            'note': entry.get('note') or None,
            'stage': str(stage) if stage else None,
            'previous': previous,
            }
        values['digest'] = event_digest(values)
        return values

    @classmethod
    def _get_last(cls, hazards):
        "Return the sequence and digest of the last event by hazard id"
        cursor = Transaction().connection.cursor()
        table = cls.__table__()
        last = cls.__table__()
        result = {}
        for sub_ids in grouped_slice(list(set(hazards)), SLICE):
            maximum = last.select(
                last.hazard, Max(last.sequence).as_('sequence'),
                where=fields.SQL_OPERATORS['in'](last.hazard, list(sub_ids)),
                group_by=[last.hazard])
            cursor.execute(*table
                .join(maximum, condition=(table.hazard == maximum.hazard)
                    & (table.sequence == maximum.sequence))
                .select(table.hazard, table.sequence, table.digest))
            result.update((h, (s, d)) for h, s, d in cursor)
        return result

    @classmethod
    def get_users(cls, hazards):
        """Return the ids of who took each action on the hazards.

        They are by id of the hazard and action, and by stage and action. With
        a stand-in there are those of whom it represented.
        """
        Employee = Pool().get('company.employee')
        users = defaultdict(set)
        represented = defaultdict(set)
        cursor = Transaction().connection.cursor()
        table = cls.__table__()
        for sub_ids in grouped_slice(list({h.id for h in hazards}), SLICE):
            cursor.execute(*table.select(
                    table.hazard, table.stage, table.action, table.user,
                    Case((_is_represented(table), table.content)),
                    where=fields.SQL_OPERATORS['in'](
                        table.hazard, list(sub_ids))))
            for hazard, stage, action, user, content in cursor:
                users[hazard, action].add(user)
                users[stage, action].add(user)
                if content and (employee := get_represented(content)):
                    represented[employee] |= {
                        (hazard, action), (stage, action)}
        for employee, keys in represented.items():
            own = person_of(Employee(employee)).users
            for key in keys:
                users[key] |= own
        return users

    @classmethod
    def get_handed(cls, hazards):
        """Return the ids of the employees to whom rectifications of the
        hazards were handed over, by id of the hazard."""
        employees = {h.id: set() for h in hazards}
        cursor = Transaction().connection.cursor()
        table = cls.__table__()
        for sub_ids in grouped_slice(list(employees), SLICE):
            cursor.execute(*table.select(
                    table.hazard, table.content,
                    where=fields.SQL_OPERATORS['in'](
                        table.hazard, list(sub_ids))
                    & (table.action == 'hand_over')))
            for hazard, content in cursor:
                stage = (read_content(content) or {}).get('stage', {})
                employees[hazard].add(stage.get('responsible'))
        return {h: e - {None} for h, e in employees.items()}

    @classmethod
    def read_people(cls, hazard):
        """Return the names that the people of the hazard, given as id, bore
        when they were last recorded, by the ids of the employees."""
        cursor = Transaction().connection.cursor()
        table = cls.__table__()
        cursor.execute(*table.select(
                table.content,
                where=(table.hazard == hazard) & (table.content != Null),
                order_by=[table.sequence.asc]))
        names = {}
        for content, in cursor:
            names.update((read_content(content) or {}).get('people', {}))
        return {int(id_): name for id_, name in names.items()}

    @classmethod
    def _now(cls):
        return dt.datetime.now()


def _is_represented(table):
    return table.content.like('%"represented":%')


def _hours(start, end):
    return round((end - start).total_seconds() / 3600, 1)
