# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Files that prove what was disclosed, kept with their digests."

import hashlib

from trytond.i18n import gettext
from trytond.model import Model, fields
from trytond.modules.safety_base import image
from trytond.pyson import Eval

from ..exceptions import ProofError
from ..loop.photo import STORE_PREFIX

# In bytes
LIMIT = 10 * 1024 * 1024

_states = {
    'readonly': Eval('state') != 'draft',
    }


class ProofMixin(Model):
    "Add a document or photo that proves what the record tells."
    __slots__ = ()
    # The digest is recorded.
    _unrecorded = frozenset({'proof_id'})
    _file_digests = {'proof': 'proof_sha256'}

    proof = fields.Binary(
        "Document", filename='proof_name', file_id='proof_id',
        store_prefix=STORE_PREFIX, states=_states,
        help="The letter, receipt, minutes or picture, of at most 10 MB.")
    proof_id = fields.Char("Document ID", readonly=True)
    proof_name = fields.Char(
        "File Name", states={
            'readonly': _states['readonly'],
            'invisible': ~Eval('proof_name'),
            })
    proof_sha256 = fields.Char("SHA-256", readonly=True)

    @classmethod
    def preprocess_values(cls, mode, values):
        values = super().preprocess_values(mode, values)
        if 'proof' in values:
            content = values['proof']
            if content and len(content) > LIMIT:
                raise ProofError(gettext('hazard.msg_proof_size'))
            if content:
                cls.check_proof(bytes(content))
            values['proof_sha256'] = (
                hashlib.sha256(bytes(content)).hexdigest() if content
                else None)
        return values

    @classmethod
    def check_proof(cls, content):
        "Raise an error for a file that cannot be the proof."


class PictureMixin(ProofMixin):
    "Let the proof be a picture."
    __slots__ = ()

    @classmethod
    def check_proof(cls, content):
        "Raise PhotoFormatError for what is no picture."
        image.read(content)
