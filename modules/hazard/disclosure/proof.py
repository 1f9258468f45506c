# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Files that prove what was disclosed, kept with their digests."

import datetime as dt
import hashlib

from trytond.i18n import gettext
from trytond.model import Model, fields
from trytond.modules.safety_base import image
from trytond.modules.safety_base.access import is_external
from trytond.modules.safety_base.attachment import DAY_MAX
from trytond.modules.safety_base.exceptions import AttachmentLimitError
from trytond.modules.safety_base.file_name import safe_name
from trytond.pool import Pool
from trytond.pyson import Eval
from trytond.transaction import Transaction, check_access, without_check_access

from ..exceptions import ProofError
from ..loop.photo import STORE_PREFIX
from ..loop.signed import SIGNED

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
    proof_sha256 = fields.Char(
        "SHA-256", readonly=True, states={
            'invisible': ~Eval('proof_sha256'),
            })

    @classmethod
    def preprocess_values(cls, mode, values):
        values = super().preprocess_values(mode, values)
        # Else any stored file could be named, with any digest.
        values.pop('proof_id', None)
        values.pop('proof_sha256', None)
        if content := values.get('proof'):
            values['proof_sha256'] = hashlib.sha256(content).hexdigest()
        elif 'proof' in values:
            values['proof_sha256'] = None
        if values.get('proof_name'):
            values['proof_name'] = safe_name(values['proof_name'])
        return values

    @classmethod
    def _before_create(cls, vlist):
        vlist = super()._before_create(vlist)
        proofs = [v['proof'] for v in vlist if v.get('proof')]
        if proofs and is_external():
            cls._check_day(len(proofs))
        for content in proofs:
            cls.check_proof(content)
        return vlist

    @classmethod
    def check_modification(cls, mode, records, values=None, external=False):
        super().check_modification(
            mode, records, values=values, external=external)
        if content := (values or {}).get('proof'):
            if external:
                # Nothing is read for who may not write.
                with check_access():
                    cls.check_editor(records)
                cls._check_day(len(records))
            cls.check_proof(content)

    @classmethod
    @without_check_access
    def _check_day(cls, count):
        """Raise AttachmentLimitError for more files than a user sends a day.

        What was replaced stays on the disk for months.
        """
        Queue = Pool().get('ir.filestore.queue')
        user = Transaction().user
        since = dt.datetime.now() - dt.timedelta(days=1)
        created = [('create_uid', '=', user), ('create_date', '>', since)]
        written = [('write_uid', '=', user), ('write_date', '>', since)]
        count += cls.search([
                ('proof_id', '!=', None), ['OR', created, written]],
            count=True)
        count += Queue.search(
            [created, ('model', '=', cls.__name__)], count=True)
        if count > DAY_MAX:
            raise AttachmentLimitError(gettext(
                    'safety_base.msg_attachment_day', count=DAY_MAX))

    @classmethod
    def check_proof(cls, content):
        "Raise an error for a file that cannot be the proof."
        if len(content) > LIMIT:
            raise ProofError(gettext('hazard.msg_proof_size'))
        cls._check_format(bytes(content))

    @classmethod
    def _check_format(cls, content):
        if not content.startswith(SIGNED):
            raise ProofError(gettext('hazard.msg_proof_format'))


class PictureMixin(ProofMixin):
    "Let the proof be a picture."
    __slots__ = ()

    @classmethod
    def _check_format(cls, content):
        "Raise PhotoFormatError for what is no picture."
        image.read(content)
