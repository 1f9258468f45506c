# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""
What shipped records were called before, by which rosters and ledgers may still
call them.

Each module tells of its own in data/former_names.csv: XML id and former name.
"""

import csv
from collections import defaultdict
from functools import cache

from trytond.model import fields
from trytond.pool import Pool
from trytond.tools import file_open
from trytond.transaction import Transaction


def read_former_names(Model, ids):
    "Return the former names of the records by id."
    data = Pool().get('ir.model.data').__table__()
    cursor = Transaction().connection.cursor()
    cursor.execute(*data.select(
            data.module, data.fs_id, data.db_id,
            where=(data.model == Model.__name__)
            & fields.SQL_OPERATORS['in'](data.db_id, list(ids))))
    return {id_: names for module, fs_id, id_ in cursor
        if (names := _read_file(module).get(fs_id))}


@cache
def _read_file(module):
    names = defaultdict(list)
    try:
        with file_open(
                f'{module}/data/former_names.csv', mode='r',
                encoding='utf-8') as file:
            for fs_id, name in csv.reader(file):
                names[fs_id].append(name)
    except FileNotFoundError:
        pass
    return names
