# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.pool import Pool
from trytond.transaction import check_access

__all__ = ['find', 'find_by_hazard']


def find(name, domain, order=(('id', 'ASC'),)):
    """Return the records of the model that who prints may read.

    Attributes would give the others too.
    """
    pool = Pool()
    ModelAccess = pool.get('ir.model.access')
    with check_access():
        if not ModelAccess.check(name, 'read', raise_exception=False):
            return []
        return pool.get(name).search(domain, order=list(order))


def find_by_hazard(name, hazards, *domain, order=(('id', 'ASC'),)):
    "Return by hazard those of the model that who prints may read."
    found = {h: [] for h in hazards}
    for record in find(name, [
                ('hazard', 'in', [h.id for h in hazards]), *domain], order):
        found[record.hazard].append(record)
    return found
