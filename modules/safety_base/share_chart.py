# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Charts of what has the largest share: Pareto charts and heat tables."

from itertools import accumulate

from .chart import COLORS, FONT_SIZE, BarChart, Chart, cut

__all__ = ['heat_table', 'pareto_chart']

CELL_HEIGHT, TOP = 24, 52
# Of the darkest cell how much of its color is seen
DARKEST = .75


def pareto_chart(title, labels, numbers, total, width=720, height=280):
    """Return the SVG of falling bars and of the share that they add up to.

    total is the whole, of which the bars may show a part.
    """
    return _Pareto(title, labels, numbers, total, width, height).render()


def heat_table(title, columns, rows, width=720):
    """Return the SVG of a table with the darker cells the more they count.

    rows are names and numbers, as many as there are columns.
    """
    return _HeatTable(title, columns, rows, width).render()


class _Pareto(BarChart):

    def __init__(self, title, labels, numbers, total, width, height):
        super().__init__(title, labels, [('', numbers)], width, height)
        self.shares = [
            number / total for number in accumulate(numbers)] if total else []

    def _draw(self):
        super()._draw()
        points = [
            (self._center(position), self._y(share * self.end))
            for position, share in enumerate(self.shares)]
        self._add(
            'polyline', fill='none', stroke=COLORS[1], stroke_width=2,
            points=' '.join(f'{x:.1f},{y:.1f}' for x, y in points))
        for (x, y), share in zip(points, self.shares):
            self._add('circle', cx=x, cy=y, r=3, fill=COLORS[1])
            self._text(f'{share:.0%}', x, y - 6, size=9)


class _HeatTable(Chart):

    def __init__(self, title, columns, rows, width):
        super().__init__(title, width, TOP + CELL_HEIGHT * len(rows) + 8)
        self.columns = columns
        self.rows = [(cut(name, width), numbers) for name, numbers in rows]
        self.largest = max((n for _, ns in rows for n in ns), default=0)
        self.left = 12 + FONT_SIZE * max(
            (len(name) for name, _ in self.rows), default=0)
        self.cell = (width - self.left - 8) / max(len(columns), 1)

    def _draw(self):
        for index, column in enumerate(self.columns):
            self._text(column, self.left + (index + .5) * self.cell, TOP - 8)
        for position, (name, numbers) in enumerate(self.rows):
            y = TOP + position * CELL_HEIGHT
            self._text(name, self.left - 6, y + 16, anchor='end')
            for index, number in enumerate(numbers):
                self._draw_cell(self.left + index * self.cell, y, number)

    def _draw_cell(self, x, y, number):
        share = number / self.largest if self.largest else 0
        self._add(
            'rect', x=x, y=y, width=self.cell - 2, height=CELL_HEIGHT - 2,
            fill=COLORS[0], fill_opacity=round(.05 + share * DARKEST, 2))
        if number:
            self._text(number, x + self.cell / 2 - 1, y + 15)
