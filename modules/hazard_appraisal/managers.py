# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The departments that manage the kinds of member."

from trytond.modules.safety_organization.leader import group_members


def get_managers(records):
    """Return the sets of ids of employees who manage the kind, by record.

    Nobody decides for himself, so the member is not among them.
    """
    companies = {r.company.id for r in records}
    groups = {r.kind.group for r in records if r.kind.group}
    members = {g: group_members(g.id, companies) for g in groups}
    return {
        r: (members[r.kind.group][r.company.id] - {r.member.employee.id}
            if r.kind.group else set())
        for r in records}


def get_members(records):
    "Return the sets of the ids of the members' employees, by record."
    return {r: {r.member.employee.id} for r in records}
