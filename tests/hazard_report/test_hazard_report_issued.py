# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Notices and opinions: who may issue what, and that it stays as issued."

import datetime as dt
import hashlib
import unittest
from unittest.mock import patch

import time_machine
from mine import build_mine
from notices import draft_notice, draft_opinion, issue, issue_notice, press
from organization import acting, create_company, get_ref
from repository import MODULES
from steps import (
    confirm, draft, finish, pass_by_two, recheck, report, step, waiting)
from templates import activate_built

from trytond.model.exceptions import AccessError
from trytond.model.modelsql import ForeignKeyError
from trytond.modules.hazard.integrity.verification import Verifier
from trytond.modules.hazard_report.engine import numbering
from trytond.modules.hazard_report.exceptions import (
    IssuedAccessError, IssuedFileError, NoticeError, OpinionError,
    RecordCountError)
from trytond.modules.hazard_report.loop.letter import cite
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction


def print_(user, document, name=None, format='odt'):
    "Return the content that the user gets to print."
    pool = Pool()
    Report = pool.get(name or document.__name__, type='report')
    with acting(user):
        extension, content, _, _ = Report.execute(
            [document.id], {'model': document.__name__, 'format': format})
    assert extension == format, extension
    return bytes(content)


def set_sign(company, sign):
    Configuration = Pool().get('hazard.configuration')
    with Transaction().set_context(company=company.id):
        configuration = Configuration(1)
        configuration.document_sign = sign
        configuration.save()


class IssuedTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built(MODULES, build_mine)

    def rectify(self, mine, hazard, second=None, **values):
        confirm(mine, hazard)
        finish(mine, hazard)
        if second:
            return pass_by_two(mine, hazard, second)
        return recheck(mine, hazard, 'pass_', **values)

    @with_transaction()
    def test_numbers(self):
        "Numbers follow each other by company, year and kind, cancelled too"
        mine = build_mine()
        other = build_mine(create_company("Other"), prefix='other-')
        numbers = []
        for _ in range(3):
            notice = issue_notice(mine, [report(mine)])
            numbers.append(notice.number)
            press(notice, 'cancel', mine.users.safety, reason="Wrong unit.")
        year = dt.date.today().year
        self.assertEqual(
            numbers, [f'N[{year}]{n}' for n in range(1, 4)])
        with Transaction().set_context(company=other.company.id):
            notice = issue_notice(other, [report(other)])
        self.assertEqual(notice.number, f'N[{year}]1')
        hazard = report(mine)
        notice = issue_notice(mine, [hazard])
        self.assertEqual(notice.number, f'N[{year}]4')
        self.rectify(mine, hazard)
        opinion = issue(
            draft_opinion(mine, notice), mine.users.safety)
        self.assertEqual(opinion.number, f'O[{year}]1')

    @with_transaction()
    def test_one(self):
        "What is of one record is printed of one, never of none"
        pool = Pool()
        build_mine()
        for name in [
                'hazard.rectification_notice', 'hazard.recheck_opinion',
                'appraisal.payout.sheet', 'appraisal.ranking.circular',
                'training.exam.results']:
            Report = pool.get(name, type='report')
            with self.subTest(name=name), \
                    self.assertRaises(RecordCountError):
                Report.execute([], {})

    @with_transaction()
    def test_sign(self):
        "Numbers begin with the sign; those given before stay and fit"
        mine = build_mine()
        before = issue_notice(mine, [report(mine)])
        set_sign(mine.company, "P$1")
        year = dt.date.today().year
        numbers = [
            issue_notice(mine, [report(mine)]).number for _ in range(2)]
        self.assertEqual(before.number, f'N[{year}]1')
        self.assertEqual(
            numbers, [f'P$1N[{year}]1', f'P$1N[{year}]2'])
        self.assertIsNone(Verifier(mine.company).run().problem)

    @with_transaction()
    def test_former_look(self):
        "Numbers as they looked before are verified and cited as they are"
        pool = Pool()
        Sequence = pool.get('ir.sequence.strict')
        mine = build_mine()
        with patch.object(
                numbering, 'get_affixes', return_value=['2025-', '']):
            former = [issue_notice(mine, [report(mine)]) for _ in range(2)]
        notice = issue_notice(mine, [report(mine)])
        self.assertEqual([n.number for n in former], ['2025-1', '2025-2'])
        self.assertEqual(cite(former[0]), 'No. 2025-1')
        self.assertEqual(cite(notice), notice.number)
        self.assertIsNone(Verifier(mine.company).run().problem)
        sequence, = Sequence.search([('prefix', '=', '2025-')])
        Sequence.write([sequence], {'number_next': 4})
        self.assertIsNotNone(Verifier(mine.company).run().problem)

    @with_transaction()
    def test_look_changed(self):
        "Numbers go on where they were, however the sequence makes them look"
        Sequence = Pool().get('ir.sequence.strict')
        mine = build_mine()
        year = dt.date.today().year
        notices = [issue_notice(mine, [report(mine)])]
        for values, number in [
                ({'prefix': 'TZ-${year}-'}, f'TZ-{year}-2'),
                ({'prefix': 'TZ', 'padding': 1, 'suffix': '/9'}, 'TZ3/9')]:
            Sequence.write([notices[0].sequence], values)
            notices.append(issue_notice(mine, [report(mine)]))
            self.assertEqual(notices[-1].number, number)
        self.assertEqual([n.serial for n in notices], [1, 2, 3])
        self.assertEqual(len({n.sequence for n in notices}), 1)
        self.assertEqual(Verifier(mine.company).run().list('problems'), [])
        with self.assertRaises(ForeignKeyError):
            Sequence.delete([notices[0].sequence])

        notice = Pool().get('hazard.rectification_notice').__table__()
        cursor = Transaction().connection.cursor()
        cursor.execute(*notice.update(
                [notice.number], ['TZ-9'],
                where=notice.id == notices[1].id))
        self.assertIn(
            ": 2 is missing", str(Verifier(mine.company).run().problems))

    @with_transaction()
    def test_taken_over(self):
        "What older documents were numbered from is found by its prefix"
        Notice = Pool().get('hazard.rectification_notice')
        mine = build_mine()
        numbered = issue_notice(mine, [report(mine)])
        draft = draft_notice(mine, [report(mine)])
        expected = numbered.sequence, numbered.serial
        table = Notice.__table__()
        cursor = Transaction().connection.cursor()
        cursor.execute(*table.update(
                [table.sequence, table.serial], [None, None]))
        Transaction().cache.clear()

        Notice._find_sequences()

        numbered, draft = Notice.browse([numbered.id, draft.id])
        self.assertEqual((numbered.sequence, numbered.serial), expected)
        self.assertIsNone(draft.sequence)

    @with_transaction()
    def test_numbers_of_year(self):
        "The year is that of the company's zone and begins with 1"
        mine = build_mine()
        mine.company.timezone = 'Asia/Shanghai'
        mine.company.save()
        for time, number, day in [
                (dt.datetime(2027, 12, 31, 15), 'N[2027]1', (2027, 12, 31)),
                (dt.datetime(2027, 12, 31, 17), 'N[2028]1', (2028, 1, 1)),
                (dt.datetime(2028, 1, 2), 'N[2028]2', (2028, 1, 2)),
                ]:
            with time_machine.travel(
                    time.replace(tzinfo=dt.UTC), tick=False):
                notice = issue_notice(mine, [report(mine)])
                self.assertEqual(notice.number, number)
                self.assertEqual(notice.issued_on, dt.date(*day))

    @with_transaction()
    def test_refused_is_no_gap(self):
        "A notice that is refused takes no number"
        mine = build_mine()
        notice = draft_notice(mine, [report(mine)], deadline=dt.datetime.now())
        with self.assertRaises(NoticeError):
            issue(notice, mine.users.safety)
        self.assertIsNone(notice.__class__(notice.id).number)
        notice = issue_notice(mine, [report(mine)])
        self.assertEqual(notice.number[-2:], ']1')

    @with_transaction()
    def test_issued(self):
        "An issued notice knows who, when and what, and the timeline tells it"
        mine = build_mine()
        hazards = [report(mine) for _ in range(3)]
        notice = issue_notice(mine, hazards)
        self.assertEqual(notice.state, 'issued')
        self.assertEqual(notice.issued_by, mine.employees.safety)
        self.assertIsNotNone(notice.issued_at)
        self.assertEqual([n.hazard for n in notice.lines], hazards)
        self.assertEqual([n.round for n in notice.lines], [1, 1, 1])
        self.assertEqual(
            notice.sha256, hashlib.sha256(notice.file).hexdigest())
        self.assertTrue(notice.filename.endswith(f'{notice.number}.odt'))
        for hazard in hazards:
            *_, event = hazard.__class__(hazard.id).events
            self.assertEqual(event.action, 'notice')
            self.assertEqual(event.note, notice.number)
            self.assertEqual(event.stage, notice)
        self.assertIsNone(Verifier(mine.company).run().problem)

    @with_transaction()
    def test_told(self):
        "Who is responsible and the leaders of the unit are told"
        mine = build_mine()
        hazard = report(mine)
        notifications = Transaction().user_notifications
        notifications.clear()
        issue_notice(mine, [hazard])
        self.assertEqual(
            {n.user.login for n in notifications},
            {'worker', 'captain', 'secretary'})

    @with_transaction()
    def test_reprint(self):
        "Each print is the issued file, whatever became of the hazard"
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        mine = build_mine()
        hazard = report(mine)
        notice = issue_notice(mine, [hazard])
        first = print_(mine.users.safety, notice)
        pdf = print_(mine.users.safety, notice, format='pdf')
        self.assertEqual(hashlib.sha256(first).hexdigest(), notice.sha256)
        self.assertTrue(pdf.startswith(b'%PDF'))
        Hazard.write([Hazard(hazard.id)], {'description': "Another one."})
        self.rectify(mine, hazard)
        press(notice, 'cancel', mine.users.safety, reason="Issued twice.")
        notice = notice.__class__(notice.id)
        self.assertEqual(notice.number[-2:], ']1')
        for user in [mine.users.safety, mine.users.captain]:
            self.assertEqual(print_(user, notice), first)
            self.assertEqual(print_(user, notice, format='pdf'), pdf)
        self.assertEqual(
            notice.pdf_sha256, hashlib.sha256(pdf).hexdigest())

    @with_transaction()
    def test_draft_print(self):
        "A draft is printed as it is and kept nowhere"
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        mine = build_mine()
        hazard = report(mine)
        notice = draft_notice(mine, [hazard])
        first = print_(mine.users.safety, notice)
        Hazard.write([Hazard(hazard.id)], {'description': "Another one."})
        self.assertNotEqual(print_(mine.users.safety, notice), first)
        self.assertFalse(notice.__class__(notice.id).file)

    @with_transaction()
    def test_changed_file(self):
        "A file that is not the issued one is not printed"
        mine = build_mine()
        notice = issue_notice(mine, [report(mine)])
        notice.__class__.write([notice], {'file': b'forged'})
        with self.assertRaises(IssuedFileError):
            print_(mine.users.safety, notice)
        with self.assertRaises(IssuedFileError):
            print_(mine.users.safety, notice, format='pdf')

    @with_transaction()
    def test_unchangeable(self):
        "Nobody changes or deletes what was issued, nor its lines"
        pool = Pool()
        Line = pool.get('hazard.rectification_notice.line')
        mine = build_mine()
        notice = issue_notice(mine, [report(mine), report(mine)])
        hazard = report(mine)
        Notice = notice.__class__
        line = notice.lines[0]
        for function in [
                lambda: Notice.write(
                    [Notice(notice.id)], {'requirements': "None."}),
                lambda: Notice.write([Notice(notice.id)], {
                        'lines': [('delete', [line.id])]}),
                lambda: Notice.write([Notice(notice.id)], {'file': b'x'}),
                lambda: Notice.delete([Notice(notice.id)]),
                lambda: Line.delete([Line(line.id)]),
                lambda: Line.write([Line(line.id)], {'requirement': "No."}),
                lambda: Line.create([{
                            'notice': notice.id, 'hazard': hazard.id}]),
                ]:
            with acting(mine.users.safety):
                with self.assertRaises(IssuedAccessError):
                    function()

    @with_transaction()
    def test_server_fields(self):
        "Nobody fills in what the server does"
        mine = build_mine()
        notice = draft_notice(mine, [report(mine)])
        Notice = notice.__class__
        for values in [
                {'number': '2026-0099'}, {'state': 'issued'},
                {'sha256': 'x'}, {'issued_on': dt.date(2026, 1, 1)}]:
            with self.subTest(values=values), acting(mine.users.safety):
                with self.assertRaises(AccessError):
                    Notice.write([Notice(notice.id)], values)
        with self.assertRaises(AccessError):
            draft_notice(mine, [report(mine)], number='2026-0099')

    @with_transaction()
    def test_copy(self):
        "A copy is a draft of its own"
        mine = build_mine()
        notice = issue_notice(mine, [report(mine)])
        with acting(mine.users.safety):
            copy, = notice.__class__.copy([notice.__class__(notice.id)])
        copy = notice.__class__(copy.id)
        self.assertEqual(copy.state, 'draft')
        for name in ['number', 'file', 'sha256', 'issued_on', 'issued_by']:
            self.assertFalse(getattr(copy, name), name)
        self.assertEqual(copy.lines, ())
        self.assertEqual(copy.opinions, ())

    @with_transaction()
    def test_hazards(self):
        "Drafts, closed hazards and those of several units are refused"
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        Notice = pool.get('hazard.rectification_notice')
        mine = build_mine()
        returned = report(mine)
        with acting(mine.users.safety), \
                Transaction().set_context(reason="Where?"):
            Hazard.return_([Hazard(returned.id)])
        closed = report(mine)
        self.rectify(mine, closed)
        cancelled = report(mine)
        with acting(mine.users.safety), \
                Transaction().set_context(reason="Twice."):
            Hazard.cancel([Hazard(cancelled.id)])
        elsewhere = report(mine, unit=mine.units.driving)
        for hazards in [
                [], [draft(mine)], [returned], [closed], [cancelled],
                [report(mine), elsewhere]]:
            with self.subTest(hazards=hazards):
                with self.assertRaises(NoticeError):
                    Notice.check_hazards(
                        [Hazard(h.id) for h in hazards])

    @with_transaction()
    def test_hazards_when_issued(self):
        "What became of the hazards since the draft is checked"
        mine = build_mine()
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        hazard = report(mine)
        notice = draft_notice(mine, [hazard])
        self.rectify(mine, hazard)
        with self.assertRaises(NoticeError):
            issue(notice, mine.users.safety)
        hazard = report(mine)
        notice = draft_notice(mine, [hazard])
        with acting(mine.users.safety), Transaction().set_context(
                reason="Theirs.", unit=mine.units.driving.id):
            Hazard.reassign([Hazard(hazard.id)])
        with self.assertRaises(NoticeError):
            issue(notice, mine.users.safety)

    @with_transaction()
    def test_named_twice(self):
        "A hazard is named once a round, again after it failed"
        mine = build_mine()
        hazard = report(mine)
        first = issue_notice(mine, [hazard])
        again = draft_notice(mine, [hazard])
        with self.assertRaises(NoticeError):
            issue(again, mine.users.safety)
        confirm(mine, hazard)
        finish(mine, hazard)
        recheck(mine, hazard, 'fail', reason="It jams.")
        again = issue(again, mine.users.safety)
        self.assertEqual(again.lines[0].round, 2)
        self.assertNotEqual(again.number, first.number)

    @with_transaction()
    def test_empty(self):
        "A notice without hazards is not issued"
        mine = build_mine()
        notice = draft_notice(mine, [report(mine)])
        notice.__class__.write(
            [notice], {'lines': [('delete', [notice.lines[0].id])]})
        with self.assertRaises(NoticeError):
            issue(notice, mine.users.safety)

    @with_transaction()
    def test_wizard(self):
        "The wizard proposes unit, person, time limit and what was fixed"
        pool = Pool()
        Wizard = pool.get(
            'hazard.hazard.notice', type='wizard')
        Notice = pool.get('hazard.rectification_notice')
        mine = build_mine()
        hazards = [report(mine) for _ in range(2)]
        for hazard in hazards:
            confirm(mine, hazard, measures="Hang it anew.")
        with acting(
                mine.users.safety, active_model='hazard.hazard',
                active_ids=[h.id for h in hazards],
                active_id=hazards[0].id):
            session, start, _ = Wizard.create()
            values = Wizard.execute(
                session, {}, start)['view']['defaults']
            self.assertEqual(values['unit'], mine.units.ventilation.id)
            self.assertEqual(values['responsible'], mine.employees.worker.id)
            self.assertEqual(values['inspected_by'], mine.company.rec_name)
            self.assertTrue(values['requirements'])
            filled = {
                n: v for n, v in values.items() if not n.endswith('.')}
            (_, data), = Wizard.execute(
                session, {start: filled}, 'issue')['actions']
        notice = Notice(data['res_id'][0])
        self.assertEqual(notice.state, 'issued')
        self.assertEqual(
            [n.requirement for n in notice.lines], ["Hang it anew."] * 2)

    @with_transaction()
    def test_answered_notice(self):
        "A notice that an opinion answers is cancelled after the opinion"
        pool = Pool()
        Notice = pool.get('hazard.rectification_notice')
        mine = build_mine()
        hazard = report(mine)
        notice = issue_notice(mine, [hazard])
        self.assertEqual(notice.open_count, 1)
        self.assertEqual(
            Notice.search([('answered', '=', False)]), [notice])
        self.rectify(mine, hazard)
        opinion = issue(draft_opinion(mine, notice), mine.users.safety)
        self.assertEqual(
            Notice.search([('answered', '=', True)]), [notice])
        self.assertEqual(Notice(notice.id).open_count, 0)
        with self.assertRaises(NoticeError):
            press(notice, 'cancel', mine.users.safety, reason="Wrong.")
        press(opinion, 'cancel', mine.users.safety, reason="Wrong.")
        self.assertFalse(Notice(notice.id).answered)
        self.assertEqual(
            press(notice, 'cancel', mine.users.safety, reason="Wrong.").state,
            'cancelled')
        self.assertEqual(
            [e.action for e in hazard.__class__(hazard.id).events][-3:],
            ['opinion', 'opinion_cancel', 'notice_cancel'])

    @with_transaction()
    def test_opinion(self):
        "An opinion has exactly the hazards of its notice and their results"
        pool = Pool()
        Opinion = pool.get('hazard.recheck_opinion')
        mine = build_mine()
        hazards = [report(mine) for _ in range(4)]
        notice = issue_notice(mine, hazards)
        passed, failed, open_, cancelled = hazards
        self.rectify(mine, passed, reason="It closes.")
        confirm(mine, failed)
        finish(mine, failed)
        recheck(mine, failed, 'fail', reason="It jams.")
        Hazard = open_.__class__
        with acting(mine.users.safety), \
                Transaction().set_context(reason="Twice."):
            Hazard.cancel([Hazard(cancelled.id)])
        opinion = draft_opinion(mine, notice)
        self.assertEqual(
            [(n.hazard, n.verdict, n.note) for n in opinion.lines], [
                (passed, 'passed', "It closes."),
                (failed, 'failed', "It jams."),
                (open_, 'open', None),
                (cancelled, 'cancelled', None),
                ])
        self.assertEqual(opinion.checker, mine.employees.captain)
        self.rectify(mine, failed, reason="Now it closes.")
        self.rectify(mine, open_, reason="It closes too.")
        line = opinion.lines[0]
        line.__class__.write([line], {'note': "Seen on the spot."})
        opinion = issue(opinion, mine.users.safety)
        self.assertEqual(
            [(n.verdict, n.note) for n in opinion.lines], [
                ('passed', "Seen on the spot."),
                ('passed', "Now it closes."),
                ('passed', "It closes too."),
                ('cancelled', None),
                ])
        self.assertEqual(Opinion(opinion.id).notice, notice)

    @with_transaction()
    def test_opinion_early(self):
        "Without a recheck there is no opinion"
        mine = build_mine()
        hazard = report(mine)
        notice = issue_notice(mine, [hazard])
        opinion = draft_opinion(mine, notice)
        with self.assertRaises(OpinionError):
            issue(opinion, mine.users.safety)

    @with_transaction()
    def test_opinion_of_cancelled(self):
        "A notice that was cancelled gets no answer"
        mine = build_mine()
        hazard = report(mine)
        notice = issue_notice(mine, [hazard])
        self.rectify(mine, hazard)
        opinion = draft_opinion(mine, notice)
        press(notice, 'cancel', mine.users.safety, reason="Wrong.")
        with self.assertRaises(OpinionError):
            issue(opinion, mine.users.safety)

    @with_transaction()
    def test_opinion_checkers(self):
        "The checkers are two where the grade asks, none of who rectified"
        pool = Pool()
        Grade = pool.get('hazard.grade')
        mine = build_mine()
        grade = Grade(get_ref('hazard.grade_general'))
        grade.two_checkers = True
        grade.save()
        hazard = report(mine)
        notice = issue_notice(mine, [hazard])
        self.rectify(mine, hazard, second='safety')
        opinion = draft_opinion(mine, notice)
        self.assertEqual(opinion.second_checker, mine.employees.safety)
        Opinion = opinion.__class__
        for values in [
                {'checker': None},
                {'second_checker': None},
                {'second_checker': mine.employees.worker.id}]:
            opinion = draft_opinion(mine, notice)
            Opinion.write([Opinion(opinion.id)], values)
            with self.subTest(values=values):
                with self.assertRaises(OpinionError):
                    issue(opinion, mine.users.safety)
        opinion = draft_opinion(mine, notice)
        self.assertEqual(issue(opinion, mine.users.safety).state, 'issued')

    @with_transaction()
    def test_opinion_lines(self):
        "Only the note on a hazard of an opinion is filled in"
        pool = Pool()
        Line = pool.get('hazard.recheck_opinion.line')
        mine = build_mine()
        hazard = report(mine)
        notice = issue_notice(mine, [hazard])
        self.rectify(mine, hazard)
        opinion = draft_opinion(mine, notice)
        line, = opinion.lines
        other = report(mine)
        with acting(mine.users.safety):
            Line.write([Line(line.id)], {'note': "It is tight."})
            for function in [
                    lambda: Line.write(
                        [Line(line.id)], {'verdict': 'failed'}),
                    lambda: Line.delete([Line(line.id)]),
                    lambda: Line.create([{
                                'opinion': opinion.id,
                                'hazard': other.id,
                                'verdict': 'passed',
                                }])]:
                with self.assertRaises(IssuedAccessError):
                    function()
        self.assertEqual(Line(line.id).note, "It is tight.")

    @with_transaction()
    def test_leader(self):
        "A leader issues for units led and leaves others' documents alone"
        mine = build_mine()
        hazard, elsewhere = report(mine), report(
            mine, unit=mine.units.driving)
        notice = issue_notice(mine, [hazard], user=mine.users.captain)
        self.assertEqual(notice.issued_by, mine.employees.captain)
        with self.assertRaises(AccessError):
            draft_notice(mine, [elsewhere], user=mine.users.captain)
        notice = issue_notice(mine, [elsewhere], user=mine.users.chief)
        self.assertEqual(notice.issued_by, mine.employees.chief)
        notice = issue_notice(mine, [report(mine)])
        for user in [mine.users.captain, mine.users.chief]:
            with self.assertRaises(AccessError):
                press(notice, 'cancel', user, reason="Wrong.")
            with self.assertRaises(AccessError):
                draft_opinion(mine, notice, user=user)
        with self.assertRaises(AccessError):
            print_(mine.users.other_captain, notice)
        for user in [
                mine.users.captain, mine.users.worker, mine.users.station]:
            self.assertTrue(print_(user, notice))
        with self.assertRaises(AccessError):
            print_(mine.users.reporter, notice)

    @with_transaction()
    def test_draft_of_others(self):
        "The station and the unit do not see a draft"
        mine = build_mine()
        notice = draft_notice(mine, [report(mine)])
        for user in [
                mine.users.station, mine.users.captain, mine.users.worker]:
            with self.subTest(user=user.login), \
                    self.assertRaises(AccessError):
                print_(user, notice)

    @with_transaction()
    def test_reply(self):
        "The reply list has exactly the hazards of the notice"
        mine = build_mine()
        hazards = [report(mine, description=f"Hazard {i}.") for i in range(4)]
        notice = issue_notice(mine, hazards[:3])
        step(
            'hazard.four_fix', hazards[0], 'confirm', mine.users.captain,
            measures="Hang it.", responsible=mine.employees.worker.id)
        finish(mine, hazards[0], actions="Hung anew.")
        self.assertTrue(waiting('hazard.recheck', hazards[0]))
        content = print_(
            mine.users.worker, notice,
            name='hazard.rectification_notice.reply')
        self.assertTrue(content.startswith(b'PK'))
