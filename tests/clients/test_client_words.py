# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The web client speaks Chinese, from the login on."

import json
import re
from pathlib import Path

import pytest
from sao import DESKTOP, Sao

from demo.instance import DATABASE
from demo.logins import PASSWORD

ROOT = Path(__file__).parents[2]
CLIENT = ROOT / 'var' / 'sao'
CALLS = re.compile(
    r"gettext\(\s*((?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|\s|\+)+)")
PARTS = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"")


def find_words():
    "Return what the scripts of the client have translated"
    for path in [CLIENT / 'dist' / 'tryton-sao.js', CLIENT / 'custom.js']:
        for call in CALLS.findall(path.read_text()):
            yield ''.join(
                json.loads('"' + re.sub(r"\\'", "'", re.sub(
                            r'(?<!\\)"', r'\\"', a or b)) + '"')
                for a, b in PARTS.findall(call))


def test_all_words():
    "Nothing that the client says is left in English"
    shipped = json.loads((CLIENT / 'locale' / 'zh_CN.json').read_text())
    words = {
        word for word, forms in shipped.items()
        if word and any(forms[1:])}
    words |= json.loads(
        (CLIENT / 'locale' / 'suite_zh_CN.json').read_text()).keys()
    asked = set(find_words()) - {''}
    assert len(asked) > 200
    assert not asked - words


@pytest.fixture
def stranger(server, browser):
    client = Sao(browser, server.url, DATABASE, DESKTOP)
    yield client
    client.close()


def test_login(stranger):
    "The login asks in Chinese and tells that the password was wrong"
    page = stranger.page
    page.goto(stranger.url)
    page.fill('.login-dialog #login', 'captain')
    page.click('.login-dialog button[type=submit]')
    question = page.locator('.modal.in').filter(
        has=page.locator('input[type=password]'))
    password = question.locator('input')
    password.wait_for()
    assert "captain 的密码" in question.inner_text()
    assert "忘记密码" in question.inner_text()
    password.fill('wrong')
    page.keyboard.press('Enter')
    page.get_by_text("密码不正确").wait_for()
    stranger.screenshot('words-wrong-password')
    question.locator('input').fill(PASSWORD)
    page.keyboard.press('Enter')
    stranger.wait_menu()
    assert page.inner_text('#title') == "隐患排查治理"
    assert page.title() == "首页 - 隐患排查治理"
    page.click('#user-preferences > a')
    stranger.settle()
    menu = page.inner_text('#user-preferences')
    assert "首选项" in menu and "帮助" in menu
    stranger.screenshot('words-user-menu')
