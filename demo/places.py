# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""The places where the mine works and who is responsible for them."""

from types import SimpleNamespace

from trytond.pool import Pool

from .tools import read

__all__ = ['create_places']


def create_places(mine):
    pool = Pool()
    Place = pool.get('hazard.place')
    records = {}
    mine.places = []
    for sequence, row in enumerate(read('places'), 1):
        tags = (row.pop('tags') or '').split()
        unit = mine.units[row.pop('unit')] if row['unit'] else None
        parent = records.get(row.pop('parent'))
        place = Place(
            company=mine.company, parent=parent,
            unit=unit.id if unit else None,
            sequence=sequence * 10, **row)
        place.save()
        records[place.name] = place
        if tags:
            mine.places.append(SimpleNamespace(
                    name=place.name, id=place.id, unit=unit,
                    tags=set(tags)))
