# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Where the modules write SQL of their own, as their source tells."

import ast
from collections import namedtuple
from pathlib import Path

__all__ = ['ROOT', 'find']

ROOT = Path(__file__).parents[2]
DIRECTORIES = ['modules', 'reports']
# What only code that writes or sends SQL names
ATTRIBUTES = {
    '__table__', '__table_handler__', '__table_history__', 'convert_domain',
    'cursor', 'execute', 'lock', 'lock_id', 'search_domain'}
TOOLS = {'reduce_ids', 'sqlite_apply_types'}

# A function of the file, from the first line of its body to the last
Function = namedtuple('Function', 'path first last')


def find():
    "Yield the functions that write or send SQL."
    for directory in DIRECTORIES:
        for path in sorted((ROOT / directory).rglob('*.py')):
            tree = ast.parse(path.read_text())
            for first, last in _find(tree, set(_import_names(tree))):
                yield Function(str(path.relative_to(ROOT)), first, last)


def _import_names(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            module = node.module or ''
            for alias in node.names:
                if (module.split('.')[0] == 'sql'
                        or module == 'trytond' and alias.name == 'backend'
                        or module == 'trytond.tools' and alias.name in TOOLS):
                    yield alias.asname or alias.name


def _find(node, imported):
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef) and _writes(child, imported):
            yield child.body[0].lineno, child.end_lineno
        else:
            yield from _find(child, imported)


def _writes(function, imported):
    nodes = list(ast.walk(function))
    return bool(
        {n.id for n in nodes if isinstance(n, ast.Name)} & imported
        or {n.attr for n in nodes if isinstance(n, ast.Attribute)}
        & ATTRIBUTES
        or 'tables' in {a.arg for a in function.args.args}
        or function.name == 'table_query')
