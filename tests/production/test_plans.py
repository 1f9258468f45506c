# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""What people open every day never reads all hazards, at 20,000 of them.

PostgreSQL, configured as it is shipped, writes down how it has answered.
"""

import re
import sys
from pathlib import Path

import pytest
from remote import Remote
from service import Service

sys.path.append(str(Path(__file__).parents[2] / 'benchmarks'))
from client import Screen  # noqa: E402
from durable import durable_cluster  # noqa: E402

PASSWORD = 'Mine-of-the-benchmarks-1'
READS_ALL = re.compile(r'Seq Scan on hazard_hazard\b')
SCREENS = {
    'reporter': ['hazard_mine'],
    'worker': ['rectification'],
    'captain': ['four_fix', 'recheck', 'hazard_tracking'],
    'safety': ['recheck', 'extension', 'hazard_tracking'],
    }
PAGES = ['reporter', 'worker', 'captain', 'safety', 'head', 'station']


class Plans:
    "The mine, and what its PostgreSQL writes down"

    def __init__(self, directory):
        self.cluster = durable_cluster()
        self.cluster.start()
        self.service = Service(self.cluster, directory)
        self.service.create(['hazard_analysis'])
        self.service.run(
            'python', 'tests/production/many.py', self.service.database)
        self.log = Path(self.cluster.data) / 'log'

    def stop(self):
        self.service.stop()
        self.cluster.stop()

    def explain(self):
        "Have the plan of each query of new connections written down."
        with self.service.connect(
                'postgres', autocommit=True) as connection:
            for setting in [
                    "session_preload_libraries = 'auto_explain'",
                    'auto_explain.log_min_duration = 0']:
                connection.execute(
                    f'ALTER DATABASE "{self.service.database}" '
                    f'SET {setting}')

    def login(self, name):
        return Remote(
            self.service.port, self.service.database, name, PASSWORD)

    def of(self, call, *args, **kwargs):
        "Return the plans of the queries of the call."
        begin = self.log.stat().st_size
        call(*args, **kwargs)
        with self.log.open(encoding='utf-8', errors='replace') as file:
            file.seek(begin)
            return re.split(r'^.*LOG:  duration: ', file.read(), flags=re.M)

    def check(self, call, *args, **kwargs):
        plans = self.of(call, *args, **kwargs)
        assert any('Scan' in p for p in plans), "No plan was written down"
        assert not [p for p in plans if READS_ALL.search(p)]


@pytest.fixture(scope='module')
def plans(tmp_path_factory):
    plans = Plans(tmp_path_factory.mktemp('plans'))
    plans.explain()
    plans.service.start('server')
    yield plans
    plans.stop()


def get_action(plans, name):
    with plans.service.connect() as connection:
        (id_,), = connection.execute(
            "SELECT db_id FROM ir_model_data "
            "WHERE module = 'hazard' AND fs_id = %s", [f'act_{name}'])
    return id_


@pytest.mark.parametrize('login, name', [
        (login, name) for login, names in SCREENS.items() for name in names])
def test_lists(plans, login, name):
    "The lists of the menu, their tabs and the counts on them"
    remote = plans.login(login)
    screen = Screen(remote, get_action(plans, name))
    assert screen.tabs
    for tab, domain, is_counted in screen.tabs:
        plans.check(screen.list, domain)
        if is_counted:
            plans.check(screen.count, domain)


@pytest.mark.parametrize('page', PAGES)
def test_pages(plans, page):
    "The start pages with their figures and pictures"
    login = page if page != 'head' else 'safety'
    remote = plans.login(login)
    remote('res.user.set_preferences', {'home_page': page})
    user, = remote('hazard.home.search', [])
    plans.check(remote, 'hazard.home.read', [user], [
            'words', 'links', 'picture', 'second_picture', 'third_picture'])


def test_values(plans):
    "Queries asked for often are planned for what they ask, as at first"
    with plans.service.connect() as connection:
        connection.execute(
            'PREPARE often (integer) AS '
            'SELECT id FROM hazard_hazard WHERE unit = $1')
        for _ in range(8):
            connection.execute('EXECUTE often (1)')
        plan = connection.execute('EXPLAIN EXECUTE often (1)').fetchall()
    assert '(unit = 1)' in str(plan)


def test_seen(plans):
    "What does read all hazards is seen"
    remote = plans.login('safety')
    with pytest.raises(AssertionError):
        plans.check(
            remote, 'hazard.hazard.search_count',
            [('late', '=', True)])
