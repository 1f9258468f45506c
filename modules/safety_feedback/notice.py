# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Who is told of opinions."

from trytond.modules.safety_base.notice import notify
from trytond.modules.safety_organization.leader import Leaders, group_members
from trytond.pool import Pool


def submitted(feedbacks):
    "Tell who is to answer that an opinion waits for them."
    notify(
        get_answerers(feedbacks), 'safety_feedback.msg_notice_submitted',
        'tryton-notification', describe)


def replied(feedbacks):
    "Tell the authors, as far as they are known, of the answer."
    notify({f: {f.author.id} for f in feedbacks if f.author},
        'safety_feedback.msg_notice_replied', 'tryton-ok',
        lambda f: f.answer_text)


def get_answerers(feedbacks):
    """Return the sets of ids of the employees who are to answer.

    The leaders of the unit or of its nearest parent, but not who wrote the
    opinion; where there is nobody the administration is to forward it.
    """
    leaders = Leaders({f.unit.id for f in feedbacks if f.unit})
    administrators = get_administrators(feedbacks)
    return {
        f: leaders.get(
            f.unit.id if f.unit else None,
            {f.author.id} if f.author else set())
        or administrators[f] for f in feedbacks}


def get_administrators(feedbacks):
    "Return the sets of ids of who administers feedback in the companies."
    pool = Pool()
    Data = pool.get('ir.model.data')
    members = group_members(
        Data.get_id('safety_feedback', 'group_feedback_admin'),
        {f.company.id for f in feedbacks})
    return {f: members[f.company.id] for f in feedbacks}


def describe(feedback):
    return feedback.subject
