# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""The facts of hazards as Parquet files, for engines that read many databases.

Files have no person in them. doc/admin/bi.rst has their columns.
"""

import datetime as dt
import shutil
from decimal import Decimal
from pathlib import Path

from sql import Column
from sql.aggregate import Max, Min

import trytond.config as config
from trytond.i18n import gettext
from trytond.modules.hazard.loop.figures import found_domain
from trytond.modules.safety_base.calendar_period import get_periods
from trytond.modules.safety_base.clock import current_zone, local_day
from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction, inactive_records

from ..exceptions import ParquetError
from .fact import COUNTS, HOURS
from .selection import Selection

# By column the type: of what names stand for there is the id, too
REFERENCES = [
    'unit', 'place', 'grade', 'discipline', 'category', 'check_item', 'shift',
    'kind', 'source']
TIMES = ['found_at', 'reported_at', 'closed_at']
COLUMNS = {
    'id': 'integer',
    'number': 'text',
    'company_name': 'name',
    **dict.fromkeys(TIMES, 'time'),
    **{column: type_ for name in REFERENCES for column, type_ in [
            (name, 'name'), (f'{name}_id', 'integer')]},
    'cause': 'name',
    'found_hour': 'integer',
    'handling': 'name',
    'imported': 'boolean',
    'state': 'name',
    **dict.fromkeys([*COUNTS, 'rounds', 'extensions'], 'integer'),
    'cost': 'money',
    **dict.fromkeys(HOURS, 'float'),
    }
# So many exports are kept: who reads the one before goes on reading it
KEPT = 2


class Fact(metaclass=PoolMeta):
    __name__ = 'hazard.analysis.fact'

    @classmethod
    def export_parquet(cls):
        "Write the facts of all companies anew, where a directory is set."
        root = config.get(
            'hazard_analysis', 'parquet_directory', default=None)
        if not root:
            return
        types = _get_types()
        try:
            _Export(_get_base(root), types).run()
        except OSError as error:
            raise ParquetError(gettext(
                    'hazard_analysis.msg_parquet_directory',
                    directory=root, error=error.strerror)) from error


def _get_types():
    "Return the types of pyarrow by those of the columns."
    try:
        import pyarrow as pa
    except ImportError as error:
        raise ParquetError(gettext(
                'hazard_analysis.msg_parquet_missing')) from error
    return {
        'integer': pa.int64(), 'text': pa.string(), 'boolean': pa.bool_(),
        'name': pa.dictionary(pa.int32(), pa.string()),
        'time': pa.timestamp('us', 'UTC'), 'float': pa.float64(),
        'money': pa.decimal128(16, 2)}


def _get_base(root):
    "Return the directory of the database, which is within the root."
    root = Path(root).resolve(strict=True)
    base = (root / Transaction().database.name.strip(':')).resolve()
    if base.parent != root:
        raise ParquetError(gettext(
                'hazard_analysis.msg_parquet_outside', directory=str(root)))
    # Not for everybody on the server, whatever its umask
    base.mkdir(mode=0o750, exist_ok=True)
    return base


class _Export:
    "One export: a directory of its own that the link facts leads to at last."

    def __init__(self, base, types):
        self.base = base
        self.types = types
        self.directory = base / f'facts-{dt.datetime.now():%Y%m%dT%H%M%S%f}'

    def run(self):
        pool = Pool()
        Company = pool.get('company.company')
        language = pool.get('ir.configuration').get_language()
        self.directory.mkdir()
        try:
            # Of all companies, whoever runs it
            with Transaction().set_user(0), inactive_records():
                for company in Company.search([]):
                    with Transaction().set_context(
                            company=company.id, language=language):
                        self._write_company(Company(company.id))
        except BaseException:
            shutil.rmtree(self.directory)
            raise
        self._replace()

    def _write_company(self, company):
        names = {name: {} for name in REFERENCES}
        for first, last in _get_months(company):
            rows = _read(Selection(company.id, first, last))
            if rows:
                self._write(company, first, _get_columns(
                        company, rows, names))

    def _write(self, company, first, columns):
        import pyarrow as pa
        import pyarrow.parquet as pq
        directory = (
            self.directory / f'company={company.id}' / f'year={first.year}'
            / f'month={first.month}')
        directory.mkdir(parents=True)
        schema = pa.schema([
                (name, self.types[type_]) for name, type_ in COLUMNS.items()])
        pq.write_table(
            pa.table(columns, schema=schema), directory / 'facts.parquet',
            compression='zstd')

    def _replace(self):
        "Lead the link to the directory, and remove those before the last."
        link = self.base / 'facts'
        new = self.base / f'{self.directory.name}.link'
        new.symlink_to(self.directory.name, target_is_directory=True)
        new.replace(link)
        exports = sorted(
            p for p in self.base.glob('facts-*') if p.is_dir())
        for export in exports[:-KEPT]:
            shutil.rmtree(export)


def _get_months(company):
    "Return the first and the last days of the months that have hazards."
    query = Pool().get('hazard.analysis.fact').query(
        [('company', '=', company.id), *found_domain()])
    cursor = Transaction().connection.cursor()
    cursor.execute(*query.select(Min(query.found_at), Max(query.found_at)))
    first, last = (
        local_day(_to_time(time), current_zone()) if time else None
        for time in cursor.fetchone())
    if not first:
        return []
    return [(p.start, p.end) for p in get_periods('monthly', first, last)]


def _read(selection):
    "Return the rows of the facts by name of the column."
    query = Pool().get('hazard.analysis.fact').query(selection.domain())
    names = [n for n in dict.fromkeys(
            n.removesuffix('_id') for n in COLUMNS) if n != 'company_name']
    cursor = Transaction().connection.cursor()
    cursor.execute(*query.select(
            *(Column(query, n).as_(n) for n in names), order_by=query.id))
    return dict(zip(names, zip(*cursor.fetchall())))


def _get_columns(company, rows, names):
    "Return the values of the columns; names are those known of references."
    columns = {**rows, 'company_name': (
            [company.rec_name] * len(rows['id']))}
    for name in REFERENCES:
        ids = rows[name]
        _complete(names[name], name, ids)
        columns[f'{name}_id'] = ids
        columns[name] = [names[name].get(id_) for id_ in ids]
    for name in TIMES:
        columns[name] = list(map(_to_time, rows[name]))
    columns['cost'] = [
        None if cost is None else Decimal(str(cost)).quantize(Decimal('.01'))
        for cost in rows['cost']]
    columns['imported'] = list(map(bool, rows['imported']))
    return columns


def _complete(names, field, ids):
    "Add the names of the records that are not among them."
    Fact = Pool().get('hazard.analysis.fact')
    Model = Pool().get(Fact._fields[field].model_name)
    new = {id_ for id_ in ids if id_ is not None} - names.keys()
    names.update((r.id, r.rec_name) for r in Model.browse(new))


def _to_time(value):
    # SQLite does not know what a column of a query is of
    return dt.datetime.fromisoformat(value) if isinstance(
        value, str) else value
