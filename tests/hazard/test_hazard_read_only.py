# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What only the steps of the loop fill in."

import datetime as dt
import unittest

from access import call
from mine import build_mine
from organization import acting
from steps import confirm, finish, report, to_accept, waiting
from templates import activate_built

from trytond.model import fields
from trytond.model.exceptions import AccessError
from trytond.modules.hazard.loop.stage import StageMixin, get_parts
from trytond.pool import Pool
from trytond.pyson import PYSONDecoder, PYSONEncoder
from trytond.tests.test_tryton import with_transaction

OPENING = dt.datetime(2026, 1, 1)
# Whose field of who ended them is filled in by the step
STAGES = {
    'hazard.four_fix': 'confirmed_by',
    'hazard.rectification': 'done_by',
    'hazard.recheck': 'checked_by',
    'hazard.acceptance': 'decided_by',
    }


def read_only(field, **values):
    "Return whether clients show the field of a record so as not to be edited"
    states = PYSONEncoder().encode(field.states.get('readonly', False))
    return field.readonly or PYSONDecoder(values).decode(states)


class ReadOnlyTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built('hazard', build_mine)

    @with_transaction()
    def test_shown(self):
        "No draft of a part offers what its server refuses"
        offered = [
            (Part.__name__, name)
            for Part in get_parts() if issubclass(Part, StageMixin)
            for name, field in Part._fields.items()
            if not isinstance(field, fields.Function) and field.sql_type()
            and name not in Part._editable
            and not read_only(field, id=1, state='draft')]
        self.assertEqual(offered, [])

    def waiting(self, mine):
        "Yield a draft of each stage with a user who may fill it in"
        hazard = report(mine)
        yield waiting('hazard.four_fix', hazard), mine.users.captain
        confirm(mine, hazard)
        yield waiting('hazard.rectification', hazard), mine.users.worker
        finish(mine, hazard)
        yield waiting('hazard.recheck', hazard), mine.users.captain
        yield (
            waiting('hazard.acceptance', to_accept(mine)), mine.users.safety)

    @with_transaction()
    def test_refused(self):
        "Nobody names by a client who took a step, or when"
        mine = build_mine()
        tried = set()
        for stage, user in self.waiting(mine):
            by = STAGES[stage.__name__]
            at = by.replace('_by', '_at')
            for name, value in [
                    (by, user.employee.id), (by, mine.employees.chief.id),
                    (at, OPENING)]:
                with self.subTest(model=stage.__name__, name=name):
                    with self.assertRaises(AccessError):
                        call(
                            user, f'model.{stage.__name__}.write',
                            [stage.id], {name: value})
                    Stage = Pool().get(stage.__name__)
                    self.assertIsNone(getattr(Stage(stage.id), name))
                    tried.add(stage.__name__)
            with acting(user):
                # As a client sends it that shows the field
                call(
                    user, f'model.{stage.__name__}.write', [stage.id],
                    {by: None})
        self.assertEqual(tried, STAGES.keys())
