# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"A company and users that import rosters into it"

import unittest

from roster_tools import person, workbook

from trytond.modules.company.tests import create_company, set_company
from trytond.pool import Pool
from trytond.tests.test_tryton import activate_module
from trytond.transaction import Transaction


def create_user(login, company, *groups):
    pool = Pool()
    Group = pool.get('res.group')
    ModelData = pool.get('ir.model.data')
    User = pool.get('res.user')
    ids = [ModelData.get_id(*g.split('.')) for g in groups]
    user = User(login=login, name=login, groups=Group.browse(ids))
    user.companies = [company]
    user.company = company
    user.save()
    return user


class as_user:
    "Act as the user of a client"

    def __init__(self, user):
        self.user = user

    def __enter__(self):
        transaction = Transaction()
        self.contexts = [
            transaction.set_user(self.user.id),
            transaction.set_context(
                company=self.user.company.id, _check_access=True)]
        for context in self.contexts:
            context.__enter__()

    def __exit__(self, *args):
        for context in reversed(self.contexts):
            context.__exit__(*args)


class RosterCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_module('safety_organization')

    def setup_company(self):
        Unit = Pool().get('safety.unit')
        company = create_company()
        with set_company(company):
            mine, = Unit.create([{'name': "Mine", 'kind': 'mine'}])
            self.team, = Unit.create([
                    {'name': "Ventilation Team", 'parent': mine.id}])
        self.union = create_user(
            'union', company, 'safety_organization.group_member_union')
        self.admin = create_user(
            'office', company, 'safety_organization.group_organization_admin')
        return company

    def execute(
            self, rows, user=None, data=None, known='update', **options):
        """Return the name of the state that the import ends in and its values

        known tells what becomes of changes of people who are there.
        """
        Import = Pool().get('safety.roster.import', type='wizard')
        if data is None:
            data = workbook(rows)
        with as_user(user or self.union):
            session_id, _, _ = Import.create()
            Import.execute(session_id, {}, 'start')
            result = Import.execute(
                session_id, {'start': {'file': data, **options}}, 'import_')
            if known and result['view']['state'] == 'changes':
                result = Import.execute(session_id, {}, known)
            Import.delete(session_id)
        return result['view']['state'], result['view']['defaults']

    def import_(self, rows, **options):
        state, result = self.execute(rows, **options)
        self.assertEqual(state, 'result', result.get('errors'))
        return result

    def errors(self, rows, **options):
        state, result = self.execute(rows, **options)
        self.assertEqual(state, 'errors')
        return [(e['row'], e['column']) for e in result['errors']]

    def count_records(self):
        pool = Pool()
        return {
            name: pool.get(name).search([], count=True)
            for name in [
                'party.party', 'party.identifier', 'party.contact_mechanism',
                'company.employee', 'safety.member', 'safety.unit',
                'safety.zone', 'safety.trade', 'res.user']}

    def employ(self, number, company, **values):
        "Return the party of an employee of the company from a row"
        pool = Pool()
        Employee = pool.get('company.employee')
        Party = pool.get('party.party')
        row = person(number)
        party, = Party.create([{
                    'name': row["Name"],
                    'identifiers': [('create', [{
                                    'type': 'cn_ric',
                                    'code': row["National ID"]}])],
                    'contact_mechanisms': [('create', [{
                                    'type': 'mobile',
                                    'value': row["Mobile"]}])],
                    **values}])
        with set_company(company):
            Employee.create([{'party': party.id, 'company': company.id}])
        return party
