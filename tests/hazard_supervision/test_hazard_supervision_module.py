# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
from trytond.tests.test_tryton import ModuleTestCase


class HazardSupervisionTestCase(ModuleTestCase):
    module = 'hazard_supervision'


del ModuleTestCase
