# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Deadlines in words, as limits are hours: until when, or how much too late."

import datetime as dt

from trytond.i18n import gettext
from trytond.modules.safety_base.clock import current_zone, local_day
from trytond.modules.safety_base.workflow import now
from trytond.tools import timezone as tz

MINUTE = dt.timedelta(minutes=1)


class TimeLeft:
    "Tells deadlines as of now, in the zone of who reads."

    def __init__(self):
        self.now = now()
        self.zone = current_zone()
        self.today = local_day(self.now, self.zone)

    def tell(self, due_at, ended_at=None):
        "Return the words of a deadline, None where there is nothing to tell."
        if not due_at:
            return None
        if (ended_at or self.now) > due_at:
            return self._tell_late((ended_at or self.now) - due_at)
        return None if ended_at else self._tell_due(due_at)

    def _tell_late(self, late):
        minutes = max(late // MINUTE, 1)
        hours, minutes = divmod(minutes, 60)
        days, hours_left = divmod(hours, 24)
        if days:
            return gettext(
                'hazard.msg_late_days', days=days, hours=hours_left)
        if hours:
            return gettext(
                'hazard.msg_late_hours', hours=hours, minutes=minutes)
        return gettext('hazard.msg_late_minutes', minutes=minutes)

    def _tell_due(self, due_at):
        local = due_at.replace(tzinfo=tz.UTC).astimezone(self.zone)
        names = {
            'time': f'{local:%H:%M}', 'month': local.month, 'day': local.day}
        days = (local.date() - self.today).days
        if days == 0:
            return gettext('hazard.msg_due_today', **names)
        if days == 1:
            return gettext('hazard.msg_due_tomorrow', **names)
        return gettext('hazard.msg_due_on', **names)
