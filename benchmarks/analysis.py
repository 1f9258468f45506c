# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Measure start pages and indicators as their users meet them.

    .venv/bin/python benchmarks/analysis.py [--hazards N ...]

The mine is that of loop.py, with all modules. Indicators are read over the
last 30 days, as they open, and over all three years, with the columns that are
shown at first and with all of them. Prints milliseconds beside those of the
bare SQL of the same run.
"""

import argparse
import datetime as dt

from loop import Run
from timing import measure

PAGES = ['reporter', 'worker', 'captain', 'safety', 'head', 'station']
INDICATORS = [
    'by_period', 'by_stage', 'by_unit', 'unit_tree', 'by_place', 'place_tree',
    'by_check_item', 'by_discipline', 'by_category', 'by_cause', 'by_kind',
    'by_finder', 'by_shift']
MODULES = (
    'hazard_analysis', 'hazard_appraisal', 'hazard_report', 'hazard_training',
    'safety_feedback')
BY_STATE = "SELECT state, count(*) FROM hazard_hazard GROUP BY 1"
BY_MONTH_AND_STATE = """
SELECT date_trunc('month', found_at), state, count(*)
FROM hazard_hazard GROUP BY 1, 2"""
# What an indicator has to read at least: the hazards and one stage
BY_UNIT = """
SELECT h.unit, count(*), avg(h.closed_at - h.reported_at),
    sum(CASE WHEN r.rectified_at <= h.deadline THEN 1 END)
FROM hazard_hazard h LEFT JOIN (
    SELECT hazard, max(rectified_at) AS rectified_at
    FROM hazard_rectification WHERE state = 'done' GROUP BY 1
    ) r ON r.hazard = h.id
WHERE h.found_at >= %s GROUP BY 1"""


class AnalysisRun(Run):
    modules = MODULES

    def run(self):
        self.measure_floor()
        self.measure_bare()
        self.measure_pages()
        self.measure_indicators()

    def measure_bare(self):
        month = dt.datetime.now() - dt.timedelta(days=30)
        ever = dt.datetime(2000, 1, 1)
        for name, query, values in [
                ("bare: by state", BY_STATE, []),
                ("bare: by month and state", BY_MONTH_AND_STATE, []),
                ("bare: by unit, 30 days", BY_UNIT, [month]),
                ("bare: by unit, 3 years", BY_UNIT, [ever])]:
            self.table.add(name, measure(
                    lambda _: self._execute(query, values), range(8)))

    def _execute(self, query, values):
        with self.connection.cursor() as cursor:
            cursor.execute(query, values)
            cursor.fetchall()
        self.connection.commit()

    def measure_pages(self):
        for page in PAGES:
            self.fresh()
            remote = getattr(self, page, self.safety)
            remote('res.user.set_preferences', {'home_page': page})
            self.table.add(f"page {page}", measure(
                    lambda _: self._open_page(remote), range(9)), goal=500)

    def _open_page(self, remote):
        "What the web client asks for when the page opens."
        wizard = 'wizard.hazard.home.open'
        session, _, state = remote.run(f'{wizard}.create')
        (_, data), = remote.run(
            f'{wizard}.execute', session, {}, 'open_')['actions']
        remote.run(f'{wizard}.delete', session)
        id_, = data['res_id']
        remote('hazard.home.resources', id_)
        remote('hazard.home.read', [id_], [
                'words', 'links', 'page', 'picture', 'second_picture',
                'third_picture', 'rec_name', '_timestamp', '_write',
                '_delete'])

    def measure_indicators(self):
        from client import Screen
        for name in INDICATORS:
            self.fresh()
            screen = Screen(self.safety, self.action(f'{name}_form'))
            for period, days in [("30 days", 29), ("3 years", 3 * 365)]:
                today = dt.date.today()
                context = {
                    'analysis_from': today - dt.timedelta(days=days),
                    'analysis_to': today}
                if name == 'by_period' and days > 30:
                    context['analysis_frequency'] = 'monthly'
                for shown, names in [
                        ("shown", screen.shown_fields),
                        ("all", screen.list_fields)]:
                    self._measure(
                        f"{name}, {period}, {shown}", screen, names, context)

    def _measure(self, label, screen, names, context):
        def read(_):
            ids = self.safety(
                f'{screen.model}.search', screen.domain, 0, 1000, None,
                **context)
            self.safety(f'{screen.model}.read', ids, names, **context)
        self.table.add(label, measure(read, range(6)), goal=1000)

    def action(self, name):
        from trytond.pool import Pool
        from trytond.transaction import Transaction
        with Transaction().start(
                self.service.database, 0, readonly=True):
            Data = Pool().get('ir.model.data')
            return Data.get_id('hazard_analysis', f'act_{name}')


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument(
        '--hazards', type=int, nargs='+', default=[20_000, 200_000])
    for hazards in parser.parse_args().hazards:
        run = AnalysisRun(hazards, False)
        try:
            run.prepare()
            run.run()
        finally:
            run.close()
        print(f"\n{hazards} hazards, milliseconds:\n\n{run.table}\n")


if __name__ == '__main__':
    main()
