# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Charts of what comes and goes as bars, and of what is there as a line."

from .chart import COLORS, FONT_SIZE, LEFT, TOP, BarChart, scale

__all__ = ['flow_chart']

# The room for the heading above the legend, and for the axis of the line
HEAD, AXIS = 20, 44


def flow_chart(title, labels, series, line, width=720, height=280):
    """Return the SVG of bars by label, and of a line with an axis of its own.

    line is a name and as many numbers as there are labels.
    """
    return _Flow(title, labels, series, line, width, height).render()


class _Flow(BarChart):

    def __init__(self, title, labels, series, line, width, height):
        super().__init__(title, labels, series, width, height)
        self.right = width - AXIS
        self.slot = (self.right - LEFT) / max(len(labels), 1)
        self.name, self.numbers = line
        self.line_step, self.line_end = scale(max(self.numbers, default=0))

    def _draw(self):
        super()._draw()
        self._line()
        self._line_axis()

    def _legend(self):
        x = LEFT
        for name, color in zip(
                [*(name for name, _ in self.series), self.name], COLORS):
            self._add('rect', x=x, y=HEAD + 5, width=10, height=10, fill=color)
            self._text(name, x + 14, HEAD + 14, anchor='start')
            x += 28 + len(name) * FONT_SIZE

    @property
    def color(self):
        return COLORS[len(self.series)]

    def _line_y(self, number):
        return self.bottom - number / self.line_end * (self.bottom - TOP)

    def _line(self):
        points = [
            (self._center(position), self._line_y(number))
            for position, number in enumerate(self.numbers)]
        self._add(
            'polyline', fill='none', stroke=self.color, stroke_width=2,
            points=' '.join(f'{x:.1f},{y:.1f}' for x, y in points))
        for x, y in points:
            self._add('circle', cx=x, cy=y, r=2, fill=self.color)

    def _line_axis(self):
        for number in range(0, self.line_end + 1, self.line_step):
            self._add(
                'text', x=self.right + 6, y=self._line_y(number) + 4,
                font_size=FONT_SIZE, fill=self.color).text = str(number)
