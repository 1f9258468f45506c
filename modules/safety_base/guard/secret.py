# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""
Secrets are fields that no user may read.

A model names its secrets by ``_secrets``; modules add to it in ``__setup__``.
The ids of stored files are secrets of each model that has some.
They are closed as if a record of ``ir.model.field.access`` refused them to
everybody, but no administrator can open them: neither reading, searching,
sorting nor exporting is possible, whatever relation leads to them, own
records included.  Code without access check goes on using them.

``_administered`` names fields that are closed so but to administrators.

``_unsearched`` names fields whose readers the rules decide, and which no
domain or order of a user may name, since no rule applies to what a relation
leads to.
"""
from trytond.model import ModelStorage
from trytond.pool import Pool, PoolMeta

from .identity import is_admin
from .stored_file import stored_ids


class SecretMixin(ModelStorage):
    __slots__ = ()

    @classmethod
    def fields_get(cls, fields_names=None, level=0):
        # Clients read and export all the fields that they are told of.
        definition = super().fields_get(fields_names, level=level)
        if not fields_names:
            for name in get_secrets(cls):
                definition.pop(name, None)
        return definition


def get_secrets(Model):
    "Return the names of the fields of the model that no user may read."
    return stored_ids(Model).union(getattr(Model, '_secrets', ()))


class ModelFieldAccess(metaclass=PoolMeta):
    __name__ = 'ir.model.field.access'

    @classmethod
    def get_access(cls, models):
        pool = Pool()
        accesses = super().get_access(models)
        closed = {}
        for name in models:
            if secrets := cls._get_closed(pool.get(name)):
                closed[name] = cls._close(accesses[name], secrets)
        return {**accesses, **closed} if closed else accesses

    @classmethod
    def _get_closed(cls, Model):
        secrets = get_secrets(Model)
        administered = getattr(Model, '_administered', None)
        if administered and not is_admin():
            secrets = secrets | administered
        return secrets

    @classmethod
    def _close(cls, access, secrets):
        access = access.copy()
        for name in secrets:
            access[name] = {
                'write': True, 'create': True, 'delete': True,
                **access.get(name, {}), 'read': False}
        return access


class Session(metaclass=PoolMeta):
    __name__ = 'ir.session'
    _secrets = {'key'}

    # Names are told without any access to the field that they are made of.
    def get_rec_name(self, name):
        return str(self.id)

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('id', *clause[1:])]


class User(metaclass=PoolMeta):
    __name__ = 'res.user'
    # Who is logged in tells who wrote anonymously just now.
    _secrets = {
        'password_hash', 'password_reset', 'password_reset_expire',
        'sessions'}
    # Templates see what is read without access check.
    _never_read = {'password_reset'}

    @classmethod
    def __setup__(cls):
        super().__setup__()
        # A search would read it before it is needed.
        cls.password_reset.loading = 'lazy'

    @classmethod
    def read(cls, ids, fields_names):
        rows = super().read(ids, fields_names)
        for name in cls._never_read.intersection(fields_names):
            for row in rows:
                row[name] = None
        return rows


class LoginAttempt(metaclass=PoolMeta):
    __name__ = 'res.user.login.attempt'
    _secrets = {'device_cookie'}


class UserDevice(metaclass=PoolMeta):
    __name__ = 'res.user.device'
    _secrets = {'cookie'}


class UserApplication(metaclass=PoolMeta):
    __name__ = 'res.user.application'
    # The form shows a new key to who makes it.
    _unsearched = {'key'}

    def get_rec_name(self, name):
        return self.application

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('application', *clause[1:])]


class Group(metaclass=PoolMeta):
    __name__ = 'res.group'
    # They are of all companies.
    _administered = {'users'}


class Menu(metaclass=PoolMeta):
    __name__ = 'ir.ui.menu'
    _administered = {'favorites'}
