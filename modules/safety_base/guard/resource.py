# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""
Copies, chats and templates of mails are of records that the user may read.

Tryton looks at the access to the model at most, not at the record.
"""

from trytond.exceptions import UserError
from trytond.i18n import gettext
from trytond.ir.chat import FOLLOWER_SEARCH_LIMIT
from trytond.ir.resource import ResourceAccessMixin
from trytond.model import ModelStorage
from trytond.model.exceptions import AccessError
from trytond.pool import Pool, PoolMeta
from trytond.tools import escape_wildcard
from trytond.transaction import Transaction, check_access, inactive_records

from ..access import is_external
from ..exceptions import ResourceError
from .value import find_model

# Users among whom those who do not follow yet are proposed
CANDIDATES = 200


def check_readable(model, *ids):
    "Raise an error unless the user may read the records from a client."
    Model = find_model(model)
    if not Model:
        raise ResourceError(gettext('safety_base.msg_resource_unknown'))
    try:
        ids = list(map(int, ids))
    except (TypeError, ValueError) as exception:
        raise ResourceError(gettext(
                'safety_base.msg_resource_unknown')) from exception
    if 'read' not in Model.__rpc__:
        raise ResourceError(gettext('safety_base.msg_resource_closed'))
    with check_access():
        Model.read(ids, ['id'])


def search_readable(model, ids):
    "Return the ids of those records that the user may read from a client."
    pool = Pool()
    Model = pool.get(model)
    if 'read' not in Model.__rpc__:
        return set()
    try:
        with check_access(), inactive_records():
            return set(map(int, Model.search(
                        [('id', 'in', list(ids))], order=[])))
    except AccessError:
        return set()


def is_readable_by(user, model, id_):
    "May the user, who is not the one who calls, read the record?"
    pool = Pool()
    User = pool.get('res.user')
    transaction = Transaction()
    with transaction.set_user(user.id), transaction.reset_context(), \
            transaction.set_context(User.get_preferences(context_only=True)):
        try:
            check_readable(model, id_)
        except UserError:
            return False
    return True


def split(resource):
    "Return the name of the model and the id of a reference."
    model, _, id_ = str(resource).partition(',')
    return model, id_


class CopyMixin(ModelStorage):
    __slots__ = ()

    @classmethod
    def copy(cls, records, default=None):
        # Tryton reads what it copies without any check.
        if (issubclass(cls, ResourceAccessMixin) and records
                and is_external()):
            cls.read([int(r) for r in records], ['id'])
        return super().copy(records, default=default)


class Channel(metaclass=PoolMeta):
    __name__ = 'ir.chat.channel'

    @classmethod
    def check_access(cls, resource):
        check_readable(*split(resource))
        super().check_access(resource)

    @classmethod
    def subscribe(cls, resource, username=None):
        pool = Pool()
        User = pool.get('res.user')
        if username is not None:
            cls.check_access(resource)
            users = User.search([('login', '=', username)])
            if not users or not is_readable_by(users[0], *split(resource)):
                raise ResourceError(gettext(
                        'safety_base.msg_chat_follower', login=username))
        super().subscribe(resource, username=username)

    @classmethod
    def search_followers(cls, resource, text, limit=FOLLOWER_SEARCH_LIMIT):
        return super().search_followers(
            resource, text, limit=min(limit, FOLLOWER_SEARCH_LIMIT))

    @classmethod
    def _search_followers(cls, resource, text):
        # Only users follow, and the lists do not show all of them.
        pool = Pool()
        User = pool.get('res.user')
        with check_access():
            users = User.search(
                [('rec_name', 'ilike', f'%{escape_wildcard(text)}%')],
                limit=CANDIDATES)
            return {('user', u.login): {
                    'type': 'user',
                    'key': u.login,
                    'name': u.name or u.login,
                    'avatar_url': u.avatar_url,
                    } for u in users}

    @classmethod
    def _get_followers(cls, resource):
        pool = Pool()
        User = pool.get('res.user')
        followers = super()._get_followers(resource)
        logins = [key for type_, key in followers if type_ == 'user']
        with check_access():
            readable = {
                u.login for u in User.search([('login', 'in', logins)])}
        return {
            (type_, key): follower
            for (type_, key), follower in followers.items()
            if type_ != 'user' or key in readable}

    @classmethod
    def subscribe_email(cls, resource, email):
        raise ResourceError(gettext('safety_base.msg_chat_email'))


class Follower(metaclass=PoolMeta):
    __name__ = 'ir.chat.follower'

    def notify(self, message):
        resource = message.channel.resource
        if self.user and is_readable_by(
                self.user, resource.__name__, resource.id):
            super().notify(message)


class EmailTemplate(metaclass=PoolMeta):
    __name__ = 'ir.email.template'

    @classmethod
    def get_default(cls, model, record):
        check_readable(model, record)
        return super().get_default(model, record)
