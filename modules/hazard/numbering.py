# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond import backend
from trytond.cache import Cache
from trytond.model import ModelSQL, ModelView, Unique, fields
from trytond.model.exceptions import SQLConstraintError
from trytond.pool import Pool
from trytond.pyson import Eval, Id
from trytond.transaction import Transaction


class Numbering(ModelSQL, ModelView):
    __name__ = 'hazard.numbering'

    company = fields.Many2One(
        'company.company', "Company", required=True, ondelete='CASCADE')
    year = fields.Integer("Year", required=True)
    imported = fields.Boolean(
        "From Old Ledgers",
        help="The series of the hazards that were found in the year but "
        "brought in from a ledger that was kept before.")
    sequence = fields.Many2One(
        'ir.sequence', "Sequence", required=True,
        domain=[
            ('sequence_type', '=', Id('hazard', 'sequence_type_hazard')),
            ('company', '=', Eval('company', -1)),
            ])

    _sequence_cache = Cache('hazard.numbering.sequence', context=False)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints = [
            ('company_year_imported_unique',
                Unique(t, t.company, t.year, t.imported),
                'hazard.msg_numbering_unique'),
            ]
        cls._order = [('year', 'DESC'), ('id', 'DESC')]

    @classmethod
    def __register__(cls, module):
        super().__register__(module)
        # Migration from 8.0.0: a year had one series only
        cls.__table_handler__(module).drop_constraint('company_year_unique')

    @classmethod
    def default_imported(cls):
        return False

    def get_rec_name(self, name):
        return f'{self.company.rec_name} {_prefix(self.year, self.imported)}'

    @classmethod
    def on_modification(cls, mode, records, field_names=None):
        super().on_modification(mode, records, field_names=field_names)
        cls._sequence_cache.clear()

    @classmethod
    def get_many(cls, company, year, count, imported=False):
        """Return the next count numbers of the company's year.

        What is imported has a series of its own, so that the numbers of the
        running year go on in the order of the reports.
        """
        pool = Pool()
        Sequence = pool.get('ir.sequence')
        key = (int(company), year, imported)
        sequence_id = cls._sequence_cache.get(key)
        if sequence_id is None:
            sequence_id = cls._get_sequence(*key).id
            cls._sequence_cache.set(key, sequence_id)
        return list(Sequence(sequence_id).get_many(count))

    @classmethod
    def _get_sequence(cls, company, year, imported):
        records = cls.search([
                ('company', '=', company),
                ('year', '=', year),
                ('imported', '=', imported),
                ], limit=1)
        if not records:
            records = cls._open(company, year, imported)
        return records[0].sequence

    @classmethod
    def _open(cls, company, year, imported):
        try:
            return cls.create([{
                        'company': company,
                        'year': year,
                        'imported': imported,
                        'sequence': cls._new_sequence(
                            company, _prefix(year, imported)).id,
                        }])
        except SQLConstraintError as exception:
            # Another first report of the year was faster; the server starts
            # this one again upon an operational error.
            raise backend.DatabaseOperationalError(
                str(exception)) from exception

    @classmethod
    def _new_sequence(cls, company, prefix):
        pool = Pool()
        ModelData = pool.get('ir.model.data')
        Sequence = pool.get('ir.sequence')
        with Transaction().set_context(company=company):
            sequence, = Sequence.create([{
                        'name': prefix.rstrip('-'),
                        'company': company,
                        'sequence_type': ModelData.get_id(
                            'hazard', 'sequence_type_hazard'),
                        'prefix': prefix,
                        'padding': 11 - len(prefix),
                        }])
        return sequence


def _prefix(year, imported):
    return f'{year}-L' if imported else f'{year}-'
