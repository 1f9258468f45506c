# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Who stands in for somebody absent, from one day to another.

The stand-in sees and does what waits for the absent person, with the own
groups and in the own name. What is the absent person's own, as exams, points
or opinions, stays so: it is ruled by the own employees alone.
"""
import datetime as dt
from contextlib import contextmanager

from sql import Null

from trytond.cache import Cache
from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, fields
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Bool, Date, Eval, If
from trytond.transaction import Transaction

from .access import CopyAccessMixin, get_writable, is_external, writable
from .clock import company_zone, local_day
from .exceptions import StandInError
from .named import search_each
from .notice import notify, users_of
from .turn import take_turn

# How long somebody is absent at once, and how often it may be planned
LONGEST = dt.timedelta(days=366)
MOST = 20
_in = fields.SQL_OPERATORS['in']


class StandIn(CopyAccessMixin, ModelSQL, ModelView):
    __name__ = 'safety.stand_in'

    _states = {
        'readonly': (
            Bool(Eval('revoked_at'))
            | ((Eval('id', -1) > 0) & (Eval('start', Date()) <= Date()))),
        }

    company = fields.Many2One(
        'company.company', "Company", required=True, states=_states)
    employee = fields.Many2One(
        'company.employee', "Absent", required=True, states=_states,
        domain=[('company', '=', Eval('company', -1))])
    stand_in = fields.Many2One(
        'company.employee', "Stand-in", required=True, states=_states,
        domain=[
            ('company', '=', Eval('company', -1)),
            ('id', '!=', Eval('employee', -1)),
            ],
        help="Who sees and does what waits for the absent person. It takes "
        "a login with the groups that the work asks for.")
    start = fields.Date("From", required=True, states=_states)
    end = fields.Date(
        "To", required=True, states=_states,
        domain=[
            If(Bool(Eval('start')) & Bool(Eval('end')),
                ('end', '>=', Eval('start')),
                ()),
            ],
        help="The last day.")
    revoked_at = fields.DateTime(
        "Revoked At", readonly=True,
        states={
            'invisible': ~Eval('revoked_at'),
            })

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._order = [('start', 'DESC'), ('id', 'DESC')]
        cls._sql_indexes.update({
                Index(t, (t.stand_in, Index.Equality()),
                    (t.end, Index.Range())),
                Index(t, (t.employee, Index.Equality()),
                    (t.end, Index.Range())),
                })
        cls._buttons.update({
                'revoke': {
                    'invisible': (
                        Bool(Eval('revoked_at'))
                        | (Eval('end', Date()) < Date())),
                    'icon': 'tryton-cancel',
                    'depends': ['revoked_at', 'end'],
                    },
                })

    @classmethod
    def default_company(cls):
        return Transaction().context.get('company')

    @classmethod
    def default_employee(cls):
        return Transaction().context.get('employee')

    @classmethod
    def default_start(cls):
        return Pool().get('ir.date').today()

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual', If(
                    Bool(Eval('revoked_at'))
                    | (Eval('end', Date()) < Date()), 'muted', '')),
            ]

    def get_rec_name(self, name):
        return f'{self.employee.rec_name} → {self.stand_in.rec_name}'

    @classmethod
    def search_rec_name(cls, name, clause):
        return search_each(
            cls, clause, 'employee.rec_name', 'stand_in.rec_name')

    @classmethod
    def check_modification(
            cls, mode, stand_ins, values=None, external=False):
        super().check_modification(
            mode, stand_ins, values=values, external=external)
        for stand_in in stand_ins if external else []:
            start = (values or {}).get('start') or stand_in.start
            if mode != 'create':
                stand_in._check_begun()
            if start < stand_in._today():
                stand_in._refuse('past')

    @classmethod
    def on_modification(cls, mode, stand_ins, field_names=None):
        super().on_modification(mode, stand_ins, field_names=field_names)
        Pool().get('res.user').clear_represented()
        if mode == 'create':
            cls.__queue__.tell(stand_ins)

    @classmethod
    def validate_fields(cls, stand_ins, field_names):
        super().validate_fields(stand_ins, field_names)
        if field_names and field_names <= {'revoked_at'}:
            return
        logins = users_of({s.stand_in.id for s in stand_ins})
        take_turn([s.employee for s in stand_ins])
        for stand_in in stand_ins:
            stand_in._check_persons(logins)
            stand_in._check_bounds()
            stand_in._check_overlap()

    def _today(self):
        return local_day(dt.datetime.now(), company_zone(self.company))

    def _check_begun(self):
        if self.revoked_at or self.start <= self._today():
            self._refuse('begun')

    def _check_persons(self, logins):
        if self.employee.party == self.stand_in.party:
            self._refuse('self')
        gone = self.stand_in.end_date and self.stand_in.end_date < self.end
        if gone or not logins.get(self.stand_in.id):
            self._refuse('login')

    def _check_bounds(self):
        if self.end - self.start > LONGEST:
            self._refuse('long')
        if self.search_count([
                    ('employee', '=', self.employee.id),
                    ('revoked_at', '=', None),
                    ('end', '>=', self._today()),
                    ]) > MOST:
            self._refuse('many')

    def _check_overlap(self):
        if self.search([
                    ('id', '!=', self.id),
                    ('employee', '=', self.employee.id),
                    ('revoked_at', '=', None),
                    ('start', '<=', self.end),
                    ('end', '>=', self.start),
                    ], limit=1):
            self._refuse('overlap')

    def _refuse(self, case):
        raise StandInError(gettext(
                f'safety_base.msg_stand_in_{case}',
                employee=self.employee.rec_name,
                stand_in=self.stand_in.rec_name))

    @classmethod
    @writable
    @ModelView.button
    def revoke(cls, stand_ins):
        "End the standing in at once."
        for stand_in in stand_ins:
            stand_in.revoked_at = dt.datetime.now().replace(microsecond=0)
        cls.save(stand_ins)
        return 'reload'

    @classmethod
    def tell(cls, stand_ins):
        "Tell both of them."
        notify(
            {s: {s.employee.id, s.stand_in.id} for s in stand_ins},
            'safety_base.msg_stand_in', 'tryton-notification',
            describe=lambda s: f'{s.start} – {s.end}')


class User(metaclass=PoolMeta):
    __name__ = 'res.user'

    _get_represented_cache = Cache('res.user.get_represented', context=False)

    @classmethod
    def get_represented(cls):
        """Return the ids of the employees for whom the user stands in today,
        ordered.

        It is nobody for whom the server asks what the user may do alone.
        """
        Company = Pool().get('company.company')
        transaction = Transaction()
        if not transaction.user or transaction.context.get('_alone'):
            return ()
        rows = cls._get_represented_cache.get(transaction.user)
        if rows is None:
            rows = cls._select_represented()
            cls._get_represented_cache.set(transaction.user, rows)
        if not rows:
            return ()
        now = dt.datetime.now()
        days = {
            c.id: local_day(now, company_zone(c))
            for c in Company.browse({company for _, company, *_ in rows})}
        return tuple(sorted({
                    employee for employee, company, start, end in rows
                    if start <= days[company] <= end}))

    @classmethod
    def _select_represented(cls):
        StandIn = Pool().get('safety.stand_in')
        Employee = Pool().get('company.employee')
        table, employee = StandIn.__table__(), Employee.__table__()
        cursor = Transaction().connection.cursor()
        own = [employee for employee, _ in cls.get_own()[1]]
        yesterday = Pool().get('ir.date').today() - dt.timedelta(days=1)
        cursor.execute(*table
            .join(employee, condition=table.employee == employee.id)
            .select(
                table.employee, table.company, table.start, table.end,
                employee.end_date,
                where=_in(table.stand_in, own)
                & (table.revoked_at == Null) & (table.end >= yesterday)))
        # Nobody stands in for who has left.
        return tuple(
            (employee, company, start, min(end, gone or end))
            for employee, company, start, end, gone in cursor)

    @classmethod
    def clear_represented(cls):
        cls._get_represented_cache.clear()

    @classmethod
    def on_modification(cls, mode, users, field_names=None):
        super().on_modification(mode, users, field_names=field_names)
        cls.clear_represented()

    @classmethod
    def find_represented(cls, record):
        """Return the id of whom the user represents who may do something with
        the record only as a stand-in, or None."""
        named = {
            getattr(getattr(record, name, None), 'id', None)
            for name in ['assignee', 'responsible']}
        return next((e for e in cls.get_represented() if e in named), None)


class Employee(metaclass=PoolMeta):
    __name__ = 'company.employee'

    @classmethod
    def on_modification(cls, mode, employees, field_names=None):
        super().on_modification(mode, employees, field_names=field_names)
        if mode != 'create':
            Pool().get('res.user').clear_represented()


class UserEmployee(metaclass=PoolMeta):
    __name__ = 'res.user-company.employee'

    @classmethod
    def on_modification(cls, mode, records, field_names=None):
        super().on_modification(mode, records, field_names=field_names)
        Pool().get('res.user').clear_represented()


@contextmanager
def representing(records):
    """Note for whom the user acts on the records that only standing in lets
    the user write, see get_representing."""
    User = Pool().get('res.user')
    transaction = Transaction()
    if not is_external() or not User.get_represented():
        yield
        return
    with transaction.set_context(_alone=True):
        own = get_writable(records)
    noted = {
        key: employee for record in records if record.id not in own
        if (employee := User.find_represented(record))
        for key in record.get_representing_keys()}
    with transaction.set_context(_representing=noted):
        yield


def get_representing(*records):
    "Return the id of whom the user represents on the first of them, or None."
    noted = Transaction().context.get('_representing') or {}
    return next(filter(None, (noted.get(str(r)) for r in records)), None)
