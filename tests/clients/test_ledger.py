# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"A ledger that is printed, and an old one that is read in."

import io
import re

import openpyxl
import pytest

DOCUMENTS = ("隐患排查治理", "台账与报表")
SETTINGS = ("隐患排查治理", "设置")
HEADS = [
    "序号", "排查日期", "地点", "专业", "隐患级别", "隐患内容", "检查人",
    "责任单位", "责任人", "整改措施", "整改期限", "整改完成时间",
    "复查时间", "复查人", "复查结果", "销号日期"]
ROW = dict(zip(HEADS, [
            "17", "2025.7.17", "18599工作面回风巷", "通防", "一般",
            "风门关闭不严", "老张", "通风队", "李强", "重新吊挂",
            "2025-07-20", "2025-07-18 10:00", "2025-07-18 12:00", "王伟",
            "合格", "2025-07-18"]))


@pytest.fixture
def safety(sao):
    client = sao('safety')
    yield client
    assert client.errors == []


@pytest.fixture
def old_ledger(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "2025年"
    two = {**ROW, "序号": "18", "隐患内容": "1.皮带跑偏；2.缺少护栏"}
    book.active.append(["隐患排查治理台账"])
    for row in [dict(zip(HEADS, HEADS)), ROW, two]:
        book.active.append([row[h] for h in HEADS])
    path = tmp_path / "2025年台账.xlsx"
    book.save(path)
    return path


def test_print(safety):
    "The safety department prints the ledger of the month"
    safety.open(*DOCUMENTS, "隐患排查治理台账")
    safety.choose("责任单位", "通风队")
    safety.fill("格式", "Excel 表格（XLSX）")
    safety.screenshot('ledger-wizard')
    with safety.page.expect_download() as download:
        safety.press("生成")
    assert re.fullmatch(
        r"隐患排查治理台账-\d{4}-\d\d-\d\d\.xlsx",
        download.value.suggested_filename)
    book = openpyxl.load_workbook(
        io.BytesIO(download.value.path().read_bytes()))
    assert book.active.freeze_panes
    texts = [
        c.value for row in book.active.iter_rows() for c in row if c.value]
    assert "隐患排查治理台账" in texts[0]
    assert "通风队" in texts
    assert safety.messages() == []


def test_import(safety, old_ledger):
    "Columns are understood, problems told and mended, then it is read in"
    safety.open(*SETTINGS, "旧台账", "导入旧台账")
    safety.upload("选择...", old_ledger)
    safety.press("读取")
    safety.screenshot('old-ledger-columns')
    columns = safety.rows_of_dialog()[1:]
    meanings = {c["列标题"]: c["对应项目"] for c in columns}
    assert set(meanings) == set(HEADS)
    assert all(meanings.values())
    safety.press("检查")
    safety.screenshot('old-ledger-problems')
    assert safety.value("错误") == "2"
    assert {
        r["列"] for r in safety.rows_of_page() if r["类型"] == "错误"} == {
        "C 地点"}
    safety.fill("新建未登记的地点", True)
    safety.press("重新检查")
    assert safety.value("错误") == "0"
    assert safety.value("将导入隐患数") == "3"
    safety.press("导入")
    safety.screenshot('old-ledger-result')
    assert safety.value("导入隐患数") == "3"
    safety.press("查看导入的隐患")
    assert len(safety.rows_of_dialog()) == 3
    assert {r["状态"] for r in safety.rows()} == {"已归档"}
    safety.screenshot('old-ledger-hazards')
