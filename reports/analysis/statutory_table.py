# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The statutory table of a quarter or a year, to be signed, sealed and sent."

from trytond.i18n import gettext

from ..engine.document import Document
from ..engine.records_mixin import RecordsMixin


class StatutoryTable(RecordsMixin, Document):
    __name__ = 'hazard.statutory_report.table'
    _model = 'hazard.statutory_report'
    _reserved = 'hazard.statutory_report'

    @classmethod
    def get_context(cls, records, header, data):
        context = super().get_context(records, header, data)
        context.update({
                'title': gettext('hazard_report.msg_statutory_title'),
                'about': get_about,
                'figures': get_figures,
                'meaning': gettext('hazard_report.msg_statutory_meaning'),
                })
        return context


def get_about(report):
    "Return the period, with the state where it is not signed yet."
    if report.state == 'draft':
        return gettext(
            'hazard_report.msg_statutory_draft', period=report.rec_name)
    return report.rec_name


def get_figures(report):
    "Return the figures in words by name, a dash for rates of nothing."
    return {
        line.figure: line.text or '\N{EM DASH}' for line in report.lines}
