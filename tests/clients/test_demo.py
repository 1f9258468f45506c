# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The demonstration has what its visitors are to see."

import datetime as dt
import sqlite3
from collections import defaultdict

import pytest
from proteus.config import XmlrpcConfig
from remote import Remote

from demo.instance import DATABASE
from demo.logins import LOGINS, PASSWORD

HAZARD = "隐患排查治理"
PEOPLE = "人员与岗位"
TRAINING = "学习培训"
OWN = ('appraisal.', 'hazard.', 'safety.', 'training.')
INBOX = f"{HAZARD} / 待办"
# What the menu of a login has and has not
MENUS = {
    'reporter': (
        [f"{HAZARD} / 我的隐患", f"{HAZARD} / 隐患上报"],
        [f"{INBOX} / 四定", f"{HAZARD} / 隐患追踪", PEOPLE]),
    'captain': (
        [f"{INBOX} / 四定", f"{INBOX} / 复查", f"{HAZARD} / 隐患追踪"],
        [f"{HAZARD} / 设置", PEOPLE]),
    'worker': (
        [f"{INBOX} / 整改"],
        [f"{INBOX} / 四定", f"{HAZARD} / 隐患上报", PEOPLE]),
    'safety': (
        [f"{INBOX} / 复查", f"{INBOX} / 延期审批", f"{HAZARD} / 重大隐患"],
        [PEOPLE]),
    'dispatch': (
        [f"{HAZARD} / 紧急险情 / 停产撤人记录", f"{HAZARD} / 隐患追踪"],
        [f"{HAZARD} / 设置", PEOPLE]),
    'station': ([f"{HAZARD} / 隐患追踪"], [f"{INBOX} / 四定", PEOPLE]),
    'manager': (
        [f"{INBOX} / 复查", f"{INBOX} / 验收", f"{HAZARD} / 隐患追踪"],
        [PEOPLE]),
    'party': ([PEOPLE], [f"{INBOX} / 四定"]),
    'union': ([PEOPLE], [f"{INBOX} / 四定"]),
    'youth': ([PEOPLE], [f"{INBOX} / 四定"]),
    'training': (
        [f"{TRAINING} / 培训班", f"{TRAINING} / 设置 / 课程"], [PEOPLE]),
    'hazard': ([f"{HAZARD} / 设置 / 参数设置"], [PEOPLE]),
    'organization': ([PEOPLE], [f"{INBOX} / 四定"]),
    'admin': ([HAZARD, PEOPLE], []),
    }
WAITING = [('state', '=', 'draft')]
INBOXES = {
    'captain': ['four_fix', 'recheck'],
    'worker': ['rectification'],
    'safety': ['recheck'],
    }


@pytest.fixture
def login(server):
    def login(name, password=PASSWORD):
        return XmlrpcConfig(
            f'http://{name}:{password}@{server.host}:{server.port}'
            f'/{DATABASE}/rpc/')
    return login


@pytest.fixture
def count(server):
    database = server.directory / f'{DATABASE}.sqlite'

    def count(table, where='1 = 1'):
        connection = sqlite3.connect(
            f'{database.as_uri()}?mode=ro', uri=True)
        try:
            (number,), = connection.execute(
                f'SELECT COUNT(*) FROM {table} WHERE {where}')
            return number
        finally:
            connection.close()
    return count


def call(config, model, method, *arguments, type='model'):
    proxy = config.get_proxy(model, type=type)
    return getattr(proxy, method)(*arguments, config.context)


