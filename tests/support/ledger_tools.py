# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Made-up old ledgers and the way of a user through their import."

import io

import openpyxl
from organization import acting

from trytond.pool import Pool

HEADS = [
    "No.", "Date", "Location", "Discipline", "Grade", "Hazard", "Found By",
    "Responsible Unit", "Responsible Person", "Measures", "Deadline",
    "Date Rectified", "Recheck Date", "Checked By", "Result",
    "Closing Date"]
ROW = dict(zip(HEADS, [
            "17", "2025.7.17", "Return airway 18506", "Ventilation and Gas",
            "C", "The air door does not close.", "Reporter", "Ventilation",
            "Worker", "Hang it anew.", "2025-07-20", "2025-07-18 10:00",
            "2025-07-18 12:00", "Captain", "Passed", "2025-07-18"]))


def row(**values):
    "Return a row of the ledger; names have underscores instead of spaces."
    values = {n.replace('_', ' '): v for n, v in values.items()}
    return [{**ROW, **values}.get(h) for h in HEADS]


def open_row(**values):
    "Return a row that tells only what was found."
    empty = dict.fromkeys([
            "Responsible_Person", "Measures", "Deadline", "Date_Rectified",
            "Recheck_Date", "Checked_By", "Result", "Closing_Date"])
    return row(**empty | values)


def ledger(rows, heads=HEADS, title="Ledger of 2025", sheet="Ledger"):
    "Return the workbook with a title above the heads."
    book = openpyxl.Workbook()
    book.active.title = sheet
    for values in [[title], heads, *rows]:
        book.active.append(values)
    book.active.merge_cells(
        start_row=1, end_row=1, start_column=1, end_column=len(heads))
    return save(book)


def save(book):
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


class Import:
    "The import of a ledger by a user, from form to form."
    wizard = 'hazard.ledger.import'

    def __init__(self, user, data, file_name='old.xlsx'):
        pool = Pool()
        self.user = user
        self.Wizard = pool.get(self.wizard, type='wizard')
        self.step('read', start={'file': data, 'file_name': file_name})

    def step(self, state, **data):
        with acting(self.user):
            if not hasattr(self, 'session'):
                self.session, _, _ = self.Wizard.create()
            result = self.Wizard.execute(self.session, data, state)
        self.state = result['view']['state']
        self.values = _without_names(result['view']['defaults'])

    def check(self, fields=None, **values):
        "Check after the fields by head and the values are chosen."
        for column in self.values['columns']:
            if column['head'] in (fields or {}):
                column['field'] = fields[column['head']]
        self.step('check', map={**self.values, **values})
        return self

    def import_(self, **options):
        self.step('import_', preview={**self.values, **options})
        return self

    def open(self, **data):
        "Return the action that opens what was imported."
        with acting(self.user):
            result = self.Wizard.execute(self.session, data, 'open_')
        (action, _), = result['actions']
        return action

    @property
    def columns(self):
        return {c['head']: c['field'] for c in self.values['columns']}

    def problems(self, kind='error'):
        "Return the rows, the letters of the columns and the values."
        return [
            (p['row'], p['column'][:1], p['value'])
            for p in self.values['problems'] if p['kind'] == kind]


def bring_in(user, data, file_name='old.xlsx', **options):
    "Return the import of the ledger as it is proposed."
    return Import(user, data, file_name).check().import_(**options)


def _without_names(values):
    "Return the values as a client sends them back."
    return {
        n: [_without_names(v) for v in value]
        if isinstance(value, list) else value
        for n, value in values.items() if not n.endswith('.')}
