# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The ledger of points tells what the points are for to whom may know."

import unittest

from access import call
from points import build_appraisal, create_entry, create_rule
from steps import report
from templates import activate_built

from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction

SHOWN = [
    'source_name', 'source_record', 'source_record.rec_name',
    'origin_record', 'origin_record.rec_name']


class EntryTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built('hazard_appraisal', build_appraisal)

    def build(self):
        Entry = Pool().get('appraisal.entry')
        built = build_appraisal()
        ann = built.members.ann
        rule = create_rule(built.company, 'hazard_verified', 3)
        hazard = report(
            built.mine, user=built.users.ann, found_by=ann.employee,
            found_as=ann.kind)
        entry = create_entry(rule, ann, source=str(hazard))
        corrected = create_entry(rule, ann)
        reversal, = Entry.reverse([corrected], "Wrong.", origin=corrected)
        return built, hazard, entry, reversal

    def search(self, user, *clause):
        return set(call(
                user, 'model.appraisal.entry.search', [
                    ('source_name', *clause)]))

    @with_transaction()
    def test_readable(self):
        "The member reads the number of the hazard and opens it"
        built, hazard, entry, reversal = self.build()

        values, = call(
            built.users.ann, 'model.appraisal.entry.read', [entry.id], SHOWN)

        self.assertEqual(values['source_name'], f"Hazard {hazard.number}")
        self.assertEqual(values['source_record'], str(hazard))
        self.assertEqual(
            values['source_record.']['rec_name'], hazard.number)

    @with_transaction()
    def test_secret(self):
        "The department that may not read the hazard learns its kind only"
        built, hazard, entry, reversal = self.build()

        for user in [built.users.union, built.users.admin]:
            values, = call(
                user, 'model.appraisal.entry.read', [entry.id], SHOWN)

            self.assertEqual(values['source_name'], "Hazard")
            self.assertIsNone(values['source_record'])
            self.assertIsNone(values['origin_record'])

    @with_transaction()
    def test_origin(self):
        built, hazard, entry, reversal = self.build()

        values, = call(
            built.users.ann, 'model.appraisal.entry.read', [reversal.id],
            SHOWN)

        self.assertEqual(values['origin_record'], str(reversal.origin))

    @with_transaction()
    def test_search(self):
        "Only those who may read the hazard find its points by its number"
        built, hazard, entry, reversal = self.build()
        ann, union = built.users.ann, built.users.union
        all_ = set(call(ann, 'model.appraisal.entry.search', []))

        self.assertEqual(self.search(ann, '=', hazard.number), {entry.id})
        self.assertEqual(
            self.search(ann, '!=', hazard.number), all_ - {entry.id})
        self.assertEqual(
            self.search(ann, 'not ilike', f'%{hazard.number}%'),
            all_ - {entry.id})
        self.assertEqual(self.search(union, '=', hazard.number), set())
