# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The whole loop by clicks, in Chinese, each person with an own browser."

import re
import time

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import expect
from sao import PHONE

ROOT = "隐患排查治理"
MINE = (ROOT, "我的隐患")
REPORT = (ROOT, "隐患上报")
FOUR_FIX = (ROOT, "待办", "四定")
RECTIFICATION = (ROOT, "待办", "整改")
RECHECK = (ROOT, "待办", "复查")
TRACKING = (ROOT, "隐患追踪")
PLACE = "1103回风巷"
WORKER = "王班升"
FAILED = "闭锁仍可人为解除，重新整改。"
RETURNED = "地点填写有误，请核实后重新上报。"
CANCELLED = "与前一班上报的隐患重复。"


@pytest.fixture
def people(sao):
    "Return a function that gives each login's browser"
    clients = {}

    def get(login, **size):
        if (login, *size) not in clients:
            clients[login, *size] = sao(login, **size)
        return clients[login, *size]
    return get


@pytest.fixture
def photo(tmp_path):
    "Return a function that makes a picture with the text"
    def make(text):
        path = tmp_path / f'{text}.jpg'
        image = Image.new('RGB', (640, 480), '#37474f')
        ImageDraw.Draw(image).text((40, 40), path.stem, fill='#ffffff')
        image.save(path, dpi=(len(text), 72))
        return path
    return make


def report(client, description, photo, name):
    "Report a hazard and return its number"
    client.open(*REPORT)
    client.screenshot(f'{name}-empty')
    client.choose("地点", PLACE)
    assert client.value("责任单位") == "通风队"
    client.fill("隐患内容", description)
    client.add_photo("照片", photo)
    client.screenshot(f'{name}-filled')
    client.press("上报")
    assert client.messages() == []
    number, state = client.told(f'{name}-sent')
    # The next card is there already.
    assert client.value("状态") == "草稿"
    assert client.value("隐患内容") == ""
    assert re.fullmatch(r'20\d\d-\d{6}', number)
    assert state == "待四定"
    return number


def inbox(client, menu, tab, number, name):
    "Open what waits for the person; return how much that is"
    client.open(*menu)
    client.screenshot(name)
    count = client.count(tab)
    client.open_row(number)
    return count


def four_fix(people, number, name):
    client = people('captain')
    waiting = inbox(client, FOUR_FIX, "待四定", number, f'{name}-list')
    client.fill("措施", "更换闭锁装置，试验三次。")
    client.choose("整改责任人", WORKER)
    client.screenshot(f'{name}-filled')
    client.press("确认四定")
    assert client.messages() == []
    assert client.told(name) == [number, "已确认"]
    goes_on(client, "待四定", waiting - 1, number)
    client.close_tab()


def goes_on(client, tab, waiting, number, state=None):
    "The next record is in front, or the list where none is left"
    if waiting:
        assert client.value("状态") == (state or tab)
        client.toolbar('switch_')
    assert client.count(tab) == waiting
    assert number not in {r["编号"] for r in client.rows()}


def rectify(people, number, picture, name):
    client = people('worker')
    waiting = inbox(
        client, RECTIFICATION, "待整改", number, f'{name}-list')
    client.fill("整改情况", "闭锁装置已更换，试验正常。")
    client.add_photo("整改照片", picture)
    client.screenshot(f'{name}-filled')
    client.press("整改完成")
    assert client.messages() == []
    assert client.told(name) == [number, "已完成"]
    goes_on(client, "待整改", waiting - 1, number)
    client.close_tab()


def track(people, number):
    "Follow the closed hazard as the station at the pit head does"
    station = people('station')
    station.open(*TRACKING)
    station.screenshot('loop-09-tracking')
    station.domain("已销号")
    station.open_row(number)
    station.screenshot('loop-09-card')
    station.page_of_form("追踪")
    timeline = station.rows_of_page()
    assert [r["操作"] for r in timeline] == [
        "上报", "确认四定", "整改完成", "复查不通过",
        "确认四定", "整改完成", "复查通过"]
    assert FAILED in [r["备注"] for r in timeline]
    station.screenshot('loop-09-timeline')
    for page in ["四定", "整改", "复查", "其他"]:
        station.page_of_form(page)
        station.screenshot(f'loop-09-{page}')


