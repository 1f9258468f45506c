# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"A Chinese mine, and a case that reads what its documents tell."

import datetime as dt
import re
import unittest
from decimal import Decimal

import time_machine
from document_text import get_pages
from mine import build_mine
from organization import acting
from pictures import picture
from repository import MODULES
from steps import confirm, finish, recheck, report, waiting
from templates import activate_built

from trytond.pool import Pool
from trytond.transaction import Transaction

NOW = dt.datetime(2026, 11, 22, 2, tzinfo=dt.UTC)
NAMES = {
    'reporter': "李群", 'captain': "张风来", 'worker': "王班升",
    'safety': "赵严", 'dispatcher': "周调度", 'chief': "孙守正",
    'head': "程守业"}
ENGLISH = re.compile('[A-Za-z]{3,}')
KNOWN = {'SHA'}


def build():
    "Return the mine with Chinese names and the hours of China."
    pool = Pool()
    Party = pool.get('party.party')
    Unit = pool.get('safety.unit')
    mine = build_mine()
    mine.company.timezone = 'Asia/Shanghai'
    mine.company.save()
    with Transaction().set_context(company=mine.company.id):
        configuration = pool.get('hazard.configuration')(1)
        configuration.document_sign = "平煤安监"
        configuration.save()
    parties = [mine.company.party]
    parties[0].name = "平安煤矿"
    for name, chinese in NAMES.items():
        party = getattr(mine.employees, name).party
        party.name = chinese
        parties.append(party)
    Party.save(parties)
    units = []
    for unit, chinese in [
            (mine.units.mine, "平安煤矿"), (mine.units.ventilation, "通风队"),
            (mine.units.safety, "安全监察部")]:
        unit.name = chinese
        units.append(unit)
    Unit.save(units)
    mine.employees.safety.unit = mine.units.safety
    mine.employees.safety.save()
    mine.place.name = "18506 回风巷"
    mine.place.save()
    return mine


class OfficialTestCase(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built(MODULES, build_mine, lang='zh_CN')

    def setUp(self):
        super().setUp()
        travel = time_machine.travel(NOW, tick=False)
        self.traveller = travel.start()
        self.addCleanup(travel.stop)

    def build(self):
        # A test begins again when it finds out what it must lock.
        self.traveller.move_to(NOW)
        return build()

    def after(self, **values):
        self.traveller.shift(dt.timedelta(**values))

    def print_(self, user, records, name, format='odt'):
        pool = Pool()
        Report = pool.get(name, type='report')
        with acting(user):
            extension, content, _, _ = Report.execute(
                [r.id for r in records],
                {'model': records[0].__name__, 'format': format})
        self.assertEqual(extension, format)
        return bytes(content)

    def check_pages(self, content, *texts):
        "Check that the PDF has the texts and no English; return its pages"
        pages = get_pages(content)
        squeezed = re.sub(r'\s', '', ''.join(pages))
        for text in texts:
            self.assertIn(re.sub(r'\s', '', text), squeezed)
        self.assertEqual(
            [w for w in ENGLISH.findall(''.join(pages)) if w not in KNOWN
                and not re.fullmatch('[a-f]+', w)], [])
        return pages

    def report(self, mine, **values):
        self.after(minutes=20)
        return report(mine, **{
                'description': "风门闭合不严，漏风。",
                'found_at': dt.datetime.now() - dt.timedelta(minutes=10),
                **values})

    def confirm(self, mine, hazard, **values):
        self.after(minutes=30)
        return confirm(mine, hazard, **{
                'measures': "重新吊挂风门，调整闭锁。",
                'deadline': dt.datetime.now() + dt.timedelta(hours=8),
                **values})

    def finish(self, mine, hazard, **values):
        self.after(hours=2)
        return finish(mine, hazard, actions="已重新吊挂，试验三次合格。",
            **values)

    def recheck(self, mine, hazard, button='pass_', **values):
        self.after(minutes=30)
        return recheck(mine, hazard, button, **{
                'reason': "现场复查合格，同意销号。", **values})

    def rounds(self, mine):
        "Return a hazard with photos that was closed in the second round."
        pool = Pool()
        Photo = pool.get('hazard.photo')
        hazard = self.report(mine)
        self.confirm(mine, hazard, funding=Decimal('500'))
        rectification = waiting('hazard.rectification', hazard)
        with acting(mine.users.worker):
            Photo.create([{
                        'rectification': rectification.id,
                        'image': picture(), 'filename': 'b.jpg'}])
        self.finish(mine, hazard)
        self.recheck(mine, hazard, 'fail', reason="仍漏风，重新整改。")
        self.confirm(mine, hazard)
        self.finish(mine, hazard)
        self.recheck(mine, hazard)
        return hazard
