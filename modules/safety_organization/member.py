# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt

from sql import Null
from sql.operators import Equal

from trytond.cache import Cache
from trytond.i18n import gettext
from trytond.model import (
    DeactivableMixin, Exclude, Index, ModelSQL, ModelView, Unique, Workflow,
    fields, sequence_ordered)
from trytond.modules.currency.fields import Monetary
from trytond.modules.safety_base.access import CopyAccessMixin, writable
from trytond.modules.safety_base.named import search_any
from trytond.modules.safety_base.reason import ReasonWizard, get_reason
from trytond.modules.safety_base.server_written import AppendOnlyMixin
from trytond.pool import Pool
from trytond.pyson import Eval, If
from trytond.transaction import Transaction, inactive_records

from .exceptions import (
    MemberAccessError, MemberActivationError, MemberChangeError)
from .shift import shift_domain

STATES = [
    ('candidate', "Candidate"),
    ('active', "Active"),
    ('suspended', "Suspended"),
    ('dismissed', "Dismissed"),
    ]


class Kind(DeactivableMixin, sequence_ordered(), ModelSQL, ModelView):
    __name__ = 'safety.member.kind'

    name = fields.Char("Name", required=True, translate=True)
    code = fields.Char("Code", required=True)
    group = fields.Many2One(
        'res.group', "Group", ondelete='RESTRICT',
        help="The users of the group manage the members of the kind.")
    department_name = fields.Char(
        "Department", translate=True,
        help="The department that manages the members of the kind.")

    _get_managed_cache = Cache(
        'safety.member.kind.get_managed', context=False)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('code_unique', Unique(t, t.code),
                'safety_organization.msg_member_kind_code_unique'),
            ]
        cls._order.append(('id', 'ASC'))

    @classmethod
    def get_managed(cls):
        """
        Return an ordered tuple of the ids of the kinds of which the user is
        in the managing group
        """
        pool = Pool()
        User = pool.get('res.user')
        groups = User.get_groups()
        if not groups:
            return ()
        kinds = cls._get_managed_cache.get(groups)
        if kinds is None:
            # As root to prevent the rules from needing themselves
            with Transaction().set_user(0, set_context=True), \
                    inactive_records():
                kinds = tuple(sorted(map(int, cls.search([
                                    ('group', 'in', groups),
                                    ]))))
            cls._get_managed_cache.set(groups, kinds)
        return kinds

    @classmethod
    def on_modification(cls, mode, kinds, field_names=None):
        super().on_modification(mode, kinds, field_names=field_names)
        cls._get_managed_cache.clear()