def test_loop(sao, people, photo):
    "A hazard is reported, fails its recheck once and is closed"
    reporter = people('reporter')
    unread = int(reporter.bell.inner_text())
    start, steps = time.monotonic(), reporter.steps
    number = report(
        reporter, "风门闭锁失效，两道风门可同时打开。", photo('before'),
        'loop-01-report')
    assert reporter.steps - steps <= 12
    assert time.monotonic() - start <= 60
    reporter.close_tab()

    four_fix(people, number, 'loop-02-four-fix')
    rectify(people, number, photo('after'), 'loop-03-rectification')

    checker = people('captain')
    waiting = inbox(
        checker, RECHECK, "待复查", number, 'loop-04-recheck-list')
    checker.screenshot('loop-04-recheck')
    checker.press("不通过")
    assert checker.messages()
    checker.screenshot('loop-04-recheck-without-reason')
    checker.dismiss()
    checker.fill("复查意见", FAILED)
    checker.press("不通过")
    assert checker.messages() == []
    assert checker.told('loop-04-recheck-failed') == [number, "不通过"]
    goes_on(checker, "待复查", waiting - 1, number)
    checker.close_tab()

    four_fix(people, number, 'loop-05-four-fix')
    rectify(people, number, photo('again'), 'loop-06-rectification')
    waiting = inbox(
        checker, RECHECK, "待复查", number, 'loop-07-recheck-list')
    checker.fill("复查意见", "闭锁可靠，同意销号。")
    checker.press("通过")
    assert checker.messages() == []
    assert checker.told('loop-07-recheck-passed') == [number, "通过"]
    goes_on(checker, "待复查", waiting - 1, number)
    checker.close_tab()

    # Only PostgreSQL tells a running client; any learns it at the login.
    expect(sao('reporter').bell).to_have_text(str(unread + 1))
    notices = reporter.notifications()
    reporter.screenshot('loop-08-notifications')
    assert any(number in n and "已销号" in n for n in notices)
    reporter.open(*MINE)
    reporter.domain("已销号")
    row, = [r for r in reporter.rows() if r["编号"] == number]
    assert row["状态"] == "已销号"
    reporter.screenshot('loop-08-my-hazards')
    track(people, number)


def test_returned(people, photo):
    "A report is returned, sent again and cancelled"
    reporter, captain = people('reporter'), people('captain')
    number = report(
        reporter, "风筒接口漏风。", photo('duct'), 'return-01-report')
    reporter.close_tab()
    reporter.open(*MINE)
    returned = reporter.count("退回✗")
    reporter.close_tab()

    waiting = inbox(captain, FOUR_FIX, "待四定", number, 'return-02-list')
    captain.press("退回（信息有误）")
    captain.fill("原因", RETURNED)
    captain.screenshot('return-02-reason')
    captain.press("取消")
    assert captain.page.locator('.step-taken').count() == 0
    assert captain.value("隐患编号") == number
    captain.press("退回（信息有误）")
    captain.fill("原因", RETURNED)
    captain.press("确定")
    assert captain.messages() == []
    assert captain.told('return-02-returned') == [number, "已作废"]
    goes_on(captain, "待四定", waiting - 1, number)
    captain.close_tab()

    assert any(
        number in n and "退回" in n for n in reporter.notifications())
    reporter.open(*MINE)
    assert reporter.count("退回✗") == returned + 1
    reporter.domain("退回✗")
    reporter.screenshot('return-03-list')
    reporter.open_row(number)
    assert reporter.value("状态") == "✗ 退回"
    assert reporter.value("退回原因") == RETURNED
    reporter.screenshot('return-03-returned')
    reporter.fill("隐患内容", "120米处风筒接口漏风。")
    reporter.press("上报")
    assert reporter.messages() == []
    assert reporter.told('return-03-sent') == [number, "待四定"]
    goes_on(reporter, "退回✗", returned, number, "✗ 退回")

    safety = people('safety')
    safety.open(*TRACKING)
    safety.domain("四定")
    safety.open_row(number)
    safety.press("作废")
    safety.fill("原因", CANCELLED)
    safety.screenshot('return-04-reason')
    safety.press("确定")
    assert safety.messages() == []
    assert safety.told('return-04-told') == [number, "已作废"]
    safety.toolbar('switch_')
    safety.domain("全部")
    safety.open_row(number)
    assert safety.value("作废原因") == CANCELLED
    safety.screenshot('return-04-cancelled')


def test_phone(people, photo):
    "Report and recheck on a phone"
    reporter = people('reporter', size=PHONE)
    number = report(
        reporter, "喷雾损坏，转载点粉尘大。", photo('spray'),
        'phone-01-report')

    four_fix(people, number, 'phone-02-four-fix')
    rectify(people, number, photo('sprayed'), 'phone-03-rectification')

    checker = people('captain', size=PHONE)
    waiting = inbox(checker, RECHECK, "待复查", number, 'phone-04-list')
    checker.screenshot('phone-04-recheck')
    checker.fill("复查意见", "喷雾正常，同意销号。")
    checker.screenshot('phone-04-filled')
    checker.press("通过")
    assert checker.messages() == []
    assert checker.told('phone-04-passed') == [number, "通过"]
    goes_on(checker, "待复查", waiting - 1, number)
