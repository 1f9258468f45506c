# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""What need not be tried twice, and is left out with --decisive.

A test runs on SQLite and on PostgreSQL where it decides for SQL of ours, locks
or the SQL of record rules.  The files below meet none, so they are left out on
PostgreSQL, as is all but reading in the access matrix.  Of the other tests the
traced ones are left out there whose SQL of ours five others run, see trace.py;
a test that was never traced runs on both.  Calls at random are left out on
both, since they still find a fault in ten thousands of calls.
Each entry of the menus is opened in the browser once, not for each login
(tests/clients).
"""

import json
from pathlib import Path

TRACED = Path(__file__).with_name('traced.json')
# Files by the reason why PostgreSQL would tell nothing new
ONCE = {
    "no database": [
        'test_decisive', 'test_demo_network', 'test_deployment',
        'test_hazard_analysis_rules', 'test_hazard_image',
        'test_hazard_ledger_text',
        'test_hazard_report_bundle', 'test_hazard_report_foreign',
        'test_hazard_report_language',
        'test_hazard_report_rows', 'test_hazard_report_words',
        'test_hazard_supervision_dealing',
        'test_hazard_supervision_definitions',
        'test_hazard_training_question_bank', 'test_packaging', 'test_readme',
        'test_safety_base_chart', 'test_safety_base_formats',
        'test_safety_organization_spreadsheet', 'test_style', 'test_words'],
    "structure of models, views and XML": [
        'test_data', 'test_hazard_analysis_module',
        'test_hazard_appraisal_module', 'test_hazard_module',
        'test_hazard_report_module', 'test_hazard_supervision_module',
        'test_hazard_training_module',
        'test_safety_base_module', 'test_safety_feedback_module',
        'test_safety_organization_module', 'test_views'],
    "words": ['test_safety_organization_override', 'test_translation'],
    "layout of documents": [
        'test_hazard_report_archive',
        'test_hazard_report_convert', 'test_hazard_report_exams',
        'test_hazard_report_export', 'test_hazard_report_feedback',
        'test_hazard_report_inspection', 'test_hazard_report_major',
        'test_hazard_report_official',
        'test_hazard_report_payout', 'test_hazard_report_people',
        'test_hazard_report_points', 'test_hazard_report_training'],
    }
LEFT_OUT = {
    'postgresql': {
        'test_fuzz', *(name for names in ONCE.values() for name in names)},
    'sqlite': {'test_fuzz'},
    }
# What takes longest begins first, so that no worker is left alone with it;
# the second waits for nothing that the first one makes.
LONGEST = [
    'test_access_matrix', 'test_fuzz', 'test_packaging', 'test_style',
    'test_translation', 'test_scenarios', 'test_access_matrix_more']


class Choice:
    "The backend of a run that was told to leave out what another decides"
    backend = None


def is_left_out(path):
    return path.stem in LEFT_OUT.get(Choice.backend, set())


def read_traced():
    "Return the ids of the tests that SQLite decides, and the files with SQL."
    traced = json.loads(TRACED.read_text())
    return set(traced['sqlite']), set(traced['sql'])


def write_traced(tests, files):
    traced = {'sql': sorted(files), 'sqlite': sorted(tests)}
    TRACED.write_text(json.dumps(traced, indent=1) + '\n')


def select(items):
    "Return the tests to run, and those that another backend decides."
    if Choice.backend != 'postgresql':
        return items, []
    tests, _ = read_traced()
    kept, left = [], []
    for item in items:
        (left if item.nodeid in tests else kept).append(item)
    return kept, left


def rank(path):
    "Return the place of the file in the order of the tests"
    if path.stem in LONGEST:
        return LONGEST.index(path.stem)
    return len(LONGEST)
