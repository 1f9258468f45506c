# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Views without the buttons that their reader can never press."

from trytond.model import ModelView
from trytond.pool import Pool


class ButtonMixin(ModelView):
    "Tryton shows them grey, whatever the state of the record."
    __slots__ = ()

    @classmethod
    def parse_view(cls, tree, type, *args, **kwargs):
        for button in tree.xpath('//button'):
            if not cls._may_press(button.get('name')):
                _hide(button, type)
        return super().parse_view(tree, type, *args, **kwargs)

    @classmethod
    def _may_press(cls, name):
        pool = Pool()
        Access = pool.get('ir.model.access')
        Button = pool.get('ir.model.button')
        User = pool.get('res.user')
        if groups := Button.get_groups(cls.__name__, name):
            return bool(groups & set(User.get_groups()))
        return Access.get_access([cls.__name__])[cls.__name__]['write']


def _hide(button, type):
    if type == 'tree':
        button.getparent().remove(button)
        return
    # What stands beside it keeps its place.
    name, colspan = button.get('name'), button.get('colspan')
    button.tag = 'label'
    button.attrib.clear()
    button.set('id', f'hidden {name}')
    if colspan is not None:
        button.set('colspan', colspan)
