# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"An exam and the question of the day on a phone, by a thumb."

import re

import pytest
from sao import PHONE

ROOT = "学习培训"
DAILY = (ROOT, "每日一题")
EXAM = (ROOT, "参加考试")
PAPERS = (ROOT, "我的学习", "我的考试")
CASES = (ROOT, "隐患学习")


@pytest.fixture
def phone(sao):
    client = sao('reporter', size=PHONE)
    yield client
    assert client.errors == []


def heading(client):
    return client.current.locator('.modal-body input:visible').first \
        .input_value()


def texts(client):
    return [
        e.input_value()
        for e in client.current.locator('textarea:visible').all()]


def letters(client):
    "Return the buttons of the options, which all fit on the screen"
    buttons = [
        b for b in client.current.locator('button:visible').all()
        if re.fullmatch(r'[A-J]', b.inner_text().strip())]
    for button in buttons:
        box = button.bounding_box()
        assert box['width'] >= 30 and box['height'] >= 30
        assert box['x'] >= 0 and box['x'] + box['width'] <= PHONE['width']
    return [b.inner_text().strip() for b in buttons]


def test_notice(sao):
    "The notification opens the question of the day"
    client = sao('reporter')
    waiting = "每日一题等您作答"
    assert any(waiting in n for n in client.notifications())
    client.page.locator('.notification-item').filter(
        has_text=waiting).first.click()
    client.settle()
    assert "每日一题" in heading(client)
    client.press("稍后再答")
    assert client.errors == []


def test_question_of_the_day(phone):
    "Chosen, changed, answered once, explained"
    phone.open(*DAILY)
    phone.screenshot('phone-daily-question')
    assert "每日一题" in heading(phone)
    assert "●" not in texts(phone)[-1]
    assert len(letters(phone)) >= 2
    phone.press('A')
    phone.press('B')
    phone.screenshot('phone-daily-chosen')
    assert "● B." in texts(phone)[-1]
    phone.press("提交")
    phone.screenshot('phone-daily-answered')
    assert re.match("回答正确|回答错误", heading(phone))
    assert all(texts(phone))
    assert phone.messages() == []
    phone.press("关闭")
    phone.open(*DAILY)
    assert re.match("回答正确|回答错误", heading(phone))
    phone.press("关闭")


def test_case(phone):
    "A case is read, its question answered and explained"
    phone.open(*CASES)
    # Of the cases to read the one that asks a question was made first
    phone.open_row(phone.rows()[-1]['标题'])
    phone.page_of_form("思考题")
    assert phone.value("思考题")
    phone.press("已学习并理解")
    phone.screenshot('phone-case-question')
    assert "思考题" in heading(phone)
    phone.press(letters(phone)[0])
    phone.press("提交")
    phone.screenshot('phone-case-answered')
    assert re.match("回答正确|回答错误", heading(phone))
    phone.press("关闭")
    assert phone.messages() == []
    assert phone.value("正确答案")


def test_exam(phone):
    "Begun, left and gone on with, handed in, looked through"
    phone.open(*EXAM)
    phone.screenshot('phone-exam-start')
    assert "分及格" in texts(phone)[0]
    phone.press("开始考试")
    assert heading(phone).startswith("第 1 /")
    phone.screenshot('phone-exam-question')
    for number in range(2, 5):
        before = heading(phone)
        phone.press(letters(phone)[0])
        if "多选题" in before:
            assert heading(phone) == before
            phone.press("下一题")
        assert heading(phone).startswith(f"第 {number} /")
    phone.page.reload()
    phone.page.wait_for_selector('.navbar-brand')
    phone.settle()
    phone.open(*EXAM)
    assert heading(phone).startswith("第 4 /")
    phone.press("上一题")
    assert texts(phone)[-1].startswith("● A.")
    phone.press("交卷")
    phone.screenshot('phone-exam-confirm')
    phone.press("交卷")
    phone.screenshot('phone-exam-result')
    assert re.match("及格|不及格", heading(phone))
    phone.press("查看答案")
    phone.screenshot('phone-exam-answers')
    assert phone.messages() == []
    assert phone.value("状态") in {"及格", "不及格"}
