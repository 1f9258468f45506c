# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
from trytond.pool import Pool, PoolMeta


class Cron(metaclass=PoolMeta):
    __name__ = 'ir.cron'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.add_company_free(
                ('hazard.checklist|plan_rounds', "Plan Inspection Rounds"),
                ('hazard.hazard|archive_closed', "Archive Closed Hazards"),
                ('hazard.inspection|remind_rounds',
                    "Remind of Inspection Rounds"),
                ('hazard.reminder|remind', "Remind of Hazards"),
                ('hazard.seal|seal_days', "Seal Hazard Events"),
                )


class Sequence(metaclass=PoolMeta):
    __name__ = 'ir.sequence'

    @classmethod
    def on_write(cls, sequences, values):
        pool = Pool()
        Numbering = pool.get('hazard.numbering')
        if values.keys() & {'prefix', 'suffix'}:
            Numbering.keep_looks(Numbering.search([
                        ('sequence', 'in', [s.id for s in sequences]),
                        ]))
        return super().on_write(sequences, values)
