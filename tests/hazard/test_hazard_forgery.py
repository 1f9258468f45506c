# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""What somebody forges in the database itself is found.

Each forgery is made by SQL in a database where all fits, verified, and undone.
"""

import datetime as dt
import json
from unittest.mock import patch

from forgery import DAY, ForgedMine
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from organization import create_company

from trytond.modules.hazard.integrity import problem_text, verification
from trytond.modules.hazard.integrity.event_content import encode
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction

# Names of models, references and the form of times that JSON has
CODES = r'\b(hazard|training|appraisal|safety)\.\w|\w,\d+\b|\dT\d'
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(
        st.characters(), max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(['1', 'state', 'x']), inner, max_size=3),
    max_leaves=5)


@st.composite
def misshapen(draw, recorded):
    "Return the text of what is recorded with something else somewhere."
    changed = json.loads(json.dumps(recorded))
    parts = [(changed, n) for n in changed]
    for part in changed.values():
        parts += [(part, n) for n in part]
        for values in part.values():
            if isinstance(values, dict):
                parts += [(values, n) for n in values]
    within, name = draw(st.sampled_from(parts))
    new = draw(ANYTHING)
    assume(within[name] != new)
    within[name] = new
    return json.dumps(changed)


class ForgeryTestCase(ForgedMine):

    def forgeries(self):
        """Yield the name of each forgery, what does it and what is told.

        That is the beginning of the reference of the record and the field,
        or the day.
        """
        yield from self.forged_events()
        yield from self.forged_seals()
        yield from self.forged_hazards()
        yield from self.forged_cards()
        yield from self.forged_stages()
        yield from self.forged_others()

    def change(self, record, **values):
        return lambda: self.update(record.__name__, record.id, **values)

    def forged_events(self):
        card, event, change = str(self.hazard), self.event(3), self.change
        yield "time of an event", change(
            event, at=event.at - dt.timedelta(hours=1)), card, None
        yield "employee of an event", change(
            event, employee=self.mine.employees.safety.id), card, None
        yield "note of an event", change(event, note="Forged"), card, None
        yield "digest of an event", change(event, digest="é"), card, None
        yield "number of digits", change(
            self.hazard, number=f'2026-{"9" * 5000}'), (
            'hazard.numbering'), 'last'
        yield "last event deleted", self.delete_last_event, card, 'state'
        yield "last event deleted, state set back", self.set_back, (
            'hazard.recheck'), None
        yield "two events swapped", self.swap, card, None
        yield "rechained", self.rewrite, DAY, None
        yield "number for a time", self.write_number, card, 'found_at'
        yield "list for a choice", self.write_number, card, 'handling'
        confirmed, = [
            e for e in self.hazard.events[:4] if e.action == 'confirm']
        for stage in ['foo', 'res.group,1']:
            yield f"event with the stage {stage}", lambda stage=stage: (
                self.free('hazard.event'),
                self.update('hazard.event', confirmed.id, stage=stage),
                self.rechain(self.hazard)), stage, None
        yield "rechained and sealed anew", self.seal_anew, DAY, None

    def forged_seals(self):
        def seal(**values):
            return lambda: self.delete_seals(lambda t: t.day.in_([
                        dt.date(2026, 3, d) for d in values['days']]))
        yield "last seal deleted", seal(days=[12]), (
            dt.date(2026, 3, 12)), None
        yield "last seal made anew", self.seal_last_anew, (
            dt.date(2026, 3, 12)), None
        yield "middle seal deleted", seal(days=[11]), (
            dt.date(2026, 3, 11)), None
        yield "all seals deleted", seal(days=[10, 11, 12]), DAY, None
        yield "time of a seal", lambda: self.execute((
                'UPDATE hazard_seal SET sealed_at = create_date', [])), (
            'hazard.seal'), 'sealed_at'

    def forged_hazards(self):
        hazard, change = self.hazard, self.change
        other = create_company("Another").id
        yield "sealed hazard deleted", lambda: self.delete_hazard(
            hazard), 'hazard.numbering', 'last'
        yield "unsealed hazard deleted", lambda: self.delete_hazard(
            self.unsealed), 'hazard.numbering', 'last'
        yield "newest hazard deleted", lambda: self.delete_hazard(
            self.newest), 'hazard.numbering', 'last'
        yield "hazard inserted with a chain", self.insert_hazard, DAY, None
        yield "closed hazard inserted", lambda: self.insert_hazard(
            False), f'hazard.hazard,{self.newest.id + 1000}', 'state'
        yield "draft again", self.draft_again, 'hazard.numbering', 'last'
        yield "other company", change(
            hazard, company=other), 'hazard.numbering', 'last'

    def forged_cards(self):
        hazard, card = self.hazard, str(self.hazard)
        mine, change = self.mine, self.change
        later = hazard.deadline + dt.timedelta(days=9)
        yield "description", change(
            hazard, description="Nothing."), card, 'description'
        yield "found at", change(
            hazard, found_at=hazard.found_at - dt.timedelta(days=1),
            reported_at=hazard.found_at), card, 'found_at'
        yield "finder", change(
            hazard, found_by=mine.employees.worker.id), card, 'found_by'
        yield "grade", change(hazard, grade=Pool().get(
                'hazard.grade').search(
                [('id', '!=', hazard.grade.id)])[0].id), card, 'grade'
        yield "deadline", change(hazard, deadline=later), card, 'deadline'

    def forged_stages(self):
        mine, change = self.mine, self.change
        later = self.hazard.deadline + dt.timedelta(days=9)
        four_fix = self.stage('hazard.four_fix', 0)
        rectification = self.stage('hazard.rectification')
        recheck = self.stage('hazard.recheck', 0)
        yield "verdict", change(
            recheck, state='passed'), str(recheck), 'state'
        yield "checker", change(
            recheck, checked_by=mine.employees.worker.id), (
            str(recheck)), 'checked_by'
        yield "text of a rectification", change(
            rectification, actions="All new."), (
            str(rectification)), 'actions'
        yield "measures", change(
            four_fix, measures="None."), str(four_fix), 'measures'
        yield "funds", change(
            four_fix, funding=99999), str(four_fix), 'funding'
        yield "deadline of a four-fix", change(
            four_fix, deadline=later), str(four_fix), 'deadline'
        yield "deadline of a rectification", change(
            rectification, deadline=later), str(rectification), 'deadline'

    def forged_others(self):
        change = self.change
        photo = self.photo
        entry = Pool().get('appraisal.entry').search([])[0]
        certificate = Pool().get('training.certificate').search([])[0]
        yield "file of a photo", self.forge_photo, str(photo), 'image'
        yield "file of a photo and its digest", lambda: self.forge_photo(
            True), str(photo), 'sha256'
        for name in ['preview', 'thumbnail']:
            file_id, digest = f'{name}_id', f'{name}_sha256'
            shown = {n: getattr(self.blue, n) for n in [file_id, digest]}
            yield f"{name} of another photo", change(
                photo, **{file_id: shown[file_id]}), str(photo), name
            yield f"{name} of another photo and its digest", change(
                photo, **shown), str(photo), digest
            yield f"{name} of another photo without digest", change(
                photo, **{**shown, digest: None}), str(photo), digest
            yield f"{name} of no photo", change(
                photo, **{file_id: None}), str(photo), name
        yield "photo deleted", lambda: self.delete(
            'hazard.photo', lambda t: t.id == photo.id), str(photo), None
        yield "time of a photo", change(
            photo, taken_at=photo.taken_at - dt.timedelta(days=9)), (
            str(photo)), 'taken_at'
        yield "company of a photo", change(
            photo, company=create_company("Photographers").id), (
            str(photo)), 'company'
        yield "ten days of points", change(
            entry, period=max(
                p.id for p in entry.period.__class__.search([
                        ('kind', '=', 'tenday'),
                        ('id', '!=', entry.period.id)]))), (
            str(entry)), None
        yield "late points", change(entry, late=True), str(entry), 'late'
        yield "points", change(
            entry, points=entry.points + 50), str(entry), 'points'
        for source in ['foo', 'training.session,1']:
            yield f"points for {source}", lambda source=source: (
                self.free(entry.__name__), self.update(
                    entry.__name__, entry.id, source=source)), (
                str(entry)), 'source'
        yield "certificate", change(
            certificate, valid_until=dt.date(2029, 1, 1)), (
            str(certificate)), 'valid_until'
        yield "date of a document", change(
            self.notice, issued_on=dt.date(2026, 3, 2)), (
            str(self.notice)), 'issued_on'
        yield "file of a document", change(
            self.notice, sha256='0' * 64), str(self.notice), 'sha256'
        yield "PDF of a document and its digest", lambda: self.forge_pdf(
            True), DAY, None
        yield "PDF of a document", self.forge_pdf, str(self.notice), 'pdf'
        yield "PDF of a document as if of today", lambda: (
            self.forge_pdf(True), self.update(
                self.notice.__name__, self.notice.id,
                pdf_recorded_at=dt.datetime.now())), DAY, None
        yield "number of a document", change(
            self.notice, number='9' * 5000), 'ir.sequence.strict', None

    @with_transaction()
    def test_found(self):
        "Each forgery is found, with its record and field or its day"
        self.build()
        verified = self.verify()
        self.assertEqual(verified.list('problems'), [])
        self.assertEqual(verified.counts['hazards'], 4)
        for name, forge, record, field in list(self.forgeries()):
            with self.subTest(name), self.forged(forge):
                verified = self.verify()
                self.assertFound(verified, record, field)
                for message in verified.list('problems'):
                    self.assertNotRegex(message, CODES)
        self.assertEqual(self.verify().list('problems'), [])

    @with_transaction()
    def test_words(self):
        "What does not fit is told in words, not by codes and ids"
        self.build()
        number, photo = self.hazard.number, self.photo
        told = {
            "verdict": [
                f'Recheck "{number}", field "State": it is "Passed" but',
                'recorded "Failed".'],
            "checker": ['field "Checked By": it is "Worker" but',
                'recorded "Captain"'],
            "finder": [
                f'Hazard "{number}", field "Found By": it is "Worker" but',
                'recorded "Reporter"'],
            "deadline of a four-fix": ['"2026-'],
            "photo deleted": [f"Photo ({photo.id}) is missing"],
            "file of a photo": [
                f'Photo "{photo.filename}", field "Photo": the file'],
            "points": ['field "Points"'],
            }
        for name, forge, *_ in list(self.forgeries()):
            if parts := told.pop(name, None):
                with self.forged(forge), self.subTest(name):
                    messages = '\n'.join(self.verify().list('problems'))
                    for part in parts:
                        self.assertIn(part, messages)
        self.assertEqual(told, {})

    @with_transaction()
    def test_several(self):
        "Of several forgeries all are told"
        self.build()
        names = {
            "note of an event", "newest hazard deleted", "finder", "points",
            "measures", "certificate", "photo deleted", "middle seal deleted",
            "date of a document", "verdict", "description"}
        forgeries = [f for f in self.forgeries() if f[0] in names - {
                # A chain that does not fit says nothing of its hazard.
                "note of an event"}]
        with self.forged(*(f[1] for f in forgeries), lambda: self.update(
                    'hazard.event', self.event(1, self.other).id,
                    note="Forged")):
            verified = self.verify()
            for name, _, record, field in forgeries:
                with self.subTest(name):
                    self.assertFound(verified, record, field)
            self.assertFound(verified, str(self.other), None)

    @with_transaction()
    def test_shown(self):
        "Names are read for the problems that are shown only"
        self.build()
        forged = {
            "verdict", "finder", "points", "certificate", "photo deleted"}
        forgeries = [f[1] for f in self.forgeries() if f[0] in forged]
        with self.forged(*forgeries), patch.object(
                problem_text, '_get_rec_name', return_value="Name") as read:
            verified = self.verify()
            self.assertGreaterEqual(len(verified.problems), len(forged))
            read.assert_not_called()
            with patch.object(verification, 'SHOWN', 1):
                verified.list('problems')
            shown = read.call_count
            verified.list('problems')
            self.assertGreater(read.call_count, shown)
            self.assertGreater(shown, 0)

    @with_transaction()
    def test_everything_anew(self):
        "Who computes everything anew is not found without a witness outside"
        self.build()
        with self.forged(self.rewrite, self.reseal):
            self.assertEqual(self.verify().list('problems'), [])

    @with_transaction()
    def test_name(self):
        "Who bears another name now is told of, and is no fault"
        self.build()
        party = self.mine.employees.captain.party
        with self.forged(
                lambda: self.update('party.party', party.id, name="Nobody")):
            verified = self.verify()
            self.assertEqual(verified.list('problems'), [])
            remark, = verified.remarks
            self.assertEqual(
                remark.record, str(self.mine.employees.captain))
            self.assertIn("Nobody", remark.message)

    @with_transaction()
    def test_older_photos(self):
        "Photos that were recorded without digests of their copies still fit"
        self.build()
        copies = ['preview_sha256', 'thumbnail_sha256']
        photo = self.table('hazard.photo')
        self.execute(photo.update(
                [getattr(photo, n) for n in copies], [None, None]))
        for event in self.rows(
                'hazard.event', lambda t: t.content.like('%"photos"%'),
                'id', 'content'):
            content = json.loads(event['content'])
            for values in content['photos'].values():
                for name in copies:
                    del values[name]
            self.update('hazard.event', event['id'], content=encode(content))
        self.rechain(self.hazard)
        self.reseal()
        self.assertEqual(self.verify().list('problems'), [])
        with self.forged(self.forge_photo):
            self.assertEqual(len(self.verify().problems), 1)

    @with_transaction()
    def test_first_version(self):
        "What was recorded before contents were still fits, and is proved"
        self.build()
        event, seal = self.table('hazard.event'), self.table('hazard.seal')
        self.execute(event.update(
                [event.version, event.content], [None, None]))
        self.execute(seal.update([seal.version], [None]))
        for hazard in Pool().get('hazard.hazard').search([]):
            self.rechain(hazard)
        self.reseal()
        self.assertEqual(self.verify().list('problems'), [])
        unproved = {
            # Nothing but the content tells of these.
            "found at", "finder", "grade", "funds", "photo deleted",
            "file of a photo and its digest", "time of a photo",
            "date of a document", "time of a seal", "rechained",
            "number for a time", "list for a choice",
            "PDF of a document and its digest",
            "PDF of a document as if of today",
            *(f"{n} of another photo {d}" for n in ["preview", "thumbnail"]
                for d in ["and its digest", "without digest"])}
        for name, forge, record, field in list(self.forgeries()):
            if name in unproved or name.startswith("deadline of a"):
                continue
            with self.subTest(name), self.forged(forge):
                verified = self.verify()
                self.assertTrue(verified.problems, name)

    def record(self, event, text):
        "Let the event, and its chain, have recorded the text"
        self.update('hazard.event', event.id, content=text)
        self.rechain(event.hazard)

    @with_transaction()
    def test_no_content(self):
        "What events never record is told, and what else does not fit"
        self.build()
        event = self.event(1, self.other)
        for text in [
                '[' * 100_000, '[]', '"', '{"card": []}', '{"stage": 1}',
                '{"stage": {"state": []}}', '{"photos": {"1": {}}}',
                '{"people": {"9999999999": "Nobody"}}',
                '{"people": {"1": []}}']:
            with self.subTest(text[:40]), self.forged(
                    lambda: self.record(event, text),
                    lambda: self.update(
                        'hazard.hazard', self.hazard.id, description="A")):
                verified = self.verify()
                told, = [
                    p for p in verified.problems if p.hazard == self.other.id]
                self.assertEqual(told.sequence, 1)
                self.assertIn("does not have the form", told.message)
                self.assertFound(
                    verified, str(self.hazard), 'description')
                self.assertIn(DAY, [p.day for p in verified.problems])

    @with_transaction()
    def test_shapes(self):
        "Whatever is recorded is told in words"
        self.build()
        event = self.event(1)
        Event = Pool().get('hazard.event')
        captain = self.mine.employees.captain.id

        @settings(max_examples=50, deadline=None, derandomize=True,
            database=None, suppress_health_check=[HealthCheck.too_slow])
        @given(misshapen(json.loads(event.content)))
        @example('{"photos": {"\\ud800": {"rectification": 1, '
            '"recheck": null}}, "people": {"0": "\\ud800"}}')
        def try_shape(text):
            with self.forged(lambda: self.record(event, text)):
                verified = self.verify()
                self.assertIn(DAY, [p.day for p in verified.problems])
                for kind in ['problems', 'remarks']:
                    '\n'.join(verified.list(kind)).encode()
                self.assertIn(captain, Event.read_people(self.hazard.id))
        try_shape()
