# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt
import os
import re
import stat
import sys
import tempfile
import unittest
from pathlib import Path
from unittest.mock import patch

import duckdb
from facts import write
from mine import build_mine
from organization import acting, create_company
from templates import activate_built
from test_hazard_analysis_fact import DAY, MAY, PERIOD, closed, waiting

import trytond.config as config
from trytond.modules.hazard_analysis.exceptions import ParquetError
from trytond.modules.hazard_analysis.fact.parquet import COLUMNS
from trytond.modules.safety_base.workflow import now
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction

DOCUMENT = Path(__file__).parents[2] / 'doc' / 'admin' / 'bi.rst'


class ParquetTestCase(unittest.TestCase):
    "The facts as files"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built('hazard_analysis', build_mine)

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = Path(directory.name)
        self.set_directory(directory.name)

    def set_directory(self, directory):
        if not config.has_section('hazard_analysis'):
            config.add_section('hazard_analysis')
        config.set('hazard_analysis', 'parquet_directory', directory)
        self.addCleanup(
            config.set, 'hazard_analysis', 'parquet_directory', '')

    def export(self):
        Pool().get('hazard.analysis.fact').export_parquet()

    @property
    def base(self):
        base, = self.root.iterdir()
        return base

    def ask(self, query):
        "Return the rows of the query, in which facts are the files."
        files = f"read_parquet('{self.base}/facts/**/*.parquet', "
        files += "hive_partitioning = true)"
        return duckdb.sql(
            query.replace('facts', files, 1)).fetchall()

    @with_transaction()
    def test_figures(self):
        "An engine finds in the files what the indicators tell"
        ByUnit = Pool().get('hazard.analysis.by_unit')
        mine = build_mine()
        mine.company.timezone = 'Asia/Shanghai'
        mine.company.save()
        write(mine, [
                closed(), closed(hours=(1, 7, 10)), closed(imported=True),
                closed(unit='driving', hours=(2, 1, 1)),
                # On the first of June at the mine
                closed(dt.datetime(2026, 5, 31, 16, 30)),
                waiting('rectification', now() - DAY),
                waiting('four_fix', now() + DAY, state='cancelled')])
        self.export()
        with acting(mine.users.safety, **PERIOD):
            expected = {(
                    r.unit.rec_name, r.number, r.closed, r.overdue, r.cost,
                    r.mean_hours, r.median_hours, r.percentile_90_hours)
                for r in ByUnit.search([])}
        self.assertEqual(set(self.ask(
                    'SELECT unit, count(*), sum(closed), sum(overdue), '
                    'coalesce(sum(cost), 0), avg(loop_hours), '
                    'quantile_cont(loop_hours, .5), '
                    'quantile_cont(loop_hours, .9) FROM facts '
                    'WHERE year = 2026 AND month = 5 GROUP BY unit')),
            expected)
        self.assertEqual(self.ask(
                'SELECT company, year, month, count(*) FROM facts '
                'GROUP BY ALL ORDER BY month'),
            [(mine.company.id, 2026, 5, 5), (mine.company.id, 2026, 6, 1)])
        self.assertEqual(
            self.ask("SELECT epoch(found_at) FROM facts WHERE month = 6"),
            [(dt.datetime(
                        2026, 5, 31, 16, 30, tzinfo=dt.UTC).timestamp(),)])

    @with_transaction()
    def test_companies(self):
        "Each company has its own directory, with its own hazards"
        mine = build_mine()
        other = build_mine(create_company("Other"), prefix='x_')
        write(mine, [closed(), closed()])
        write(other, [closed()])
        self.export()
        self.assertEqual(
            dict(self.ask(
                    'SELECT company_name, count(*) FROM facts GROUP BY 1')),
            {"Mine": 2, "Other": 1})

    @with_transaction()
    def test_mode(self):
        "Only the owner and the group read the files, whatever the umask"
        build_mine()
        self.addCleanup(os.umask, os.umask(0))
        self.export()
        self.assertEqual(stat.S_IMODE(self.base.stat().st_mode), 0o750)

    @with_transaction()
    def test_replaced(self):
        "The export replaces the one before at once, or leaves it"
        mine = build_mine()
        write(mine, [closed()])
        self.export()
        before = (self.base / 'facts').resolve()
        write(mine, [closed(MAY - 40 * DAY)])
        with patch('pyarrow.parquet.write_table', side_effect=OSError(
                    28, "No space left on device")):
            with self.assertRaises(ParquetError):
                self.export()
        self.assertEqual((self.base / 'facts').resolve(), before)
        self.assertEqual(self.ask('SELECT count(*) FROM facts'), [(1,)])
        for _ in range(3):
            self.export()
        self.assertEqual(self.ask('SELECT count(*) FROM facts'), [(2,)])
        # The one that somebody may be reading, and no other
        self.assertEqual(len(list(self.base.iterdir())), 3)
        self.assertFalse(before.exists())

    @with_transaction()
    def test_persons(self):
        "No person is in the files"
        mine = build_mine()
        write(mine, [closed()])
        self.export()
        file, = self.base.glob('facts/**/*.parquet')
        columns = {row[0] for row in duckdb.sql(
                f"DESCRIBE SELECT * FROM read_parquet('{file}')").fetchall()}
        self.assertEqual(
            columns - {'company', 'year', 'month'}, set(COLUMNS))
        content = file.read_bytes()
        for name in ["Reporter", "Captain", "Worker"]:
            self.assertNotIn(name.encode(), content)
        self.assertFalse({
                'found_by', 'responsible', 'member'} & columns)

    @with_transaction()
    def test_off(self):
        "Nothing is written unless a directory is set"
        write(build_mine(), [closed()])
        self.set_directory('')
        self.export()
        self.assertEqual(list(self.root.iterdir()), [])

    @with_transaction()
    def test_refused(self):
        "What is missing is told in a sentence"
        write(build_mine(), [closed()])
        with patch.dict(sys.modules, {'pyarrow': None}):
            with self.assertRaisesRegex(ParquetError, "pyarrow"):
                self.export()
        missing = str(self.root / 'missing')
        self.set_directory(missing)
        with self.assertRaisesRegex(ParquetError, re.escape(missing)):
            self.export()
        self.set_directory(str(self.root))
        outside = tempfile.mkdtemp()
        self.addCleanup(Path(outside).rmdir)
        name = Transaction().database.name.strip(':')
        (self.root / name).symlink_to(outside)
        with self.assertRaises(ParquetError):
            self.export()
        self.assertEqual(list(Path(outside).iterdir()), [])

    @with_transaction()
    def test_scheduled(self):
        "The export is a scheduled job"
        Cron = Pool().get('ir.cron')
        write(build_mine(), [closed()])
        cron, = Cron.search([
                ('method', '=', 'hazard.analysis.fact|export_parquet')])
        Cron.run_once([cron])
        self.assertEqual(self.ask('SELECT count(*) FROM facts'), [(1,)])

    def test_documented(self):
        "The document has each column"
        text = DOCUMENT.read_text(encoding='utf-8')
        table = text[text.index('.. _parquet-columns:'):]
        documented = set(re.findall(r'``(\w+)``', table))
        self.assertEqual(
            documented, {*COLUMNS, 'company', 'year', 'month'})
