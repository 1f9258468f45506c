# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What people see when they have logged in."

import re

import pytest
from sao import DESKTOP, PHONE


@pytest.mark.parametrize('login, size, link', [
        ('captain', DESKTOP, "复查"),
        ('reporter', PHONE, "处理中"),
        ])
def test_home(sao, login, size, link):
    "The start page opens, and its links hold what they tell"
    client = sao(login, size=size, home=True)
    tab, = client.tabs()
    assert "首页" in tab
    assert "要办" in client.current.locator('.richtext').inner_text()
    told = client.current.locator('.form-link').filter(has_text=link)
    number = int(re.search(r'\d+', told.inner_text()).group())
    assert number
    client.screenshot(f'home-{login}')
    told.click()
    client.settle()
    assert len(client.rows()) == number
    assert not client.errors


def test_counted_once(sao):
    "The page has counted for its links, which ask for nothing"
    client = sao('safety', home=True)
    asked = []
    client.page.on('request', lambda request: asked.append(request)
        if re.search(r'search_count|get_action_value',
            request.post_data or '') else None)
    client.toolbar('reload')
    assert client.current.locator('.form-link .badge').count() > 2
    assert not asked


@pytest.mark.parametrize('login', ['safety', 'union'])
def test_calls(sao, login):
    "Opening the page asks the server eight times at most"
    client = sao(login, home=True)
    client.close_tab()
    calls = []
    client.page.on('request', lambda request: calls.append(request.post_data)
        if '/rpc/' in request.url else None)
    client.open("首页")
    client.screenshot(f'home-{login}')
    assert client.current.locator('.form-image img').count()
    assert 1 < len(calls) <= 8, calls


def test_board(sao):
    "A tile of the board has what the link of the page counts"
    client = sao('safety', home=True)
    link = client.current.locator('.form-link').filter(has_text="超期")
    number = int(re.search(r'\d+', link.inner_text()).group())
    client.open("隐患分析", "安全监察部看板")
    client.screenshot('board-safety')
    tiles = client.current.locator('.board-action')
    assert tiles.count() == 4
    tile = tiles.filter(has_text="超期").first
    assert tile.locator('tbody tr').count() == number
    assert tiles.locator('svg').count()
    assert not client.errors
