# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Do issued documents fit the events that tell of them and their numbers?

Their files are compared with their digests as all files are, and what events
recorded of them as of all stages.
"""
import hashlib
import re
from collections import defaultdict

from sql import Null

from trytond.i18n import gettext
from trytond.modules.hazard.integrity.chain_check import read_plain
from trytond.modules.hazard.integrity.number_check import check_series
from trytond.modules.hazard.integrity.verification import Problem, fetch
from trytond.modules.safety_base.clock import local_day
from trytond.pool import Pool, PoolMeta

DOCUMENTS = {
    'hazard.rectification_notice': 'notice',
    'hazard.recheck_opinion': 'opinion',
    }
NAMES = [
    'id', 'number', 'sequence', 'serial', 'issued_on', 'issued_at', 'sha256',
    'state']


class Seal(metaclass=PoolMeta):
    __name__ = 'hazard.seal'

    @classmethod
    def get_checks(cls):
        return [*super().get_checks(), check_documents]

    @classmethod
    def get_sealed_times(cls):
        return [
            *super().get_sealed_times(),
            *((model, 'pdf_recorded_at') for model in DOCUMENTS)]

    @classmethod
    def get_sealed(cls, company, start, end):
        sealed = super().get_sealed(company, start, end)
        for model in DOCUMENTS:
            table = Pool().get(model).__table__()
            sealed += [_get_sealed(model, row) for row in fetch(
                    table.select(
                        table.id, table.pdf_sha256,
                        where=(table.company == company.id)
                        & (table.pdf_recorded_at >= start)
                        & (table.pdf_recorded_at < end),
                        order_by=[table.id.asc]), ['id', 'pdf_sha256'])]
        return sealed


def _get_sealed(model, row):
    # What is forged need not be ASCII.
    digest = hashlib.sha256((row['pdf_sha256'] or '').encode()).hexdigest()
    return f'{model},{row["id"]}:{digest}'


def check_documents(scope):
    "Yield what does not fit of the documents of the company."
    for model, action in DOCUMENTS.items():
        documents = _read_documents(scope, model)
        named = _read_named(model, documents)
        scope.counts['documents'] += len(documents)
        told = _read_told(scope, model, action)
        for document in documents:
            yield from _check_document(scope, model, document, told)
            yield from _check_named(model, document, named, told)
        if scope.whole:
            yield from _check_numbers(scope, model, documents)


def _read_documents(scope, model):
    table = Pool().get(model).__table__()
    where = (table.company == scope.company.id) & (table.state != 'draft')
    if not scope.whole:
        where &= scope.restrict(table.issued_at)
    return fetch(
        table.select(
            *(getattr(table, n) for n in NAMES),
            where=where, order_by=[table.id.asc]), NAMES)


def _read_told(scope, model, action):
    """Return the ids of the hazards of which events tell by the references
    of the documents."""
    table = Pool().get('hazard.event').__table__()
    told = defaultdict(set)
    for row in fetch(table.select(
                table.stage, table.hazard,
                where=(table.company == scope.company.id)
                & (table.action == action) & (table.stage != Null)),
            ['stage', 'hazard']):
        told[row['stage']].add(row['hazard'])
    return told


def _read_named(model, documents):
    "Return the ids of the hazards that the documents name by their ids."
    name = DOCUMENTS[model]
    named = defaultdict(set)
    for row in read_plain(
            f'{model}.line', name, [d['id'] for d in documents], ['hazard']):
        named[row[name]].add(row['hazard'])
    return named


def _check_document(scope, model, document, told):
    record = f'{model},{document["id"]}'
    if record not in told:
        yield _problem('untold', record, document, 'state')
    if not document['sha256']:
        yield _problem('file', record, document, 'sha256')
    if document['issued_on'] != local_day(
            document['issued_at'], scope.zone):
        yield _problem('date', record, document, 'issued_on')


def _check_named(model, document, named, told):
    "Yield which hazards the document names otherwise than when issued."
    record = f'{model},{document["id"]}'
    names = named[document['id']]
    # Where no event is left that is told already.
    expected = told.get(record, names)
    for hazard in sorted(expected - names):
        yield _problem('line_deleted', record, document, 'lines', hazard)
    for hazard in sorted(names - expected):
        yield _problem('line_added', record, document, 'lines', hazard)


def _problem(case, record, document, field, hazard=None):
    model, _ = record.split(',')
    return Problem(
        gettext(
            f'hazard_report.msg_verify_document_{case}',
            document=document['number'] or document['id'],
            model=Pool().get(model).__names__()['model'],
            hazard=hazard and _get_name(hazard)),
        record, field, hazard)


def _get_name(hazard):
    table = Pool().get('hazard.hazard').__table__()
    for row in fetch(table.select(
                table.number, where=table.id == hazard), ['number']):
        return row['number'] or hazard
    return hazard


def _check_numbers(scope, model, documents):
    "Yield the numbers that are missing or there twice."
    pool = Pool()
    Data = pool.get('ir.model.data')
    Model = pool.get(model)
    Sequence = pool.get('ir.sequence.strict')
    used = {d['sequence'] for d in documents if d['sequence']}
    for sequence in Sequence.search(['OR',
                ('id', 'in', list(used)), [
                    ('sequence_type', '=', Data.get_id(Model._sequence_type)),
                    ('company', '=', scope.company.id)]]):
        found = defaultdict(list)
        for document in documents:
            if document['sequence'] == sequence.id and _counts(document):
                found[document['serial']].append(document['id'])
        yield from check_series(
            f'{Model.__names__()["model"]} {sequence.rec_name}',
            f'ir.sequence.strict,{sequence.id}', found,
            sequence.number_next - 1, model, field='number_next')


def _counts(document):
    "Does the number of the document say what it counts?"
    return document['serial'] in map(int, re.findall(
            '[0-9]{1,18}', document['number'] or ''))
