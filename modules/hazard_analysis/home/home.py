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

from .figure import Lists, get_name
from .lines import paragraphs, tell
from .page import BOARDED, PAGES, REPORTING

PICTURES = ['picture', 'second_picture', 'third_picture']
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

    third_picture = fields.Function(
        fields.Binary(
            "Third Picture", states={
                'invisible': ~Eval('third_picture'),
                }),
        'get_page')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._buttons.update({
                'open_board': {
                    'invisible': ~Eval('page').in_(BOARDED),
                    'icon': 'tryton-board',
                    'depends': ['page'],
                    },
                })

    @classmethod
    def table_query(cls):
        user = Pool().get('res.user').__table__()
        return user.select(
            user.id.as_('id'), where=user.id == Transaction().user)

    @classmethod
    def get_page(cls, homes, names):
        "Return what the page of the user tells, as the user may know it."
        page = Pool().get('res.user').get_home_page()
        values = {'page': page}
        if page:
            with check_access():
                values.update(cls._get_values(page, names))
        else:
            values['words'] = gettext('hazard_analysis.msg_home_no_page')
        return {n: {h.id: values.get(n) for h in homes} for n in names}

    @classmethod
    def _get_values(cls, page, names):
        content, lists = cls.get_content(page), Lists()
        values = {}
        if {'words', 'links'} & set(names):
            values.update(_count(page, content, lists))
        for name, draw in zip(PICTURES, content.pictures):
            if name in names:
                values[name] = draw(lists)
        return values

    @classmethod
    def get_content(cls, page):
        "Return what the page has."
        return PAGES[page]

    @classmethod
    def view_attributes(cls):
        pages = {REPORT: REPORTING}
        for page in PAGES:
            for name in cls.get_content(page).links:
                pages.setdefault(
                    f'hazard_analysis.act_home_{name}', []).append(page)
        return super().view_attributes() + [
            (f'/form/group/link[@name="{name}"]', 'states', {
                    'invisible': ~Eval('page').in_(of),
                    }) for name, of in pages.items()]

    @classmethod
    @ModelView.button
    def open_board(cls, homes):
        "Open the board behind the page."
        pool = Pool()
        for home in homes:
            board, *_ = cls.get_content(home.page).boards
            return pool.get('ir.action').get_action_id(
                pool.get('ir.model.data').get_id(
                    f'hazard_analysis.act_board_{board}'))

    def get_rec_name(self, name):
        return Pool().get('res.user')(self.id).rec_name


class OpenHome(Wizard):
    __name__ = 'hazard.home.open'

    start_state = 'open_'
    open_ = StateAction('hazard_analysis.act_home_form')

    def do_open_(self, action):
        return action, {'res_id': [Transaction().user]}


def _count(page, content, lists):
    "Return the words and the links, with the figures of all of them."
    figures = lists.count(list(dict.fromkeys(
                [*(n for line in content.lines for n in line.lists),
                    *content.links])))
    links = {
        f'hazard_analysis.act_home_{name}': figures[name][:2]
        for name in content.links if name in figures}
    if page in REPORTING:
        links[REPORT] = get_name(REPORT), None
    texts = [
        text for sentence in content.sentences
        for text in sentence(lists, figures)]
    return {
        'words': tell(content.lines, figures) + paragraphs(texts),
        'links': json.dumps(links),
        }
