# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt
from itertools import combinations

from trytond.i18n import gettext
from trytond.model import (
    DeactivableMixin, ModelSQL, ModelView, Unique, fields, sequence_ordered)
from trytond.modules.safety_base.kept_name import KeptNameMixin
from trytond.pool import Pool
from trytond.pyson import Eval, If
from trytond.tools import timezone as tz
from trytond.transaction import without_check_access

from .exceptions import ShiftValidationError


def shift_domain(name='shift', shift_set='shift_set'):
    "Return the domain that proposes the shifts of the set but keeps others"
    return If(Eval(shift_set),
        ['OR',
            ('set', '=', Eval(shift_set, -1)),
            ('id', '=', Eval(name, -1)),
            ],
        [])


class ShiftSet(DeactivableMixin, ModelSQL, ModelView):
    __name__ = 'safety.shift.set'

    name = fields.Char("Name", required=True, translate=True)
    code = fields.Char("Code", required=True)
    shifts = fields.One2Many('safety.shift', 'set', "Shifts")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('code_unique', Unique(t, t.code),
                'safety_organization.msg_shift_set_code_unique'),
            ]
        cls._order = [
            ('code', 'ASC'),
            ('id', 'ASC'),
            ]


class Shift(
        KeptNameMixin, DeactivableMixin, sequence_ordered(), ModelSQL,
        ModelView):
    __name__ = 'safety.shift'

    set = fields.Many2One(
        'safety.shift.set', "Set", required=True, ondelete='CASCADE')
    name = fields.Char("Name", required=True, translate=True)
    code = fields.Char("Code", required=True)
    start = fields.Time(
        "Start", required=True,
        help="The local time of the company at which the shift starts.")
    end = fields.Time(
        "End", required=True,
        help="The local time of the company at which the shift ends.\n"
        "A shift that ends before it starts ends the day after.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('code_unique', Unique(t, t.set, t.code),
                'safety_organization.msg_shift_code_unique'),
            ]
        cls._order.insert(0, ('set.code', 'ASC'))
        cls._order.append(('id', 'ASC'))

    @classmethod
    def validate_fields(cls, shifts, field_names):
        super().validate_fields(shifts, field_names)
        cls.check_overlap(shifts, field_names)

    @classmethod
    def check_overlap(cls, shifts, field_names=None):
        "Check that no two active shifts of a set are at the same time"
        if field_names and not field_names & {
                'set', 'start', 'end', 'active'}:
            return
        for shift_set in {s.set for s in shifts}:
            actives = [s for s in shift_set.shifts if s.active]
            for one, other in combinations(actives, 2):
                if one.covers(other.start) or other.covers(one.start):
                    raise ShiftValidationError(gettext(
                            'safety_organization.msg_shift_overlap',
                            shift=one.rec_name,
                            other=other.rec_name))

    @classmethod
    @without_check_access
    def at(cls, company_id, datetime):
        """
        Return the shift of the company at the datetime (UTC) or None.
        """
        pool = Pool()
        Company = pool.get('company.company')
        Configuration = pool.get('safety.configuration')
        shift_set = Configuration(1).get_multivalue(
            'shift_set', company=company_id)
        if not shift_set:
            return
        company = Company(company_id)
        zone = tz.get_tzinfo(company.timezone) if company.timezone else tz.UTC
        time = (datetime.replace(tzinfo=dt.UTC)
            .astimezone(zone).time().replace(tzinfo=None))
        for shift in shift_set.shifts:
            if shift.covers(time):
                return shift

    def covers(self, time):
        "Return whether the time of day is in the shift"
        if self.start < self.end:
            return self.start <= time < self.end
        return time >= self.start or time < self.end
