# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Schematic pictures in place of the photos that people take underground."""

import io
import math
from functools import cache
from glob import glob

from PIL import Image, ImageDraw, ImageFont

__all__ = ['draw', 'paper']

SIZE = WIDTH, HEIGHT = 640, 480
FONTS = [
    '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc',
    '/usr/share/fonts/truetype/droid/DroidSansFallback*.ttf',
    '/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc',
    '/usr/share/fonts/*/*/*CJK*',
    ]
EXIF_IFD = 0x8769
DATE_TIME_ORIGINAL = 0x9003
ROCK, STEEL, DARK = (74, 70, 66), (150, 155, 160), (30, 30, 34)
RUBBER, YELLOW, RED = (38, 38, 42), (222, 180, 60), (220, 60, 50)
GREEN, WATER, WHITE = (70, 170, 90), (80, 130, 170), (235, 235, 230)


def draw(kind, captions, time, fixed, random):
    """Return a JPEG of what the kind names, as found or as fixed.

    captions are the lines below it; time, with its zone, is when the camera
    says that it was taken.
    """
    image = _roadway(random.randrange(4)).copy()
    canvas = ImageDraw.Draw(image)
    x = random.randint(250, 390)
    _KINDS.get(kind, _board)(canvas, x, fixed, random)
    if fixed:
        canvas.line(
            [(560, 60), (580, 82), (616, 36)], fill=GREEN, width=10)
    else:
        canvas.ellipse(
            [x - 90, 200, x + 90, 360], outline=RED, width=5)
    canvas.rectangle([0, HEIGHT - 64, WIDTH, HEIGHT], fill=DARK)
    if font := _font(22):
        for line, text in enumerate(captions):
            canvas.text(
                (14, HEIGHT - 60 + line * 28), text, font=font, fill=WHITE)
    return _encode(image, time)


def paper(lines, time):
    "Return a JPEG of a signed paper with the lines, the first one its title."
    image = Image.new('RGB', SIZE, WHITE)
    canvas = ImageDraw.Draw(image)
    canvas.rectangle([20, 20, WIDTH - 20, HEIGHT - 20], outline=DARK, width=2)
    if font := _font(22):
        texts = [
            line[start:start + 25] for line in lines
            for start in range(0, len(line), 25)]
        for number, text in enumerate(texts):
            canvas.text(
                (40, 50 + number * 36), text, font=font, fill=DARK)
    canvas.ellipse([470, 340, 590, 460], outline=RED, width=5)
    return _encode(image, time)


def _encode(image, time):
    exif = Image.Exif()
    exif.get_ifd(EXIF_IFD)[DATE_TIME_ORIGINAL] = f'{time:%Y:%m:%d %H:%M:%S}'
    data = io.BytesIO()
    image.save(data, format='jpeg', quality=70, exif=exif)
    return data.getvalue()


@cache
def _font(size):
    for pattern in FONTS:
        for path in sorted(glob(pattern)):
            return ImageFont.truetype(path, size)


@cache
def _roadway(variant):
    "Return an arched roadway in the light of a lamp"
    image = Image.new('RGB', SIZE, ROCK)
    canvas = ImageDraw.Draw(image)
    for step in range(12):
        part = step / 12
        shade = tuple(int(c * (1.25 - part)) for c in ROCK)
        left, top = 20 + 250 * part, 10 + 170 * part
        right, bottom = WIDTH - left + variant * 10, HEIGHT - 100 * part
        canvas.rounded_rectangle(
            [left, top, right, bottom + 60], radius=int(150 - 90 * part),
            fill=shade, outline=DARK, width=3)
    canvas.polygon(
        [(0, HEIGHT), (270, 330), (370, 330), (WIDTH, HEIGHT)],
        fill=(58, 54, 50))
    return image


def _prop(canvas, x, fixed, random):
    for offset in [-160, -60, 60, 160]:
        top = 150 if fixed or abs(offset) > 100 else 215
        canvas.rectangle(
            [x + offset - 12, top, x + offset + 12, 400], fill=STEEL,
            outline=DARK, width=2)
    canvas.rectangle([x - 220, 130, x + 220, 150], fill=STEEL)


def _roof(canvas, x, fixed, random):
    for row in range(6):
        canvas.line(
            [(x - 200, 110 + row * 22), (x + 200, 110 + row * 22)],
            fill=STEEL, width=1)
    for column in range(20):
        canvas.line(
            [(x - 200 + column * 21, 100), (x - 200 + column * 21, 230)],
            fill=STEEL, width=1)
    if not fixed:
        canvas.polygon(
            [(x - 60, 205), (x + 50, 190), (x + 70, 260), (x - 20, 290)],
            fill=(20, 18, 16))


