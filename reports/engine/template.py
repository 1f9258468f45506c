# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Templates that several transactions may use at once."

from io import BytesIO

from relatorio.templates import opendocument

from .style import apply_style

__all__ = ['Template']


class Template(opendocument.Template):
    "A template with the shared style, made of a flat or a zipped document"

    def __init__(self, content):
        content = apply_style(content)
        if not content.startswith(b'PK'):
            # Only once, instead of each time that it is rendered
            content = opendocument.fod2od(BytesIO(content)).getvalue()
        self._content = content
        super().__init__(BytesIO(content))

    def generate(self, *args, **kwargs):
        # Copies from the cache share all but the position in the source.
        self._source = BytesIO(self._content)
        return super().generate(*args, **kwargs)