def test_numbers(count):
    assert count('company_employee') == 61
    # One was an opinion
    assert count('hazard_hazard') == 201
    for state, least in {
            'draft': 5, 'four_fix': 8, 'rectification': 12, 'recheck': 10,
            'closed': 50, 'archived': 40, 'returned': 3, 'cancelled': 3,
            }.items():
        assert count('hazard_hazard', f"state = '{state}'") >= least, state
    for table, where, least in [
            ('hazard_hazard', 'round > 1', 8),
            ('hazard_hazard', 'late', 3),
            ('hazard_hazard', 'recurrence_of IS NOT NULL', 5),
            ('hazard_hazard', "handling = 'on_site'", 30),
            ('hazard_plan', "state = 'draft'", 1),
            ('hazard_plan', "state = 'checked'", 1),
            ('hazard_plan', "state = 'approved'", 3),
            ('hazard_acceptance', "state = 'draft'", 1),
            ('hazard_acceptance', "state = 'passed'", 1),
            ('hazard_extension', "state = 'requested'", 2),
            ('hazard_extension', "state = 'approved'", 2),
            ('hazard_extension', "state = 'rejected'", 1),
            ('hazard_rectification_notice', "state = 'issued'", 2),
            ('hazard_recheck_opinion', "state = 'issued'", 1),
            ('hazard_inspection', 'stated_at IS NOT NULL', 10),
            ('hazard_inspection', "state = 'draft'", 5),
            ('hazard_event', "action = 'escalate_mine'", 1),
            ('hazard_event', "action = 'reassign'", 3),
            ('hazard_event', "action = 'resubmit'", 3),
            ('hazard_seal', '1 = 1', 55),
            ('safety_member', "state = 'active'", 20),
            ('appraisal_entry', '1 = 1', 300),
            ('appraisal_period', "kind = 'month' AND state = 'closed'", 1),
            ('appraisal_appeal', "state = 'submitted'", 1),
            ('safety_feedback', "state = 'submitted'", 2),
            ('safety_feedback', 'hazard IS NOT NULL', 1),
            ]:
        assert count(table, where) >= least, (table, where)
    for stage in ['found', 'on_site', 'rectified', 'recheck']:
        assert count('hazard_photo', f"stage = '{stage}'") >= 5, stage


def test_nothing_is_to_come(count):
    now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    for table, column in [
            ('hazard_event', 'at'), ('hazard_hazard', 'found_at'),
            ('hazard_hazard', 'create_date'), ('hazard_photo', 'taken_at'),
            ('res_notification', 'create_date')]:
        assert count(table, f"{column} > '{now}'") == 0, table
    week = now - dt.timedelta(days=7)
    assert count('res_notification', f"create_date < '{week}'") == 0
    assert count('res_notification') > 0


def test_everything_fits(login):
    config = login('safety')
    session, start, _ = call(
        config, 'hazard.verify', 'create', type='wizard')
    result = call(
        config, 'hazard.verify', 'execute', session, {start: {}}, 'verify',
        type='wizard')
    values = result['view']['defaults']
    assert values['fits'], values
    assert values['events'] > 600
    assert values['days'] >= 55


def test_same_photo_is_flagged(login):
    config = login('safety')
    assert call(
        config, 'hazard.photo', 'search_count',
        [('duplicate', '=', True)], None, None) >= 2


def test_coverage_has_gaps(login):
    config = login('union')
    rows = call(
        config, 'safety.coverage', 'search_read', [], 0, None, None,
        ['required', 'gap'])
    assert 0 < sum(r['gap'] > 0 for r in rows) < len(rows) / 2


@pytest.mark.parametrize('name', [x.login for x in LOGINS])
def test_login(login, name):
    config = login(name)
    menu = {m['complete_name'] for m in call(
            config, 'ir.ui.menu', 'search_read', [], 0, None, None,
            ['complete_name'])}
    has, has_not = MENUS[name]
    assert set(has) <= menu
    assert not set(has_not) & menu


@pytest.mark.parametrize('name', [x.login for x in LOGINS])
def test_lists_show_all(server, name):
    "No list is refused because one of its records names one that is secret"
    call = Remote(server.port, DATABASE, name, PASSWORD)
    windows = [
        w for w in call(
            'ir.action.act_window.search_read', [], 0, None, None,
            ['res_model', 'views'])
        if (w['res_model'] or '').startswith(OWN)]
    access = call(
        'ir.model.access.get_access', list({w['res_model'] for w in windows}))
    views = {
        (w['res_model'], view, type_)
        for w in windows for view, type_ in w['views']
        if access[w['res_model']]['read'] and type_ in {'tree', 'form'}}
    # The client reads the names together with the records.
    names = defaultdict(set)
    for model, view, type_ in views:
        fields = call(f'{model}.fields_view_get', view, type_)['fields']
        names[model].update(
            f'{f}.rec_name' for f, definition in fields.items()
            if definition['type'] in {'many2one', 'reference'})
    assert names
    for model, wanted in names.items():
        call(f'{model}.search_read', [], 0, 1000, None, list(wanted))
    call.close()


@pytest.mark.parametrize('name', INBOXES)
def test_work_waits(login, name):
    config = login(name)
    for stage in INBOXES[name]:
        assert call(
            config, f'hazard.{stage}', 'search_count', WAITING, None,
            None) > 0, stage
