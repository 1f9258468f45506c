# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Texts of exports that no spreadsheet takes for formulas.

Exports are opened with Excel, which calculates whatever begins like a
formula, so such a text gets an apostrophe before it.  Numbers stay as they
are, also where they are texts, as a phone with a plus sign.  The import takes
the apostrophe off again, thus one that was there before gets another.
"""

import re

from trytond.model import ModelStorage

# Excel also calculates what begins with a sign of full width.
_FORMULA = re.compile(r"'*(?:[=@＝＠\t\r\n]|[+\-＋－](?![\d .,]+\Z))")
_QUOTED = re.compile(rf"'{_FORMULA.pattern}")


class ExportMixin(ModelStorage):
    __slots__ = ()

    @classmethod
    def export_data(cls, records, fields_names, header=False):
        rows = super().export_data(records, fields_names, header=header)
        return [list(map(neutralize, row)) for row in rows]

    @classmethod
    def import_data(cls, fields_names, data):
        return super().import_data(
            fields_names, [list(map(restore, row)) for row in data])


def neutralize(value):
    "Return the value, a text that may be a formula behind an apostrophe."
    if isinstance(value, str) and _FORMULA.match(value):
        return f"'{value}"
    return value


def restore(value):
    "Return what was neutralized as it was before."
    if isinstance(value, str) and _QUOTED.match(value):
        return value[1:]
    return value
