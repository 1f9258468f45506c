# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The daily message to the safety department about the early signs."

from trytond.modules.hazard.loop.notice import People
from trytond.modules.safety_base.notice import notify, notify_of_none
from trytond.modules.safety_base.workflow import now
from trytond.pool import Pool


def tell(company, signs):
    """Tell the safety department, and who stands in, of the signs.

    Where there are none it is told so if the company wants it.
    """
    safety = People(companies=[company.id]).safety[company.id]
    if signs:
        notify(
            dict.fromkeys(signs, safety),
            'hazard_analysis.msg_early_sign_digest', 'tryton-warning',
            lambda sign: sign.words, work=True)
        signs[0].__class__.write(signs, {'told_at': now()})
    elif Pool().get('hazard.configuration').settings(company.id)['sign_none']:
        notify_of_none(
            safety, 'hazard_analysis.msg_early_sign_digest_none',
            'tryton-ok', work=True)
