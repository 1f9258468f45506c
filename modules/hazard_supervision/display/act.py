# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The last acts of enterprises, as their own records tell."

from sql import Literal, Null
from sql.aggregate import Count, Max
from sql.conditionals import Coalesce

from trytond import backend
from trytond.model import fields
from trytond.modules.hazard.loop.figures import is_imported
from trytond.pool import Pool
from trytond.tools import sqlite_apply_types
from trytond.transaction import Transaction

from ..definitions import OUTSIDE_SOURCES

# What was not reported, or not yet, or shall be reported anew
UNREPORTED_STATES = ['draft', 'returned', 'cancelled']
_in = fields.SQL_OPERATORS['in']


def is_report(hazard):
    "Is it a report of the enterprise itself?"
    return bool(
        hazard.reported_at and hazard.state not in UNREPORTED_STATES
        and not hazard.imported
        and not (hazard.source and hazard.source.code in OUTSIDE_SOURCES))


def get_reports(companies):
    "Return when a hazard was last reported, by id of the companies."
    return _fetch(_select_reports(companies))


def _select_reports(companies):
    pool = Pool()
    hazard = pool.get('hazard.hazard').__table__()
    source = pool.get('hazard.source').__table__()
    outside = source.select(
        source.id, where=_in(source.code, sorted(OUTSIDE_SOURCES)))
    return hazard.select(
        hazard.company, Max(hazard.reported_at).as_('at'),
        where=_in(hazard.company, companies)
        & (hazard.reported_at != Null)
        & ~hazard.state.in_(UNREPORTED_STATES)
        & ~is_imported(hazard)
        & ~Coalesce(hazard.source, Literal(0)).in_(outside),
        group_by=hazard.company)


def get_zero_reports(companies):
    "Return when nothing found was last stated, by id of the companies."
    inspection = Pool().get('hazard.inspection').__table__()
    return _fetch(inspection.select(
            inspection.company, Max(inspection.stated_at).as_('at'),
            where=_in(inspection.company, companies) & _is_zero(inspection),
            group_by=inspection.company))


def count_zero_reports(companies):
    """Return how often nothing found was stated since the last report.

    It is the number by id of the companies that have stated it.
    """
    inspection = Pool().get('hazard.inspection').__table__()
    report = _select_reports(companies)
    cursor = Transaction().connection.cursor()
    cursor.execute(*inspection
        .join(report, 'LEFT', condition=report.company == inspection.company)
        .select(
            inspection.company, Count(inspection.id),
            where=_in(inspection.company, companies) & _is_zero(inspection)
            & ((report.at == Null) | (inspection.stated_at > report.at)),
            group_by=inspection.company))
    return dict(cursor.fetchall())


def _is_zero(inspection):
    return (inspection.state == 'done') & (inspection.stated_at != Null)


def _fetch(query):
    if backend.name == 'sqlite':
        sqlite_apply_types(query, [None, 'TIMESTAMP'])
    cursor = Transaction().connection.cursor()
    cursor.execute(*query)
    return dict(cursor.fetchall())
