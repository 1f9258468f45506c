# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Who lets work go on where it was stopped."

from trytond.pool import Pool

from ..loop.notice import People


def get_approvers(company, time):
    """Return the ids of the employees who may let work go on at the time.

    Danger is reported to the dispatch room and by it to the leader on duty, so
    they decide, as do those who lead the mine.
    """
    pool = Pool()
    DutyLeader = pool.get('hazard.duty_leader')
    people = People(companies=[company])
    return DutyLeader.at(company, time).union(*(
            found[company]
            for found in [people.heads, people.mine, people.dispatch]))
