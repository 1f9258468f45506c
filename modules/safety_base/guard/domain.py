# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""
Domains and orders of clients are checked before they become SQL.

Tryton checks the access to the fields that a domain names directly or by a
dotted path, but not to those that the operator ``where`` looks into, and
trusts the form of all of them.  Here each search of a user, whatever calls
it, is walked through once: what is not made as a domain is refused, what is
too large is refused, and ``where`` is checked as a path is.

Nor does Tryton apply the rules of what a domain looks into.  Where it looks
into the many records of a relation they are added, so that nobody finds out by
searching what the rules hide; into users, the bound of those who are told.
"""
import logging
from collections import defaultdict
from decimal import Decimal

from trytond.const import OPERATORS
from trytond.i18n import gettext
from trytond.model import ModelStorage
from trytond.model.fields import Function
from trytond.pool import Pool, PoolMeta
from trytond.transaction import without_check_access

from ..access import is_external
from ..exceptions import (
    DomainFormError, DomainLimitError, DomainSecretError, DomainValueError)
from .call import FAILURES, MISFITS, answerable
from .colleague import SORTED, USER, is_bound, leads_to_users
from .number import WHOLE, is_within
from .path import check_paths
from .value import find_model

CLAUSES = 500
DEPTH = 30
# Columns of an order
COLUMNS = 20
# What the operators compare with in all, a little less than PostgreSQL takes
# as parameters of a statement; the clients ask for the records of a list by
# some thousand ids.
VALUES = 50_000
# Of the text that like and ilike compare
TEXT = 1000
ORDERS = {
    f'{order}{nulls}' for order in ['ASC', 'DESC']
    for nulls in ['', ' NULLS FIRST', ' NULLS LAST']}

TO_MANY = {'one2many', 'many2many'}
# Operators for a choice
CHOICE = {'=', '!=', 'in', 'not in'}
# What compares with whole numbers
WHOLE_TYPES = {
    'bigint', 'integer', 'many2many', 'many2one', 'one2many', 'one2one',
    'reference'}

logger = logging.getLogger(__name__)


class DomainMixin(ModelStorage):
    __slots__ = ()

    @classmethod
    def search(
            cls, domain, offset=0, limit=None, order=None, count=False,
            **options):
        search = super().search
        if not is_external():
            return search(
                domain, offset=offset, limit=limit, order=order, count=count,
                **options)
        domain = Walk().check(cls, domain, order)
        try:
            return search(
                domain, offset=offset, limit=limit, order=order, count=count,
                **options)
        except FAILURES:
            raise
        except MISFITS as exception:
            # Of what a module has raised itself one must know where.
            logger.warning(
                "search on %s refused: %r", cls.__name__, exception,
                exc_info=_is_of_module(exception))
            with answerable(exception):
                raise DomainValueError(gettext(
                        'safety_base.msg_domain_value',
                        **cls.__names__())) from exception


def _is_of_module(exception):
    "Was it raised by the code of a module, not by fields or the database?"
    traceback = exception.__traceback__
    while traceback.tb_next:
        traceback = traceback.tb_next
    name = traceback.tb_frame.f_globals.get('__name__', '')
    # What is changed of the database is part of it.
    return (name.startswith('trytond.modules.')
        and name != 'trytond.modules.safety_base.sqlite')


class Walk:
    "One walk through the domain and the order of a user"

    def __init__(self):
        self.clauses = 0
        self.values = 0
        # The fields by model that where looks into
        self.inside = defaultdict(set)

    def check(self, Model, domain, order=None):
        """
        Return the domain with the rules of what it looks into.

        Raises DomainFormError, DomainLimitError or AccessError unless the user
        may search the model by the domain in the order.
        """
        pool = Pool()
        Access = pool.get('ir.model.access')
        FieldAccess = pool.get('ir.model.field.access')
        domain = self.domain(Model, domain)
        if order:
            self.order(Model, order)
        for name, fields in self.inside.items():
            Access.check(name, 'read')
            FieldAccess.check(name, fields, 'read')
        return domain

    def domain(self, Model, domain, depth=0, inside=False):
        if depth > DEPTH or self.clauses >= CLAUSES:
            raise DomainLimitError(gettext(
                    'safety_base.msg_domain_limit',
                    clauses=CLAUSES, depth=DEPTH))
        if not isinstance(domain, (list, tuple)):
            self._refuse(domain)
        if not domain:
            return domain
        joined = []
        if isinstance(domain[0], str):
            if domain[0] not in {'AND', 'OR'} or (
                    len(domain) > 1 and isinstance(domain[1], str)):
                self.clauses += 1
                return self.clause(Model, domain, depth, inside)
            joined, domain = [domain[0]], domain[1:]
        return joined + [
            self.domain(Model, part, depth + 1, inside) for part in domain]

    def clause(self, Model, clause, depth, inside):
        if len(clause) < 3:
            self._refuse(clause)
        name, operator, value, *others = clause
        if not isinstance(operator, str) or operator not in OPERATORS:
            self._refuse(clause)
        if operator.endswith('like') and value is not None:
            if not isinstance(value, str):
                # Tryton would make a pattern of it later.
                self._refuse(clause)
            if (pattern := self._pattern(value)) != value:
                value = pattern
                clause = [name, operator, value, *others]
        field, path = self._field(Model, name, inside)
        if not path and field._type in WHOLE_TYPES:
            self._check_whole(Model, value)
        if isinstance(value, str) and not path and hasattr(
                field, 'get_target'):
            if operator.endswith('_of') and leads_to_users(field):
                self._refuse(clause)
            if not operator.endswith('_of'):
                # As Tryton compares it
                path = 'rec_name'
        if operator.endswith('where'):
            if path or not hasattr(field, 'get_target'):
                self._refuse(clause)
            Target = field.get_target()
            value = self.domain(Target, value, depth + 1, True)
            return (name, operator, self._ruled(field, Target, [value]))
        if operator.endswith('_of') and not path and others:
            # The field of the target, which needs no other to follow itself
            self._follow(field, others[0], clause[:3], depth, inside)
        elif path:
            return self._follow(field, path, clause, depth, inside)
        elif isinstance(value, (list, tuple)):
            self._count(value)
        if isinstance(field, Function) and field._type == 'selection':
            self._check_choice(field, clause)
        return clause

    def _pattern(self, text):
        """Return the pattern, which ends with no sign that takes the next.

        PostgreSQL fails of such a one only where a record matches so far,
        which would tell of those that no rule lets the user read.
        """
        if len(text) > TEXT:
            raise DomainLimitError(gettext(
                    'safety_base.msg_domain_text', length=TEXT))
        count = len(text) - len(text.rstrip('\\'))
        return text + '\\' * (count % 2)

    def _check_choice(self, field, clause):
        "Refuse what no searcher of a choice that is computed knows."
        _, operator, value, *_ = clause
        values = value if operator in {'in', 'not in'} else [value]
        if (operator not in CHOICE or not isinstance(values, (list, tuple))
                or not all(v is None or isinstance(v, str) for v in values)):
            self._refuse(clause)

    def _check_whole(self, Model, value):
        "Raise DomainValueError for a decimal that no whole number can be."
        for part in value if isinstance(value, (list, tuple)) else [value]:
            if isinstance(part, Decimal) and not is_within(part, WHOLE):
                raise DomainValueError(gettext(
                        'safety_base.msg_domain_value', **Model.__names__()))

    def _count(self, values):
        self.values += len(values)
        if self.values > VALUES:
            raise DomainLimitError(gettext(
                    'safety_base.msg_domain_values', count=VALUES))

    def _follow(self, field, path, clause, depth, inside):
        _, operator, value, *others = clause
        if field._type == 'reference':
            Target = self._get_model(clause)
            others = others[1:]
        elif hasattr(field, 'get_target'):
            Target = field.get_target()
        else:
            return clause
        followed = [path, operator, value, *others]
        # What is not a path any more is checked as what where looks into.
        domain = self.domain(Target, followed, depth + 1, True)
        if domain is followed and Target.__name__ == USER and path == 'id':
            return clause
        ruled = self._ruled(field, Target, [domain])
        if domain is followed and len(ruled) == 1:
            return clause
        if field._type == 'reference' or isinstance(field, Function):
            # They take no where, by which the rules could be added.
            raise DomainSecretError(gettext(
                    'safety_base.msg_domain_secret',
                    **Target.__names__(path.partition('.')[0])))
        where = (field.name, 'where', ruled)
        if field._type in TO_MANY and operator.startswith(('!', 'not ')):
            # As Tryton has it, who has none is found, too.
            return ['OR', where, (field.name, '=', None)]
        return where

    def _ruled(self, field, Target, domain):
        "Return the domain of what the field names, with the rules for it."
        pool = Pool()
        Rule = pool.get('ir.rule')
        if field._type in TO_MANY and not isinstance(field, Function):
            if rules := Rule.domain_get(Target.__name__):
                domain = [*domain, rules]
        if Target.__name__ == USER and (bound := Target.get_bound()):
            domain = [*domain, bound]
        return domain

    def _get_model(self, clause):
        "Return the model that a clause on a reference names"
        Model = find_model(clause[3] if len(clause) > 3 else None)
        # What clients may not search themselves they do not search so.
        if Model and 'search' in Model.__rpc__:
            return Model
        self._refuse(clause)

    def order(self, Model, order):
        if not isinstance(order, (list, tuple)):
            self._refuse(order)
        check_paths(
            [p[0] for p in order if isinstance(p, (list, tuple)) and p],
            columns=COLUMNS)
        for part in order:
            try:
                name, type_ = part
            except (TypeError, ValueError):
                self._refuse(part)
            if type_ is not None and (
                    not isinstance(type_, str)
                    or type_.upper() not in ORDERS):
                self._refuse(part)
            Target, path = Model, name
            while path and Target:
                field, path = self._field(Target, path, False)
                Target = (
                    field.get_target() if hasattr(field, 'get_target')
                    else None)
                if path and leads_to_users(field) and is_bound():
                    self._check_sorted(Target, path)

    def _check_sorted(self, User, path):
        "Raise DomainSecretError for what sorts by more than names of users."
        name, _, _ = path.partition('.')
        if (name in User._fields and path not in SORTED
                and not leads_to_users(User._fields[name])):
            raise DomainSecretError(gettext(
                    'safety_base.msg_domain_secret', **User.__names__(name)))

    def _field(self, Model, name, inside):
        if not isinstance(name, str):
            self._refuse(name)
        local, _, path = name.partition('.')
        if local not in Model._fields:
            raise DomainFormError(gettext(
                    'safety_base.msg_domain_field',
                    field=local, **Model.__names__()))
        if local in getattr(Model, '_unsearched', ()):
            raise DomainSecretError(gettext(
                    'safety_base.msg_domain_secret', **Model.__names__(local)))
        if inside:
            self.inside[Model.__name__].add(local)
        return Model._fields[local], path

    def _refuse(self, clause):
        raise DomainFormError(gettext(
                'safety_base.msg_domain_form', clause=str(clause)[:100]))


class Translation(metaclass=PoolMeta):
    __name__ = 'ir.translation'

    @classmethod
    @without_check_access
    def get_sources(cls, args):
        # It is the server that searches, by a thousand clauses.
        return super().get_sources(args)
