# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.model import fields
from trytond.pool import PoolMeta

SKILL_LEVELS = [
    (None, ""),
    ('junior', "Junior Worker"),
    ('middle', "Intermediate Worker"),
    ('senior', "Senior Worker"),
    ('technician', "Technician"),
    ('senior_technician', "Senior Technician"),
    ]


class Employee(metaclass=PoolMeta):
    __name__ = 'company.employee'

    trade = fields.Many2One('safety.trade', "Trade", ondelete='RESTRICT')
    skill_level = fields.Selection(SKILL_LEVELS, "Skill Level", sort=False)
