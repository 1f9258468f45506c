# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The role in which a hazard was found, by the membership that it names."

from trytond.i18n import gettext
from trytond.model import Model, fields
from trytond.pool import Pool
from trytond.pyson import Bool, Eval
from trytond.transaction import Transaction

from ..exceptions import ReportError


class FoundAsMixin(Model):
    __slots__ = ()

    found_as = fields.Function(
        fields.Many2One(
            'safety.member.kind', "Found As",
            states={
                'readonly': ~Eval('state').in_(['draft', 'returned']),
                'invisible': Bool(Eval('outside_finder')),
                },
            help="The role in which the hazard was found."),
        'get_found_as', setter='set_found_as', searcher='search_found_as')

    @classmethod
    def preprocess_values(cls, mode, values):
        pool = Pool()
        Member = pool.get('safety.member')
        values = super().preprocess_values(mode, values)
        if mode == 'create' and values.get('found_as'):
            # So that the setter has nothing left to write
            for member, kind in Member.get_active(
                    values.get('found_by'), values.get('company')):
                if kind == values['found_as']:
                    values['member'] = member
        return values

    @classmethod
    def get_found_as(cls, hazards, name):
        pool = Pool()
        Member = pool.get('safety.member')
        # By SQL, because a list would read all other columns once more
        hazard, member = cls.__table__(), Member.__table__()
        cursor = Transaction().connection.cursor()
        kinds = dict.fromkeys(map(int, hazards))
        cursor.execute(*hazard
            .join(member, condition=hazard.member == member.id)
            .select(
                hazard.id, member.kind,
                where=fields.SQL_OPERATORS['in'](hazard.id, list(kinds))))
        return kinds | dict(cursor)

    @classmethod
    def set_found_as(cls, hazards, name, kind):
        "The kind is readable to everyone, the members only to some."
        changed = []
        for hazard in hazards:
            before = hazard.member
            members = hazard._members_as(kind)
            if before and (before.id in members or (
                        not members and before.kind.id == kind)):
                continue
            if kind is not None and not members:
                raise ReportError(gettext(
                        'hazard.msg_hazard_found_as',
                        employee=hazard.found_by.rec_name))
            member = members[0] if members else None
            if (before.id if before else None) != member:
                hazard.member = member
                changed.append(hazard)
        cls.save(changed)

    def _members_as(self, kind):
        "Return the ids of the memberships of the kind of who found it."
        Member = Pool().get('safety.member')
        if kind is None:
            return []
        return [
            m for m, k in Member.get_active(
                self.found_by.id, self.company.id)
            if k == kind]

    @classmethod
    def search_found_as(cls, name, clause):
        _, *rest = clause
        nested = clause[0][len(name):]
        return [(f'member.kind{nested}', *rest)]
