# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""The facts of hazards: a row for each, of those that the user may read.

What a column means is told by figures.py of the module hazard.
"""

from sql import Null
from sql.conditionals import Case, Coalesce

from trytond.model import ModelSQL, ModelView, fields
from trytond.modules.hazard.loop import figures
from trytond.modules.hazard.loop.hazard import CAUSES
from trytond.modules.hazard.loop.overdue import CLOSED_STATES
from trytond.modules.safety_base.clock import current_zone
from trytond.modules.safety_base.named import search_any
from trytond.pool import Pool
from trytond.transaction import check_access

from .local_time import local_hour
from .selection import Selection

# By what facts are told apart, as the hazard tells it
DIMENSIONS = [
    'company', 'number', 'found_at', 'reported_at', 'closed_at', 'unit',
    'place', 'grade', 'discipline', 'category', 'cause', 'check_item',
    'shift', 'found_by', 'source', 'handling', 'imported', 'state']
# What is either so or not, and counted
COUNTS = [
    'open', 'closed', 'on_site', 'overdue', 'unrectified', 'due',
    'to_rectify', 'on_time', 'on_first_time', 'timed', 'in_target',
    'in_target_unwaited', 'checked', 'first_pass', 'recurrent', 'late_entry',
    'extended']
HOURS = ['loop_hours', 'unwaited_hours', 'waited_hours', 'lag_hours', *(
        f'{stage}_hours' for stage in figures.ENDED)]
SUMS = ['rounds', 'extensions', 'cost', *HOURS]


def count(string, help=''):
    return fields.Integer(string, readonly=True, help=help)


def amount(string, digits=1, help=''):
    return fields.Float(string, digits=(16, digits), readonly=True, help=help)


class Fact(ModelSQL, ModelView):
    __name__ = 'hazard.analysis.fact'
    _rec_name = 'number'

    company = fields.Many2One('company.company', "Company", readonly=True)
    number = fields.Char("Number", readonly=True)
    found_at = fields.DateTime("Found At", readonly=True)
    reported_at = fields.DateTime("Reported At", readonly=True)
    closed_at = fields.DateTime("Closed At", readonly=True)
    unit = fields.Many2One('safety.unit', "Responsible Unit", readonly=True)
    place = fields.Many2One('hazard.place', "Place", readonly=True)
    grade = fields.Many2One('hazard.grade', "Grade", readonly=True)
    discipline = fields.Many2One(
        'hazard.discipline', "Discipline", readonly=True)
    category = fields.Many2One('hazard.category', "Category", readonly=True)
    cause = fields.Selection(CAUSES, "Cause", sort=False, readonly=True)
    check_item = fields.Many2One(
        'hazard.check_item', "Check Item", readonly=True)
    shift = fields.Many2One('safety.shift', "Shift", readonly=True)
    found_hour = fields.Integer(
        "Hour", readonly=True, help="Of the day in the zone of the company.")
    kind = fields.Many2One('safety.member.kind', "Found As", readonly=True)
    found_by = fields.Many2One(
        'company.employee', "Found By", readonly=True)
    source = fields.Many2One('hazard.source', "Source", readonly=True)
    handling = fields.Selection('get_handlings', "Handling", readonly=True)
    imported = fields.Boolean("From an Old Ledger", readonly=True)
    state = fields.Selection('get_states', "State", readonly=True)

    open = count("Open", help="Not closed yet, returned ones too.")
    closed = count("Closed")
    on_site = count("Fixed on Site")
    overdue = count("Overdue", help="A stage that is open is late.")
    unrectified = count(
        "Overdue to Rectify", help="The time to rectify is over.")
    due = count("Due", help="Closed, or the time to rectify is over.")
    to_rectify = count(
        "Due to Rectify", help="Rectified, or the time for it is over.")
    on_time = count(
        "Rectified on Time", help="Before the deadline, as extended.")
    on_first_time = count(
        "Rectified by the First Deadline",
        help="Before the first deadline, extensions not counted.")
    timed = count(
        "Closed with Hours",
        help="Closed, and not from an old ledger, which tells no hours.")
    in_target = count(
        "Closed within 8 Hours", help="From the report to the closing.")
    in_target_unwaited = count(
        "Closed within 8 Hours without Waiting",
        help="As if nobody had waited for recheck and acceptance.")
    checked = count("Rechecked")
    first_pass = count(
        "Passed at First", help="Passed each check in the first round.")
    recurrent = count(
        "Recurred", help="The same was found at the place before.")
    late_entry = count(
        "Reported Late", help="Long after it was found.")
    extended = count("Extended", help="At least once.")
    rounds = count("Rounds")
    extensions = count("Extensions", help="Approved ones.")
    cost = fields.Numeric("Cost", digits=(16, 2), readonly=True)
    loop_hours = amount(
        "Hours in All", help="From the report to the closing.")
    unwaited_hours = amount(
        "Hours without Waiting",
        help="From the report to the closing, without recheck and "
        "acceptance.")
    waited_hours = amount(
        "Hours of Waiting", help="For recheck and acceptance.")
    lag_hours = amount(
        "Hours until Reported", help="From the finding to the report.")
    four_fix_hours = amount("Hours to Four-fix")
    rectification_hours = amount("Hours to Rectify")
    recheck_hours = amount("Hours to Recheck")
    acceptance_hours = amount("Hours to Accept")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('found_at', 'DESC'), ('id', 'DESC')]

    @classmethod
    def get_handlings(cls):
        return Pool().get('hazard.hazard').handling.selection

    @classmethod
    def get_states(cls):
        return Pool().get('hazard.hazard').state.selection

    @classmethod
    def search_rec_name(cls, name, clause):
        return search_any(clause, 'number', 'unit.rec_name', 'place.rec_name')

    @classmethod
    def table_query(cls):
        return cls.query(Selection.from_context().domain())

    @classmethod
    def query(cls, domain):
        "Return the query of the facts of the hazards of the domain."
        pool = Pool()
        Member = pool.get('safety.member')
        query, hazard = _read(domain)
        found = _read(domain)[0]
        member = Member.__table__()
        rectified = figures.rectified(found)
        stages = {s: figures.stage_seconds(s, found) for s in figures.ENDED}
        from_ = query.from_[0].join(
            member, 'LEFT', condition=hazard.member == member.id)
        for table in [rectified, *stages.values()]:
            from_ = from_.join(
                table, 'LEFT', condition=table.hazard == hazard.id)
        return from_.select(
            hazard.id.as_('id'),
            *(getattr(hazard, n).as_(n) for n in DIMENSIONS),
            member.kind.as_('kind'),
            local_hour(hazard.found_at, current_zone()).as_('found_hour'),
            *(Case((c, 1), else_=0).as_(n)
                for n, c in _get_counts(hazard, rectified, stages).items()),
            *(e.as_(n)
                for n, e in _get_sums(hazard, rectified, stages).items()),
            where=query.where)


def _read(domain):
    "Return the query of the hazards that the user may read, and their table."
    Hazard = Pool().get('hazard.hazard')
    # Also for the getters of function fields, which run without
    with check_access():
        query = Hazard.search(domain, order=[], query=True)
    column, = query.columns
    return query, column.expression.table


def _get_counts(hazard, rectified, stages):
    closed = hazard.state.in_(CLOSED_STATES)
    conditions = {
        'open': ~closed,
        'closed': closed,
        **figures.get_conditions(hazard, rectified.rectified_at),
        **figures.get_time_conditions(
            hazard, rectified, stages['recheck'], stages['acceptance']),
        'extended': Coalesce(rectified.extensions, 0) > 0,
        }
    return {name: conditions[name] for name in COUNTS}


def _get_sums(hazard, rectified, stages):
    known = ~figures.is_imported(hazard)
    loop = figures.seconds(hazard.reported_at, hazard.closed_at)
    waited = (
        Coalesce(stages['recheck'].seconds, 0)
        + Coalesce(stages['acceptance'].seconds, 0))
    ended = known & (hazard.closed_at != Null)
    sums = {
        'rounds': hazard.round,
        'extensions': Coalesce(rectified.extensions, 0),
        'cost': rectified.cost,
        'loop_hours': Case((ended, loop / 3600.0)),
        'unwaited_hours': Case((ended, (loop - waited) / 3600.0)),
        'waited_hours': Case((known & (
                    (stages['recheck'].seconds != Null)
                    | (stages['acceptance'].seconds != Null)),
                waited / 3600.0)),
        'lag_hours': Case((known, figures.seconds(
                    hazard.found_at, hazard.reported_at) / 3600.0)),
        }
    for stage, table in stages.items():
        sums[f'{stage}_hours'] = Case((known, table.seconds / 3600.0))
    return {name: sums[name] for name in SUMS}
