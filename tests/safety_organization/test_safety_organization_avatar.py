# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Pictures of users and parties, which cost as little as photos."

import unittest
from unittest.mock import patch

from organization import create_company, create_user
from pictures import opened, picture

from trytond.modules.safety_base import image
from trytond.modules.safety_base.exceptions import (
    PhotoFormatError, PhotoSizeError)
from trytond.pool import Pool
from trytond.tests.test_tryton import activate_module, with_transaction
from trytond.transaction import Transaction


class AvatarTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_module('safety_organization')

    @with_transaction()
    def test_avatar(self):
        "What is too large is refused before it is decoded, however it comes"
        pool = Pool()
        Avatar = pool.get('ir.avatar')
        User = pool.get('res.user')
        user = create_user('li', create_company())
        with Transaction().set_user(user.id):
            with patch.object(image, '_reduce') as reduce:
                data = picture('PNG', size=(13000, 13000), mode='1')
                with self.assertRaises(PhotoSizeError):
                    User.set_preferences({'avatar': data})
                with self.assertRaises(PhotoFormatError):
                    User.set_preferences({'avatar': picture('GIF', mode='P')})
                for values in [{'resource': str(user)}, {}]:
                    with self.assertRaises(PhotoSizeError):
                        Avatar.create([{**values, 'image': data}])
            reduce.assert_not_called()
            User.set_preferences({
                    'avatar': picture('PNG', size=(3000, 2500))})
        avatar, = User(user.id).avatars
        self.assertEqual(opened(avatar.image).format, 'JPEG')
        self.assertEqual(opened(avatar.image).size, (1707, 1707))
        self.assertEqual(opened(avatar.get(64)).size, (64, 64))

    @with_transaction()
    def test_undone(self):
        "To show a picture stores nothing of what may still be undone"
        pool = Pool()
        User = pool.get('res.user')
        user = create_user('li', create_company())
        user.avatar = picture('PNG')
        user.save()
        transaction = Transaction()
        avatar, = user.avatars
        self.assertEqual(opened(avatar.get(64)).size, (64, 64))
        transaction.rollback()
        self.assertFalse(User.search([('login', '=', 'li')]))
