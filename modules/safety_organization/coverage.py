# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from collections import defaultdict
from itertools import groupby

from sql import Literal, Null, Union
from sql.aggregate import Max, Min, Sum
from sql.conditionals import Coalesce

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Unique, fields
from trytond.modules.safety_base.access import CopyAccessMixin
from trytond.modules.safety_base.named import search_any
from trytond.pool import Pool
from trytond.pyson import Eval, If
from trytond.transaction import Transaction


class Requirement(CopyAccessMixin, ModelSQL, ModelView):
    __name__ = 'safety.coverage.requirement'

    company = fields.Many2One(
        'company.company', "Company", required=True, ondelete='CASCADE')
    unit = fields.Many2One(
        'safety.unit', "Unit", required=True, ondelete='CASCADE',
        domain=[('company', '=', Eval('company', -1))])
    shift = fields.Many2One(
        'safety.shift', "Shift", required=True, ondelete='CASCADE')
    kind = fields.Many2One(
        'safety.member.kind', "Kind", required=True, ondelete='CASCADE')
    required = fields.Integer(
        "Required", required=True,
        domain=[('required', '>=', 0)],
        help="The number of active members that the shift must have.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('place_unique', Unique(t, t.unit, t.shift, t.kind),
                'safety_organization.msg_coverage_requirement_unique'),
            ]
        cls._sql_indexes.add(Index(t, (t.company, Index.Equality())))
        cls._order = [
            ('unit', 'ASC'),
            ('shift', 'ASC'),
            ('kind', 'ASC'),
            ('id', 'ASC'),
            ]

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
    def default_required(cls):
        return 1

    def get_rec_name(self, name):
        return ' / '.join([
                self.unit.rec_name, self.shift.rec_name, self.kind.rec_name])

    @classmethod
    def search_rec_name(cls, name, clause):
        return search_place(clause)


def search_place(clause):
    "Return the domain to find what has a unit, a shift and a kind by name"
    return search_any(
        clause, 'unit.rec_name', 'shift.rec_name', 'kind.rec_name')


class Coverage(ModelSQL, ModelView):
    __name__ = 'safety.coverage'

    company = fields.Many2One('company.company', "Company", readonly=True)
    unit = fields.Many2One('safety.unit', "Unit", readonly=True)
    shift = fields.Many2One('safety.shift', "Shift", readonly=True)
    kind = fields.Many2One('safety.member.kind', "Kind", readonly=True)
    required = fields.Integer("Required", readonly=True)
    actual = fields.Integer("Actual", readonly=True)
    gap = fields.Integer("Gap", readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [
            ('gap', 'DESC'),
            ('unit', 'ASC'),
            ('shift', 'ASC'),
            ('kind', 'ASC'),
            ('id', 'ASC'),
            ]

    @classmethod
    def table_query(cls):
        pool = Pool()
        Kind = pool.get('safety.member.kind')
        Shift = pool.get('safety.shift')
        Unit = pool.get('safety.unit')
        counts = Union(
            cls._required_query(), cls._actual_query(), all_=True)
        kind = Kind.__table__()
        shift = Shift.__table__()
        unit = Unit.__table__()
        required, actual = Sum(counts.required), Sum(counts.actual)
        return (counts
            .join(unit, condition=(counts.unit == unit.id) & unit.active)
            .join(shift, condition=(counts.shift == shift.id) & shift.active)
            .join(kind, condition=(counts.kind == kind.id) & kind.active)
            .select(
                # Requirements have even ids, others the odd of a member
                Coalesce(
                    Max(counts.requirement) * 2,
                    Min(counts.member) * 2 + 1).as_('id'),
                unit.company.as_('company'),
                counts.unit.as_('unit'),
                counts.shift.as_('shift'),
                counts.kind.as_('kind'),
                required.as_('required'),
                actual.as_('actual'),
                (required - actual).as_('gap'),
                group_by=[
                    unit.company, counts.unit, counts.shift, counts.kind]))

    @classmethod
    def _required_query(cls):
        pool = Pool()
        Requirement = pool.get('safety.coverage.requirement')
        table = Requirement.__table__()
        return table.select(
            table.id.as_('requirement'),
            Literal(None).as_('member'),
            table.unit, table.shift, table.kind,
            table.required.as_('required'),
            Literal(0).as_('actual'))

    @classmethod
    def _actual_query(cls):
        pool = Pool()
        Member = pool.get('safety.member')
        table = Member.__table__()
        return table.select(
            Literal(None).as_('requirement'),
            table.id.as_('member'),
            table.unit, table.shift, table.kind,
            Literal(0).as_('required'),
            Literal(1).as_('actual'),
            where=(table.state == 'active')
            & (table.unit != Null) & (table.shift != Null))

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual',
                If(Eval('gap', 0) > 0,
                    If(Eval('actual', 0) == 0, 'danger', 'warning'), '')),
            ]

    def get_rec_name(self, name):
        return ' / '.join([
                self.unit.rec_name, self.shift.rec_name, self.kind.rec_name])

    @classmethod
    def search_rec_name(cls, name, clause):
        return search_place(clause)

    @classmethod
    def notify_gaps(cls):
        """
        Notify the users of the managing groups about the gaps that were not
        known the last time
        """
        pool = Pool()
        Gap = pool.get('safety.coverage.gap')
        new = Gap.update_known(cls.search([('gap', '>', 0)]))

        def key(coverage):
            return coverage.company, coverage.kind
        user2gaps = defaultdict(list)
        for (company, kind), gaps in groupby(sorted(new, key=key), key):
            gaps = list(gaps)
            for user in cls.get_managers(company, kind):
                user2gaps[user].extend(gaps)
        for user, gaps in user2gaps.items():
            cls._notify_user_gaps(user, gaps)

    @classmethod
    def get_managers(cls, company, kind):
        "Return the users of the company who manage the kind."
        pool = Pool()
        User = pool.get('res.user')
        if not kind.group:
            return []
        return User.search([
                ('groups', 'child_of', [kind.group.id], 'parent'),
                ('companies', '=', company.id),
                ])

    @classmethod
    def _notify_user_gaps(cls, user, gaps):
        language = user.language.code if user.language else None
        with Transaction().set_context(language=language):
            gaps = cls.browse([g.id for g in gaps])
            cls.notify_user(
                gaps, 'tryton-warning',
                gettext('safety_organization.msg_coverage_gaps',
                    number=len(gaps)),
                ', '.join(g.rec_name for g in gaps[:5]),
                user=user)


class CoverageGap(ModelSQL):
    __name__ = 'safety.coverage.gap'

    unit = fields.Many2One(
        'safety.unit', "Unit", required=True, ondelete='CASCADE')
    shift = fields.Many2One(
        'safety.shift', "Shift", required=True, ondelete='CASCADE')
    kind = fields.Many2One(
        'safety.member.kind', "Kind", required=True, ondelete='CASCADE')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('place_unique', Unique(t, t.unit, t.shift, t.kind),
                'safety_organization.msg_coverage_gap_unique'),
            ]

    @classmethod
    def update_known(cls, coverages):
        "Remember the coverages as known gaps and return the new ones"
        def key(record):
            return record.unit.id, record.shift.id, record.kind.id
        known = {key(gap): gap for gap in cls.search([])}
        current = {key(coverage): coverage for coverage in coverages}
        cls.delete([known[k] for k in known.keys() - current.keys()])
        new = [c for k, c in current.items() if k not in known]
        cls.create([{'unit': c.unit, 'shift': c.shift, 'kind': c.kind}
                for c in new])
        return new
