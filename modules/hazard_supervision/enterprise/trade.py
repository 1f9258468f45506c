# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.model import fields
from trytond.modules.safety_base.reference import ReferenceMixin


class Trade(ReferenceMixin):
    __name__ = 'supervision.trade'

    standard = fields.Char(
        "Criteria", translate=True,
        help="The standard by which major hazards of the trade are known.")
    standard_note = fields.Text(
        "Source of the Criteria", translate=True,
        help="Where the standard is to be looked up; what is not verified "
        "is not printed as law.")
