# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Values of new records for the access matrix, given the mine and the role."


def first(model, name='any'):
    return lambda f: f.records[model][name].id


def of(**values):
    def function(f, role):
        return {
            n: v(f) if callable(v) else v for n, v in values.items()}
    return function


def worker(f):
    return f.mine.employees.worker.id


def captain(f):
    return f.mine.employees.captain.id


def nobody(f):
    return f.employees['nobody'].id


def company_id(f):
    return f.mine.company.id


def unit(f):
    return f.mine.units.ventilation.id


def merge(*functions):
    def function(f, role):
        values = {}
        for other in functions:
            values |= other(f, role)
        return values
    return function


coded = {'': lambda f, role: {'name': "New", 'code': role}}
