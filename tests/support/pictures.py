# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Pictures as cameras make them, and others."

import io
import random

from PIL import Image

from trytond.modules.safety_base import image


def picture(format='JPEG', size=(40, 30), mode='RGB', color=None, **params):
    "Return the data of a picture in one colour."
    data = io.BytesIO()
    Image.new(mode, size, color or 0).save(data, format=format, **params)
    return data.getvalue()


def noise(size, seed=1):
    "Return the data of a JPEG that is hard to compress."
    data = io.BytesIO()
    pixels = random.Random(seed).randbytes(size[0] * size[1] * 3)
    Image.frombytes('RGB', size, pixels).save(data, format='JPEG', quality=95)
    return data.getvalue()


def exif(time=None, offset=None, orientation=None, position=False):
    result = Image.Exif()
    details = result.get_ifd(image.EXIF_IFD)
    if time:
        details[image.DATE_TIME_ORIGINAL] = time
    if offset:
        details[image.OFFSET_TIME_ORIGINAL] = offset
    if orientation:
        result[0x0112] = orientation
    if position:
        result.get_ifd(0x8825)[1] = 'N'
    return result


def opened(data):
    return Image.open(io.BytesIO(data))
