# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt
import hashlib
import io
import zoneinfo
from collections import namedtuple

from PIL import Image, ImageOps

from trytond.i18n import gettext

from .exceptions import PhotoFormatError, PhotoSizeError
from .image_bounds import DECODERS, MEGA, PIXELS_MAX, pixels_max

MAX_BYTES = 10 * MEGA
THUMBNAIL_SIZE = 160
THUMBNAIL_BYTES = 10 * 1000
PREVIEW_SIZE = 1280

# Phones write JPEG with more than one picture in it, which Pillow calls MPO.
EXTENSIONS = {
    'JPEG': ('.jpg', '.jpeg'),
    'MPO': ('.jpg', '.jpeg'),
    'PNG': ('.png',),
    'WEBP': ('.webp',),
    }
HEIC_BRANDS = {
    b'heic', b'heix', b'hevc', b'hevx', b'heim', b'heis', b'mif1', b'msf1'}
EXIF_IFD = 0x8769
DATE_TIME_ORIGINAL = 0x9003
OFFSET_TIME_ORIGINAL = 0x9011

Picture = namedtuple('Picture', [
        'sha256', 'width', 'height', 'extensions', 'taken_at', 'thumbnail',
        'preview'])
Decoded = namedtuple('Decoded', ['format', 'width', 'height', 'exif', 'image'])


def read(data, timezone=None, now=None):
    """Return what the picture in data tells of itself as a Picture.

    Time in the picture is taken as of timezone, a name, unless the camera
    recorded its offset, and returned in UTC; None when there is none or it is
    after now.
    Raises PhotoFormatError for what is not a whole JPEG, PNG or WebP picture,
    whatever its name, and PhotoSizeError for one too large to be handled.
    """
    decoded = _decode(data, PREVIEW_SIZE)
    return Picture(
        sha256=hashlib.sha256(data).hexdigest(),
        width=decoded.width, height=decoded.height,
        extensions=EXTENSIONS[decoded.format],
        taken_at=taken_at(decoded.exif, timezone, now),
        thumbnail=thumbnail(decoded.image),
        preview=_jpeg(decoded.image, 80))


def reduced(data, size):
    """Return the picture in data as a JPEG of at most size by size pixels.

    Raises what read raises.
    """
    return _jpeg(_decode(data, size).image, 90)


def _decode(data, size):
    "Return the picture in data as Decoded, its image reduced to size."
    with DECODERS:
        image = _open(data)
        format = image.format
        try:
            exif = image.getexif()
            width, height = _oriented_size(image, exif)
            # The whole of it shall be gone when the next one begins.
            image = _reduce(image, size)
        except (OSError, SyntaxError, ValueError) as exception:
            raise PhotoFormatError(gettext(
                    'safety_base.msg_photo_damaged')) from exception
    return Decoded(format, width, height, exif, image)


def _open(data):
    "Return the picture, which is not decoded yet but costs not too much."
    if len(data) > MAX_BYTES:
        raise PhotoSizeError(gettext(
                'safety_base.msg_photo_bytes',
                size=f'{len(data) / 1e6:.1f}',
                max=MAX_BYTES // MEGA))
    if is_heic(data):
        raise PhotoFormatError(
            gettext('safety_base.msg_photo_heic'))
    try:
        image = Image.open(io.BytesIO(data), formats=['JPEG', 'PNG', 'WEBP'])
    except Image.DecompressionBombError as exception:
        raise PhotoSizeError(
            gettext(
                'safety_base.msg_photo_pixels',
                max=PIXELS_MAX['JPEG'] // MEGA)) from exception
    except (OSError, SyntaxError, ValueError) as exception:
        raise PhotoFormatError(
            gettext('safety_base.msg_photo_format')) from exception
    _check_pixels(image, pixels_max(data, image.format))
    return image


def _check_pixels(image, max_):
    if not max_:
        raise PhotoFormatError(
            gettext('safety_base.msg_photo_scans'))
    if image.width * image.height > max_:
        raise PhotoSizeError(gettext(
                'safety_base.msg_photo_pixels',
                max=max_ // MEGA))


def is_heic(data):
    return data[4:8] == b'ftyp' and data[8:12] in HEIC_BRANDS


def _oriented_size(image, exif):
    width, height = image.size
    if exif.get(0x0112, 1) in {5, 6, 7, 8}:
        width, height = height, width
    return width, height


def _reduce(image, size):
    # Decoding at a fraction of the size is many times faster for JPEG.
    image.draft('RGB', (size, size))
    image.load()
    if image.mode not in {'L', 'RGB', 'RGBA'}:
        image = image.convert('RGBA')
    # Before anything else copies the whole of it
    image.thumbnail((size, size))
    image = ImageOps.exif_transpose(image)
    if image.mode != 'RGB':
        image = image.convert('RGBA')
        background = Image.new('RGBA', image.size, (255, 255, 255))
        background.alpha_composite(image)
        image = background.convert('RGB')
    return image


def _jpeg(image, quality):
    data = io.BytesIO()
    # Nothing of the camera's data, as the position, goes into the copies.
    image.info.clear()
    image.save(data, format='jpeg', quality=quality, optimize=True)
    return data.getvalue()


def thumbnail(image):
    "Return a small JPEG of the image in at most THUMBNAIL_BYTES."
    image = image.copy()
    image.thumbnail((THUMBNAIL_SIZE, THUMBNAIL_SIZE))
    for quality in range(75, 0, -15):
        data = _jpeg(image, quality)
        if len(data) <= THUMBNAIL_BYTES:
            break
    return data


def taken_at(exif, timezone=None, now=None):
    "Return the UTC time at which the camera says that it took the picture."
    details = exif.get_ifd(EXIF_IFD)
    try:
        time = dt.datetime.strptime(
            str(details.get(DATE_TIME_ORIGINAL, '')).strip('\0 '),
            '%Y:%m:%d %H:%M:%S')
    except ValueError:
        return
    try:
        zone = dt.datetime.strptime(
            str(details.get(OFFSET_TIME_ORIGINAL, '')).strip('\0 '),
            '%z').tzinfo
    except ValueError:
        zone = zoneinfo.ZoneInfo(timezone or 'UTC')
    time = time.replace(tzinfo=zone).astimezone(dt.UTC)
    time = time.replace(tzinfo=None)
    if not now or time <= now:
        return time
