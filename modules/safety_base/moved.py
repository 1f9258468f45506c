# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"XML ids and translations of databases that have them of another module."

from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction

_FROM = 'safety_organization'
_MESSAGES = [
    'actor_choose', 'modify_field', 'modify_recorded', 'photo_bytes',
    'photo_damaged', 'photo_format', 'photo_heic', 'photo_pixels',
    'photo_scans', 'reference_code_unique', 'settings_unique',
    'spreadsheet_bounds', 'spreadsheet_column_missing',
    'spreadsheet_column_twice', 'spreadsheet_empty', 'spreadsheet_error',
    'spreadsheet_format', 'spreadsheet_formula', 'spreadsheet_number',
    'spreadsheet_rows', 'spreadsheet_size', 'step_gone', 'task_abandoned',
    ]
_IDS = ['reason_ask_view_form', *(f'msg_{name}' for name in _MESSAGES)]
_MODELS = ['safety.reason.ask', 'ir.queue']


class ModelData(metaclass=PoolMeta):
    __name__ = 'ir.model.data'

    @classmethod
    def __register__(cls, module):
        super().__register__(module)
        # Migration from 8.0.0: it was part of safety_organization
        if records := cls._read_moved():
            cls._move_translations(module, records)
            cls._move_models(module)
            cls._move(module, records)

    @classmethod
    def _read_moved(cls):
        "Return model and id by the id of the data."
        table = cls.__table__()
        cursor = Transaction().connection.cursor()
        cursor.execute(*table.select(
                table.id, table.model, table.db_id,
                where=(table.module == _FROM) & table.fs_id.in_(_IDS)))
        return {id_: record for id_, *record in cursor}

    @classmethod
    def _move(cls, module, records):
        pool = Pool()
        table = cls.__table__()
        cursor = Transaction().connection.cursor()
        cursor.execute(*table.update(
                [table.module], [module], where=table.id.in_(list(records))))
        view = pool.get('ir.ui.view').__table__()
        views = [id_ for model, id_ in records.values() if id_
            and model == 'ir.ui.view']
        if views:
            cursor.execute(*view.update(
                    [view.module], [module], where=view.id.in_(views)))

    @classmethod
    def _move_models(cls, module):
        pool = Pool()
        model = pool.get('ir.model').__table__()
        field = pool.get('ir.model.field').__table__()
        cursor = Transaction().connection.cursor()
        for table, name in [(model, model.name), (field, field.model)]:
            cursor.execute(*table.update(
                    [table.module], [module],
                    where=(table.module == _FROM) & name.in_(_MODELS)))

    @classmethod
    def _move_translations(cls, module, records):
        pool = Pool()
        table = pool.get('ir.translation').__table__()
        messages = [
            id_ for model, id_ in records.values() if id_
            and model == 'ir.message']
        where = (
            (table.name == 'ir.message,text') & table.res_id.in_(messages))
        for model in _MODELS:
            where |= table.name.like(f'{model},%') & (table.res_id < 0)
        cursor = Transaction().connection.cursor()
        cursor.execute(*table.update(
                [table.module], [module],
                where=(table.module == _FROM) & where))
