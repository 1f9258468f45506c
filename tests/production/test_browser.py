# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""The web client works under the policy that nginx states."""

import sys
from pathlib import Path

import pytest
from service import PASSWORD
from test_chain import picture

sys.path.append(str(Path(__file__).parents[1] / 'clients'))

# Told by the browser for everything that the policy blocks
VIOLATIONS = """
    window.violations = [];
    document.addEventListener('securitypolicyviolation', event => {
        window.violations.push(
            [event.violatedDirective, event.blockedURI, event.sample]);
    });
"""


@pytest.fixture
def sao(nginx, service):
    from playwright.sync_api import sync_playwright
    from sao import EXECUTABLE, FLAGS, Sao
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=EXECUTABLE,
            args=[*FLAGS, '--ignore-certificate-errors'])
        sao = Sao(browser, nginx.url, service.database)
        sao.page.add_init_script(VIOLATIONS)
        yield sao
        sao.close()
        browser.close()


def test_login_limit(sao, service, connection):
    "Who is told to wait sees it, and logs in when the time is over"
    connection.execute(
        "INSERT INTO res_user_login_attempt (login, create_date)"
        " SELECT 'reporter', now() AT TIME ZONE 'UTC'"
        " FROM generate_series(1, 10)")
    sao.page.goto(sao.url.partition('#')[0])
    database = sao.page.locator('.login-dialog #database:visible')
    database.wait_for()
    assert database.input_value() == service.database
    sao.page.fill('.login-dialog #login', 'reporter')
    sao.page.click('.login-dialog button[type=submit]')
    message = sao.page.locator('.message-dialog')
    message.wait_for()
    assert "请稍后重试" in message.inner_text()
    message.locator('button').click()
    sao.settle()

    connection.execute('DELETE FROM res_user_login_attempt')
    sao.page.click('.login-dialog button[type=submit]')
    sao.page.fill('.modal.in input[type=password]', PASSWORD)
    sao.page.keyboard.press('Enter')
    sao.page.wait_for_selector('#menu tbody tr')
    assert sao.errors == []


def test_policy(sao, tmp_path):
    "Nothing is blocked while a hazard is reported with a photo"
    photo = tmp_path / 'photo.jpg'
    photo.write_bytes(picture())
    sao.login('reporter', PASSWORD)
    sao.open("隐患排查治理", "隐患上报")
    sao.choose("地点", "Return airway")
    # Nothing was found there before from which it could follow
    sao.fill("专业", "通防")
    sao.fill("隐患内容", "风门关不严。")
    sao.add_photo("照片", photo)
    sao.press("上报")
    _, state = sao.told('production-report')
    assert state == "待四定"

    assert sao.page.evaluate('() => window.violations') == []
    assert sao.errors == []
    cookie, = sao.context.cookies()
    assert cookie['secure'] and cookie['httpOnly']
