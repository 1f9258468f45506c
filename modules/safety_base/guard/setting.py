# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""
What users keep for themselves has bounds.

The clients keep how lists were left without being asked, which must not
disturb: the latest is kept, and what no list can have is not.  Of what users
keep by a name they are told that it is too much.
"""

from trytond.i18n import gettext
from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction, without_check_access

from ..exceptions import SettingLimitError
from .identity import is_admin
from .text_bounds import LENGTHS
from .value import find_model

# Of a login, by its name
NAMED = 200
# From which a login is known
DEVICES = 100
# How often a list may show a column
OCCURRENCES = 20


def check_named(Model, count=1):
    "Raise SettingLimitError if the user, who is to keep more, has too many."
    with without_check_access():
        kept = Model.search([('user', '=', Transaction().user)], count=True)
    if kept + count > NAMED and not is_admin():
        raise SettingLimitError(gettext(
                'safety_base.msg_setting_limit', count=NAMED,
                **Model.__names__()))


def _only_fields(model, values):
    "Return those of the values whose keys are fields of the model."
    known = getattr(find_model(model), '_fields', {})
    return {k: v for k, v in values.items() if k in known}


class LatestMixin:
    "Each user has the latest of it only."
    __slots__ = ()
    _latest = 200

    @classmethod
    def create(cls, vlist):
        records = super().create(vlist)
        if user := Transaction().user:
            with without_check_access():
                cls.delete(cls.search(
                        [('user', '=', user)], offset=cls._latest,
                        order=[('id', 'DESC')]))
        return records


class ShownMixin(LatestMixin):
    "It is of a column of a list."
    __slots__ = ()
    _latest = 5000

    @classmethod
    def preprocess_values(cls, mode, values):
        values = super().preprocess_values(mode, values)
        if mode == 'create' and not _only_fields(
                values.get('model'), {values.get('field'): None}):
            raise SettingLimitError(gettext(
                    'safety_base.msg_setting_field', **cls.__names__('field')))
        return values


class MenuFavorite(LatestMixin, metaclass=PoolMeta):
    __name__ = 'ir.ui.menu.favorite'


class UserDevice(metaclass=PoolMeta):
    __name__ = 'res.user.device'

    @classmethod
    def renew(cls, current_cookie):
        pool = Pool()
        User = pool.get('res.user')
        cookie = super().renew(current_cookie)
        login = User(Transaction().user).login
        cls.delete(cls.search(
                [('login', '=', login)], offset=DEVICES,
                order=[('id', 'DESC')]))
        return cookie


class UserWarning(LatestMixin, metaclass=PoolMeta):
    __name__ = 'res.user.warning'
    _latest = 1000


class ViewSearch(metaclass=PoolMeta):
    __name__ = 'ir.ui.view_search'

    @classmethod
    def set(cls, name, model, domain):
        check_named(cls)
        return super().set(name, model, domain)


class ViewTreeOptional(ShownMixin, metaclass=PoolMeta):
    __name__ = 'ir.ui.view_tree_optional'

    @classmethod
    def set_optional(cls, view_id, fields):
        pool = Pool()
        View = pool.get('ir.ui.view')
        super().set_optional(
            view_id, _only_fields(View(view_id).model, fields))


class ViewTreeState(LatestMixin, metaclass=PoolMeta):
    __name__ = 'ir.ui.view_tree_state'

    @classmethod
    def set(cls, model, domain, child_name, nodes, selected_nodes):
        if all(
                len(text or '') <= LENGTHS['text']
                for text in [domain, nodes, selected_nodes]):
            super().set(model, domain, child_name, nodes, selected_nodes)


class ViewTreeWidth(ShownMixin, metaclass=PoolMeta):
    __name__ = 'ir.ui.view_tree_width'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        # Views are filled up to the occurrence.
        cls.occurrence.domain = [
            ('occurrence', '>=', 1), ('occurrence', '<=', OCCURRENCES)]

    @classmethod
    def set_width(cls, model, fields, width):
        super().set_width(model, {
                name: widths[:OCCURRENCES]
                for name, widths in _only_fields(model, fields).items()},
            width)
