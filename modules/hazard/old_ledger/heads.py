# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What the columns of an old ledger can be and what they are usually called."

from trytond.modules.safety_base.words import words
from trytond.modules.safety_organization.roster.check import record_names
from trytond.pool import Pool

FIELDS = [
    ('number', "Number"),
    ('found_at', "Found At"),
    ('shift', "Shift"),
    ('place', "Place"),
    ('discipline', "Discipline"),
    ('category', "Category"),
    ('check_item', "Check Item"),
    ('inspected_by', "Inspecting Body"),
    ('found_by', "Found By"),
    ('description', "Description"),
    ('grade', "Grade"),
    ('handling', "Handling"),
    ('unit', "Responsible Unit"),
    ('responsible', "Responsible"),
    ('measures', "Measures"),
    ('funding', "Funds"),
    ('deadline', "Rectify Until"),
    ('emergency_plan', "Emergency Plan"),
    ('supervisor', "Supervisor"),
    ('actions', "Actions Taken"),
    ('rectified_at', "Rectified At"),
    ('checked_at', "Checked At"),
    ('checked_by', "Checked By"),
    ('result', "Result of Recheck"),
    ('closed_at', "Closed At"),
    ('state', "State"),
    ]
# The models of what must be known and of what may be left out
REFERENCES = {
    'grade': 'hazard.grade',
    'discipline': 'hazard.discipline',
    'category': 'hazard.category',
    'check_item': 'hazard.check_item',
    }


def head_names():
    "Return the fields by what they are usually called in heads."
    names = {}
    for field, _ in FIELDS:
        for name in words(f'hazard.msg_ledger_head_{field}'):
            names.setdefault(name, field)
    return names


def reference_names(field):
    "Return the ids of the records of the field by code and name."
    pool = Pool()
    Model = pool.get(REFERENCES[field])
    return record_names(Model.search([]), 'code', 'name')
