# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
from trytond.tests.test_tryton import ModuleTestCase


class HazardReportTestCase(ModuleTestCase):
    module = 'hazard_report'
    extras = [
        'hazard_analysis', 'hazard_appraisal', 'hazard_training',
        'safety_feedback']


del ModuleTestCase
