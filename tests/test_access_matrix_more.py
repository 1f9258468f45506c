# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The other half of the access matrix"

import unittest

from access import undone
from access_attempts import WIZARDS, models, run_wizard, wizards
from access_case import AccessMatrix, is_allowed
from access_mine import ROLES
from completion import complete, wizard_fields
from test_access_matrix import PEOPLE_AND_HAZARDS
from text_search import find, write_everywhere


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

    def test_text(self):
        "Any part of any text is found, however short"
        names = [*models(), 'party.party', 'ir.attachment', 'ir.note']
        found = set()
        with undone():
            write_everywhere(names)
            for name in names:
                for field, part, is_found in find(name):
                    found.add((name, field))
                    with self.subTest(model=name, field=field, part=part):
                        self.assertTrue(is_found)
        self.assertLessEqual({
                ('hazard.event', 'note'),
                ('hazard.hazard', 'description'),
                ('hazard.hazard', 'rec_name'),
                ('hazard.recheck', 'description'),
                ('hazard.recheck', 'rec_name'),
                ('safety.feedback', 'text'),
                ('training.question', 'rec_name'),
                }, found)
