# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What the indicators have in common: facts summed up, and rates of the sums."

from sql import Cast, Column, Literal
from sql.aggregate import Avg, Sum
from sql.conditionals import Case, Coalesce, NullIf

from trytond.model import ModelSQL, ModelView, fields
from trytond.pool import Pool
from trytond.pyson import Eval, If

from .fact import amount, count
from .percentile import percentile
from .selection import Selection

# Counts that are shown as they are
COUNTS = [
    'open', 'closed', 'on_site', 'overdue', 'unrectified', 'to_rectify',
    'timed', 'recurrent', 'late_entry', 'extended', 'extensions', 'cost']
# Of which count each rate is part of which other one
RATES = {
    'closed_rate': ('closed', 'number'),
    'on_time_rate': ('on_time', 'to_rectify'),
    'on_first_time_rate': ('on_first_time', 'to_rectify'),
    'target_rate': ('in_target', 'timed'),
    'target_unwaited_rate': ('in_target_unwaited', 'timed'),
    'first_pass_rate': ('first_pass', 'checked'),
    'recurrent_rate': ('recurrent', 'number'),
    'late_entry_rate': ('late_entry', 'number'),
    'extended_rate': ('extended', 'number'),
    }
BEFORE_RATES = {
    'before_on_time_rate': ('before_on_time', 'before_to_rectify')}
# Of which of the facts each is the mean
MEANS = {
    'mean_hours': 'loop_hours',
    'mean_unwaited_hours': 'unwaited_hours',
    'mean_waited_hours': 'waited_hours',
    'mean_four_fix_hours': 'four_fix_hours',
    'mean_rectification_hours': 'rectification_hours',
    'mean_recheck_hours': 'recheck_hours',
    'mean_acceptance_hours': 'acceptance_hours',
    'mean_lag_hours': 'lag_hours',
    'mean_rounds': 'rounds',
    }
# Of which of the facts below what each of so many parts are
PERCENTILES = {
    'median_hours': ('loop_hours', .5),
    'percentile_90_hours': ('loop_hours', .9),
    }
SUMMED = [
    'on_time', 'on_first_time', 'in_target', 'in_target_unwaited', 'checked',
    'first_pass', *COUNTS]
# So many of the second key of a row go into its id
FACTOR = 2 ** 16


def rate(string, help=''):
    return fields.Float(string, digits=(3, 3), readonly=True, help=help)


