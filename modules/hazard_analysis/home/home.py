# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""The page at which somebody begins: what waits, what is late, what changed.

It is a form on a record that exists, the user, as only such a form shows
words, counts what is behind its links, and has pictures.  A wizard opens it.
"""

import json

from trytond.i18n import gettext
from trytond.model import ModelSQL, ModelView, fields
from trytond.pool import Pool
from trytond.pyson import Eval
from trytond.transaction import Transaction, check_access
from trytond.wizard import StateAction, Wizard

from . import figure, lines, pictures, sentences

PICTURES = ['picture', 'second_picture']
REPORT = 'hazard.act_hazard_report'


class Home(ModelSQL, ModelView):
    __name__ = 'hazard.home'

    page = fields.Function(fields.Char("Page"), 'get_page')
    words = fields.Function(fields.Text("Words"), 'get_page')
    links = fields.Function(
        fields.Text(
            "Links",
            help="What the lists behind the links are called and hold."),
        'get_page')
    picture = fields.Function(
        fields.Binary(
            "Picture", states={
                'invisible': ~Eval('picture'),
                }),
        'get_page')
    second_picture = fields.Function(
        fields.Binary(
            "Second Picture", states={
                'invisible': ~Eval('second_picture'),
                }),
        'get_page')

    @classmethod
    def table_query(cls):
        user = Pool().get('res.user').__table__()
        return user.select(
            user.id.as_('id'), where=user.id == Transaction().user)

    @classmethod
    def get_page(cls, homes, names):
        "Return what the page of the user tells, as the user may know it."
        User = Pool().get('res.user')
        page = User.get_home_page()
        values = {'page': page}
        if not page:
            values['words'] = gettext('hazard_analysis.msg_home_no_page')
        with check_access():
            if page and {'words', 'links'} & set(names):
                values.update(cls._count(page))
            for name, draw in zip(PICTURES, cls.get_pictures(page)):
                if name in names:
                    values[name] = draw()
        return {n: {h.id: values.get(n) for h in homes} for n in names}

    @classmethod
    def _count(cls, page):
        told, links = cls.get_lines(page), cls.get_links(page)
        figures = figure.count(list(dict.fromkeys(
                    [*(n for line in told for n in line.lists), *links])))
        links = {
            f'hazard_analysis.act_home_{name}': figures[name][:2]
            for name in links if name in figures}
        if page in lines.REPORTING:
            links[REPORT] = figure.get_name(REPORT), None
        return {
            'words': lines.tell(told, figures) + lines.paragraphs(
                cls.get_sentences(page, figures)),
            'links': json.dumps(links),
            }

    @classmethod
    def get_lines(cls, page):
        "Return the lines of the words on the page."
        return [*lines.LINES[page]]

    @classmethod
    def get_links(cls, page):
        "Return the names of the lists to which the page has links."
        return [*lines.LINKS[page]]

    @classmethod
    def get_sentences(cls, page, figures):
        "Return what else the page tells, as plain text."
        return [
            text for tell in sentences.SENTENCES.get(page, [])
            for text in tell(figures)]

    @classmethod
    def get_pictures(cls, page):
        "Return the functions that draw the pictures of the page."
        return pictures.PICTURES.get(page, [])

    @classmethod
    def view_attributes(cls):
        pages = {REPORT: lines.REPORTING}
        for page in lines.LINES:
            for name in cls.get_links(page):
                pages.setdefault(
                    f'hazard_analysis.act_home_{name}', []).append(page)
        return super().view_attributes() + [
            (f'/form/group/link[@name="{name}"]', 'states', {
                    'invisible': ~Eval('page').in_(of),
                    }) for name, of in pages.items()]

    def get_rec_name(self, name):
        return Pool().get('res.user')(self.id).rec_name


class OpenHome(Wizard):
    __name__ = 'hazard.home.open'

    start_state = 'open_'
    open_ = StateAction('hazard_analysis.act_home_form')

    def do_open_(self, action):
        return action, {'res_id': [Transaction().user]}
