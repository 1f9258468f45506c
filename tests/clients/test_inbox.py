# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What lists show first, and that they say why they are empty."

from sao import PHONE

ROOT = "隐患排查治理"
FOUR_FIX = (ROOT, "待办", "四定")
EXTENSION = (ROOT, "待办", "延期审批")
RECHECK = (ROOT, "待办", "复查")
TRACKING = (ROOT, "隐患追踪")


def active(client):
    return client.current.locator('.tab-domain li.active').inner_text()


def shown(client, name):
    "Return the texts of the column in the rows that are in sight"
    return {r[name] for r in client.rows() if name in r}


def test_first_tab_with_something(sao):
    "A list opens where there is something"
    client = sao('captain')
    client.open(*EXTENSION)
    # What the team has asked for others decide.
    assert client.count("待审批") == 0
    client.page.wait_for_function(
        "() => jQuery('.tab-domain li.active:visible').text()"
        ".startsWith('审批中')")
    client.settle()
    assert len(client.rows()) == client.count("审批中") > 0
    client.screenshot('inbox-first-tab')


def test_empty_list(sao):
    "An empty list says why it is empty"
    client = sao('safety')
    client.open(*EXTENSION)
    client.domain("已驳回")
    search = client.current.get_by_placeholder("查找")
    search.fill("没有这样的")
    search.press('Enter')
    client.settle()
    assert client.rows() == []
    words = client.current.locator('.empty-list')
    assert "没有这样的" in words.inner_text()
    client.screenshot('inbox-empty')


def test_steps_of_others(sao):
    "Who leads the mine is not asked for the routine of the teams"
    client = sao('manager')
    client.open(*FOUR_FIX)
    assert client.count("待四定") == 0
    client.screenshot('inbox-manager')


def test_fresh_when_looked_at_again(sao):
    "A list that is looked at again is as it now is"
    client = sao('captain')
    client.open(*FOUR_FIX)
    searches = []
    client.page.on('request', lambda request: searches.append(request)
        if '"model.hazard.four_fix.search"' in (request.post_data or '')
        else None)
    client.open(*EXTENSION)
    client.page.locator('#tablist a').filter(has_text="四定").click()
    client.settle()
    assert searches


def test_filter(sao):
    "What is filled in above a list takes effect at once"
    client = sao('safety')
    client.open(*TRACKING)
    client.domain("全部")
    with client.page.expect_request(
            lambda request: '"model.hazard.hazard.search"' in (
                request.post_data or '')):
        client.choose("地点", "1103回风巷")
    client.settle()
    places = shown(client, "地点")
    assert places
    assert all(place.endswith("1103回风巷") for place in places)
    client.screenshot('inbox-filter')


def test_overdue(sao):
    "Delays are told in hours, of whatever stage"
    client = sao('safety')
    client.open(*TRACKING)
    client.domain("超期")
    rows = client.rows()
    assert len(rows) == client.count("超期")
    assert all(t.startswith("超 ") for t in shown(client, "时限"))
    assert len(shown(client, "状态")) > 1
    client.screenshot('inbox-overdue')


def test_archived(sao):
    "Archived hazards have a list of their own"
    client = sao('station')
    client.open(ROOT, "隐患归档")
    assert shown(client, "状态") == {"已归档"}


def test_photos_side_by_side(sao):
    "Who rechecks sees before and after beside each other"
    client = sao('captain')
    client.open(*RECHECK)
    client.open_row(client.rows()[0]["编号"])
    labels = client.current.locator('.form-separator').all_inner_texts()
    assert {"整改前", "整改后"} <= {text.strip(" :：") for text in labels}
    before, after = [
        client.current.locator('.form-image').nth(i).bounding_box()
        for i in range(2)]
    assert abs(before['y'] - after['y']) < 2
    assert before['x'] + before['width'] <= after['x']
    client.screenshot('inbox-photos')


def test_header(sao):
    "The header names the mine"
    client = sao('captain')
    header = client.page.locator('#user-preferences').inner_text()
    assert "平安煤业有限公司" in header
    assert "CNY" not in header


def test_touch(sao):
    "On a phone a touch opens the record"
    client = sao('captain', size=PHONE)
    client.open(*RECHECK)
    number = client.rows()[0]["编号"]
    client.select(number)
    assert client.value("隐患编号") == number
    client.screenshot('inbox-touch')
