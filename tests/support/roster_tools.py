# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Made-up people and workbooks for the tests of the roster"

import datetime as dt
import io

import openpyxl
from stdnum.cn import ric

HEADER = [
    "Unit", "Name", "Sex", "National ID", "Mobile", "Trade", "Skill Level",
    "Role", "Shift", "Responsibility Zone"]


def national_id(number, birth=dt.date(1980, 1, 1), region='140100'):
    "Return a valid national ID; the parity of number is the sex"
    code = f'{region}{birth:%Y%m%d}{number:03}'
    return code + ric.calc_check_digit(code + '0')


def mobile(number):
    return f'139{number:08}'


def person(number, **values):
    "Return the values of a row by column"
    row = dict.fromkeys(HEADER)
    birth = dt.date(1970, 1, 1) + dt.timedelta(days=number // 500 * 31)
    row.update({
            "Unit": "Ventilation Team",
            "Name": f"Zhang {chr(65 + number % 26)}{chr(97 + number // 26)}",
            "National ID": national_id(number % 500 * 2 + 1, birth),
            "Mobile": mobile(number),
            "Role": "union",
            })
    row.update(values)
    return row


def workbook(rows, header=HEADER):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(header)
    for row in rows:
        sheet.append([row[n] for n in header])
    return save(book)


def save(book):
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()
