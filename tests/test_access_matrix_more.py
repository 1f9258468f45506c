# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The other half of the access matrix"

import unittest

from access_attempts import WIZARDS, run_wizard, wizards
from access_case import AccessMatrix, is_allowed
from access_mine import ROLES
from completion import complete, wizard_fields
from test_access_matrix import PEOPLE_AND_HAZARDS


class AccessMatrixTestCase(AccessMatrix, unittest.TestCase):

    @classmethod
    def includes(cls, section):
        return not section.startswith(PEOPLE_AND_HAZARDS)

    def test_completion(self):
        "Whoever may open a wizard may type into all of its fields"
        opened = set()
        for name, *wizard, _ in WIZARDS:
            attempt = run_wizard(self.mine, name, *wizard, [])
            for role in ROLES:
                if (name, role) in opened or not is_allowed(attempt, role):
                    continue
                opened.add((name, role))
                user = self.mine.users[role]
                for model, field, method in wizard_fields(user, name):
                    with self.subTest(
                            wizard=name, role=role, field=field['name']):
                        complete(user, model, field, method, "一")
        self.assertEqual({n for n, _ in opened}, set(wizards()))
