#!/usr/bin/env python3
# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Write down in doc/developer/extensions.rst where models are extended.

    script/extensions.py

tests/test_style.py fails as long as the page is out of date.
"""

import ast
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / 'doc' / 'developer' / 'extensions.rst'
OWN = ('appraisal.', 'hazard.', 'safety.', 'supervision.', 'training.')
HEAD = '''\
Extensions
==========

Where the models of the suite are extended, within their own module and by
others, with the fields that are added. ``script/extensions.py`` writes this
page.
'''


def get_page():
    "Return the text of the page."
    parts = [HEAD]
    for model, extensions in sorted(read_extensions().items()):
        title = f'``{model}``'
        parts.append(f"{title}\n{'-' * len(title)}\n")
        parts.append('\n'.join(map(_describe, extensions)) + '\n')
    return '\n'.join(parts)


def read_extensions():
    "Return path and fields of each extension by model."
    extensions = defaultdict(list)
    for path in sorted([
                *ROOT.glob('modules/**/*.py'), *ROOT.glob('reports/**/*.py')]):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef) and _is_extension(node):
                name, fields = _read_class(node)
                if name and name.startswith(OWN):
                    extensions[name].append((path.relative_to(ROOT), fields))
    return extensions


def _is_extension(node):
    return any(
        k.arg == 'metaclass' and getattr(k.value, 'id', '') == 'PoolMeta'
        for k in node.keywords)


def _read_class(node):
    name, fields = None, []
    for part in node.body:
        if isinstance(part, ast.Assign) and isinstance(
                part.targets[0], ast.Name):
            target = part.targets[0].id
            if target == '__name__':
                name = part.value.value
            elif _is_field(part.value):
                fields.append(target)
    return name, fields


def _is_field(value):
    return isinstance(value, ast.Call) and not isinstance(
        value.func, ast.Name)


def _describe(extension):
    path, fields = extension
    text = f'``{path}``'
    if fields:
        text += ': ' + ', '.join(f'``{name}``' for name in fields)
    return '\n'.join(
        ('  ' if i else '* ') + line for i, line in enumerate(_wrap(text)))


def _wrap(text, width=77):
    lines = ['']
    for word in text.split(' '):
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append('')
        lines[-1] = f'{lines[-1]} {word}'.strip()
    return lines


if __name__ == '__main__':
    PAGE.write_text(get_page())