class Member(CopyAccessMixin, Workflow, ModelSQL, ModelView):
    __name__ = 'safety.member'

    _get_active_cache = Cache('safety.member.get_active', context=False)

    _states = {
        'readonly': Eval('state') == 'dismissed',
        }
    _states_candidate = {
        'readonly': Eval('state') != 'candidate',
        }

    company = fields.Many2One(
        'company.company', "Company", required=True,
        states=_states_candidate)
    employee = fields.Many2One(
        'company.employee', "Employee", required=True, ondelete='RESTRICT',
        domain=[('company', '=', Eval('company', -1))],
        states=_states_candidate)
    kind = fields.Many2One(
        'safety.member.kind', "Kind", required=True, ondelete='RESTRICT',
        states=_states_candidate)
    unit = fields.Many2One(
        'safety.unit', "Unit", ondelete='RESTRICT',
        domain=[('company', '=', Eval('company', -1))],
        states={
            'readonly': _states['readonly'],
            'required': Eval('state').in_(['active', 'suspended']),
            })
    shift = fields.Many2One(
        'safety.shift', "Shift", ondelete='RESTRICT',
        domain=[shift_domain()],
        states=_states)
    shift_set = fields.Function(
        fields.Many2One('safety.shift.set', "Shift Set"),
        'on_change_with_shift_set')
    zone = fields.Many2One(
        'safety.zone', "Zone", ondelete='RESTRICT',
        domain=[('company', '=', Eval('company', -1))],
        states=_states)
    allowance = Monetary(
        "Allowance", currency='currency', digits='currency',
        domain=['OR',
            ('allowance', '=', None),
            ('allowance', '>=', 0),
            ],
        states=_states,
        help="The amount per month.")
    currency = fields.Function(
        fields.Many2One('currency.currency', "Currency"),
        'on_change_with_currency')
    since = fields.Date(
        "Since", readonly=True,
        help="The date on which the member became active for the first time.")
    until = fields.Date(
        "Until", readonly=True,
        states={
            'invisible': Eval('state') != 'dismissed',
            },
        help="The date on which the member was dismissed.")
    changes = fields.One2Many(
        'safety.member.change', 'member', "Changes", readonly=True)
    state = fields.Selection(
        STATES, "State", readonly=True, required=True, sort=False)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('kind_exclude', Exclude(t,
                    (t.employee, Equal),
                    (t.kind, Equal),
                    where=t.until == Null),
                'safety_organization.msg_member_kind_exclude'),
            ]
        cls._sql_indexes.update({
                Index(t,
                    (t.company, Index.Equality()),
                    (t.kind, Index.Equality()),
                    (t.state, Index.Equality(cardinality='low'))),
                Index(t,
                    (t.unit, Index.Equality()),
                    (t.shift, Index.Equality()),
                    (t.kind, Index.Equality()),
                    where=t.state == 'active'),
                })
        cls._order = [
            ('unit', 'ASC NULLS LAST'),
            ('kind', 'ASC'),
            ('id', 'ASC'),
            ]
        cls._transitions |= {
            ('candidate', 'active'),
            ('active', 'suspended'),
            ('suspended', 'active'),
            ('candidate', 'dismissed'),
            ('active', 'dismissed'),
            ('suspended', 'dismissed'),
            }
        cls._buttons.update({
                'activate': {
                    'invisible': Eval('state') != 'candidate',
                    'icon': 'tryton-forward',
                    'depends': ['state'],
                    },
                'resume': {
                    'invisible': Eval('state') != 'suspended',
                    'icon': 'tryton-forward',
                    'depends': ['state'],
                    },
                'suspend': {
                    'invisible': Eval('state') != 'active',
                    'icon': 'tryton-back',
                    'depends': ['state'],
                    },
                'dismiss': {
                    'invisible': Eval('state') == 'dismissed',
                    'icon': 'tryton-cancel',
                    'depends': ['state'],
                    },
                })

    @classmethod
    def default_company(cls):
        return Transaction().context.get('company')

    @classmethod
    def default_kind(cls):
        pool = Pool()
        Kind = pool.get('safety.member.kind')
        kinds = Kind.get_managed()
        if len(kinds) == 1:
            return kinds[0]

    @classmethod
    def default_state(cls):
        return 'candidate'

    @fields.depends('company')
    def on_change_with_shift_set(self, name=None):
        pool = Pool()
        Configuration = pool.get('safety.configuration')
        if self.company:
            return Configuration(1).get_multivalue(
                'shift_set', company=self.company.id)

    @fields.depends('company')
    def on_change_with_currency(self, name=None):
        return self.company.currency if self.company else None

    @fields.depends('employee', 'unit', '_parent_employee.unit')
    def on_change_employee(self):
        if self.employee and not self.unit:
            self.unit = self.employee.unit

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual',
                If(Eval('state') == 'dismissed', 'muted',
                    If(Eval('state') == 'suspended', 'warning', ''))),
            ]

    def get_rec_name(self, name):
        return gettext(
            'safety_organization.msg_member_rec_name',
            employee=self.employee.rec_name, kind=self.kind.rec_name)

    @classmethod
    def search_rec_name(cls, name, clause):
        return search_any(clause, 'employee.rec_name', 'kind.rec_name')

    @classmethod
    def check_modification(cls, mode, members, values=None, external=False):
        super().check_modification(
            mode, members, values=values, external=external)
        if mode == 'delete':
            cls._check_delete(members)
        elif mode == 'create' and external:
            cls._check_create(members)
        elif mode == 'write' and external:
            cls._check_write(members, values)

    @classmethod
    def on_modification(cls, mode, members, field_names=None):
        super().on_modification(mode, members, field_names=field_names)
        cls._get_active_cache.clear()

    @classmethod
    def get_active(cls, employee, company):
        """Return the active memberships of an employee, given as ids.

        Each is a tuple of the ids of the member and of its kind.
        """
        key = (employee, company)
        active = cls._get_active_cache.get(key)
        if active is None:
            cursor = Transaction().connection.cursor()
            table = cls.__table__()
            cursor.execute(*table.select(
                    table.id, table.kind,
                    where=(table.employee == employee)
                    & (table.company == company)
                    & (table.state == 'active'),
                    order_by=table.id))
            active = tuple(map(tuple, cursor))
            cls._get_active_cache.set(key, active)
        return active

    @classmethod
    def _check_delete(cls, members):
        for member in members:
            if member.state != 'candidate':
                raise MemberAccessError(gettext(
                        'safety_organization.msg_member_delete_candidate',
                        member=member.rec_name))

    @classmethod
    def _check_create(cls, members):
        for member in members:
            if (member.state != 'candidate'
                    or member.since or member.until or member.changes):
                raise MemberAccessError(gettext(
                        'safety_organization.msg_member_create_candidate',
                        member=member.rec_name))

    @classmethod
    def _check_write(cls, members, values):
        steps = values.keys() & {'state', 'since', 'until', 'changes'}
        identity = values.keys() & {'company', 'employee', 'kind'}
        for member in members:
            if steps or (identity and member.state != 'candidate'):
                raise MemberAccessError(gettext(
                        'safety_organization.msg_member_write_button',
                        member=member.rec_name,
                        **cls.__names__(min(steps or identity))))
            if member.state == 'dismissed':
                raise MemberAccessError(gettext(
                        'safety_organization.msg_member_write_dismissed',
                        member=member.rec_name))

    @classmethod
    def copy(cls, members, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('since')
        default.setdefault('until')
        default.setdefault('changes')
        return super().copy(members, default=default)

    @classmethod
    @writable
    @ModelView.button
    @Workflow.transition('active')
    def activate(cls, members):
        cls.check_activation(members)
        cls._record_step(members, 'active')
        return 'reload'

    @classmethod
    @writable
    @ModelView.button
    @Workflow.transition('active')
    def resume(cls, members):
        cls.check_activation(members)
        cls._record_step(members, 'active')
        return 'reload'

    @classmethod
    @writable
    @ModelView.button
    @Workflow.transition('suspended')
    def suspend(cls, members):
        if not members:
            return
        reason = get_reason('safety_organization.wizard_member_suspend')
        cls._record_step(members, 'suspended', reason)
        return 'reload'

    @classmethod
    @writable
    @ModelView.button
    @Workflow.transition('dismissed')
    def dismiss(cls, members):
        if not members:
            return
        reason = get_reason('safety_organization.wizard_member_dismiss')
        cls._record_step(members, 'dismissed', reason)
        return 'reload'

    @classmethod
    def check_activation(cls, members):
        """
        Raise MemberActivationError unless all the members may be active.

        Modules extend it with their own conditions.
        """
        for member in members:
            if not member.unit:
                raise MemberActivationError(gettext(
                        'safety_organization.msg_member_activate_unit',
                        member=member.rec_name))

    @classmethod
    def _record_step(cls, members, state, reason=None):
        pool = Pool()
        Change = pool.get('safety.member.change')
        changes = Change.append(members, state, reason=reason)
        for member, change in zip(members, changes):
            if state == 'active' and not member.since:
                member.since = change.date
            elif state == 'dismissed':
                member.until = change.date
        cls.save(members)


class MemberChange(AppendOnlyMixin, ModelSQL, ModelView):
    __name__ = 'safety.member.change'
    _refusal = (
        MemberChangeError, 'safety_organization.msg_member_change_append_only')

    member = fields.Many2One(
        'safety.member', "Member", required=True, ondelete='RESTRICT',
        readonly=True)
    company = fields.Many2One(
        'company.company', "Company", required=True, readonly=True)
    date = fields.Date("Date", required=True, readonly=True)
    from_state = fields.Selection(
        STATES, "From", required=True, readonly=True, sort=False)
    to_state = fields.Selection(
        STATES, "To", required=True, readonly=True, sort=False)
    to_state_string = to_state.translated('to_state')
    reason = fields.Text("Reason", readonly=True)
    changed_by = fields.Many2One(
        'company.employee', "Changed by", readonly=True)
    user = fields.Many2One('res.user', "User", readonly=True)
    at = fields.Timestamp("At", required=True, readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.add(Index(t, (t.company, Index.Equality())))
        cls._order = [
            ('at', 'DESC'),
            ('id', 'DESC'),
            ]

    def get_rec_name(self, name):
        return f'{self.member.rec_name} {self.to_state_string}'

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('member.rec_name', *clause[1:])]

    @classmethod
    def append(cls, members, state, reason=None):
        "Record and return that the members go to the state"
        pool = Pool()
        Date = pool.get('ir.date')
        User = pool.get('res.user')
        transaction = Transaction()
        employee = User(transaction.user).employee
        now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
        changes = []
        for member in members:
            with transaction.set_context(company=member.company.id):
                date = Date.today()
            changes.append(cls(
                    member=member,
                    company=member.company,
                    date=date,
                    from_state=member.state,
                    to_state=state,
                    reason=reason,
                    changed_by=employee,
                    user=transaction.user or None,
                    at=now))
        cls.save(changes)
        return changes


class MemberSuspend(ReasonWizard):
    __name__ = 'safety.member.suspend'
    _button = 'suspend'


class MemberDismiss(ReasonWizard):
    __name__ = 'safety.member.dismiss'
    _button = 'dismiss'
