# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.i18n import gettext
from trytond.model import fields
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval
from trytond.transaction import Transaction

from .exceptions import EmployeeAccessError
from .party import PersonalData, mask, mask_phone

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
    def check_modification(
            cls, mode, employees, values=None, external=False):
        super().check_modification(
            mode, employees, values=values, external=external)
        # Whoever employs a person reads what is hidden from other companies
        if mode == 'create' and external:
            cls._check_foreign(employees)
        elif mode == 'write' and external and 'party' in values:
            cls._check_party(employees, values['party'])

    @classmethod
    def _check_foreign(cls, employees):
        Party = Pool().get('party.party')
        cursor = Transaction().connection.cursor()
        table = Party.__table__()
        foreign = PersonalData().foreign(
            table.id, without=[e.id for e in employees])
        cursor.execute(*table.select(
                table.id,
                where=table.id.in_([e.party.id for e in employees])
                & foreign))
        if cursor.fetchone():
            raise EmployeeAccessError(gettext(
                    'safety_organization.msg_employee_foreign'))

    @classmethod
    def _check_party(cls, employees, party):
        for employee in employees:
            if employee.party.id != party:
                raise EmployeeAccessError(gettext(
                        'safety_organization.msg_employee_party',
                        employee=employee.rec_name))

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
