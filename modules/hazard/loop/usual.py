# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The discipline that hazards of a place and a unit usually have."

from sql import Literal

from trytond.model import fields
from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction

# Among how many of the latest hazards of the unit the place is looked for
LATEST = 100


class Hazard(metaclass=PoolMeta):
    __name__ = 'hazard.hazard'

    @classmethod
    def default_discipline(cls):
        if last := cls._last_reported():
            return cls._usual_discipline(last.unit, last.place)

    @fields.depends(methods=['on_change_unit'])
    def on_change_place(self):
        super().on_change_place()
        self.on_change_unit()

    @fields.depends('unit', 'place', 'check_item')
    def on_change_unit(self):
        "What is checked tells its discipline better."
        if self.unit and not (
                self.check_item and self.check_item.discipline):
            self.discipline = self._usual_discipline(self.unit, self.place)

    @classmethod
    def _usual_discipline(cls, unit, place):
        """Return the id of the discipline of the unit's last hazard at the
        place, or else of its last one at all, None where there is none."""
        Discipline = Pool().get('hazard.discipline')
        cursor = Transaction().connection.cursor()
        table = cls.__table__()
        discipline = Discipline.__table__()
        cursor.execute(*table.join(
                discipline, condition=table.discipline == discipline.id
                ).select(
                table.place, table.discipline,
                where=(table.unit == unit.id)
                & (table.company == cls.default_company())
                & (table.state != 'draft')
                & (discipline.active == Literal(True)),
                order_by=table.id.desc, limit=LATEST))
        rows = cursor.fetchall()
        at_place = [d for p, d in rows if place and p == place.id]
        return next(iter(at_place or [d for _, d in rows]), None)
