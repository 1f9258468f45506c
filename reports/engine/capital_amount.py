# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Amounts in the capital characters with which forms state them."

from decimal import ROUND_HALF_UP, Decimal

__all__ = ['capital_amount']

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ["", "拾", "佰", "仟"]
GROUPS = ["", "万", "亿"]


def capital_amount(value):
    """Return the amount of yuan in capital characters, to the fen.

    As on cheques: a round amount ends with 整, an amount of fen does not.
    Raises ValueError from a trillion on.
    """
    if value is None:
        return ''
    value = Decimal(value).quantize(Decimal('.01'), ROUND_HALF_UP)
    sign = "负" if value < 0 else ""
    yuan, cents = divmod(int(abs(value) * 100), 100)
    jiao, fen = divmod(cents, 10)
    text = _integer(yuan) + "元" if yuan else ""
    if jiao:
        text += DIGITS[jiao] + "角"
    elif fen and yuan:
        text += DIGITS[0]
    if fen:
        text += DIGITS[fen] + "分"
    else:
        text = (text or DIGITS[0] + "元") + "整"
    return sign + text


def _integer(number):
    groups = []
    while number:
        number, group = divmod(number, 10000)
        groups.append(group)
    if len(groups) > len(GROUPS):
        raise ValueError("too large an amount")
    text, gap = "", False
    for index in reversed(range(len(groups))):
        group = groups[index]
        if not group:
            gap = True
            continue
        if text and (gap or group < 1000):
            text += DIGITS[0]
        text += _group(group) + GROUPS[index]
        gap = False
    return text


def _group(number):
    text, gap = "", False
    for index in reversed(range(4)):
        digit = number // 10 ** index % 10
        if digit:
            text += (DIGITS[0] if gap and text else "")
            text += DIGITS[digit] + PLACES[index]
            gap = False
        else:
            gap = True
    return text
