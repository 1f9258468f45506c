# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What wizards ask before they print."

import datetime as dt

from trytond.model import ModelView, fields
from trytond.modules.safety_base.clock import (
    current_zone, day_start, local_day)
from trytond.pyson import Eval, If
from trytond.transaction import Transaction

__all__ = [
    'DocumentFormatMixin', 'PeriodMixin', 'TableFormatMixin', 'UnitMixin',
    'period_domain']


class DocumentFormatMixin(ModelView):
    "The formats of a Document"

    format = fields.Selection([
            ('pdf', "PDF"),
            ('odt', "Editable (ODT)"),
            ], "Format", required=True, sort=False)

    @classmethod
    def default_format(cls):
        return 'pdf'


class TableFormatMixin(ModelView):
    "The formats of a Table"

    format = fields.Selection([
            ('pdf', "PDF"),
            ('xlsx', "Excel (XLSX)"),
            ('ods', "Spreadsheet (ODS)"),
            ], "Format", required=True, sort=False)

    @classmethod
    def default_format(cls):
        return 'xlsx'


class PeriodMixin(ModelView):
    "The days, both included, by default those of the month until today"

    from_date = fields.Date(
        "From", required=True,
        domain=[
            If(Eval('to_date'), ('from_date', '<=', Eval('to_date')), ()),
            ])
    to_date = fields.Date(
        "To", required=True,
        domain=[
            If(Eval('from_date'), ('to_date', '>=', Eval('from_date')), ()),
            ])

    @classmethod
    def default_from_date(cls):
        return cls.default_to_date().replace(day=1)

    @classmethod
    def default_to_date(cls):
        return local_day(dt.datetime.now(), current_zone())


class UnitMixin(ModelView):
    "The unit, with those below it, of the current company"

    company = fields.Many2One(
        'company.company', "Company", required=True, readonly=True)
    unit = fields.Many2One(
        'safety.unit', "Unit",
        domain=[('company', '=', Eval('company', -1))],
        help="The unit with those below; leave empty for all units.")

    @classmethod
    def default_company(cls):
        return Transaction().context.get('company')


def period_domain(field, from_date, to_date):
    """Return the domain of the times of the field within the days.

    The days are those of the zone of the current company.
    """
    zone = current_zone()
    end = to_date + dt.timedelta(days=1)
    return [
        (field, '>=', day_start(from_date, zone)),
        (field, '<', day_start(end, zone)),
        ]
