# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.pool import Pool
from trytond.transaction import check_access


class RecordsMixin:
    """Let a document bear the head of the company of the records.

    These are of the model _model.  Only who may read the model _reserved, if
    any, prints it, whichever action is asked for.
    """
    _model = None
    _reserved = None

    @classmethod
    def execute(cls, ids, data):
        pool = Pool()
        ModelAccess = pool.get('ir.model.access')
        if cls._reserved:
            with check_access():
                ModelAccess.check(cls._reserved, 'read')
        return super().execute(ids, data)

    @classmethod
    def get_company(cls, ids, data):
        pool = Pool()
        Model = pool.get(cls._model)
        for id_ in ids[:1]:
            return Model(id_).company
        return super().get_company(ids, data)
