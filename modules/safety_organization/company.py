# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.model import fields
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval

from .party import mask, mask_phone

SKILL_LEVELS = [
    (None, ""),
    ('apprentice', "Apprentice"),
    ('junior', "Junior Worker"),
    ('middle', "Intermediate Worker"),
    ('senior', "Senior Worker"),
    ('technician', "Technician"),
    ('senior_technician', "Senior Technician"),
    ('special_technician', "Special-grade Technician"),
    ('chief_technician', "Chief Technician"),
    ]


class Employee(metaclass=PoolMeta):
    __name__ = 'company.employee'

    unit = fields.Many2One(
        'safety.unit', "Unit", ondelete='RESTRICT',
        domain=[
            ('company', '=', Eval('company', -1)),
            ],
        help="The unit to which the employee belongs.")
    trade = fields.Many2One('safety.trade', "Trade", ondelete='RESTRICT')
    skill_level = fields.Selection(SKILL_LEVELS, "Skill Level", sort=False)
    national_id_masked = fields.Function(
        fields.Char("National ID"), 'get_masked')
    mobile_masked = fields.Function(fields.Char("Mobile"), 'get_masked')

    @classmethod
    def get_masked(cls, employees, names):
        Party = Pool().get('party.party')
        parties = Party.browse({e.party.id for e in employees})
        result = {}
        if 'national_id_masked' in names:
            codes = Party.get_national_ids(parties)
            result['national_id_masked'] = {
                e.id: mask(codes.get(e.party.id)) for e in employees}
        if 'mobile_masked' in names:
            result['mobile_masked'] = {
                e.id: mask_phone(e.party.mobile) or None for e in employees}
        return result
