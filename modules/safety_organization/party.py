# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.model import fields
from trytond.pool import PoolMeta

SEXES = [
    (None, ""),
    ('male', "Male"),
    ('female', "Female"),
    ]


class Party(metaclass=PoolMeta):
    __name__ = 'party.party'

    sex = fields.Selection(SEXES, "Sex", sort=False)
