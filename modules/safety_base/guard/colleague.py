# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""
Users are told of those who share a company with them.

Administrators are told of all.  The others find nobody else by searching and
sorting, and read nobody else, not even by a form, an export or a file of
theirs.  A rule would also refuse each record that one of them has made or
changed: who reads such a record is told the name, as it would be printed, and
nothing else.
"""

from sql.conditionals import Case

from trytond.cache import Cache
from trytond.i18n import gettext
from trytond.model import ModelStorage, fields
from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction, without_check_access

from ..access import is_external
from ..exceptions import ColleagueError
from .identity import is_admin

USER = 'res.user'
# What is told of users by the records that name them
NAMED = {'id', 'rec_name'}
# What records are sorted by of users
SORTED = {'id', 'name'}
TO_MANY = {'one2many', 'many2many'}


def is_bound():
    "Is the user told of some users only?"
    return is_external() and not is_admin()


def leads_to_users(field):
    return (hasattr(field, 'get_target')
        and field.get_target().__name__ == USER)


class NamedMixin(ModelStorage):
    "Name the users whom the records name, whoever they are."
    __slots__ = ()

    @classmethod
    def read(cls, ids, fields_names):
        paths = cls._find_users(fields_names)
        if not paths or not is_bound():
            return super().read(ids, fields_names)
        names = [
            n for n in fields_names if str(n).partition('.')[0] not in paths]
        rows = super().read(ids, [*names, *paths])
        for name, wanted in paths.items():
            _add_users(cls._fields[name], rows, wanted)
            if name not in fields_names:
                for row in rows:
                    del row[name]
        return rows

    @classmethod
    def _find_users(cls, names):
        "Return what is wanted of users by the field that leads to them."
        paths = {}
        for name in names:
            local, _, path = str(name).partition('.')
            if path and leads_to_users(cls._fields.get(local)):
                paths.setdefault(local, []).append(path)
        return paths


def _add_users(field, rows, names):
    "Add what is wanted of the users that the field of the rows names."
    User = Pool().get(USER)
    limit = Transaction().context.get('related_read_limit')
    if field._type in TO_MANY:
        ids = dict.fromkeys(i for r in rows for i in r[field.name])
    else:
        ids = dict.fromkeys(r[field.name] for r in rows)
    ids = [i for i in ids if i is not None]
    users = {i: {'id': i} for i in ids}
    users.update((r['id'], r) for r in User.name_users(ids[:limit], names))
    for row in rows:
        value = row[field.name]
        row[f'{field.name}.'] = (
            [users[i] for i in value] if field._type in TO_MANY
            else users.get(value))


class User(metaclass=PoolMeta):
    __name__ = 'res.user'

    _get_colleagues_cache = Cache('res.user.get_colleagues', context=False)

    @classmethod
    def get_colleagues(cls):
        "Return the ids of the user and of those who share a company."
        user = Transaction().user
        companies, _ = cls.get_own()
        colleagues = cls._get_colleagues_cache.get(companies)
        if colleagues is None:
            cursor = Transaction().connection.cursor()
            cursor.execute(*cls._select_colleagues())
            colleagues = cls._get_colleagues_cache.set(
                companies, frozenset(id_ for id_, in cursor))
        return colleagues | {user}

    @classmethod
    def _select_colleagues(cls):
        UserCompany = Pool().get('res.user-company.company')
        companies, _ = cls.get_own()
        table = UserCompany.__table__()
        return table.select(
            table.user,
            where=fields.SQL_OPERATORS['in'](
                table.company, list(companies) or [-1]))

    @classmethod
    def get_bound(cls):
        "Return the domain of the users that the user is told of, if any."
        if is_bound():
            return ['OR',
                ('id', '=', Transaction().user),
                ('id', 'in', cls._select_colleagues())]

    @classmethod
    def check_told(cls, ids):
        "Raise ColleagueError unless the user is told of the users."
        if is_bound() and not cls.get_colleagues().issuperset(map(int, ids)):
            raise ColleagueError(gettext('safety_base.msg_colleague'))

    @classmethod
    def name_users(cls, ids, names):
        "Return the rows of users whom a record that the user reads names."
        colleagues = cls.get_colleagues()
        told = [i for i in ids if i in colleagues]
        others = [i for i in ids if i not in colleagues]
        rows = cls.read(told, names) if told else []
        if others:
            empty = cls._get_empty(names)
            with without_check_access():
                named = cls.read(others, list(NAMED.intersection(names)))
            rows += [{**empty, **row} for row in named]
        return rows

    @classmethod
    def _get_empty(cls, names):
        "Return what is told by the names of users of whom nothing is told."
        FieldAccess = Pool().get('ir.model.field.access')
        empty = {}
        for name in names:
            local, separator, _ = name.partition('.')
            empty[local + separator] = (
                () if not local.startswith('_')
                and cls._fields[local]._type in TO_MANY else None)
            FieldAccess.check(cls.__name__, [local], 'read')
        return empty

    @classmethod
    def search(
            cls, domain, offset=0, limit=None, order=None, count=False,
            query=False):
        if bound := cls.get_bound():
            domain = [domain, bound]
        return super().search(
            domain, offset=offset, limit=limit, order=order, count=count,
            query=query)

    @classmethod
    def read(cls, ids, fields_names):
        cls.check_told(ids)
        return super().read(ids, fields_names)

    @classmethod
    def export_data(cls, records, fields_names, header=False):
        cls.check_told(records)
        return super().export_data(records, fields_names, header=header)

    @classmethod
    def order_name(cls, tables):
        # Whatever is sorted by users is sorted by their names.
        table, _ = tables[None]
        name = cls.name.sql_column(tables, cls)
        if is_bound():
            name = Case((
                    (table.id == Transaction().user)
                    | table.id.in_(cls._select_colleagues()), name))
        return [name]

    @classmethod
    def on_modification(cls, mode, users, field_names=None):
        super().on_modification(mode, users, field_names=field_names)
        cls._get_colleagues_cache.clear()


class UserCompany(metaclass=PoolMeta):
    __name__ = 'res.user-company.company'

    @classmethod
    def on_modification(cls, mode, records, field_names=None):
        pool = Pool()
        User = pool.get(USER)
        super().on_modification(mode, records, field_names=field_names)
        User._get_colleagues_cache.clear()


class Rule(metaclass=PoolMeta):
    __name__ = 'ir.rule'

    @classmethod
    def check(cls, model_name, ids, mode='read'):
        pool = Pool()
        super().check(model_name, ids, mode=mode)
        if model_name == USER:
            pool.get(USER).check_told(ids)
