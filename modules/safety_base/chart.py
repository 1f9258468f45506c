# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Charts of bars as SVG, which documents show as sharp as their text.

Only shapes and texts with attributes, which each browser and office program
draws alike.
"""

from xml.etree import ElementTree

__all__ = ['MIMETYPE', 'bar_chart', 'row_chart']

MIMETYPE = 'image/svg+xml'
COLORS = ['#2f5f9e', '#d98324', '#5b8c5a']
FONT = "黑体, SimHei, Noto Sans CJK SC, sans-serif"
FONT_SIZE = 11
TITLE_SIZE = 14
GRID, AXIS, INK = '#d9d9d9', '#7f7f7f', '#262626'
TOP, LEFT, RIGHT, BOTTOM = 44, 44, 14, 34
LINES = 5
# The heights of a row and of the heading above the rows, and how wide the text
# behind a bar may be
ROW, HEAD, NOTE = 24, 32, 96


def bar_chart(title, labels, series, width=720, height=280):
    """Return the SVG of the bars of each series, beside each other by label.

    series are pairs of a name and of as many numbers as there are labels.
    """
    return BarChart(title, labels, series, width, height).render()


def row_chart(title, rows, width=520):
    """Return the SVG of one bar below the other, as long as their numbers.

    rows are names, numbers and what else to tell of each.
    """
    return _RowChart(title, rows, width).render()


def scale(largest, lines=LINES):
    "Return the distance of the grid's lines and the end of the axis."
    step = 1
    while step * lines < largest:
        for factor in [2, 2.5, 2]:
            step *= factor
            if step * lines >= largest:
                break
    step = int(step + .5)
    return step, step * max(-(-largest // step), 1)


class Chart:

    def __init__(self, title, width, height):
        self.title = title
        self.width = width
        self.height = height
        self.svg = ElementTree.Element('svg', {
                'xmlns': 'http://www.w3.org/2000/svg',
                'width': str(width), 'height': str(height),
                'viewBox': f'0 0 {width} {height}',
                'font-family': FONT, 'font-size': str(FONT_SIZE),
                })

    def render(self):
        self._add('rect', x=0, y=0, width=self.width, height=self.height,
            fill='#ffffff')
        self._text(self.title, self.width / 2, 18, size=TITLE_SIZE)
        self._draw()
        return ElementTree.tostring(
            self.svg, encoding='utf-8', xml_declaration=True)

    def _draw(self):
        raise NotImplementedError

    def _add(self, tag, **attributes):
        element = ElementTree.SubElement(self.svg, tag)
        for name, value in attributes.items():
            if isinstance(value, float):
                value = round(value, 2)
            element.set(name.replace('_', '-'), str(value))
        return element

    def _text(self, text, x, y, anchor='middle', size=FONT_SIZE, **kwargs):
        self._add(
            'text', x=x, y=y, text_anchor=anchor, font_size=size, fill=INK,
            **kwargs).text = str(text)


class _RowChart(Chart):

    def __init__(self, title, rows, width):
        super().__init__(title, width, HEAD + max(len(rows), 1) * ROW)
        self.rows = [
            (cut(name, width), number, note) for name, number, note in rows]
        self.largest = max((n for _, n, _ in rows), default=0)
        self.left = 12 + FONT_SIZE * max(
            (_width(name) for name, _, _ in self.rows), default=0)

    def _draw(self):
        room = self.width - self.left - NOTE
        for position, (name, number, note) in enumerate(self.rows):
            y = HEAD + position * ROW
            self._text(name, self.left - 6, y + 15, anchor='end')
            length = room * number / (self.largest or 1)
            if number:
                self._add('rect', x=self.left, y=y + 3, width=length,
                    height=ROW - 7, fill=COLORS[0])
            self._text(
                f'{number} {note}'.strip(), self.left + length + 6, y + 15,
                anchor='start')


class BarChart(Chart):

    def __init__(self, title, labels, series, width, height):
        super().__init__(title, width, height)
        self.labels = labels
        self.series = series
        self.step, self.end = scale(
            max((n for _, numbers in series for n in numbers), default=0))
        self.right, self.bottom = width - RIGHT, height - BOTTOM
        self.slot = (self.right - LEFT) / max(len(labels), 1)

    def _draw(self):
        if len(self.series) > 1:
            self._legend()
        self._grid()
        self._bars()
        self._labels()

    def _legend(self):
        x = LEFT
        for (name, _), color in zip(self.series, COLORS):
            self._add('rect', x=x, y=9, width=10, height=10, fill=color)
            self._text(name, x + 14, 18, anchor='start')
            x += 28 + len(name) * FONT_SIZE

    def _y(self, number):
        return self.bottom - number / self.end * (self.bottom - TOP)

    def _grid(self):
        for number in range(0, self.end + 1, self.step):
            y = self._y(number)
            self._add('line', x1=LEFT, x2=self.right, y1=y, y2=y,
                stroke=GRID if number else AXIS, stroke_width=1)
            self._text(number, LEFT - 6, y + 4, anchor='end')

    def _bars(self):
        gap = self.slot * .15
        width = min((self.slot - 2 * gap) / len(self.series), 44)
        for index, ((_, numbers), color) in enumerate(
                zip(self.series, COLORS)):
            shift = (index - len(self.series) / 2) * width
            for position, number in enumerate(numbers):
                if not number:
                    continue
                x = self._center(position) + shift
                y = self._y(number)
                self._add('rect', x=x, y=y, width=width,
                    height=self.bottom - y, fill=color)
                self._text(
                    number, x + width / 2, y - 3,
                    size=min(FONT_SIZE, max(width * .7, 7)))

    def _center(self, position):
        return LEFT + (position + .5) * self.slot

    def _labels(self):
        for position, label in enumerate(self.labels):
            lines = _wrap(label, max(int(self.slot / FONT_SIZE), 1))
            for number, line in enumerate(lines):
                self._text(
                    line, self._center(position),
                    self.bottom + 13 + number * (FONT_SIZE + 1))


def _width(text):
    "Return about how wide the text is, in Chinese characters."
    return sum(.56 if c.isascii() else 1 for c in text)


def cut(text, width):
    "Return the text cut to a third of the width."
    if _width(text) * FONT_SIZE <= width / 3:
        return text
    while _width(text) * FONT_SIZE > width / 3 - FONT_SIZE:
        text = text[:-1]
    return text + '…'


def _wrap(label, length, lines=2):
    "Return the label cut into lines of so many Chinese characters."
    if len(label) <= length or label.isascii():
        return [label]
    # Lines of the same length rather than a full and a short one
    length = max(min(length, -(-len(label) // lines)), 1)
    parts = [label[i:i + length] for i in range(0, len(label), length)]
    if len(parts) > lines:
        parts[lines - 1] = parts[lines - 1][:-1] + '…'
    return parts[:lines]
