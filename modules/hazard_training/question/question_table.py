# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The columns of a workbook with questions, and what its cells say."

import re

from trytond.modules.safety_base.spreadsheet import (
    Column, compare_key, half_width)
from trytond.modules.safety_base.words import words
from trytond.modules.safety_organization.roster.check import (
    labels, selection_names)

from .question_delivery import LETTERS, OPTIONS

COLUMNS = [
    'type', 'discipline', 'category', 'difficulty', 'text', *OPTIONS,
    'options', 'right', 'explanation', 'source', 'edition', 'checked']
REQUIRED = {'type', 'discipline', 'text', 'right'}
WIDTHS = {'text': 60, 'explanation': 60, 'source': 30, 'discipline': 16}
# What other banks do not tell, but other columns do
_TOLD = {'type'}
# The letter of an option stands first or apart, and a sign follows
_OPTION = re.compile(
    r'(?:^|(?<=[\s;,\u3001\u3002\uff0c\uff1b]))([A-J\uff21-\uff2a])\s*'
    r'[.:)\u3001\uff0e\uff1a\uff09]')


def get_columns(template=False, without=()):
    """Return the columns of the workbook in the user's language.

    A template has neither what is told otherwise, nor need columns be in a
    bank that are in without.
    """
    names = labels('training.question.row', COLUMNS)
    optional = set() if template else _TOLD | set(without)
    return [
        Column(
            name, names[name] + _heads(name),
            required=name in REQUIRED - optional,
            width=WIDTHS.get(name, 12))
        for name in COLUMNS if not (template and name == 'options')]


def _heads(name):
    "Return what the column is usually called."
    if name in OPTIONS:
        return words(
            'hazard_training.msg_question_head_option',
            letter=LETTERS[OPTIONS.index(name)])
    return words(f'hazard_training.msg_question_head_{name}')


def type_names():
    "Return the types by what they are called."
    names = selection_names('training.question', 'type')
    for type in set(names.values()):
        for word in words(f'hazard_training.msg_question_words_{type}'):
            names.setdefault(word, type)
    return names


def told_type(texts, answers):
    """Return the type that the right answer tells.

    answers are the letters of the words for true and false.
    """
    right = texts.get('right')
    if not right:
        return None
    if not any(texts.get(n) for n in ['options', *OPTIONS]):
        return 'true_false' if compare_key(right) in answers else None
    letters = {c for c in half_width(right).upper() if c.isalpha()}
    return 'multiple' if len(letters) > 1 else 'single'


def split_options(text):
    """Return the options that stand in one cell, each after its letter.

    Nothing is returned unless the letters run on from A and nothing stands
    before.
    """
    marks = list(_OPTION.finditer(text))
    letters = half_width(''.join(m[1] for m in marks))
    if len(marks) < 2 or letters != LETTERS[:len(marks)]:
        return []
    if text[:marks[0].start()].strip():
        return []
    ends = [*(m.start() for m in marks[1:]), len(text)]
    return [
        text[m.end():e].strip().rstrip(';,\uff1b\uff0c\u3001 ')
        for m, e in zip(marks, ends)]
