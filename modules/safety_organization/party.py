# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""
National IDs and phones are personal data.

Protected are the national IDs and the phones of the employees of any company.
They are read whole by

* the person, through an employee of the own user;
* the department that manages a kind, for the members of this kind who have
  been active: whoever can only be a candidate can be made one and undone;
* the organization administration, for the employees of its companies;
* the employee administration, for the employees of its companies who are not
  members;
* the party administration, as it always could.

Everyone else sees masked values, and finds nothing by searching on them.  All
other identifiers and contact mechanisms stay as the party module leaves them.

Who is an employee of other companies only is not read at all, but by the party
administration.

Code that has to find people by what is hidden from its user must query the
tables or search as root.
"""
import datetime as dt
import logging
import re

import stdnum.exceptions
from sql import Literal, Null
from sql.aggregate import Count
from sql.conditionals import Coalesce
from sql.functions import Function, Upper
from sql.operators import Equal
from stdnum.cn import ric

from trytond import backend
from trytond.i18n import gettext
from trytond.model import Exclude, fields
from trytond.modules.party.exceptions import InvalidIdentifierCode
from trytond.modules.safety_base.boolean_search import asks_for_true
from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction

logger = logging.getLogger(__name__)

NATIONAL_ID = 'cn_ric'
PHONE_TYPES = ['phone', 'mobile', 'fax']
SEXES = [
    (None, ""),
    ('male', "Male"),
    ('female', "Female"),
    ]


class Replace(Function):
    __slots__ = ()
    _function = 'REPLACE'


def check_national_id(code):
    """
    Return the compact form of the national ID.

    Raise a ValidationError of stdnum if the length, the format, the check
    digit or the date of birth is wrong.  The place is not checked: it is the
    one of the first registration, which stdnum compares with the year of
    birth and so refuses cards that are valid.
    """
    code = ric.compact(code)
    if len(code) != 18:
        raise stdnum.exceptions.InvalidLength()
    if not re.fullmatch(r'[1-9][0-9]{16}[0-9X]', code):
        raise stdnum.exceptions.InvalidFormat()
    if code[-1] != ric.calc_check_digit(code):
        raise stdnum.exceptions.InvalidChecksum()
    birth = ric.get_birth_date(code)
    if not dt.date(1900, 1, 1) <= birth <= dt.datetime.now().date():
        raise stdnum.exceptions.InvalidComponent()
    return code


def national_id_sex(code):
    "Return the sex that the valid national ID tells"
    return 'male' if int(code[16]) % 2 else 'female'


def compact_phone(value):
    "Return the digits of the phone without the prefix of China"
    digits = re.sub(r'\D', '', value or '')
    return re.sub(r'^(00)?86(?=\d{10,11}$)', '', digits)


def mask(value, head=3, tail=4):
    "Return the value with only its first and last characters readable"
    if not value:
        return value
    if len(value) <= head + tail:
        return '*' * len(value)
    hidden = '*' * (len(value) - head - tail)
    return value[:head] + hidden + value[-tail:]


def mask_phone(value):
    if value and '*' in value:
        return value
    return mask(compact_phone(value) or value)


class PersonalData:
    "SQL of which parties the user of the transaction may read whole"

    def __init__(self):
        pool = Pool()
        Kind = pool.get('safety.member.kind')
        User = pool.get('res.user')
        transaction = Transaction()
        # Rules are sometimes evaluated as root on behalf of the user
        self.user = transaction.user or transaction.context.get('user') or 0
        self.groups = set()
        if self.user:
            with transaction.set_user(self.user):
                self.groups = set(User.get_groups())
                self.companies = list(User.get_companies())
                self.employees = list(User.get_employees())
                self.kinds = list(Kind.get_managed())

    def _in_group(self, module, fs_id):
        ModelData = Pool().get('ir.model.data')
        return ModelData.get_id(module, fs_id) in self.groups

    @property
    def unlimited(self):
        return not self.user or self._in_group('party', 'group_party_admin')

    @classmethod
    def _employed(cls, where=None):
        employee = Pool().get('company.employee').__table__()
        return employee.select(
            employee.party, where=where(employee) if where else None)

    @classmethod
    def _enrolled(cls, where=None):
        pool = Pool()
        employee = pool.get('company.employee').__table__()
        member = pool.get('safety.member').__table__()
        return (employee
            .join(member, condition=member.employee == employee.id)
            .select(
                employee.party,
                where=where(employee, member) if where else None))

    def _readable(self, party):
        yield party.in_(self._employed(
                lambda e: e.id.in_(self.employees or [-1])))
        companies = self.companies or [-1]
        if self._in_group('safety_organization', 'group_organization_admin'):
            yield party.in_(self._employed(
                    lambda e: e.company.in_(companies)))
        elif self.kinds:
            yield party.in_(self._enrolled(
                    lambda e, m: e.company.in_(companies)
                    & m.kind.in_(self.kinds)
                    & (m.since != Null)))
        if self._in_group('company', 'group_employee_admin'):
            yield (party.in_(self._employed(
                        lambda e: e.company.in_(companies)))
                & ~party.in_(self._enrolled()))

    def hidden(self, party):
        "Return the expression that tells if the data of party are hidden"
        if self.unlimited:
            return Literal(False)
        expression = party.in_(self._employed())
        for readable in self._readable(party):
            expression &= ~readable
        return expression

    def foreign(self, party, without=()):
        """
        Return the expression that tells if party belongs to others only

        The employees, given as ids, of without do not count.
        """
        if self.unlimited:
            return Literal(False)
        others = [*without] or [-1]
        employed = self._employed(lambda e: ~e.id.in_(others))
        own = self._employed(
            lambda e: ~e.id.in_(others)
            & (e.company.in_(self.companies or [-1])
                | e.id.in_(self.employees or [-1])))
        return party.in_(employed) & ~party.in_(own)


class _PersonalChar(fields.Char):

    def convert_domain(self, domain, tables, Model):
        # Rules do not apply to the domains that follow a relation, so hidden
        # values match nothing to not be guessed through them
        table, _ = tables[None]
        expression = super().convert_domain(domain, tables, Model)
        return expression & ~Model._hidden(table)


class _PersonalMixin:
    __slots__ = ()

    hidden = fields.Function(fields.Boolean("Hidden"), 'get_hidden')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        for name in cls._personal_fields():
            # The setup ignores fields that replace those of another module
            getattr(cls, name).__class__ = _PersonalChar

    @classmethod
    def _personal_fields(cls):
        raise NotImplementedError

    @classmethod
    def _personal_types(cls):
        raise NotImplementedError

    @classmethod
    def _hidden(cls, table):
        personal = Coalesce(table.type, '').in_(cls._personal_types())
        return personal & PersonalData().hidden(table.party)

    @classmethod
    def get_hidden(cls, records, name):
        cursor = Transaction().connection.cursor()
        table = cls.__table__()
        ids = [r.id for r in records]
        cursor.execute(*table.select(
                table.id,
                where=table.id.in_(ids) & cls._hidden(table)))
        hidden = {i for i, in cursor}
        return {i: i in hidden for i in ids}

    @classmethod
    def copy(cls, records, default=None):
        # Copies are made without access check
        return super().copy(
            [r for r in records if not r.hidden], default=default)

    @classmethod
    def domain_hidden(cls, domain, tables):
        table, _ = tables[None]
        expression = cls._hidden(table)
        if asks_for_true(domain):
            return expression
        return ~expression


class Party(metaclass=PoolMeta):
    __name__ = 'party.party'

    sex = fields.Selection(SEXES, "Sex", sort=False)
    national_id = fields.Function(
        fields.Char("National ID"), 'get_national_id',
        searcher='search_national_id')
    national_id_hidden = fields.Function(
        fields.Boolean("National ID Hidden"), 'get_hidden')
    phones_hidden = fields.Function(
        fields.Boolean("Phones Hidden"), 'get_hidden')
    foreign = fields.Function(
        fields.Boolean("Employee of Other Companies"), 'get_foreign')

    @classmethod
    def get_national_ids(cls, parties):
        "Return the national ID by party, without access check"
        Identifier = Pool().get('party.identifier')
        cursor = Transaction().connection.cursor()
        table = Identifier.__table__()
        cursor.execute(*table.select(
                table.party, table.code,
                where=table.party.in_([p.id for p in parties] or [-1])
                & (table.type == NATIONAL_ID)
                & (table.active == Literal(True)),
                order_by=[table.id.desc]))
        return dict(cursor)

    @classmethod
    def get_national_id(cls, parties, name):
        codes = cls.get_national_ids(parties)
        return {
            p.id: (mask(codes.get(p.id)) if p.national_id_hidden
                else codes.get(p.id))
            for p in parties}

    @classmethod
    def search_national_id(cls, name, clause):
        _, operator, value = clause
        return [('identifiers', 'where', [
                    ('type', '=', NATIONAL_ID),
                    ('code', operator, value),
                    ])]

    @classmethod
    def get_hidden(cls, parties, names):
        cursor = Transaction().connection.cursor()
        table = cls.__table__()
        ids = [p.id for p in parties]
        cursor.execute(*table.select(
                table.id,
                where=table.id.in_(ids or [-1])
                & PersonalData().hidden(table.id)))
        hidden = {i for i, in cursor}
        return {n: {i: i in hidden for i in ids} for n in names}

    @classmethod
    def get_foreign(cls, parties, name):
        cursor = Transaction().connection.cursor()
        table = cls.__table__()
        ids = [p.id for p in parties]
        cursor.execute(*table.select(
                table.id,
                where=table.id.in_(ids or [-1])
                & PersonalData().foreign(table.id)))
        foreign = {i for i, in cursor}
        return {i: i in foreign for i in ids}

    @classmethod
    def domain_foreign(cls, domain, tables):
        table, _ = tables[None]
        expression = PersonalData().foreign(table.id)
        if asks_for_true(domain):
            return expression
        return ~expression

    def get_contact_mechanism(self, name):
        value = super().get_contact_mechanism(name)
        # Getters run without access check
        if value and name in PHONE_TYPES and self.phones_hidden:
            value = mask_phone(value)
        return value


class Configuration(metaclass=PoolMeta):
    __name__ = 'party.configuration'

    def get_identifier_types(self):
        types = super().get_identifier_types()
        if NATIONAL_ID not in dict(types):
            selection = self.fields_get(
                ['identifier_types'])['identifier_types']['selection']
            types = types + [(k, v) for k, v in selection if k == NATIONAL_ID]
        return types


class Identifier(_PersonalMixin, metaclass=PoolMeta):
    __name__ = 'party.identifier'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        table = cls.__table__()
        cls._sql_constraints.append(
            ('national_id_exclude', Exclude(table,
                    (cls._compact(table), Equal),
                    where=cls._identifies(table)),
                'safety_organization.msg_national_id_unique'))

    @classmethod
    def __register__(cls, module):
        if (backend.TableHandler.table_exist(cls._table)
                and (twice := cls._count_twice())):
            logger.warning(
                "%s national IDs belong to several parties: replace the "
                "duplicate parties and update again, so that there will be "
                "no others", twice)
            cls._sql_constraints = [
                c for c in cls._sql_constraints
                if c[0] != 'national_id_exclude']
        super().__register__(module)

    @classmethod
    def _count_twice(cls):
        table = cls.__table__()
        cursor = Transaction().connection.cursor()
        code = cls._compact(table).as_('national_id')
        cursor.execute(*table.select(
                code, where=cls._identifies(table), group_by=[code],
                having=Count(table.id) > 1))
        return len(cursor.fetchall())

    @staticmethod
    def _compact(table):
        return Upper(Replace(table.code, ' ', ''))

    @staticmethod
    def _identifies(table):
        return (table.type == NATIONAL_ID) & table.active

    def get_rec_name(self, name):
        name = super().get_rec_name(name)
        return mask(name) if self.hidden else name

    @classmethod
    def copy(cls, identifiers, default=None):
        # A copy is another person, who has another one
        return super().copy(
            [i for i in identifiers if i.type != NATIONAL_ID],
            default=default)

    @classmethod
    def _personal_types(cls):
        return [NATIONAL_ID]

    @classmethod
    def _personal_fields(cls):
        return ['code', 'code_compact']

    @fields.depends('type', 'party', 'code')
    def check_code(self):
        if self.type != NATIONAL_ID:
            return super().check_code()
        try:
            check_national_id(self.code or '')
        except stdnum.exceptions.ValidationError as exception:
            raise InvalidIdentifierCode(gettext(
                    'party.msg_invalid_code',
                    type=self.type_string,
                    code=self.code,
                    party=self.party.rec_name
                    if self.party and self.party.id > 0 else ''
                    )) from exception


class ContactMechanism(_PersonalMixin, metaclass=PoolMeta):
    __name__ = 'party.contact_mechanism'

    def get_rec_name(self, name):
        # It has the value.
        return self.party.rec_name if self.hidden else (
            super().get_rec_name(name))

    @classmethod
    def _personal_types(cls):
        return PHONE_TYPES

    @classmethod
    def _personal_fields(cls):
        return ['value', 'value_compact']
