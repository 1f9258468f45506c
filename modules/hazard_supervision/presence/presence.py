# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""When the people of the enterprises work with the system.

Nothing but the sessions tells it. A user costs a row of his own on his first
work of a day; afterwards the last work is kept at intervals and, meanwhile,
without any statement.
"""

import datetime as dt
from collections import namedtuple

from sql import Conflict, Literal, Null
from sql.aggregate import Max
from sql.conditionals import Coalesce, Greatest

from trytond import backend
from trytond.cache import Cache
from trytond.model import Index, ModelSQL, ModelView, Unique, fields
from trytond.modules.safety_base.clock import (
    company_zone, day_start, local_day)
from trytond.modules.safety_base.server_written import ServerWrittenMixin
from trytond.modules.safety_base.workflow import now
from trytond.pool import Pool
from trytond.tools import sqlite_apply_types
from trytond.transaction import Transaction, without_check_access

from ..exceptions import PresenceAccessError

INTERVAL = dt.timedelta(minutes=15)
DAY = dt.timedelta(days=1)
Place = namedtuple('Place', [
        'enterprise', 'company', 'day', 'starts_at', 'ends_at'])


class Presence(ServerWrittenMixin, ModelSQL, ModelView):
    __name__ = 'supervision.presence'
    _refusal = PresenceAccessError, 'hazard_supervision.msg_presence_modify'
    _rule_context_organization = True
    _log = False
    # Until when the work of a user needs not be kept again
    _until_cache = Cache('supervision.presence.until', context=False)

    company = fields.Many2One(
        'company.company', "Company", required=True, ondelete='RESTRICT',
        readonly=True)
    enterprise = fields.Many2One(
        'supervision.enterprise', "Enterprise", required=True,
        ondelete='RESTRICT', readonly=True)
    day = fields.Date("Day", required=True, readonly=True)
    first_at = fields.DateTime("First Work", required=True, readonly=True)
    login_at = fields.DateTime("Last Login", readonly=True)
    last_at = fields.DateTime("Last Work", required=True, readonly=True)
    users = fields.Integer(
        "Users", required=True, readonly=True,
        help="How many of its people have worked with the system.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._order = [('day', 'DESC'), ('enterprise', 'ASC'), ('id', 'ASC')]
        cls._sql_constraints += [
            ('day_unique', Unique(t, t.enterprise, t.day),
                'hazard_supervision.msg_presence_day_unique'),
            ]
        cls._sql_indexes.add(
            Index(t, (t.company, Index.Equality()), (t.day, Index.Range())))

    def get_rec_name(self, name):
        return f'{self.enterprise.rec_name} {self.day}'

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('enterprise.rec_name', *clause[1:])]

    @classmethod
    def work(cls, user):
        "Keep that the user works, unless it was kept a short time ago."
        until = cls._until_cache.get(user)
        if not until or now() >= until:
            cls._keep(user)

    @classmethod
    def _keep(cls, user):
        at = now()
        places = cls._get_places(user, at)
        login_at = cls._get_login(user) if places else None
        first = [p for p in places if cls._keep_place(user, p, at, login_at)]
        if first:
            Enterprise = Pool().get('supervision.enterprise')
            with without_check_access():
                Enterprise.has_worked({p.enterprise: p.day for p in first})
        cls._until_cache.set(
            user, min([at + INTERVAL, *(p.ends_at for p in places)]))

    @classmethod
    def _get_places(cls, user, at):
        """Return the enterprises to which the user belongs, with their days.

        Who belongs to a regulator or administers the database looks at
        enterprises and does not work for them.
        """
        pool = Pool()
        Company = pool.get('company.company')
        places = []
        with without_check_access():
            for id_, regulator, own in cls._select_enterprises(user):
                zone = company_zone(Company(own))
                day = local_day(at, zone)
                places.append(Place(
                        id_, regulator, day, day_start(day, zone),
                        day_start(day + DAY, zone)))
        return places

    @classmethod
    def _select_enterprises(cls, user):
        pool = Pool()
        ModelData = pool.get('ir.model.data')
        company = pool.get('company.company').__table__()
        employee = pool.get('company.employee').__table__()
        enterprise = pool.get('supervision.enterprise').__table__()
        user_employee = pool.get('res.user-company.employee').__table__()
        groups = pool.get('res.user-res.group').user_group_all_table()
        administration = ModelData.get_id('res', 'group_admin')
        own = user_employee.join(
            employee, condition=user_employee.employee == employee.id
            ).select(employee.company, where=user_employee.user == user)
        cursor = Transaction().connection.cursor()
        cursor.execute(*enterprise.select(
                enterprise.id, enterprise.company, enterprise.own_company,
                where=enterprise.own_company.in_(own)
                & (enterprise.closed_on == Null)
                & ~Literal(user).in_(groups.select(
                        groups.user, where=groups.group == administration))
                & ~Literal(True).in_(company.select(
                        Coalesce(company.regulator, Literal(False)),
                        where=company.id.in_(own)))))
        return cursor.fetchall()

    @classmethod
    def _get_login(cls, user):
        "Return when the last of the user's sessions began."
        session = Pool().get('ir.session').__table__()
        cursor = Transaction().connection.cursor()
        query = session.select(
            Max(session.create_date).as_('login_at'),
            where=session.create_uid == user)
        if backend.name == 'sqlite':
            sqlite_apply_types(query, ['TIMESTAMP'])
        cursor.execute(*query)
        return cursor.fetchone()[0]

    @classmethod
    def _keep_place(cls, user, place, at, login_at):
        "Return whether it is the first work of the user on the day."
        if login_at and login_at < place.starts_at:
            login_at = None
        PresenceUser = Pool().get('supervision.presence.user')
        first = PresenceUser.add(place.enterprise, place.day, user)
        table = cls.__table__()
        values = {
            'create_uid': Transaction().user,
            'create_date': at,
            'company': place.company,
            'enterprise': place.enterprise,
            'day': place.day,
            'first_at': at,
            'login_at': login_at,
            'last_at': at,
            'users': 1,
            }
        changed = {
            'last_at': Greatest(table.last_at, at),
            'users': table.users + int(first),
            **({'login_at': login_at} if login_at else {}),
            }
        cursor = Transaction().connection.cursor()
        cursor.execute(*table.insert(
                [getattr(table, n) for n in values], [list(values.values())],
                on_conflict=Conflict(
                    table, [table.enterprise, table.day],
                    columns=[getattr(table, n) for n in changed],
                    values=list(changed.values()))))
        return first

    @classmethod
    def get_last(cls, enterprises):
        "Return the day of the last work by id of the enterprises."
        table = cls.__table__()
        cursor = Transaction().connection.cursor()
        where = fields.SQL_OPERATORS['in'](table.enterprise, enterprises)
        query = table.select(
            table.enterprise, Max(table.day).as_('day'), where=where,
            group_by=table.enterprise)
        if backend.name == 'sqlite':
            sqlite_apply_types(query, [None, 'DATE'])
        cursor.execute(*query)
        return dict(cursor.fetchall())


class PresenceUser(ServerWrittenMixin, ModelSQL):
    __name__ = 'supervision.presence.user'
    _refusal = PresenceAccessError, 'hazard_supervision.msg_presence_modify'
    _log = False

    enterprise = fields.Many2One(
        'supervision.enterprise', "Enterprise", required=True,
        ondelete='CASCADE')
    day = fields.Date("Day", required=True)
    user = fields.Many2One(
        'res.user', "User", required=True, ondelete='CASCADE')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('user_unique', Unique(t, t.enterprise, t.day, t.user),
                'hazard_supervision.msg_presence_user_unique'),
            ]

    @classmethod
    def add(cls, enterprise, day, user):
        "Return whether the user has not worked on the day before."
        table = cls.__table__()
        cursor = Transaction().connection.cursor()
        cursor.execute(*table.insert(
                [table.create_uid, table.create_date, table.enterprise,
                    table.day, table.user],
                [[Transaction().user, now(), enterprise, day, user]],
                on_conflict=Conflict(table)))
        return cursor.rowcount > 0