def _belt(canvas, x, fixed, random):
    shift = 0 if fixed else 45
    canvas.polygon(
        [(x - 140, 420), (x + 140, 420), (x + 30, 250), (x - 30, 250)],
        fill=STEEL)
    canvas.polygon(
        [(x - 110 + shift, 415), (x + 110 + shift, 415),
            (x + 22 + shift // 3, 255), (x - 22 + shift // 3, 255)],
        fill=RUBBER)
    for row in range(4):
        y = 285 + row * 34
        canvas.ellipse([x - 150, y, x - 130, y + 20], fill=YELLOW)
        canvas.ellipse([x + 130, y, x + 150, y + 20], fill=YELLOW)


def _cable(canvas, x, fixed, random):
    for number in range(5):
        left = x - 240 + number * 96
        sag = 20 if fixed or number != 2 else 140
        canvas.arc(
            [left, 240 - sag, left + 96, 240 + sag], 0, 180,
            fill=RUBBER, width=10)
        canvas.line([(left, 200), (left, 245)], fill=YELLOW, width=5)


def _round(canvas, x, fixed, random):
    "Gears, fans, gauges and wheels"
    teeth = random.choice([8, 10, 12])
    for tooth in range(teeth):
        if not fixed and tooth < 2:
            continue
        angle = 2 * math.pi * tooth / teeth
        cx, cy = x + 78 * math.cos(angle), 280 + 78 * math.sin(angle)
        canvas.ellipse([cx - 14, cy - 14, cx + 14, cy + 14], fill=STEEL)
    canvas.ellipse([x - 72, 208, x + 72, 352], fill=STEEL, outline=DARK)
    canvas.ellipse([x - 22, 258, x + 22, 302], fill=DARK)
    if fixed:
        canvas.arc([x - 105, 175, x + 105, 385], 0, 360, fill=YELLOW, width=8)


def _duct(canvas, x, fixed, random):
    for number in range(6):
        left = x - 250 + number * 84
        canvas.rounded_rectangle(
            [left, 215, left + 82, 330], radius=20, fill=YELLOW,
            outline=DARK, width=2)
    if not fixed:
        canvas.polygon(
            [(x - 30, 250), (x + 40, 240), (x + 10, 300)], fill=DARK)


def _track(canvas, x, fixed, random):
    for row in range(7):
        y = 300 + row * 18
        canvas.line(
            [(x - 60 - row * 16, y), (x + 60 + row * 16, y)],
            fill=(96, 72, 50), width=8)
    canvas.line([(x - 45, 290), (x - 150, 415)], fill=STEEL, width=9)
    canvas.line([(x + 45, 290), (x + 150, 415)], fill=STEEL, width=9)
    if not fixed:
        canvas.line([(x, 290), (x + 70, 380)], fill=STEEL, width=7)


def _water(canvas, x, fixed, random):
    level = 395 if fixed else 330
    canvas.polygon(
        [(x - 200, 415), (x + 200, 415), (x + 110, level),
            (x - 110, level)], fill=WATER)
    for _ in range(4 if fixed else 26):
        left, top = random.randint(x - 150, x + 150), random.randint(130, 300)
        canvas.line([(left, top), (left, top + 22)], fill=WATER, width=3)


def _heap(canvas, x, fixed, random):
    for _ in range(5 if fixed else 60):
        left = random.randint(x - 130, x + 110)
        top = 395 - random.randrange(10 if fixed else 70)
        size = random.randint(12, 34)
        canvas.ellipse(
            [left, top, left + size, top + size * 0.7], fill=DARK,
            outline=ROCK)


def _door(canvas, x, fixed, random):
    canvas.rectangle([x - 100, 150, x + 100, 410], fill=(120, 90, 60))
    gap = 4 if fixed else 46
    canvas.rectangle([x - gap // 2, 160, x + gap // 2, 410], fill=DARK)
    if fixed:
        canvas.rectangle([x - 70, 260, x + 70, 282], fill=STEEL)


def _box(canvas, x, fixed, random):
    "Switches and sensors"
    canvas.rounded_rectangle(
        [x - 80, 210, x + 80, 370], radius=16, fill=STEEL, outline=DARK,
        width=4)
    canvas.rectangle([x - 50, 235, x + 50, 285], fill=DARK)
    canvas.ellipse(
        [x - 14, 305, x + 14, 333], fill=GREEN if fixed else RED)
    canvas.line([(x + 60, 370), (x + 60, 415)], fill=RUBBER, width=12)
    if not fixed:
        canvas.line([(x - 60, 370), (x - 95, 405)], fill=RUBBER, width=12)


def _board(canvas, x, fixed, random):
    canvas.rectangle(
        [x - 130, 180, x + 130, 360], fill=WHITE, outline=DARK, width=4)
    for row in range(5):
        y = 205 + row * 32
        end = x + 105 if fixed or row < 2 else x - 60
        canvas.line([(x - 105, y), (end, y)], fill=(60, 90, 150), width=6)


def _person(canvas, x, fixed, random):
    canvas.ellipse([x - 30, 190, x + 30, 250], fill=(205, 170, 140))
    canvas.pieslice([x - 38, 172, x + 38, 252], 180, 360, fill=YELLOW)
    canvas.rounded_rectangle(
        [x - 55, 252, x + 55, 400], radius=20, fill=(50, 80, 120))
    if fixed:
        canvas.rectangle([x + 18, 320, x + 52, 370], fill=STEEL)


def _bottle(canvas, x, fixed, random):
    canvas.rounded_rectangle(
        [x - 36, 220, x + 36, 395], radius=26, fill=RED, outline=DARK)
    canvas.rectangle([x - 12, 190, x + 12, 222], fill=DARK)
    if fixed:
        canvas.rectangle([x - 26, 290, x + 26, 340], fill=WHITE)


def _rope(canvas, x, fixed, random):
    for strand in range(7):
        canvas.line(
            [(x - 24 + strand * 8, 110), (x - 24 + strand * 8, 400)],
            fill=STEEL, width=4)
    if not fixed:
        canvas.line([(x, 260), (x + 60, 210)], fill=STEEL, width=3)
        canvas.line([(x - 8, 275), (x - 66, 240)], fill=STEEL, width=3)


_KINDS = {
    'prop': _prop, 'roof': _roof, 'roadway': _heap, 'belt': _belt,
    'cable': _cable, 'gear': _round, 'fan': _round, 'gauge': _round,
    'pump': _round, 'duct': _duct, 'pipe': _duct, 'track': _track,
    'car': _track, 'water': _water, 'door': _door, 'switch': _box,
    'sensor': _box, 'board': _board, 'sign': _board, 'drill': _rope,
    'helmet': _person, 'fire': _bottle, 'rope': _rope,
    }
