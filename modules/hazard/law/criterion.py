# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt
import re

from trytond.model import fields, tree
from trytond.pool import Pool
from trytond.transaction import Transaction

from .edition import ProvisionMixin

# The edition that was shipped before criteria had editions
_FIRST_EDITION = {
    'name': "Criteria of Major Hazards in Coal Mines",
    'order': "Order 4 of the Ministry of Emergency Management",
    'code': 'coal_criteria_2020',
    'sequence': 10,
    'valid_from': dt.date(2021, 1, 1),
    'valid_to': dt.date(2026, 6, 30),
    }
_FIRST_ID = re.compile(r'criterion_(\d{1,2})(?:_(\d{1,2}))?')


class Criterion(tree(), ProvisionMixin):
    __name__ = 'hazard.criterion'

    parent = fields.Many2One(
        'hazard.criterion', "Category", path='path', ondelete='RESTRICT',
        help="The category of criteria that this one belongs to.")
    path = fields.Char("Path")
    children = fields.One2Many('hazard.criterion', 'parent', "Criteria")
    legal_bases = fields.Many2Many(
        'hazard.criterion-hazard.legal_basis', 'criterion', 'legal_basis',
        "Legal Bases", order=[('id', 'ASC')],
        help="The provisions that the criterion refers to.")

    @classmethod
    def __register__(cls, module):
        super().__register__(module)
        # Migration from 8.0.0: criteria had no editions
        if shipped := cls._read_first_shipped():
            cls._set_first_edition(shipped)

    @classmethod
    def _read_first_shipped(cls):
        "Return id, XML id and id of the criterion of what was shipped first."
        data = Pool().get('ir.model.data').__table__()
        cursor = Transaction().connection.cursor()
        cursor.execute(*data.select(
                data.id, data.fs_id, data.db_id,
                where=(data.module == 'hazard')
                & (data.model == cls.__name__)))
        return [row for row in cursor if _FIRST_ID.fullmatch(row[1])]

    @classmethod
    def _set_first_edition(cls, shipped):
        "Tell the edition of what was shipped, and leave the rest as it is."
        data = Pool().get('ir.model.data').__table__()
        cursor = Transaction().connection.cursor()
        edition = cls._create_first_edition()
        for id_, fs_id, criterion in shipped:
            cursor.execute(*data.update(
                    [data.fs_id], [fs_id.replace('_', '_2020_', 1)],
                    where=data.id == id_))
            class_, item = _FIRST_ID.fullmatch(fs_id).groups()
            cls._set_place(criterion, edition, int(class_), item)

    @classmethod
    def _create_first_edition(cls):
        pool = Pool()
        Edition = pool.get('hazard.edition')
        ModelData = pool.get('ir.model.data')
        # As if it were loaded
        with Transaction().set_context(language='en'):
            edition, = Edition.create([_FIRST_EDITION])
        ModelData.create([{
                    'module': 'hazard',
                    'model': Edition.__name__,
                    'fs_id': 'edition_coal_criteria_2020',
                    'db_id': edition.id,
                    'field_names': tuple(_FIRST_EDITION),
                    'noupdate': True,
                    }])
        return edition.id

    @classmethod
    def _set_place(cls, criterion, edition, class_, item):
        cursor = Transaction().connection.cursor()
        table = cls.__table__()
        code, article = f'{class_}', f'Art. {class_ + 3}'
        if item:
            code, article = f'{code}.{item}', f'{article} ({item})'
        cursor.execute(*table.update(
                [table.edition, table.article], [edition, article],
                where=table.id == criterion))
        cursor.execute(*table.update(
                [table.code], [f'2020-{code}'],
                where=(table.id == criterion) & (table.code == code)))
        cursor.execute(*table.update(
                [table.valid_from], [None],
                where=(table.id == criterion)
                & (table.valid_from == _FIRST_EDITION['valid_from'])))
