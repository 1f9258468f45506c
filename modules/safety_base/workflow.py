# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt
import functools
from itertools import chain

from trytond.exceptions import UserError
from trytond.i18n import gettext
from trytond.model import ModelView, Workflow, fields
from trytond.model.exceptions import AccessError
from trytond.pool import Pool
from trytond.transaction import Transaction, without_check_access

from .access import CopyAccessMixin, check_readable, check_writable
from .exceptions import ActorError, StepError
from .stand_in import representing

# What Tryton itself writes of a record
LOGGED = {'id', 'create_uid', 'create_date', 'write_uid', 'write_date'}


def now():
    "Return the server's time, in UTC and whole seconds."
    return dt.datetime.now().replace(microsecond=0)


def hours_later(time, hours):
    "Return the time so many hours later, None for no number of hours."
    return time + dt.timedelta(hours=hours) if hours is not None else None


def days_between(due, end):
    "Return the number of days, begun ones included, from due to end."
    if due and end > due:
        return -((due - end) // dt.timedelta(days=1))


def acting_employee(company):
    """Return the id of the employee as whom the user acts in the company.

    The client chooses by the context among the employees of the user.
    Without a choice there it is the only one of the company, or None when the
    user has none.
    Raises IdentityError for a choice that is not the user's and ActorError
    where there are several without a choice.
    """
    pool = Pool()
    User = pool.get('res.user')
    transaction = Transaction()
    employee = transaction.context.get('employee')
    if not transaction.user:
        if transaction.context.get('company') == int(company):
            return employee
        return None
    # Jobs go through all companies.
    User.check_identity({'employee': employee})
    own = [e for e, c in User.get_own()[1] if c == int(company)]
    if employee in own:
        return employee
    if len(own) > 1:
        raise ActorError(gettext('safety_base.msg_actor_choose'))
    return own[0] if own else None


def check_actor(companies):
    """Raise ActorError unless the user acts as an employee in the companies.

    What somebody answers for by name is signed by nobody otherwise.
    """
    for company in set(companies) if Transaction().user else []:
        if not acting_employee(company):
            raise ActorError(gettext('safety_base.msg_actor_missing'))


def own_employees():
    """Return the ids of all employees of the user, whichever is chosen.

    What one may not do because of who one is depends on nothing that the
    client sends; see also acting_person.
    """
    pool = Pool()
    User = pool.get('res.user')
    transaction = Transaction()
    if not transaction.user:
        return {transaction.context.get('employee')}
    return {employee for employee, _ in User.get_own()[1]}


def step(*states, start=None, check=None):
    """Decorate a button that leads records of the loop to one of states.

    start are the states that it leads from, where these are fewer than those
    which the transitions know. check names a method that refuses users.
    Who may press it is whoever the record rules let write the records.
    Clients are asked to read the list again, which the records may have left.
    Raises StepError for a record that somebody else has moved on in the
    meantime, AccessError for a record that the user only may read and
    IdentityError where the context names somebody else.
    """
    def decorator(func):
        @ModelView.button
        @functools.wraps(func)
        def button(cls, records, *args, **kwargs):
            # The body acts for the loop, which knows no rules of the user.
            return func(
                cls, cls.browse([r.id for r in records]), *args, **kwargs)

        @functools.wraps(func)
        def wrapper(cls, records, *args, **kwargs):
            if not records:
                return
            if Transaction().check_access:
                Pool().get('res.user').check_identity()
            if len(ids := {r.id for r in records}) < len(records):
                # Once on each, however often a client names it
                records = cls.browse(sorted(ids))
            try:
                if check and Transaction().check_access:
                    getattr(cls, check)(records)
                cls.check_step(records, states, start)
            except UserError:
                # What a record is called must not be told to strangers.
                check_readable(records)
                raise
            check_writable(records)
            with representing(records):
                button(cls, records, *args, **kwargs)
            return 'reload'
        return wrapper
    return decorator


class LoopMixin(Workflow, CopyAccessMixin):
    __slots__ = ()

    # What a user may fill in; all else is written by the steps.
    _editable = frozenset()
    # What is set at creation only, most of it by preprocess_values.
    _derived = frozenset()
    _editable_states = ('draft',)

    def get_representing_keys(self):
        "Return the names of what somebody acts on with the record."
        return [str(self)]

    @classmethod
    def check_editor(cls, records):
        "Raise AccessError unless the user may fill in the records."
        check_writable(records)

    @classmethod
    def preprocess_values(cls, mode, values):
        """Take texts of nothing but spaces for what they are: nothing.

        What is derived from the company is so whether or not it is given.
        """
        values = super().preprocess_values(mode, values)
        if (mode == 'create' and 'company' not in values
                and hasattr(cls, 'default_company')):
            # The other defaults are filled in later.
            values = {**values, 'company': cls.default_company()}
        blank = [
            n for n, v in values.items() if isinstance(v, str)
            and not v.strip() and cls._fields[n]._type == 'text']
        return {**values, **dict.fromkeys(blank)} if blank else values

    @classmethod
    def check_step(cls, records, states, start=None):
        for record in records:
            if (start and record.state not in start) or not any(
                    (record.state, s) in cls._transitions for s in states):
                raise StepError(gettext(
                        'safety_base.msg_step_gone',
                        record=record.rec_name,
                        state=record.state_string))

    @classmethod
    def move(cls, records, state, stamp=None):
        "Save the records in state, stamped with who and when, in one write."
        at = now()
        employees = {}
        for record in records:
            record.state = state
            if stamp:
                company = record.company
                if company not in employees:
                    employees[company] = acting_employee(company)
                setattr(record, f'{stamp}_by', employees[company])
                setattr(record, f'{stamp}_at', at)
        cls.save_alike(records)

    @classmethod
    def save_alike(cls, records):
        "Save the records, by one statement those that change alike."
        groups = {}
        for record in records:
            values = record._save_values()
            # What is checked before writing is as it was.
            record._values = record._init_values = None
            key = repr(sorted(values.items()))
            groups.setdefault(key, (values, []))[1].append(record)
        actions = [(group, values) for values, group in groups.values()]
        if actions:
            with without_check_access():
                cls.write(*chain.from_iterable(actions))

    @classmethod
    def save_new(cls, records):
        "Save what a step has made, of which nobody has filled in anything."
        with Transaction().set_context(_made=True):
            cls.save(records)

    @classmethod
    def _validate(cls, records, field_names=None):
        # A step writes only what it made or checked itself. What people
        # filled in was validated when they saved it.
        names = None if field_names is None else set(field_names)
        if (Transaction().context.get('_made') if names is None
                else not cls._editable & names):
            cls.validate(records)
            cls.validate_fields(records, names)
        else:
            super()._validate(records, field_names=field_names)

    @classmethod
    def check_modification(cls, mode, records, values=None, external=False):
        super().check_modification(
            mode, records, values=values, external=external)
        if not external:
            return
        if mode != 'create':
            for record in records:
                if record.state not in cls._editable_states:
                    raise AccessError(gettext(
                            'safety_base.msg_modify_recorded',
                            record=record.rec_name,
                            state=record.state_string))
        if mode == 'write':
            cls._check_editable(records, values)

    @classmethod
    def create(cls, vlist):
        if Transaction().check_access:
            # Before, because what is given is less than what is recorded
            cls._check_given(vlist)
        return super().create(vlist)

    @classmethod
    def _check_given(cls, vlist):
        "Raise AccessError if the server fills in a field of the values."
        given = {
            n for n in set().union(*vlist) - cls._editable - cls._derived
            if n not in LOGGED and (field := cls._fields.get(n))
            and not isinstance(field, fields.Function) and field.sql_type()}
        if not given:
            return
        defaults = cls.default_get(list(given), with_rec_name=False)
        for values in vlist:
            for name in given & values.keys():
                value = values[name]
                if (value is not None and value is not False
                        and cls._fields[name].sql_format(value)
                        != defaults.get(name)):
                    names = cls.__names__(name)
                    raise AccessError(gettext(
                            'safety_base.msg_modify_field',
                            record=names['model'], field=names['field']))

    @classmethod
    def _check_editable(cls, records, values):
        for name in values.keys() - cls._editable:
            for record in records:
                if cls._is_changed(record, name, values[name]):
                    cls._refuse_field(record, name)

    @classmethod
    def _is_changed(cls, record, name, value):
        field = cls._fields[name]
        if isinstance(field, fields.Function):
            return False
        if field._type in {'one2many', 'many2many'}:
            return bool(value)
        return (field.sql_format(getattr(record, name))
            != field.sql_format(value))

    @classmethod
    def _refuse_field(cls, record, name):
        raise AccessError(gettext(
                'safety_base.msg_modify_field',
                record=record.rec_name,
                **cls.__names__(name)))
