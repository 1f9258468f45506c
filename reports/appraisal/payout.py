# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The pay-out sheet of a quarter, for the office that pays and to sign."

from decimal import Decimal

from trytond.i18n import gettext

from ..engine.document import Table
from ..engine.records_mixin import RecordsMixin
from ..engine.sheet import heading, named, selection_texts, signatures


class PayoutSheet(RecordsMixin, Table):
    __name__ = 'appraisal.payout.sheet'
    _model = 'appraisal.payout'
    _reserved = 'appraisal.payout'

    @classmethod
    def get_context(cls, records, header, data):
        context = super().get_context(records, header, data)
        payout = cls.get_one(records)
        company = context['company']
        title = gettext(
            'hazard_report.msg_payout_title',
            kind=payout.kind.rec_name, period=payout.period.rec_name)
        rows = list(get_rows(payout))
        context.update({
                'named': named,
                'title': title,
                'heading': heading(company, days=gettext(
                        'hazard_report.msg_payout_number',
                        number=payout.number, state=payout.state_string)),
                'rows': rows,
                'count': len(rows),
                'nothing': gettext('hazard_report.msg_payout_nothing'),
                'total': payout.total,
                'capital_total': gettext(
                    'hazard_report.msg_payout_total', number=len(rows),
                    amount=context['capital'](payout.total or Decimal(0))),
                'explained': gettext('hazard_report.msg_payout_explained'),
                'signatures': signatures(
                    context['employee'], company, blanks=6),
                })
        return context


def get_rows(payout):
    "Yield what is shown of the lines, by unit."
    grades = selection_texts('appraisal.payout.line', 'grade')
    lines = sorted(payout.lines, key=lambda line: (
            line.unit.rec_name if line.unit else '',
            line.employee.rec_name, line.id))
    for number, line in enumerate(lines, 1):
        yield {
            'number': number,
            'unit': line.unit.rec_name if line.unit else '',
            'name': line.employee.rec_name,
            'allowance': line.allowance,
            'days': line.days,
            'withdrawn': line.withdrawn_days,
            'grade': grades[line.grade],
            'factor': f'{line.factor:.2f}',
            'award': line.award,
            'amount': line.amount,
            'sign': '',
            }
