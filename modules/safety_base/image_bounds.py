# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""What a picture costs to decode, told by its header before it is decoded.

A JPEG of one scan is decoded line by line at a fraction of its size; every
other picture is in memory as a whole, some of them more than once.
"""

import re
import threading

MEGA = 1000 ** 2
# In pixels by what is decoded
PIXELS_MAX = {
    'JPEG': 50 * MEGA,
    'JPEG of scans': 16 * MEGA,
    'PNG': 16 * MEGA,
    'WEBP': 12 * MEGA,
    }
# Cameras write one scan and editors some ten; each costs like the first.
SCANS_MAX = 50
# Pictures that are decoded at the same time in a process
DECODERS = threading.BoundedSemaphore(2)

# The marker of a segment, before which there may be data
_MARKER = re.compile(rb'\xff+([^\x00\xd0-\xd7\xff])', re.DOTALL)
_START, _END, _SCAN = 0xd8, 0xd9, 0xda
_PROGRESSIVE = {0xc2, 0xc6, 0xca, 0xce}


def pixels_max(data, format):
    """Return how many pixels the picture in the format of Pillow may have.

    It is 0 if it has more scans than any picture needs.
    """
    if format not in {'JPEG', 'MPO'}:
        return PIXELS_MAX[format]
    scans, progressive = read_scans(data)
    if scans > SCANS_MAX:
        return 0
    if scans > 1 or progressive:
        return PIXELS_MAX['JPEG of scans']
    return PIXELS_MAX['JPEG']


def read_scans(data):
    """Return the number of scans of the JPEG and whether it is progressive.

    They are those of its first picture, the only one that is decoded.
    """
    scans, progressive, position = 0, False, 0
    while scans <= SCANS_MAX and (
            marker := _MARKER.search(data, position)):
        code, position = marker[1][0], marker.end()
        if code == _END:
            break
        if code in {_START, 0x01}:
            # They have no length.
            continue
        scans += code == _SCAN
        progressive |= code in _PROGRESSIVE
        position += int.from_bytes(data[position:position + 2])
    return scans, progressive
