# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""The ledger of points.

It is only added to: what is wrong is reversed by another entry.
"""


from sql import Cast, Null
from sql.aggregate import Max
from sql.operators import Equal, Or

from trytond.i18n import gettext
from trytond.model import Exclude, Index, ModelSQL, ModelView, Unique, fields
from trytond.modules.safety_base.clock import company_zone, local_day
from trytond.modules.safety_base.named import search_any
from trytond.modules.safety_base.scheduler import get_companies
from trytond.modules.safety_base.server_written import AppendOnlyMixin
from trytond.modules.safety_base.turn import try_turn
from trytond.modules.safety_base.workflow import now
from trytond.pool import Pool
from trytond.pyson import Eval, If
from trytond.transaction import Transaction, without_check_access

from ..appraisal import FACTOR, GROUPS, numeric
from ..exceptions import EntryAccessError, EntryReversalError
from ..member_record import MemberEmployeeMixin
from ..reference_access import may_read, readable_names, readable_query
from ..score.period import Tree
from .collection import Collection
from .duty_facts import duty_facts
from .fact import Scope
from .loop_facts import loop_facts
from .report_facts import report_facts


class Entry(AppendOnlyMixin, MemberEmployeeMixin, ModelSQL, ModelView):
    __name__ = 'appraisal.entry'
    _refusal = EntryAccessError, 'hazard_appraisal.msg_entry_modify'
    _log = False
    _search_latest = True

    rule = fields.Many2One(
        'appraisal.rule', "Rule", required=True, readonly=True,
        ondelete='RESTRICT')
    group = fields.Function(
        fields.Selection(GROUPS, "Group", sort=False), 'get_rule',
        searcher='search_rule')
    source = fields.Reference(
        "Source", selection='get_sources', required=True, readonly=True,
        help="What the points are for.")
    source_name = fields.Function(
        fields.Char(
            "Source",
            help="What the points are for.\n"
            "Of what one may not read only the kind."),
        'get_source_name', searcher='search_source_name')
    source_record = fields.Function(
        fields.Reference(
            "Record", selection='get_sources',
            states={
                'invisible': ~Eval('source_record'),
                }),
        'get_readable')
    occurrence = fields.Integer(
        "Occurrence", required=True, readonly=True,
        help="Tells apart what happens to the same source more than once.")
    date = fields.Date(
        "Date", required=True, readonly=True,
        help="The day on which it happened.")
    points = numeric("Points", required=True)
    sheet = fields.Function(
        fields.Many2One('appraisal.sheet', "Sheet"), 'get_sheet',
        searcher='search_sheet')
    task = fields.Integer(
        "Task", required=True, readonly=True,
        help="Of how many hazards it counts for the task of the member.")
    period = fields.Many2One(
        'appraisal.period', "Period", required=True, readonly=True,
        ondelete='RESTRICT',
        help="The ten days in which the points are counted.")
    late = fields.Boolean(
        "Late", readonly=True,
        help="It came to be known when the period of its date was closed.")
    reversal_of = fields.Many2One(
        'appraisal.entry', "Reversal of", readonly=True, ondelete='RESTRICT',
        states={
            'invisible': ~Eval('reversal_of'),
            })
    reversed_by = fields.One2Many(
        'appraisal.entry', 'reversal_of', "Reversed by", readonly=True,
        states={
            'invisible': ~Eval('reversed_by'),
            })
    reason = fields.Text(
        "Reason", readonly=True,
        states={
            'invisible': ~Eval('reason'),
            })
    origin = fields.Reference(
        "Origin", selection='get_origins', readonly=True,
        help="What decided on the correction, empty for the timeline.")
    origin_record = fields.Function(
        fields.Reference(
            "Origin", selection='get_origins',
            states={
                'invisible': ~Eval('origin_record'),
                },
            help="What decided on the correction."),
        'get_readable')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('source_exclude', Exclude(t,
                    (t.rule, Equal),
                    (t.source, Equal),
                    (t.occurrence, Equal),
                    (t.member, Equal),
                    where=t.reversal_of == Null),
                'hazard_appraisal.msg_entry_unique'),
            ('reversal_unique', Unique(t, t.reversal_of),
                'hazard_appraisal.msg_entry_reversal_unique'),
            ]
        cls._sql_indexes.update({
                Index(t, (t.period, Index.Equality()),
                    (t.member, Index.Equality())),
                Index(t, (t.member, Index.Equality()),
                    (t.date, Index.Range(order='DESC')),
                    (t.id, Index.Range(order='DESC'))),
                Index(t, (t.company, Index.Equality()),
                    (t.date, Index.Range(order='DESC')),
                    (t.id, Index.Range(order='DESC'))),
                Index(t, (t.rule, Index.Equality()),
                    (t.date, Index.Range())),
                Index(t, (t.source, Index.Equality())),
                })
        cls._order = [('date', 'DESC'), ('id', 'DESC')]

    @classmethod
    def default_occurrence(cls):
        return 1

    @classmethod
    def default_task(cls):
        return 0

    @classmethod
    def _get_sources(cls):
        "Return the names of the models that points may be for."
        return [
            'appraisal.period', 'hazard.hazard', 'hazard.recheck',
            'hazard.rectification']

    @classmethod
    def get_sources(cls):
        pool = Pool()
        get_name = pool.get('ir.model').get_name
        return [(None, ''), *((m, get_name(m)) for m in cls._get_sources())]

    @classmethod
    def get_source_name(cls, entries, name):
        IrModel = Pool().get('ir.model')
        names = readable_names({e.source for e in entries})
        result = {}
        for entry in entries:
            parts = [IrModel.get_name(entry.source.__name__)]
            if own_name := names.get(str(entry.source)):
                parts.append(own_name)
            result[entry.id] = ' '.join(parts)
        return result

    @classmethod
    def search_source_name(cls, name, clause):
        "Find by the names of the records that the user may read."
        _, operator, operand = clause
        inverse = operator.startswith(('!', 'not '))
        if inverse:
            operator = operator.removeprefix('!').removeprefix('not ')
        found = ['OR', ('id', '=', -1)]
        found += [
            ('source.id', 'in',
                readable_query(model, [('rec_name', operator, operand)]),
                model)
            for model in filter(may_read, cls._get_sources())]
        if not inverse:
            return found
        return [('id', 'not in', cls.search(found, query=True))]

    @classmethod
    def get_readable(cls, entries, name):
        "Return the references, those that the user may not read left out."
        name = name.removesuffix('_record')
        references = {
            e.id: str(r) for e in entries if (r := getattr(e, name))}
        names = readable_names(set(references.values()))
        return {
            e.id: r if (r := references.get(e.id)) in names else None
            for e in entries}

    @classmethod
    def _get_origins(cls):
        "Return the names of the models that may decide on corrections."
        return ['appraisal.appeal', 'appraisal.entry']

    @classmethod
    def get_origins(cls):
        pool = Pool()
        get_name = pool.get('ir.model').get_name
        return [(None, ''), *((m, get_name(m)) for m in cls._get_origins())]

    @classmethod
    def get_rule(cls, entries, name):
        return {e.id: getattr(e.rule, name) for e in entries}

    @classmethod
    def search_rule(cls, name, clause):
        return [('rule.' + clause[0], *clause[1:])]

    @classmethod
    def get_sheet(cls, entries, name):
        "Return the sheets of the ten days."
        return {
            e.id: e.period.id * FACTOR + e.member.id for e in entries}

    @classmethod
    def search_sheet(cls, name, clause):
        "Return the domain of the entries behind the sheets with the ids."
        _, operator, ids, *_ = clause
        if operator in {'=', '!='}:
            ids = [] if ids is None else [ids]
        return [(
                'id', 'in' if operator in {'=', 'in'} else 'not in',
                cls._query_behind(ids) if ids else [])]

    @classmethod
    def _query_behind(cls, sheets):
        "Return the query of the entries behind the sheets (ids), however many"
        is_in = fields.SQL_OPERATORS['in']
        tree, table = Tree(), cls.__table__()
        # By which the database finds the entries
        periods, members = map(set, zip(*(divmod(i, FACTOR) for i in sheets)))
        return tree.join(table, table.period).select(
            table.id,
            where=is_in(table.member, members) & Or([
                    is_in(period.id, periods)
                    & is_in(
                        Cast(period.id, 'BIGINT') * FACTOR + table.member,
                        sheets)
                    for _, period in tree.levels()]))

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual', If(
                    Eval('reversal_of') | Eval('reversed_by'), 'muted', '')),
            ('/tree/field[@name="points"]', 'visual', If(
                    Eval('points', 0) < 0, 'danger', '')),
            ('/tree/field[@name="late"]', 'visual', If(
                    Eval('late', False), 'warning', '')),
            ]

    def get_rec_name(self, name):
        return f'{self.member.employee.rec_name} - {self.rule.rec_name}'

    @classmethod
    def search_rec_name(cls, name, clause):
        return search_any(clause, 'member.rec_name', 'rule.rec_name')

    @classmethod
    def read_last_days(cls, rules):
        "Return the last day that each of the rules (ids) has counted."
        cursor = Transaction().connection.cursor()
        table = cls.__table__()
        cursor.execute(*table.select(
                table.rule, Max(table.date).as_('date'),
                where=fields.SQL_OPERATORS['in'](table.rule, rules),
                group_by=[table.rule]))
        return {rule: cls.date.sql_format(day) for rule, day in cursor}

    @classmethod
    def get_collectors(cls):
        """Return the functions that read facts, by the model of sources.

        Those of the model None have no records of which they could tell.
        """
        return {
            'hazard.hazard': [report_facts, loop_facts],
            None: [duty_facts],
            }

    @classmethod
    def collect(cls, company, since=None):
        """Add what is missing in the ledger of the company.

        since is the day from which on facts are looked for. Returns the
        number of entries, None when another job is at the same.
        """
        pool = Pool()
        Period = pool.get('appraisal.period')
        Rule = pool.get('appraisal.rule')
        if not try_turn(cls.__name__, company):
            return None
        with without_check_access():
            if not (start := Rule.first_day(company)):
                return 0
            Period.generate(company, start)
            scope = Scope(company, since)
            collection = Collection(scope)
            return sum(
                collection.run(collector(scope))
                for collectors in cls.get_collectors().values()
                for collector in collectors)

    @classmethod
    def collect_records(cls, model, records):
        "Add what is missing of the records that facts are read from."
        pool = Pool()
        Company = pool.get('company.company')
        table = pool.get(model).__table__()
        ids = [r.id for r in records]
        cursor = Transaction().connection.cursor()
        cursor.execute(*table.select(
                table.company,
                where=fields.SQL_OPERATORS['in'](table.id, ids),
                group_by=[table.company]))
        companies = Company.browse([id_ for id_, in cursor])
        with without_check_access():
            for company in companies:
                scope = Scope(company, ids=ids)
                collection = Collection(scope)
                for collector in cls.get_collectors()[model]:
                    collection.run(collector(scope))

    @classmethod
    def catch_up(cls):
        "Add what is missing since the first period that is open."
        pool = Pool()
        Period = pool.get('appraisal.period')
        with without_check_access():
            for company in get_companies():
                with Transaction().set_context(company=company.id):
                    cls.collect(company, Period.open_since(company))

    @classmethod
    def reverse(cls, entries, reason, origin=None):
        """Take back the points of the entries and return the reversals.

        They are counted today, in the ten days that are open. origin is the
        record that decided on it. Raises EntryReversalError for an entry
        that is reversed already.
        """
        pool = Pool()
        Period = pool.get('appraisal.period')
        with without_check_access():
            entries = cls.browse([e.id for e in entries])
            days, periods = {}, {}
            for entry in entries:
                company = entry.company
                if entry.reversed_by:
                    raise EntryReversalError(gettext(
                            'hazard_appraisal.msg_entry_reversed',
                            entry=entry.rec_name))
                if company not in days:
                    days[company] = local_day(now(), company_zone(company))
                    periods[company] = Period.open_at(
                        company, days[company])
            return cls.create([
                    e._reversal_values(
                        days[e.company], periods[e.company], reason, origin)
                    for e in entries])

    def _reversal_values(self, day, period, reason, origin=None):
        return {
            'company': self.company.id,
            'rule': self.rule.id,
            'source': str(self.source),
            'occurrence': self.occurrence,
            'member': self.member.id,
            'kind': self.kind.id,
            'unit': self.unit.id if self.unit else None,
            'date': day,
            'points': -self.points,
            'task': -self.task,
            'period': period.id,
            'late': day < period.start_date,
            'reversal_of': self.id,
            'reason': reason,
            'origin': str(origin) if origin else None,
            }
