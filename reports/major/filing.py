# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The report of a hazard to those above, to be signed and sent."

from trytond.i18n import gettext
from trytond.pool import Pool

from ..engine.document import format_moment, get_zone
from ..engine.readable import find
from ..engine.records_mixin import RecordsMixin
from ..loop.card import SPACE, Form

__all__ = ['FilingDocument', 'get_title']


class FilingDocument(RecordsMixin, Form):
    __name__ = 'hazard.filing.document'
    _model = 'hazard.filing'

    @classmethod
    def get_file_name(cls, action, ids, data, title):
        Filing = Pool().get('hazard.filing')
        if len(ids) == 1:
            filing = Filing(ids[0])
            # A hazard is reported to several.
            return '-'.join([
                    get_title(filing), filing.rec_name,
                    filing.recipient_string])
        return super().get_file_name(action, ids, data, title)

    @classmethod
    def get_context(cls, records, header, data):
        context = super().get_context(records, header, data)
        zone = get_zone(context['company'])
        context.update({
                'title': get_title,
                'plan': get_plan,
                'measures': lambda filing: get_measures(filing, zone),
                'receipt': lambda filing: SPACE.join(filter(None, [
                            filing.receipt_number,
                            format_moment(filing.received_at, zone)])),
                })
        return context


def get_title(part):
    "Return the title of the report on the hazard, as its grade is."
    grade = part.hazard.grade.legal_class
    return gettext(
        'hazard_report.msg_filing_title_major' if grade == 'major'
        else 'hazard_report.msg_filing_title')


def get_plan(filing):
    "Return the plan that was approved, if there is one to be read."
    for plan in find('hazard.plan', [
                ('hazard', '=', filing.hazard.id),
                ('state', '=', 'approved')]):
        return plan


def get_measures(filing, zone):
    "Return what was done so far, a line for each."
    hazard = filing.hazard
    measures = [hazard.on_site_measures]
    for withdrawal in find('hazard.withdrawal', [
                ('hazard', '=', hazard.id),
                ('state', '!=', 'draft')]):
        measures.append(gettext(
                'hazard_report.msg_filing_withdrawal',
                time=format_moment(withdrawal.stopped_at, zone),
                area=withdrawal.area, people=withdrawal.people))
    if plan := get_plan(filing):
        measures.append(plan.methods)
    return '\n'.join(filter(None, measures))
