# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import re

from docutils import nodes

project = "Tryton hazard suite"
author = "the authors of the Tryton hazard suite"
release = '8.0'
language = 'zh_CN'
root_doc = 'index'
html_theme = 'alabaster'
html_theme_options = {
    'description': "隐患排查治理套件",
    'font_family': 'sans-serif',
    'head_font_family': 'sans-serif',
    'page_width': '1080px',
    'sidebar_width': '260px',
    }
html_show_copyright = False
html_show_sphinx = False

WIDE = '[\u2018-\u201d\u2026\u3000-\u303f\u3400-\u9fff\uff00-\uffef]'
BREAK = re.compile(rf'((?<={WIDE})|\A)\n(?={WIDE})')


def join_lines(app, doctree):
    "Remove the spaces that line breaks would leave between Chinese words."
    for text in list(doctree.findall(nodes.Text)):
        if not isinstance(text.parent, nodes.literal_block):
            text.parent.replace(text, nodes.Text(BREAK.sub('', text)))


def setup(app):
    app.connect('doctree-read', join_lines)
    return {'parallel_read_safe': True}
