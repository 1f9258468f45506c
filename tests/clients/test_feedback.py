# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"An anonymous opinion by clicks, from its submission to its answer."

import re

ROOT = "意见反馈"
SUBMIT = (ROOT, "提交意见")
OWN = (ROOT, "我的意见")
TO_ANSWER = (ROOT, "待办意见")
FOLLOW = (ROOT, "凭回执码查询")
SUBJECT = "副井口人行道湿滑"
TEXT = "副井口人行道夜班结冰，建议铺防滑垫。"
ANSWER = "已安排今日铺设防滑垫，并每班撒盐。"


def submit(client):
    "Submit the opinion and return its number and the code"
    client.open(*SUBMIT)
    client.fill("类别", "安全风险")
    client.fill("匿名", True)
    client.fill("主题", SUBJECT)
    client.fill("意见内容", TEXT)
    client.screenshot('feedback-filled')
    client.press("提交")
    client.screenshot('feedback-receipt')
    number, code = client.value("编号"), client.value("回执码")
    assert number
    assert re.fullmatch(r'(\w{4}-){3}\w{4}', code)
    client.press("已记下回执码")
    assert client.messages() == []
    return number, code


def answer(client, number):
    client.open(*TO_ANSWER)
    client.open_row(number)
    assert client.value("主题") == SUBJECT
    assert client.value("提出人") == ""
    client.press("答复")
    client.fill("答复", ANSWER)
    client.screenshot('feedback-answering')
    client.press("确定")
    assert client.messages() == []
    assert client.told('feedback-answered') == [number, SUBJECT, "已答复"]


def follow(client, code):
    "Open what the code shows"
    client.open(*FOLLOW)
    client.fill("回执码", code)
    client.press("查询")
    assert client.messages() == []
    assert client.value("主题") == SUBJECT


def test_anonymous(sao):
    "Submitted without a name, answered by its unit, read with the code"
    reporter, unit = sao('reporter'), sao('safety')
    number, code = submit(reporter)
    follow(reporter, code)
    assert reporter.value("状态") == "待答复"
    assert reporter.value("答复") == ""
    reporter.press("关闭")

    answer(unit, number)

    # Typed as it is noted on paper
    follow(reporter, code.lower().replace('-', ''))
    reporter.screenshot('feedback-followed')
    assert reporter.value("状态") == "已答复"
    assert reporter.value("答复") == ANSWER
    reporter.press("关闭")
    # Not even the author's own list tells whose it is.
    reporter.open(*OWN)
    assert number not in {row["编号"] for row in reporter.rows()}
    for client in [reporter, unit]:
        assert client.errors == []
