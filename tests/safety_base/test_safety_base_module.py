# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.modules.company.tests import CompanyTestMixin
from trytond.tests.test_tryton import ModuleTestCase


class SafetyBaseTestCase(CompanyTestMixin, ModuleTestCase):
    module = 'safety_base'


del ModuleTestCase
