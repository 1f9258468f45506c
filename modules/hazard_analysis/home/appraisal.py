# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What start pages tell of points and ranks."

import datetime as dt

from trytond.i18n import gettext
from trytond.modules.safety_base.clock import current_zone, local_day
from trytond.pool import Pool, PoolMeta

from .lines import Line
from .page import Page
from .pictures import rank


def _search(model, kind, *domain):
    "Return the sheets of the period that now is, if the user may read them."
    pool = Pool()
    Access = pool.get('ir.model.access')
    if not Access.get_access([model])[model]['read']:
        return []
    day = local_day(dt.datetime.now(), current_zone())
    return pool.get(model).search([
            ('period_kind', '=', kind), ('start_date', '<=', day),
            ('end_date', '>=', day), *domain])


def _tell_points(lists, figures):
    "Tell the user's own points of these ten days, and what is missing."
    for sheet in _search('appraisal.sheet', 'tenday', ('mine', '=', True)):
        yield gettext(
            'hazard_analysis.msg_home_points', kind=sheet.kind.rec_name,
            points=sheet.score, rank=sheet.rank, members=sheet.members)
        if sheet.task:
            yield gettext(
                'hazard_analysis.msg_home_task', task=sheet.task,
                verified=sheet.verified,
                missing=max(sheet.task - sheet.verified, 0))


def _tell_ranks(lists, figures):
    "Tell the ranks of the units that the user leads."
    units = Pool().get('res.user').get_led_units()
    for sheet in _search(
            'appraisal.unit.sheet', 'month', ('unit', 'in', units)):
        yield gettext(
            'hazard_analysis.msg_home_rank', unit=sheet.unit.name,
            rank=sheet.rank, units=sheet.units)


_PAGES = {
    'reporter': Page(sentences=(_tell_points,)),
    'captain': Page(
        lines=(Line('below', ['below']),), sentences=(_tell_ranks,)),
    'member': Page(
        lines=(
            Line('below', ['below'], has_none=True),
            Line('decide', ['proposal', 'appeal'], has_none=True)),
        links=('below', 'proposal', 'appeal'),
        pictures=(rank('below', 'below', 'unit'),)),
    }


class Home(metaclass=PoolMeta):
    __name__ = 'hazard.home'

    @classmethod
    def get_content(cls, page):
        return super().get_content(page).extended(_PAGES.get(page, Page()))
