# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"No paper tells its reader what they may not read on the screen."

import io
import re
from contextlib import contextmanager
from unittest.mock import patch

from document_text import get_pages
from official import OfficialTestCase
from organization import acting, get_ref
from pictures import noise
from pypdf import PdfReader
from steps import accept, approve_plan, file_up, pass_by_two, waiting

from trytond.filestore import filestore
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction

MEASURES = "重新吊挂风门，调整闭锁。"
ACTIONS = "已重新吊挂，试验三次合格。"
RECHECKED = "现场复查符合要求。"
ACCEPTED = "现场查验合格，同意销号。"
# What a paper tells of a model
TOLD = {
    'hazard.card': {
        'hazard.four_fix': MEASURES,
        'hazard.rectification': ACTIONS,
        'hazard.recheck': RECHECKED,
        'hazard.acceptance': ACCEPTED,
        'hazard.event': "批准治理方案",
        },
    'hazard.acceptance.document': {
        'hazard.plan': "程守业于",
        'hazard.recheck': RECHECKED,
        },
    'hazard.four_fix.card': {
        'hazard.recheck': RECHECKED,
        },
    }


@contextmanager
def hidden(model):
    "Hide the records of the model from everybody"
    RuleGroup = Pool().get('ir.rule.group')
    with Transaction().set_user(0):
        group, = RuleGroup.create([{
                    'name': "Hidden", 'model': model, 'global_p': True,
                    'perm_read': True,
                    'rules': [('create', [{'domain': '[["id", "<", 0]]'}])],
                    }])
    yield
    with Transaction().set_user(0):
        RuleGroup.delete([group])


class ReadableTestCase(OfficialTestCase):

    def closed(self, mine):
        "Return a major hazard that was accepted"
        hazard = self.report(
            mine, criterion=get_ref('hazard.criterion_2026_5_9'),
            grade=get_ref('hazard.grade_major'))
        approve_plan(mine, hazard)
        self.confirm(mine, hazard, measures=MEASURES)
        rectification = waiting('hazard.rectification', hazard)
        with acting(mine.users.worker):
            Pool().get('hazard.photo').create([{
                        'rectification': rectification.id,
                        'image': noise((60, 40)), 'filename': 'b.jpg'}])
        self.finish(mine, hazard)
        pass_by_two(
            mine, hazard, 'safety', user=mine.users.chief, reason=RECHECKED)
        file_up(mine, hazard)
        accept(mine, hazard, reason=ACCEPTED)
        return hazard.__class__(hazard.id)

    def papers(self, hazard):
        "Return the records of which the papers are, by paper"
        return {
            'hazard.card': hazard,
            'hazard.acceptance.document': hazard.acceptances[0],
            'hazard.four_fix.card': hazard.four_fixes[0]}

    def text(self, mine, record, paper):
        content = self.print_(mine.users.safety, [record], paper, 'pdf')
        return re.sub(r'\s', '', ''.join(get_pages(content)))

    @with_transaction()
    def test_hidden(self):
        "What the rules hide is left out, all else is told"
        mine = self.build()
        papers = self.papers(self.closed(mine))
        for paper, told in TOLD.items():
            text = self.text(mine, papers[paper], paper)
            for model in told:
                with self.subTest(paper=paper, model=model):
                    with hidden(model):
                        left = self.text(mine, papers[paper], paper)
                    for other, words in told.items():
                        self.assertIn(words, text)
                        check = (
                            self.assertNotIn if other == model
                            else self.assertIn)
                        check(words, left)

    @with_transaction()
    def test_photos(self):
        "Photos that the rules hide are not on the card"
        mine = self.build()
        hazard = self.closed(mine)
        self.assertEqual(self.count_images(mine, hazard), 2)
        with hidden('hazard.photo'):
            self.assertEqual(self.count_images(mine, hazard), 1)

    @with_transaction()
    def test_missing(self):
        "A photo whose file is gone hinders no printing and is told"
        mine = self.build()
        hazard = self.closed(mine)
        with patch.object(filestore, 'get', side_effect=OSError):
            text = self.text(mine, hazard, 'hazard.card')
            self.assertEqual(self.count_images(mine, hazard), 1)
        self.assertIn("照片缺失", text)

    def count_images(self, mine, hazard):
        "Return how many pictures the card has, the code of its address too"
        content = self.print_(
            mine.users.safety, [hazard], 'hazard.card', 'pdf')
        return sum(
            len(p.images) for p in PdfReader(io.BytesIO(content)).pages)

    @with_transaction()
    def test_model(self):
        "Who may not read a model at all prints the rest"
        mine = self.build()
        papers = self.papers(self.closed(mine))
        ModelAccess = Pool().get('ir.model.access')
        with Transaction().set_user(0):
            ModelAccess.write(
                ModelAccess.search([('model', '=', 'hazard.recheck')]),
                {'perm_read': False})
        for paper, record in papers.items():
            with self.subTest(paper=paper):
                self.assertNotIn(RECHECKED, self.text(mine, record, paper))
