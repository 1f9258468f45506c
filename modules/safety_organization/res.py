# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.cache import Cache
from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction, inactive_records


class User(metaclass=PoolMeta):
    __name__ = 'res.user'

    _get_led_units_cache = Cache('res.user.get_led_units', context=False)
    _get_managed_companies_cache = Cache(
        'res.user.get_managed_companies', context=False)

    @classmethod
    def get_employees(cls):
        # The answer is kept for the user, so no client may colour it.
        with Transaction().reset_context():
            return super().get_employees()

    @classmethod
    def get_acting_employees(cls):
        """
        Return a tuple of the ids of the user's employees and of those for
        whom the user stands in
        """
        return (*cls.get_employees(), *cls.get_represented())

    @classmethod
    def find_represented(cls, record):
        if employee := super().find_represented(record):
            return employee
        unit = getattr(record, 'unit', None)
        for employee in cls.get_represented() if unit else []:
            if unit.id in cls.get_units_led_by((employee,)):
                return employee

    @classmethod
    def get_led_units(cls):
        """
        Return an ordered tuple of the ids of the units that the user leads or
        stands in for who leads them, the units below them included
        """
        return cls.get_units_led_by(cls.get_acting_employees())

    @classmethod
    def get_units_led_by(cls, employees):
        "Return an ordered tuple of the ids of the units that they lead."
        pool = Pool()
        Unit = pool.get('safety.unit')
        if not employees:
            return ()
        units = cls._get_led_units_cache.get(employees)
        if units is None:
            units = Unit.get_descendants(
                leader.unit.id for leader in cls._get_leaders(employees))
            units = tuple(sorted(units))
            cls._get_led_units_cache.set(employees, units)
        return units

    @classmethod
    def get_managed_companies(cls):
        """
        Return an ordered tuple of the ids of the companies of which the user
        leads a unit of kind mine or stands in for who does
        """
        employees = cls.get_acting_employees()
        if not employees:
            return ()
        companies = cls._get_managed_companies_cache.get(employees)
        if companies is None:
            companies = tuple(sorted({
                        leader.unit.company.id
                        for leader in cls._get_leaders(employees)
                        if leader.unit.kind == 'mine'}))
            cls._get_managed_companies_cache.set(employees, companies)
        return companies

    def get_status_bar(self, name):
        "The header names the mine, which has one currency."
        status = super().get_status_bar(name)
        if self.company:
            status = status.removesuffix(f' [{self.company.currency.code}]')
            if len(self.companies) <= 1:
                status += f' - {self.company.rec_name}'
        return status

    @classmethod
    def _get_leaders(cls, employees):
        pool = Pool()
        Leader = pool.get('safety.unit.leader')
        # As root to prevent the rules from needing themselves
        with Transaction().set_user(0, set_context=True), inactive_records():
            return Leader.search([('employee', 'in', employees)])

    @classmethod
    def clear_led_units(cls):
        cls._get_led_units_cache.clear()
        cls._get_managed_companies_cache.clear()
