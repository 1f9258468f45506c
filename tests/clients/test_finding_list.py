# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What was found today is brought in from a workbook."

import datetime as dt

import openpyxl
import pytest

PATH = ("隐患排查治理", "隐患清单导入", "导入隐患清单")
HEADS = [
    "检查时间", "地点", "专业", "隐患级别", "隐患内容", "检查人", "检查单位"]
ROW = dict(zip(HEADS, [
            None, "1103回风巷", "通防", "一般", "风门关闭不严", "李群",
            None]))


@pytest.fixture
def safety(sao):
    client = sao('safety')
    yield client
    assert client.errors == []


@pytest.fixture
def findings(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["当日隐患清单"])
    at = dt.datetime.now() - dt.timedelta(hours=1)
    outside = {
        **ROW, "隐患内容": "缺少护栏", "检查人": "孙科长",
        "检查单位": "省矿山安全监察局"}
    for row in [dict(zip(HEADS, HEADS)), ROW, outside]:
        book.active.append([
                row[h] or (at if h == "检查时间" else None) for h in HEADS])
    path = tmp_path / "今日隐患.xlsx"
    book.save(path)
    return path


def test_import(safety, findings):
    "What is told beforehand is then reported, for who found it"
    safety.open(*PATH)
    safety.upload("选择...", findings)
    safety.press("读取")
    safety.screenshot('findings-columns')
    safety.press("检查")
    safety.screenshot('findings-problems')
    assert safety.value("错误") == "0"
    assert [(r["类型"], r["内容"]) for r in safety.rows_of_page()] == [
        ("提示", "孙科长")]
    safety.press("上报")
    safety.screenshot('findings-result')
    safety.press("查看上报的隐患")
    safety.screenshot('findings-hazards')
    assert {(r["状态"], r["实际发现人"]) for r in safety.rows()} == {
        ("待四定", "孙科长"), ("待四定", "李群")}
