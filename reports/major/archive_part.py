# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What an archive holds of a major hazard, part by part."

import datetime as dt
import hashlib
import os
from dataclasses import dataclass

from trytond.i18n import gettext
from trytond.model.exceptions import AccessError
from trytond.modules.safety_base.file_name import safe_name
from trytond.pool import Pool
from trytond.transaction import without_check_access

from ..engine.foreign import Foreign
from ..engine.readable import find
from .filing import get_title

__all__ = ['FILES_MAX', 'Part', 'count_parts', 'get_parts', 'get_photos']

# How many bytes of files an archive takes
FILES_MAX = 100 * 1000 ** 2
# The documents of what belongs to a hazard: the states that are told, when
# and by whom it was done, and the file that proves it
DOCUMENTS = {
    'hazard.withdrawal': (
        'hazard.withdrawal.document', ['confirmed', 'resumed'],
        'confirmed_at', 'confirmed_by', None),
    'hazard.filing': (
        'hazard.filing.document', ['filed', 'received'],
        'filed_at', 'filed_by', 'proof'),
    'hazard.plan': (
        'hazard.plan.document', ['checked', 'approved'],
        'approved_at', 'approved_by', None),
    'hazard.four_fix': (
        'hazard.four_fix.card', ['confirmed'],
        'confirmed_at', 'confirmed_by', None),
    'hazard.extension': (
        'hazard.extension.form', ['approved', 'rejected'],
        'decided_at', 'decided_by', None),
    'hazard.acceptance': (
        'hazard.acceptance.document', ['passed', 'failed'],
        'decided_at', 'decided_by', 'document'),
    'hazard.publication': (
        'hazard.publication.table', ['published', 'removed'],
        'published_at', 'published_by', 'proof'),
    }
BEFORE = ['hazard.withdrawal', 'hazard.filing', 'hazard.plan',
    'hazard.four_fix', 'hazard.extension']
AFTER = ['hazard.acceptance', 'hazard.publication']
LETTERS = ['hazard.rectification_notice', 'hazard.recheck_opinion']
# What has no document of its own, with the states that are told
COURSE = {
    'hazard.rectification': ['done'],
    'hazard.recheck': ['passed', 'failed'],
    }


@dataclass
class Part:
    "A paper of ours as ODT, or a file of the given extension"

    title: str
    extension: str
    content: bytes | None
    time: dt.date | None = None
    person: str = ''
    note: str = ''
    # What was attached may be called ODT, too.
    paper: bool = False
    # As a PDF, where there is one
    pdf: bytes | None = None
    first: int | None = None

    @property
    def file_name(self):
        extension = 'pdf' if self.paper else self.extension
        return f'{safe_name(self.title)}.{extension}'


def count_parts(hazard):
    "Return how many documents and files the archive has at most."
    found = [
        *(_get_records(m, hazard) for m in DOCUMENTS),
        *(_get_letters(m, hazard) for m in LETTERS),
        _get_attachments(hazard), get_photos(hazard)]
    return 3 + sum(map(len, found))


def get_photos(hazard):
    return find('hazard.photo', [('hazard', '=', hazard.id)])


def get_parts(hazard):
    "Return the parts in the order of the archive."
    files = _Files()
    parts = [_render('hazard.card', hazard, hazard.reported_at, (
                hazard.found_by))]
    for model in BEFORE:
        _add_documents(parts, files, model, hazard)
    for model in LETTERS:
        parts += _get_issued(model, hazard)
    parts.append(_render('hazard.archive.course', hazard))
    for model in AFTER:
        _add_documents(parts, files, model, hazard)
    for attachment in _get_attachments(hazard):
        parts.append(files.get_part(
                attachment.resource, attachment.name, attachment.data,
                attachment.create_date))
    parts.append(_render('hazard.archive.timeline', hazard))
    return parts


def _add_documents(parts, files, model, hazard):
    "Append the documents with their proofs."
    report, _, at, by, proof = DOCUMENTS[model]
    for record in _get_records(model, hazard):
        time = getattr(record, at)
        parts.append(_render(report, record, time, getattr(record, by)))
        if proof and getattr(record, f'{proof}_sha256'):
            parts.append(files.get_part(
                    record, getattr(record, f'{proof}_name'),
                    getattr(record, proof), time))


def _get_records(model, hazard):
    states = COURSE[model] if model in COURSE else DOCUMENTS[model][1]
    return find(model, [
            ('hazard', '=', hazard.id), ('state', 'in', states)])


def _get_letters(model, hazard):
    return find(model, [
            ('lines.hazard', '=', hazard.id), ('state', '!=', 'draft')])


def _get_issued(model, hazard):
    "Return the letters that named the hazard, as they were issued."
    return [
        Part(
            f'{r.__names__()["model"]} {r.number}', 'odt',
            r.get_issued('odt'), r.issued_at,
            r.issued_by.rec_name if r.issued_by else '',
            '' if r.state == 'issued' else r.state_string, paper=True)
        for r in _get_letters(model, hazard)]


def _get_attachments(hazard):
    "Return what was attached to what the archive tells of."
    records = [
        hazard,
        *(r for m in [*DOCUMENTS, *COURSE] for r in _get_records(m, hazard)),
        *(r for m in LETTERS for r in _get_letters(m, hazard))]
    # Of what may be read itself
    try:
        return find('ir.attachment', [
                ('resource', 'in', [str(r) for r in records]),
                ('type', '=', 'data')])
    except AccessError:
        return []


def _render(report, record, time=None, employee=None):
    "Return the document of the record as it is printed, as an ODT file."
    pool = Pool()
    ActionReport = pool.get('ir.action.report')
    Report = pool.get(report, type='report')
    with without_check_access():
        action, *_ = ActionReport.search(
            [('report_name', '=', report)], order=[('id', 'ASC')])
        name = action.name
    records = record.__class__.browse([record.id])
    context = Report.get_context(records, {}, {'ids': [record.id]})
    return Part(
        _get_title(name, record), 'odt',
        bytes(Report.render(action, context)), time,
        employee.rec_name if employee else '', paper=True)


def _get_title(name, record):
    if record.__name__ == 'hazard.filing':
        return f'{get_title(record)}-{record.recipient_string}'
    if record.__name__ == 'hazard.publication':
        return f'{name}-{record.unit.rec_name}'
    if record.__name__ in {'hazard.four_fix', 'hazard.acceptance'}:
        return gettext(
            'hazard_report.msg_archive_round', document=name,
            round=record.round)
    return name


class _Files:
    "Take files until there are too many."

    def __init__(self):
        self.left = FILES_MAX
        self.foreign = Foreign()

    def get_part(self, owner, name, content, time=None):
        content = bytes(content or b'')
        name = safe_name(name) or 'file'
        stem, extension = os.path.splitext(name)
        part = Part(
            gettext(
                'hazard_report.msg_archive_file',
                document=owner.__names__()['model'], name=stem),
            extension.lstrip('.').lower() or 'bin', None, time,
            note=hashlib.sha256(content).hexdigest())
        if len(content) > self.left:
            part.note = gettext(
                'hazard_report.msg_archive_large', digest=part.note)
            return part
        self.left -= len(content)
        part.content = content
        part.pdf = self.foreign.to_pdf(content)
        return part
