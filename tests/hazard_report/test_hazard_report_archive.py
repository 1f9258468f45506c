# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The own archive of a major hazard, as one PDF and as a folder of files."

import hashlib
import io
import re
import zipfile
from unittest.mock import patch

from access import run
from document_text import get_pages
from notices import issue_notice
from official import OfficialTestCase
from organization import acting, get_ref
from pictures import noise, picture
from pypdf import PdfReader, PdfWriter
from steps import (
    accept, approve_plan, file_up, pass_by_two, publish, waiting, withdraw)

from trytond.model.exceptions import AccessError
from trytond.modules.hazard_report.exceptions import ArchiveError
from trytond.modules.hazard_report.major import archive
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction

FILES_MAX = 'trytond.modules.hazard_report.major.archive_part.FILES_MAX'
CONVERT = 'trytond.modules.hazard_report.major.archive.convert_all'
LIMIT = 'trytond.modules.hazard_report.major.archive.LIMIT'


def one_page():
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


class ArchiveTestCase(OfficialTestCase):

    def major(self, mine):
        return self.report(
            mine, criterion=get_ref('hazard.criterion_2026_5_9'),
            grade=get_ref('hazard.grade_major'))

    def closed(self, mine):
        "Return a major hazard that went all its lawful way."
        hazard = self.major(mine)
        self.photo = noise((60, 40))
        withdraw(mine, hazard, area="18506工作面。")
        issue_notice(mine, [hazard])
        approve_plan(mine, hazard)
        self.confirm(mine, hazard)
        rectification = waiting('hazard.rectification', hazard)
        with acting(mine.users.worker):
            Pool().get('hazard.photo').create([{
                        'rectification': rectification.id,
                        'image': self.photo, 'filename': 'b.jpg'}])
        self.finish(mine, hazard)
        pass_by_two(
            mine, hazard, 'safety', user=mine.users.chief,
            reason="现场符合要求。")
        file_up(
            mine, hazard, content="风流短路。", authority="监察局",
            proof=picture(), proof_name='receipt.jpg')
        accept(mine, hazard)
        publish(mine, hazard, where="井口")
        return hazard.__class__(hazard.id)

    def archive(self, user, hazards, format='pdf'):
        Report = Pool().get('hazard.archive', type='report')
        with acting(user):
            extension, content, _, name = Report.execute(
                [h.id for h in hazards],
                {'model': 'hazard.hazard', 'format': format})
        self.assertEqual(extension, format)
        return bytes(content), name

    @with_transaction()
    def test_pdf(self):
        "All papers follow the contents, which tell their pages"
        mine = self.build()
        hazard = self.closed(mine)
        content, name = self.archive(mine.users.safety, [hazard])
        self.assertEqual(name, f"重大隐患档案-{hazard.number}")
        reader = PdfReader(io.BytesIO(content))
        pages = [re.sub(r'\s', '', p.extract_text()) for p in reader.pages]
        outline = [
            (o.title, reader.get_destination_page_number(o))
            for o in reader.outline]
        self.assertEqual([t for t, _ in outline], [
                "重大隐患档案", "隐患信息卡", "停产撤人记录",
                "重大事故隐患报告单-监管监察部门", "报送记录附件：receipt",
                "重大事故隐患报告单-职工代表大会", "报送记录附件：receipt",
                "治理方案", "四定表（第1轮）",
                f"整改通知单 {self.get_number()}",
                "整改复查记录及照片", "销号验收单（第1轮）",
                "隐患公示表-通风队",
                "追踪记录及摘要"])
        for title, page in outline:
            with self.subTest(title=title):
                self.assertIn(re.sub(r'\s', '', title), pages[0])
                self.assertIn(str(page + 1), pages[0])
                self.assertTrue(pages[page].endswith(str(page + 1)))
        outline = dict(outline)
        self.assertIn("井口", pages[outline["隐患公示表-通风队"]])
        timeline = ''.join(pages[outline["追踪记录及摘要"]:])
        events = hazard.events
        self.assertIn(events[0].digest, timeline)
        self.assertIn(events[-1].digest, pages[0])
        self.assertIn(hashlib.sha256(self.photo).hexdigest(), timeline)
        course = reader.pages[outline["整改复查记录及照片"]]
        self.assertEqual(len(course.images), 1)

    def get_number(self):
        notice, = Pool().get('hazard.rectification_notice').search([])
        return notice.number

    @with_transaction()
    def test_folder(self):
        "The folder has the files as they came, with their digests"
        mine = self.build()
        hazard = self.closed(mine)
        content, _ = self.archive(mine.users.safety, [hazard], 'zip')
        with zipfile.ZipFile(io.BytesIO(content)) as folder:
            files = {n: folder.read(n) for n in folder.namelist()}
        self.assertTrue(files["00-目录.pdf"].startswith(b'%PDF-'))
        self.assertTrue(files["01-隐患信息卡.pdf"].startswith(b'%PDF-'))
        self.assertEqual(files["照片/01-b.jpg"], self.photo)
        self.assertEqual(files["04-报送记录附件：receipt.jpg"], picture())
        # What is damaged is kept although no page can be made of it.
        document, = [
            c for n, c in files.items() if n.endswith("opinion.pdf")]
        acceptance, = hazard.acceptances
        self.assertEqual(document, bytes(acceptance.document))
        self.assertIn("仅存于文件夹", ''.join(get_pages(files["00-目录.pdf"])))
        sums = files.pop('SHA256SUMS.txt').decode().splitlines()
        self.assertEqual(
            dict(line.split('  ')[::-1] for line in sums),
            {n: hashlib.sha256(c).hexdigest() for n, c in files.items()})

    def attach(self, record, name, data):
        # By whoever could as long as it waited
        with Transaction().set_user(0):
            Pool().get('ir.attachment').create([{
                        'resource': str(record), 'type': 'data',
                        'name': name, 'data': data}])

    @with_transaction()
    def test_attachments(self):
        "What was attached to any step is in the archive"
        mine = self.build()
        hazard = self.closed(mine)
        notice, = Pool().get('hazard.rectification_notice').search([])
        attached = {
            "隐患附件：现场图": (hazard, "现场图.png", picture()),
            "整改附件：检测记录": (
                hazard.rectifications[0], "检测记录.csv", b'1,2'),
            "复查附件：复查单": (hazard.rechecks[0], "复查单.pdf", one_page()),
            "隐患验收附件：会议纪要": (
                hazard.acceptances[0], "会议纪要.pdf", one_page()),
            "整改通知单附件：签收": (notice, "签收.jpg", picture()),
            }
        for record, name, data in attached.values():
            self.attach(record, name, data)
        other = self.report(mine)
        self.attach(other, "无关.pdf", one_page())
        content, _ = self.archive(mine.users.safety, [hazard])
        titles = [
            re.sub(r'\s', '', o.title)
            for o in PdfReader(io.BytesIO(content)).outline]
        # A table of figures is no paper.
        papers = [t for t in attached if "检测" not in t]
        self.assertEqual([t for t in titles if t in attached], papers)
        contents = re.sub(r'\s', '', ''.join(get_pages(content)[:2]))
        for title in attached:
            self.assertIn(title, contents)
        self.assertNotIn("无关", contents)
        content, _ = self.archive(mine.users.safety, [hazard], 'zip')
        with zipfile.ZipFile(io.BytesIO(content)) as folder:
            files = {
                n.split('-', 1)[-1]: folder.read(n)
                for n in folder.namelist()}
        for title, (_, name, data) in attached.items():
            self.assertEqual(
                files[f"{title}.{name.split('.')[-1]}"], data)
        self.assertNotIn("未装入文件说明.txt", files)

    @with_transaction()
    def test_left_out(self):
        "The folder names the files that are too much for it"
        mine = self.build()
        hazard = self.closed(mine)
        acceptance, = hazard.acceptances
        limit = len(picture()) * 2 + len(acceptance.document)
        with patch(FILES_MAX, limit), \
                patch(FILES_MAX.replace('_part', ''), limit):
            content, _ = self.archive(mine.users.safety, [hazard], 'zip')
        with zipfile.ZipFile(io.BytesIO(content)) as folder:
            names = folder.namelist()
            note = folder.read("00-未装入文件说明.txt").decode()
            sums = folder.read('SHA256SUMS.txt').decode()
        self.assertNotIn("照片/01-b.jpg", names)
        self.assertIn("04-报送记录附件：receipt.jpg", names)
        self.assertEqual(note.splitlines()[2:], ["照片/01-b.jpg"])
        self.assertIn("00-未装入文件说明.txt", sums)
        self.assertNotIn("b.jpg", sums)
        with patch(FILES_MAX, 100), \
                patch(FILES_MAX.replace('_part', ''), 10 ** 6):
            content, _ = self.archive(mine.users.safety, [hazard], 'zip')
        with zipfile.ZipFile(io.BytesIO(content)) as folder:
            note = folder.read("00-未装入文件说明.txt").decode()
        self.assertIn("04-报送记录附件：receipt.jpg", note.splitlines())
        self.assertNotIn("照片/01-b.jpg", note.splitlines())

    @with_transaction()
    def test_attached(self):
        "What was attached is no paper of ours, whatever it is called"
        mine = self.build()
        hazard = self.major(mine)
        page = b'<html><img src="http://127.0.0.1/inner.png"/></html>'
        with acting(mine.users.captain):
            Pool().get('ir.attachment').create([{
                        'resource': str(hazard), 'name': "x.odt",
                        'data': page}])
        with patch(CONVERT, wraps=archive.convert_all) as convert:
            content, _ = self.archive(mine.users.safety, [hazard])
            folder, _ = self.archive(mine.users.safety, [hazard], 'zip')
        for call in convert.call_args_list:
            self.assertNotIn(page, call.args[0])
        self.assertIn("仅存于文件夹", ''.join(get_pages(content)[:2]))
        files = zipfile.ZipFile(io.BytesIO(folder))
        name, = [n for n in files.namelist() if n.endswith('x.odt')]
        self.assertEqual(files.read(name), page)

    @with_transaction()
    def test_large(self):
        "What is too much is left out, and the contents tell"
        mine = self.build()
        hazard = self.closed(mine)
        with patch(FILES_MAX, 100):
            content, _ = self.archive(mine.users.safety, [hazard])
        titles = [o.title for o in PdfReader(io.BytesIO(content)).outline]
        self.assertNotIn("报送记录附件：receipt", titles)
        self.assertIn("文件过大未装入", ''.join(get_pages(content)[:2]))

    @with_transaction()
    def test_started(self):
        "The archive of what was only reported has what there is"
        mine = self.build()
        hazard = self.major(mine)
        content, _ = self.archive(mine.users.reporter, [hazard])
        self.assertEqual(
            [o.title for o in PdfReader(io.BytesIO(content)).outline],
            ["重大隐患档案", "隐患信息卡", "整改复查记录及照片",
                "追踪记录及摘要"])

    @with_transaction()
    def test_rights(self):
        "Nobody finds in an archive what they may not read"
        mine = self.build()
        hazard = self.closed(mine)
        self.assertIn("重大事故隐患报告单", self.get_titles(mine, hazard))
        ModelAccess = Pool().get('ir.model.access')
        with Transaction().set_user(0):
            ModelAccess.write(
                ModelAccess.search([('model', '=', 'hazard.filing')]),
                {'perm_read': False})
        titles = self.get_titles(mine, hazard)
        self.assertNotIn("报告单", titles)
        self.assertIn("治理方案", titles)
        for user in ['other_captain', 'manager']:
            with self.subTest(user=user):
                with self.assertRaises(AccessError):
                    self.archive(getattr(mine.users, user), [hazard])

    def get_titles(self, mine, hazard):
        content, _ = self.archive(mine.users.worker, [hazard])
        return ''.join(
            o.title for o in PdfReader(io.BytesIO(content)).outline)

    @with_transaction()
    def test_refused(self):
        "Only one major hazard has an archive"
        mine = self.build()
        general = self.report(mine)
        major = [self.major(mine), self.major(mine)]
        Print = Pool().get('hazard.archive.print', type='wizard')
        for hazards in [[general], major, []]:
            with self.subTest(hazards=hazards):
                with self.assertRaises(ArchiveError):
                    self.archive(mine.users.safety, hazards)
                with acting(
                        mine.users.safety, active_model='hazard.hazard',
                        active_ids=[h.id for h in hazards]):
                    session, _, _ = Print.create()
                    with self.assertRaises(ArchiveError):
                        Print.execute(session, {}, 'start')
                    for state in ['choose', 'queued']:
                        with self.assertRaises(ArchiveError):
                            Print.execute(
                                session, {'start': {'format': 'pdf'}}, state)

    @with_transaction()
    def test_readers(self):
        "Who only reads hazards opens the wizard, who has none does not"
        mine = self.build()
        hazard = self.major(mine)
        context = {
            'active_model': 'hazard.hazard', 'active_id': hazard.id,
            'active_ids': [hazard.id]}
        for user in ['reporter', 'captain', 'station', 'dispatcher', 'head']:
            with self.subTest(user=user):
                result = run(
                    getattr(mine.users, user), 'hazard.archive.print', [],
                    **context)
                self.assertEqual(result['view']['state'], 'start')
        for user in ['worker', 'other_captain', 'manager']:
            with self.subTest(user=user), self.assertRaises(AccessError):
                run(
                    getattr(mine.users, user), 'hazard.archive.print', [],
                    **context)

    @with_transaction()
    def test_queue(self):
        "A long archive is made in the queue, a short one at once"
        mine = self.build()
        hazard = self.major(mine)
        Print = Pool().get('hazard.archive.print', type='wizard')
        for limit, model in [(0, 'hazard.export'), (10, None)]:
            with patch(LIMIT, limit), acting(
                    mine.users.safety, active_model='hazard.hazard',
                    active_ids=[hazard.id]):
                session, _, _ = Print.create()
                result = Print.execute(
                    session, {'start': {'format': 'zip'}}, 'choose')
                (action, data), = result['actions']
            with self.subTest(limit=limit):
                self.assertEqual(action.get('res_model'), model)
        self.assertEqual(action['report_name'], 'hazard.archive')
        self.assertEqual(
            (data['ids'], data['format']), ([hazard.id], 'zip'))
