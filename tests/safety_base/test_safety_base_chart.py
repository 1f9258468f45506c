# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import unittest
from xml.etree import ElementTree

from trytond.modules.safety_base.chart import bar_chart, row_chart, scale

SVG = '{http://www.w3.org/2000/svg}'


class ChartTestCase(unittest.TestCase):

    def draw(self, *args, **kwargs):
        root = ElementTree.fromstring(bar_chart(*args, **kwargs))
        texts = [e.text for e in root.iter(f'{SVG}text')]
        bars = [
            e for e in root.iter(f'{SVG}rect') if e.get('fill') != '#ffffff']
        return root, texts, bars

    def test_scale(self):
        "The axis ends at a round number not below the largest"
        for largest, expected in [
                (0, (1, 1)), (1, (1, 1)), (5, (1, 5)), (6, (2, 6)),
                (11, (5, 15)), (99, (20, 100)), (160, (50, 200)),
                (1234, (500, 1500))]:
            with self.subTest(largest=largest):
                self.assertEqual(scale(largest), expected)

    def test_bars(self):
        root, texts, bars = self.draw(
            "Hazards", ["Mining", "Transport"], [("Found", [3, 0])])
        self.assertEqual(len(bars), 1)
        for text in ["Hazards", "Mining", "Transport", "3"]:
            self.assertIn(text, texts)

    def test_heights(self):
        "A bar is as high as its number, within the chart"
        root, _, bars = self.draw(
            "Hazards", ["A", "B"], [("Found", [2, 4]), ("Closed", [1, 4])])
        heights = [
            float(b.get('height')) for b in bars if b.get('height') != '10']
        self.assertAlmostEqual(heights[1] / heights[0], 2, places=2)
        self.assertEqual(heights[1], heights[3])
        for bar in bars:
            self.assertGreaterEqual(float(bar.get('y')), 0)
            self.assertLessEqual(
                float(bar.get('y')) + float(bar.get('height')),
                float(root.get('height')))

    def test_legend(self):
        "Several series are explained, a single one is not"
        for series, shown in [
                ([("Found", [1])], False),
                ([("Found", [1]), ("Closed", [1])], True)]:
            _, texts, _ = self.draw("Hazards", ["A"], series)
            self.assertEqual("Found" in texts, shown)

    def test_long_labels(self):
        "A long Chinese label is broken into two lines and cut"
        label = "\u4e00\u4e8c\u4e09" * 5
        _, texts, _ = self.draw(
            "Hazards", [label] * 12, [("Found", [1] * 12)], width=516)
        self.assertNotIn(label, texts)
        self.assertTrue(any(t.endswith('…') for t in texts))

    def test_numbers_stay_whole(self):
        labels = [str(n) for n in range(1, 32)]
        _, texts, _ = self.draw(
            "Days", labels, [("Found", [1] * 31)], width=516)
        self.assertLessEqual(set(labels), set(texts))

    def test_empty(self):
        for labels, numbers in [([], []), (["A"], [0])]:
            _, texts, bars = self.draw("Hazards", labels, [("Found", numbers)])
            self.assertEqual(bars, [])
            self.assertIn("Hazards", texts)

    def test_escaped(self):
        _, texts, _ = self.draw("<&>", ["\"'"], [("Found", [1])])
        self.assertIn("<&>", texts)
        self.assertIn("\"'", texts)


class RowChartTestCase(unittest.TestCase):

    def draw(self, *args, **kwargs):
        root = ElementTree.fromstring(row_chart(*args, **kwargs))
        texts = [e.text for e in root.iter(f'{SVG}text')]
        bars = [
            e for e in root.iter(f'{SVG}rect') if e.get('fill') != '#ffffff']
        return root, texts, bars

    def test_rows(self):
        "A row has its name, its number and what else there is to tell"
        _, texts, bars = self.draw(
            "Places",
            [("North", 4, "40 %"), ("South", 2, ""), ("East", 0, "")])
        self.assertEqual(
            texts, ["Places", "North", "4 40 %", "South", "2", "East", "0"])
        longer, shorter = (float(b.get('width')) for b in bars)
        self.assertAlmostEqual(longer / shorter, 2, places=2)

    def test_room(self):
        "Names, bars and notes stay within the width"
        label = "\u4e00" * 40
        root, texts, (bar,) = self.draw("Places", [(label, 9, "100 %")])
        self.assertTrue(any(t.endswith('…') for t in texts))
        end = float(bar.get('x')) + float(bar.get('width'))
        self.assertLess(end + 60, float(root.get('width')))

    def test_empty(self):
        _, texts, bars = self.draw("Places", [])
        self.assertEqual((texts, bars), (["Places"], []))