class IndicatorMixin(ModelSQL, ModelView):
    "The figures of the facts of the context, by _keys of the facts."
    __slots__ = ()
    _keys = ()

    company = fields.Many2One('company.company', "Company", readonly=True)
    number = count("Found")
    before = count(
        "Before", help="How many were found in the period compared to.")
    change = count("Change", help="Of the number found.")
    open = count("Open", help="Not closed yet, returned ones too.")
    closed = count("Closed")
    closed_rate = rate("Closed (%)")
    on_site = count("Fixed on Site")
    overdue = count("Overdue", help="A stage that is open is late.")
    unrectified = count(
        "Overdue to Rectify", help="The time to rectify is over.")
    to_rectify = count(
        "Due to Rectify", help="Rectified, or the time for it is over.")
    on_time_rate = rate(
        "On Time (%)",
        help="Of what was or should be rectified, what was before its "
        "deadline, as extended.")
    before_on_time_rate = rate(
        "On Time before (%)", help="That of the period compared to.")
    on_first_time_rate = rate(
        "By First Deadline (%)",
        help="Of what was or should be rectified, what was before its "
        "first deadline.")
    timed = count(
        "Closed with Hours",
        help="Closed, and not from an old ledger, which tells no hours.")
    target_rate = rate(
        "Within 8 Hours (%)",
        help="Of what was closed, what was within 8 hours from the report.")
    target_unwaited_rate = rate(
        "Within 8 Hours without Waiting (%)",
        help="As if nobody had waited for recheck and acceptance.")
    mean_hours = amount(
        "Mean Hours", help="From the report to the closing.")
    median_hours = amount(
        "Median Hours",
        help="Half of what was closed took no longer from the report to the "
        "closing.")
    percentile_90_hours = amount(
        "90th Percentile of Hours",
        help="Nine of ten of what was closed took no longer from the report "
        "to the closing.")
    mean_waited_hours = amount(
        "Mean Hours of Waiting", help="For recheck and acceptance.")
    mean_unwaited_hours = amount(
        "Mean Hours without Waiting",
        help="From the report to the closing, without recheck and "
        "acceptance.")
    mean_four_fix_hours = amount("Mean Hours to Four-fix")
    mean_rectification_hours = amount("Mean Hours to Rectify")
    mean_recheck_hours = amount("Mean Hours to Recheck")
    mean_acceptance_hours = amount("Mean Hours to Accept")
    mean_lag_hours = amount(
        "Mean Hours until Reported", help="From the finding to the report.")
    first_pass_rate = rate(
        "Passed at First (%)",
        help="Of what was rechecked, what passed in the first round.")
    mean_rounds = amount("Mean Rounds", digits=2)
    recurrent = count(
        "Recurred", help="The same was found at the place before.")
    recurrent_rate = rate("Recurred (%)", help="Of what was found.")
    late_entry = count("Reported Late", help="Long after it was found.")
    late_entry_rate = rate("Reported Late (%)", help="Of what was found.")
    extended = count("Extended", help="At least once.")
    extended_rate = rate("Extended (%)", help="Of what was found.")
    extensions = count("Extensions", help="Approved ones.")
    cost = fields.Numeric("Cost", digits=(16, 2), readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('number', 'DESC'), ('id', 'ASC')]
        # So that a search does not work them out for the reading after it
        for name in [*COUNTS, *RATES, *BEFORE_RATES, *MEANS, *PERCENTILES]:
            getattr(cls, name).loading = 'lazy'

    @classmethod
    def table_query(cls):
        return cls.query(Selection.from_context())

    @classmethod
    def query(cls, selection):
        "Return the query of the rows of the selection."
        return _with_rates(cls._sum_up(selection), cls._keys)

    @classmethod
    def _sum_up(cls, selection):
        "Return the query of the sums of the selection by the keys."
        fact = cls._get_facts(selection)
        inside = selection.contains(fact)
        before = selection.before().contains(fact)
        keys = [Column(fact, name) for name in cls._keys]
        return fact.select(
            cls._get_id(*keys).as_('id'),
            Literal(selection.company).as_('company'),
            *(key.as_(name) for key, name in zip(keys, cls._keys)),
            _sum(inside, 1).as_('number'),
            _sum(before, 1).as_('before'),
            *(_sum(inside, Coalesce(Column(fact, n), 0)).as_(n)
                for n in SUMMED),
            *(_sum(before, Column(fact, n)).as_(f'before_{n}')
                for n in ['to_rectify', 'on_time']),
            *(Avg(Cast(Case((inside, Column(fact, n))), 'FLOAT')).as_(name)
                for name, n in MEANS.items()),
            *(percentile(Case((inside, Column(fact, n))), part).as_(name)
                for name, (n, part) in PERCENTILES.items()),
            group_by=keys)

    @classmethod
    def _get_facts(cls, selection):
        return Pool().get('hazard.analysis.fact').query(selection.both())

    @classmethod
    def _get_id(cls, key, second=None):
        "Return the SQL of the id of the row, ever the same of its keys."
        id_ = Coalesce(key, 0)
        if second is not None:
            id_ = id_ * FACTOR + Coalesce(second, 0)
        return id_ + 1

    def get_rec_name(self, name):
        names = []
        for key in self._keys:
            value = getattr(self, key)
            names.append(getattr(value, 'rec_name', value))
        return ' - '.join(str(n) for n in names if n is not None)

    @classmethod
    def search_rec_name(cls, name, clause):
        return ['OR', *(
                (f'{key}.rec_name', *clause[1:]) for key in cls._keys
                if cls._fields[key]._type == 'many2one')]

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            (f'/tree/field[@name="{name}"]', 'visual',
                If(Eval(name, 0) > 0, 'danger', ''))
            for name in ['overdue', 'unrectified']]

    def get_domain(self):
        "Return the domain of the hazards that the row counts as found."
        selection = Selection.from_context()
        return [*selection.domain(), *(
                self._get_clause(key, getattr(self, key))
                for key in self._keys)]

    @classmethod
    def _get_clause(cls, key, value):
        return key, '=', value.id if hasattr(value, 'id') else value


def _sum(condition, value):
    return Sum(Case((condition, value), else_=0))


def _with_rates(sums, keys):
    "Return the query of the sums of the rows with all that is made of them."
    columns = [
        *keys, 'id', 'company', 'number', 'before', *COUNTS, *MEANS,
        *PERCENTILES]
    return sums.select(
        *(Column(sums, name).as_(name) for name in columns),
        (sums.number - sums.before).as_('change'),
        *(_get_rate(sums, *parts).as_(name)
            for name, parts in {**RATES, **BEFORE_RATES}.items()))


def _get_rate(sums, part, whole):
    return (
        Cast(Column(sums, part), 'FLOAT')
        / NullIf(Cast(Column(sums, whole), 'FLOAT'), 0))
