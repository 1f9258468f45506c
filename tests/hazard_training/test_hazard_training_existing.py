# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt
import unittest

from proteus import Model, Wizard
from proteus.config import set_trytond

from trytond.modules.company.tests.tools import create_company, get_company
from trytond.tests.test_tryton import drop_db
from trytond.tests.tools import activate_modules


class ExistingTestCase(unittest.TestCase):
    "Test the module in a database whose members are active already"

    def setUp(self):
        drop_db()
        self.addCleanup(drop_db)

    def test_grace(self):
        "Members stay active for the grace period, then need a certificate"
        activate_modules('hazard', create_company)
        member = self.create_member("First")
        member.click('activate')
        self.activate()
        Cron = Model.get('ir.cron')
        Configuration = Model.get('training.configuration')
        Member = Model.get('safety.member')
        cron, = Cron.find([
                ('method', '=', 'safety.member|check_certificates')])
        today = dt.date.today()

        configuration = Configuration(1)
        self.assertEqual(configuration.required_since, today)
        self.assertEqual(configuration.grace_days, 90)
        # The member was active the day before.
        configuration.required_since = today + dt.timedelta(days=1)
        configuration.save()
        cron.click('run_once')
        member = Member(member.id)
        self.assertEqual(member.state, 'active')
        self.assertEqual(member.certification, 'grace')
        self.assertEqual(
            member.certified_until, today + dt.timedelta(days=90))

        configuration.required_since = today
        configuration.save()
        cron.click('run_once')
        self.assertEqual(Member(member.id).state, 'suspended')

    def activate(self):
        Module = Model.get('ir.module')
        module, = Module.find([('name', '=', 'hazard_training')])
        module.click('activate')
        Wizard('ir.module.activate_upgrade').execute('upgrade')
        config = set_trytond()
        config._context['company'] = get_company().id

    def create_member(self, name):
        Employee = Model.get('company.employee')
        Kind = Model.get('safety.member.kind')
        Member = Model.get('safety.member')
        Party = Model.get('party.party')
        Unit = Model.get('safety.unit')
        party = Party(name=name)
        party.save()
        unit = Unit(name="Team", company=get_company())
        unit.save()
        employee = Employee(party=party, company=get_company())
        employee.save()
        kind, = Kind.find([('code', '=', 'union')])
        member = Member(
            company=get_company(), employee=employee, kind=kind, unit=unit)
        member.save()
        return member
