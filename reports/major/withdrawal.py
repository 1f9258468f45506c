# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The record of stopping work and withdrawing people, to be signed."

from trytond.i18n import gettext

from ..engine.document import format_moment, get_zone
from ..engine.records_mixin import RecordsMixin
from ..loop.card import SPACE, Form

__all__ = ['WithdrawalDocument']


class WithdrawalDocument(RecordsMixin, Form):
    __name__ = 'hazard.withdrawal.document'
    _model = 'hazard.withdrawal'

    @classmethod
    def get_context(cls, records, header, data):
        context = super().get_context(records, header, data)
        zone = get_zone(context['company'])
        person = context['person']
        context.update({
                'orderer': lambda w: get_orderer(w, person),
                'authority': get_authority,
                'power': lambda w: get_power(w, zone),
                'people': get_people_count,
                })
        return context


def get_orderer(withdrawal, person):
    "Return who had work stopped, in which function."
    employee = withdrawal.ordered_by
    return SPACE.join(filter(None, [
                person(withdrawal, employee) if employee else None,
                withdrawal.authority.rec_name if withdrawal.authority
                else None]))


def get_authority(withdrawal):
    "Return the provisions that give the right to stop work, one a line."
    authority = withdrawal.authority
    return '\n'.join(
        b.citation for b in authority.legal_bases) if authority else ''


def get_power(withdrawal, zone):
    if not withdrawal.power_cut:
        return gettext('hazard_report.msg_withdrawal_power_on')
    return gettext(
        'hazard_report.msg_withdrawal_power_cut',
        time=format_moment(withdrawal.power_cut_at, zone))


def get_people_count(withdrawal):
    if withdrawal.people is None:
        return ''
    return gettext(
        'hazard_report.msg_withdrawal_people', count=withdrawal.people)
