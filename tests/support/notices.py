# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Rectification notices and recheck opinions, each by who issues it."

import datetime as dt

from organization import acting

from trytond.pool import Pool
from trytond.transaction import Transaction

__all__ = ['draft_notice', 'draft_opinion', 'issue', 'issue_notice', 'press']


def draft_notice(mine, hazards, user=None, **values):
    "Return the draft of a notice on the hazards."
    pool = Pool()
    Notice = pool.get('hazard.rectification_notice')
    with acting(user or mine.users.safety):
        notice, = Notice.create([{
                    'unit': hazards[0].unit.id,
                    'responsible': mine.employees.worker.id,
                    'inspected_by': "Safety Department",
                    'deadline': dt.datetime.now().replace(microsecond=0)
                    + dt.timedelta(days=3),
                    'requirements': "Rectify at once.",
                    'lines': [('create', [
                                {'hazard': h.id, 'requirement': "Try it."}
                                for h in hazards])],
                    **values}])
    return Notice(notice.id)


def issue_notice(mine, hazards, user=None, **values):
    notice = draft_notice(mine, hazards, user=user, **values)
    return issue(notice, user or mine.users.safety)


def draft_opinion(mine, notice, user=None, **values):
    "Return the draft of an opinion that answers the notice."
    pool = Pool()
    Opinion = pool.get('hazard.recheck_opinion')
    with acting(user or mine.users.safety):
        opinion, = Opinion.create([{'notice': notice.id, **values}])
    return Opinion(opinion.id)


def issue(document, user):
    return press(document, 'issue', user)


def press(document, button, user, reason=None):
    "Press the button as the user and return the document as it is now."
    Document = document.__class__
    with acting(user), Transaction().set_context(reason=reason):
        getattr(Document, button)([Document(document.id)])
    return Document(document.id)
