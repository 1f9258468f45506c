# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Which records the names in an old ledger mean."

from collections import defaultdict

from trytond.modules.safety_base.spreadsheet import compare_key
from trytond.modules.safety_organization.roster.check import record_names
from trytond.pool import Pool
from trytond.transaction import inactive_records

from .heads import REFERENCES, reference_names
from .mapping import MEANINGS
from .text import closest


class Names:
    """The records of the company by name, read once for the whole ledger.

    meanings are the ids of records by field and text, which people told.
    """

    def __init__(self, company, meanings):
        self.company = company
        self.meanings = {
            (field, compare_key(text)): id_
            for (field, text), id_ in meanings.items()}
        self.references = {f: reference_names(f) for f in REFERENCES}
        self.references['shift'] = self._read_shifts()
        self.named = {n: self._read_named(MEANINGS[n])
            for n in ['place', 'unit']}
        self.employees = self._read_employees()
        self.disciplines = self._read_disciplines()

    @staticmethod
    def _read_disciplines():
        "Return the ids of the disciplines by those of their check items."
        pool = Pool()
        CheckItem = pool.get('hazard.check_item')
        with inactive_records():
            return {
                i.id: i.discipline.id for i in CheckItem.search([
                        ('discipline', '!=', None)])}

    def _read_shifts(self):
        pool = Pool()
        Configuration = pool.get('safety.configuration')
        shift_set = Configuration(1).get_multivalue(
            'shift_set', company=self.company.id)
        return record_names(
            list(shift_set.shifts) if shift_set else [], 'code', 'name')

    def _read_named(self, model):
        "Return the sets of ids by name, whole name and code."
        pool = Pool()
        Model = pool.get(model)
        named = defaultdict(set)
        with inactive_records():
            for record in Model.search([
                        ('company', '=', self.company.id)]):
                for name in [record.name, record.rec_name, record.code]:
                    if key := compare_key(name):
                        named[key].add(record.id)
        return named

    def _read_employees(self):
        "Return the employees, who may have left since, by name."
        pool = Pool()
        Employee = pool.get('company.employee')
        employees = defaultdict(list)
        with inactive_records():
            for employee in Employee.search([
                        ('company', '=', self.company.id)]):
                employees[compare_key(employee.party.name)].append(employee)
        return employees

    def find(self, field, text):
        "Return the ids of the records that the text may mean."
        if id_ := self.meanings.get((field, compare_key(text))):
            return {id_}
        if field in self.named:
            return self.named[field].get(compare_key(text), set())
        id_ = closest(text, self.references[field])
        return {id_} if id_ else set()

    def employee(self, text):
        "Return the employee of the name if there is only one."
        employees = self.employees.get(compare_key(text), [])
        if len(employees) > 1:
            employees = [e for e in employees if e.active]
        return employees[0] if len(employees) == 1 else None
