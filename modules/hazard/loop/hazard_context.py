# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt

from trytond.model import ModelView, fields
from trytond.modules.safety_base.clock import current_zone, day_start


class HazardContext(ModelView):
    __name__ = 'hazard.hazard.context'

    from_date = fields.Date("From")
    to_date = fields.Date("To")
    place = fields.Many2One('hazard.place', "Place")
    from_time = fields.DateTime("From Time")
    to_time = fields.DateTime("To Time")

    @fields.depends('from_date')
    def on_change_with_from_time(self):
        return midnight(self.from_date)

    @fields.depends('to_date')
    def on_change_with_to_time(self):
        if self.to_date:
            return midnight(self.to_date + dt.timedelta(days=1))


def midnight(date):
    "Return the start, in UTC, of the date in the current company's zone."
    if date is not None:
        return day_start(date, current_zone())
