# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""The hazards that stand numbered in one cell.

Numbers may nest: what stands before the numbers of one level is said of each
of them, and only of them. A text whose numbers do not run on is left whole.
The Chinese characters are written as escapes.
"""
import re
import unicodedata

_NUMERALS = (
    '\u4e00\u4e8c\u4e09\u56db\u4e94\u516d\u4e03\u516b\u4e5d\u5341')
# A mark follows what ends a phrase, unless it cannot be anything else
_BEGIN = r'(?:^|(?<=[\s;:.!?\uff1b\uff1a\u3002\uff01\uff1f]))'
# After the full stop of a number no digit follows, but of what is numbered
# itself, like a support
_POINT = r'\.(?!\d)|\.(?=\d{1,4}\s*[#\uff03\u53f7])'
_MARKS = [
    r'([\u2460-\u2473])[\u3001.\uff0e]?',
    r'([\u2474-\u2487])|[(\uff08]\s*(\d{1,2})\s*[)\uff09]',
    _BEGIN + r'(\d{1,2})\s*(?:[\u3001\uff0e)\uff09]|' + _POINT + ')',
    f'[(\uff08]([{_NUMERALS}]{{1,2}})[)\uff09]',
    _BEGIN + f'([{_NUMERALS}]{{1,2}})\u3001',
    ]
_MARKS = [re.compile(m) for m in _MARKS]
_SHORTEST = 2


class UnclearError(ValueError):
    "The numbers of a text do not run on"


def split_numbered(text):
    """Return the hazards that the text numbers from one on.

    A text without at least two numbers, or whose numbers are unclear, is
    returned as it is.
    """
    try:
        return _split(text, list(_MARKS))
    except UnclearError:
        return [text]


def is_unclear(text):
    "Has the text numbers of which it is not clear what they number?"
    try:
        _split(text, list(_MARKS))
    except UnclearError:
        return True
    return False


def _split(text, marks):
    "Return the hazards of the text, numbered by any of the marks."
    found = [(m, list(m.finditer(text))) for m in marks]
    found = [(m, matches) for m, matches in found if matches]
    if not found:
        return [text]
    mark, matches = min(found, key=lambda f: f[1][0].start())
    others = [m for m in marks if m is not mark]
    numbers = [numeral(next(filter(None, m.groups()))) for m in matches]
    if len(numbers) == 1:
        return _without(text, matches[0], numbers[0], others)
    if numbers != list(range(1, len(numbers) + 1)):
        raise UnclearError(text)
    before = text[:matches[0].start()].strip()
    ends = [*(m.start() for m in matches[1:]), len(text)]
    parts = []
    for match, end in zip(matches, ends):
        part = _strip(text[match.end():end])
        if len(part) < _SHORTEST:
            raise UnclearError(text)
        parts += [before + p for p in _split(part, others)]
    return parts


def _without(text, match, number, others):
    "Return the hazards of a text in which this mark stands once."
    parts = _split(text, others)
    if len(parts) > 1 and number == 1:
        # It may number the first of those that others number, or all
        raise UnclearError(text)
    return parts


def numeral(text):
    if text[0] not in _NUMERALS:
        return int(unicodedata.normalize('NFKC', text).strip('()'))
    values = [_NUMERALS.index(c) + 1 for c in text]
    # Of two numerals one is ten, ten-three or two-ten
    if len(values) == 1:
        return values[0]
    first, second = values
    return first + second if first == 10 else first * second


def _strip(text):
    return text.strip().rstrip(';,\uff1b\uff0c\u3001 ')
