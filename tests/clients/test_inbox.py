# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What lists show first, and that they say why they are empty."

ROOT = "隐患排查治理"
FOUR_FIX = (ROOT, "待办", "四定")
EXTENSION = (ROOT, "待办", "延期审批")


def active(client):
    return client.current.locator('.tab-domain li.active').inner_text()


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
