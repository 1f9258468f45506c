# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Rosters as people have them: no template, but titles, sheets and notes."

import io

import openpyxl
from roster_case import RosterCase
from roster_tools import person, save, workbook

from trytond.tests.test_tryton import with_transaction


class RosterFileTestCase(RosterCase):

    @with_transaction()
    def test_real_heads(self):
        "Titles, usual heads, several sheets and merged units are understood"
        self.setup_company()
        book = openpyxl.Workbook()
        first = book.active
        first.append(["Roster of 2026"])
        first.merge_cells('A1:E1')
        first.append(["No.", "Department", "Full Name", "ID Number", "Phone"])
        for number in [1, 2]:
            row = person(number)
            first.append([
                    number, row["Unit"] if number == 1 else None, row["Name"],
                    row["National ID"], row["Mobile"]])
        first.merge_cells('B3:B4')
        second = book.create_sheet("Others")
        row = person(3)
        second.append(["Contact", "ID Card", "Employee", "Section"])
        second.append([
                row["Mobile"], row["National ID"], row["Name"], row["Unit"]])
        book.create_sheet("Cover").append(["Safety first"])
        result = self.import_([], user=self.admin, data=save(book))
        self.assertEqual((result['rows'], result['parties']), (3, 3))
        self.assertEqual(result['left_out'], "Cover")

    @with_transaction()
    def test_errors_of_sheets(self):
        "An error names the sheet that it is in"
        self.setup_company()
        book = openpyxl.load_workbook(
            io.BytesIO(workbook([person(1), person(2)])))
        copy = book.copy_worksheet(book.active)
        copy.title = "Second"
        copy.delete_rows(2)
        copy['B2'] = "12"
        state, result = self.execute([], data=save(book))
        self.assertEqual(state, 'errors')
        self.assertIn(
            ("Second", 2, "Name"), {
                (e['sheet'], e['row'], e['column'])
                for e in result['errors']})

    @with_transaction()
    def test_notes(self):
        "Notes below the table are one error each, or left out"
        self.setup_company()
        book = openpyxl.load_workbook(io.BytesIO(workbook([person(1)])))
        book.active.append(["In all: 1"])
        data = save(book)
        self.assertEqual(self.errors([], data=data), [(3, '')])
        result = self.import_([], data=data, skip_notes=True)
        self.assertEqual((result['rows'], result['notes']), (1, 1))
