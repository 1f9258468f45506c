# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The languages of the documents' text, by which glyphs and breaks are chosen."

import unittest
from pathlib import Path

from lxml import etree

REPORTS = Path(__file__).parents[2] / 'reports'
FO = '{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}'
STYLE = '{urn:oasis:names:tc:opendocument:xmlns:style:1.0}'


class LanguageTestCase(unittest.TestCase):

    def test_languages(self):
        """Han is Chinese, for its glyphs; Latin is not

        LibreOffice breaks lines within the numbers of Chinese text.
        """
        found = set()
        for path in [*REPORTS.rglob('*.fodt'), *REPORTS.rglob('*.fods')]:
            for element in etree.parse(path).iter(f'{STYLE}text-properties'):
                latin = element.get(f'{FO}language')
                han = element.get(f'{STYLE}language-asian')
                if latin or han:
                    found.add(path.name)
                    with self.subTest(path=path.name):
                        self.assertEqual((latin, han), ('en', 'zh'))
        self.assertLessEqual({'style.fodt', 'style.fods'}, found)
