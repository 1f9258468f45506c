# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The roster of the members, with what its reader may know of each."

from trytond.i18n import gettext
from trytond.model import ModelView, fields
from trytond.pool import Pool
from trytond.tools import grouped_slice
from trytond.transaction import Transaction
from trytond.wizard import Button, StateReport, StateView, Wizard

from ..engine.document import Table
from ..engine.print_context import TableFormatMixin, UnitMixin
from ..engine.sheet import heading, named, selection_texts, signatures

SLICE = 500


class Roster(Table):
    __name__ = 'safety.member.roster'

    @classmethod
    def get_file_name(cls, action, ids, data, title):
        # It is a roster even of one member.
        return super().get_file_name(action, [], data, title)

    @classmethod
    def get_context(cls, records, header, data):
        pool = Pool()
        Kind = pool.get('safety.member.kind')
        context = super().get_context(records, header, data)
        company = context['company']
        ids = cls._get_ids(records, company, data)
        rows = list(cls._get_rows(ids))
        kinds = {r['kind'] for r in rows}
        if kind := data.get('kind'):
            kinds = {Kind(kind).name}
        if len(kinds) == 1:
            title = gettext(
                'hazard_report.msg_roster_title_kind', kind=min(kinds))
        else:
            title = gettext('hazard_report.msg_roster_title')
        context.update({
                'named': named,
                'title': title,
                'heading': heading(company, data.get('unit')),
                'rows': rows,
                'count': len(ids),
                'nothing': gettext('hazard_report.msg_roster_nothing'),
                'summary': gettext(
                    'hazard_report.msg_roster_summary', number=len(ids)),
                'signatures': signatures(context['employee'], company),
                })
        return context

    @classmethod
    def _get_ids(cls, records, company, data):
        pool = Pool()
        Member = pool.get('safety.member')
        Unit = pool.get('safety.unit')
        if data.get('states') is None:
            return [int(r) for r in records]
        domain = [
            ('company', '=', company.id),
            ('state', 'in', data['states']),
            ]
        if kind := data.get('kind'):
            domain.append(('kind', '=', kind))
        if unit := data.get('unit'):
            domain.append(('unit', 'in', list(Unit.get_descendants([unit]))))
        cursor = Transaction().connection.cursor()
        cursor.execute(*Member.search(domain, order=[
                    ('kind', 'ASC'),
                    ('unit', 'ASC NULLS LAST'),
                    ('employee', 'ASC'),
                    ('id', 'ASC'),
                    ], query=True))
        return [id_ for id_, in cursor]

    @classmethod
    def _get_rows(cls, ids):
        pool = Pool()
        Member = pool.get('safety.member')
        texts = {
            name: selection_texts(model, name) for model, name in [
                ('party.party', 'sex'),
                ('company.employee', 'skill_level'),
                ('safety.member', 'state')]}
        number = 0
        for sub_ids in grouped_slice(ids, SLICE):
            for member in Member.browse(list(sub_ids)):
                number += 1
                yield cls._get_row(number, member, texts)

    @classmethod
    def _get_row(cls, number, member, texts):
        employee = member.employee
        party = employee.party
        return {
            'number': number,
            'name': party.rec_name,
            'sex': texts['sex'][party.sex],
            # The party masks what the user may not read
            'national_id': party.national_id or '',
            'mobile': party.mobile or '',
            'unit': member.unit.rec_name if member.unit else '',
            'trade': employee.trade.name if employee.trade else '',
            'skill_level': texts['skill_level'][employee.skill_level],
            'kind': member.kind.name,
            'post': ' / '.join(
                p.name for p in [member.shift, member.zone] if p),
            'since': member.since,
            'state': texts['state'][member.state],
            }


class KindMixin(ModelView):
    "The kind of members, by default the one that the user manages"

    kind = fields.Many2One(
        'safety.member.kind', "Role",
        help="Leave empty for all roles.")

    @classmethod
    def default_kind(cls):
        pool = Pool()
        Kind = pool.get('safety.member.kind')
        kinds = Kind.get_managed()
        return kinds[0] if len(kinds) == 1 else None


class RosterStart(KindMixin, UnitMixin, TableFormatMixin):
    __name__ = 'safety.member.roster.start'

    states = fields.MultiSelection(
        'get_states', "States", required=True, sort=False)

    @classmethod
    def get_states(cls):
        pool = Pool()
        Member = pool.get('safety.member')
        return Member.fields_get(['state'])['state']['selection']

    @classmethod
    def default_states(cls):
        return ['candidate', 'active', 'suspended']


class PrintRoster(Wizard):
    __name__ = 'safety.member.roster.print'
    start_state = 'start'
    start = StateView(
        'safety.member.roster.start',
        'hazard_report.roster_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Print", 'print_', 'tryton-print', default=True),
            ])
    print_ = StateReport('safety.member.roster')

    def do_print_(self, action):
        return action, {
            'kind': self.start.kind.id if self.start.kind else None,
            'unit': self.start.unit.id if self.start.unit else None,
            'states': list(self.start.states),
            'format': self.start.format,
            }
