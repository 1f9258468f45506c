# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""The records behind references, as far as the user may read them.

The client asks for the name of what a reference points to together with the
record, and would refuse the whole list because of a single one.
"""

from collections import defaultdict

from trytond.pool import Pool
from trytond.tools import grouped_slice
from trytond.transaction import check_access, inactive_records

SLICE = 1000


def readable_names(references):
    "Return the names of the records that the user may read, by reference."
    pool = Pool()
    by_model = defaultdict(set)
    for reference in references:
        model, id_ = str(reference).split(',')
        by_model[model].add(int(id_))
    names = {}
    with check_access(), inactive_records():
        for model in filter(may_read, by_model):
            Model = pool.get(model)
            for ids in grouped_slice(sorted(by_model[model]), SLICE):
                names.update(
                    (f"{model},{r['id']}", r['rec_name'])
                    for r in Model.search_read(
                        [('id', 'in', list(ids))], fields_names=['rec_name']))
    return names


def readable_query(model, domain):
    "Return the query of the records of the model that the user may read."
    Model = Pool().get(model)
    with check_access(), inactive_records():
        return Model.search(domain, query=True)


def may_read(model):
    "Return whether the user may read the model at all."
    ModelAccess = Pool().get('ir.model.access')
    with check_access():
        return ModelAccess.check(model, 'read', raise_exception=False)
