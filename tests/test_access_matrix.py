# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The access matrix of people and hazards, one half of it"

import unittest

from access_case import AccessMatrix

PEOPLE_AND_HAZARDS = ('hazard.', 'safety.')


class AccessMatrixTestCase(AccessMatrix, unittest.TestCase):

    @classmethod
    def includes(cls, section):
        return section.startswith(PEOPLE_AND_HAZARDS)
