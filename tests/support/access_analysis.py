# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The part of the access matrix about the analysis of hazards."

from trytond.pool import Pool

# Rows that belong to records of a company
OWN = [
    'fact', 'by_unit', 'by_place', 'by_finder', 'unit_tree', 'place_tree']
# Rows that have the same ids in each company
SHARED = [
    'by_check_item', 'by_discipline', 'by_category', 'by_cause', 'by_kind',
    'by_period', 'by_shift', 'by_stage', 'picture']
WIZARDS = [
    ('hazard.analysis.open', 'hazard.analysis.by_unit', 'any',
        [('open_', {})]),
    ]


def build_analysis(mine, records):
    "Return the rows of the mine by model and name."
    names = OWN + (SHARED if mine.company.rec_name == "Mine" else [])
    return {
        f'hazard.analysis.{name}': {'any': _first(mine, name)}
        for name in names}


def _first(mine, name):
    "Return the first row, of the ventilation where rows are of units."
    Model = Pool().get(f'hazard.analysis.{name}')
    domain = []
    if 'unit' in Model._fields:
        domain.append(('unit', '=', mine.units.ventilation.id))
    return Model.search(domain, limit=1)[0]
