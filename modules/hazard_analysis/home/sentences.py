# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What start pages tell beside the figures of their lists."

import datetime as dt

from trytond.i18n import gettext
from trytond.modules.hazard.loop.figures import TARGET_HOURS
from trytond.transaction import Transaction

from .figure import find

# How many hazards are named
NAMED = 5
_HOUR = dt.timedelta(hours=1)


def tell_average(figures):
    "Compare today with the days before."
    if figures.get('days') and figures['days'].number:
        yield gettext(
            'hazard_analysis.msg_home_average',
            number=figures['today'].number if 'today' in figures else 0,
            average=round(figures['days'].number / 30, 1))


def tell_major(figures):
    "Name the open major hazards with where they are."
    _, hazards = find('major', limit=NAMED)
    for hazard in hazards:
        yield gettext(
            'hazard_analysis.msg_home_named',
            number=hazard.rec_name, place=hazard.place_name,
            state=hazard.state_string,
            time=hazard.time_left or '').strip()


def tell_hours(figures):
    "Tell how fast what was closed this month was closed."
    Hazard, found = find('month_closed', order=[], query=True)
    if not Hazard:
        return
    table = Hazard.__table__()
    cursor = Transaction().connection.cursor()
    cursor.execute(*table.select(
            table.reported_at, table.closed_at, where=table.id.in_(found)))
    hours = [
        (closed - reported) / _HOUR for reported, closed in cursor
        if reported]
    if hours:
        yield gettext(
            'hazard_analysis.msg_home_hours', goal=TARGET_HOURS,
            share=sum(h <= TARGET_HOURS for h in hours) * 100 // len(hours),
            mean=round(sum(hours) / len(hours), 1))


SENTENCES = {
    'safety': [tell_average, tell_major],
    'station': [tell_average],
    'head': [tell_hours, tell_major],
    }
