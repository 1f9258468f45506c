# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"How many hours the stages of the loop take, each in a row."

from sql import Cast, Column, Literal, Null, Union, With
from sql.aggregate import Avg, Count, Sum
from sql.conditionals import Case, NullIf

from trytond.model import ModelSQL, ModelView, fields
from trytond.modules.hazard.loop.figures import ENDED, TARGET_HOURS
from trytond.pool import Pool

from .fact import amount, count
from .indicator import rate
from .percentile import percentile
from .selection import Selection

STAGES = [
    ('lag', "Until Reported"),
    ('four_fix', "Four-fix"),
    ('rectification', "Rectification"),
    ('recheck', "Recheck"),
    ('acceptance', "Acceptance"),
    ('waited', "Waiting for Recheck and Acceptance"),
    ('unwaited', "From Report to Closing without Waiting"),
    ('loop', "From Report to Closing"),
    ]
HOURS = [
    'mean_hours', 'median_hours', 'percentile_90_hours', 'target_rate',
    'before_median_hours', 'before_percentile_90_hours']
# By stage the hazards that have it ended
_RECORDS = {
    'four_fix': 'four_fixes', 'rectification': 'rectifications',
    'recheck': 'rechecks', 'acceptance': 'acceptances'}


class ByStage(ModelSQL, ModelView):
    __name__ = 'hazard.analysis.by_stage'

    company = fields.Many2One('company.company', "Company", readonly=True)
    stage = fields.Selection(STAGES, "Stage", sort=False, readonly=True)
    stage_string = stage.translated('stage')
    number = count("Ended", help="The hazards that ended it.")
    mean_hours = amount("Mean Hours")
    median_hours = amount("Median Hours", help="Half took no longer.")
    percentile_90_hours = amount(
        "90th Percentile of Hours", help="Nine of ten took no longer.")
    target_rate = rate(
        "Within 8 Hours (%)", help="Of those that ended it.")
    before = count("Before", help="In the period compared to.")
    before_median_hours = amount(
        "Median before", help="That of the period compared to.")
    before_percentile_90_hours = amount(
        "90th Percentile before", help="That of the period compared to.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('id', 'ASC')]
        # So that a search does not work them out for the reading after it
        for name in HOURS:
            getattr(cls, name).loading = 'lazy'

    @classmethod
    def table_query(cls):
        selection = Selection.from_context()
        hours = _read_hours(selection)
        query = Union(*(
                _sum_up(hours, id_, stage, selection)
                for id_, (stage, _) in enumerate(STAGES, 1)), all_=True)
        query.with_ = [hours]
        return query

    def get_rec_name(self, name):
        return self.stage_string

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('stage', *clause[1:])]

    def get_domain(self):
        "Return the domain of the hazards that ended the stage."
        return [
            *Selection.from_context().domain(), ('imported', '=', False),
            *_get_clauses(self.stage)]


def _get_clauses(stage):
    if stage in _RECORDS:
        states, _ = ENDED[stage]
        return [(f'{_RECORDS[stage]}.state', 'in', states)]
    if stage == 'waited':
        return [['OR', *map(_get_clauses, ['recheck', 'acceptance'])]]
    return [] if stage == 'lag' else [('closed_at', '!=', None)]


def _read_hours(selection):
    "Return the hours of the stages, read once for all of them."
    fact = Pool().get('hazard.analysis.fact').query(selection.both())
    return With(query=fact.select(
            Case((selection.contains(fact), 1), else_=0).as_('inside'),
            Case((selection.before().contains(fact), 1), else_=0).as_(
                'before'),
            *(Column(fact, f'{stage}_hours').as_(stage)
                for stage, _ in STAGES)))


def _sum_up(hours, id_, stage, selection):
    value = Column(hours, stage)
    inside = Case((hours.inside == 1, value))
    before = Case((hours.before == 1, value))
    in_target = Sum(Case((inside <= TARGET_HOURS, 1), else_=0))
    return hours.select(
        Literal(id_).as_('id'),
        Literal(selection.company).as_('company'),
        Cast(stage, 'VARCHAR').as_('stage'),
        Count(inside).as_('number'),
        Avg(inside).as_('mean_hours'),
        percentile(inside, .5).as_('median_hours'),
        percentile(inside, .9).as_('percentile_90_hours'),
        (Cast(in_target, 'FLOAT') / NullIf(
                Cast(Count(inside), 'FLOAT'), 0)).as_('target_rate'),
        Count(before).as_('before'),
        percentile(before, .5).as_('before_median_hours'),
        percentile(before, .9).as_('before_percentile_90_hours'),
        where=value != Null)
