# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""
Mails are of records that the user may read, and to people whom he may read.

Tryton sends what any user writes to any address, as often as he likes, as soon
as the settings have a mail server.
"""
import datetime as dt
import logging
from email.utils import getaddresses

from trytond.i18n import gettext
from trytond.pool import Pool, PoolMeta
from trytond.tools import escape_wildcard
from trytond.transaction import Transaction, check_access, without_check_access

from ..access import is_external
from ..exceptions import MailAddressError, MailLimitError, ResourceError
from .resource import check_readable

# To how many addresses a user may write in a day
DAY_MAX = 200

logger = logging.getLogger(__name__)


class Email(metaclass=PoolMeta):
    __name__ = 'ir.email'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        # What was sent stays, and counts.
        for name in ['copy', 'delete', 'write']:
            cls.__rpc__.pop(name, None)

    @classmethod
    def send(
            cls, to='', cc='', bcc='', subject='', body='', files=None,
            record=None, reports=None, attachments=None):
        pool = Pool()
        Attachment = pool.get('ir.attachment')
        if not isinstance(record, (list, tuple)) or len(record) != 2:
            raise ResourceError(gettext('safety_base.msg_resource_unknown'))
        check_readable(*record)
        if attachments:
            with check_access():
                Attachment.read(list(attachments), ['id'])
        transaction = Transaction()
        if is_external():
            addresses = cls._get_addresses(to, cc, bcc)
            cls._check_day(len(addresses))
            cls._check_known(addresses)
            logger.info(
                "mail of user %s on %s,%s to %s", transaction.user, *record,
                ', '.join(addresses))
        return super().send(
            to=to, cc=cc, bcc=bcc, subject=subject, body=body, files=files,
            record=record, reports=reports, attachments=attachments)

    @classmethod
    def _get_addresses(cls, *recipients):
        "Return the addresses, none of which hides in the name of another."
        addresses = []
        # Tryton reads each of them by itself.
        for text in filter(None, recipients):
            if not isinstance(text, str):
                raise ResourceError(
                    gettext('safety_base.msg_resource_unknown'))
            for name, address in getaddresses([text]):
                if not address or '@' in name or '=?' in name:
                    raise MailAddressError(gettext(
                            'safety_base.msg_mail_address',
                            address=address or name))
                addresses.append(address)
        return addresses

    @classmethod
    @without_check_access
    def _check_day(cls, count):
        pool = Pool()
        Address = pool.get('ir.email.address')
        since = dt.datetime.now() - dt.timedelta(days=1)
        sent = Address.search([
                ('email.create_uid', '=', Transaction().user),
                ('email.create_date', '>', since),
                ], count=True)
        if sent + count > DAY_MAX:
            raise MailLimitError(gettext(
                    'safety_base.msg_mail_day', count=DAY_MAX))

    @classmethod
    def _check_known(cls, addresses):
        known = cls._read_known(addresses) if addresses else set()
        for address in addresses:
            if address.lower() not in known:
                raise MailAddressError(gettext(
                        'safety_base.msg_mail_address', address=address))

    @classmethod
    def _read_known(cls, addresses):
        "Return those of the addresses, in small letters, that he may read."
        pool = Pool()
        User = pool.get('res.user')
        Mechanism = pool.get('party.contact_mechanism')
        known = {User(Transaction().user).email}
        for Model, name, domain in [
                (User, 'email', []),
                (Mechanism, 'value', [('type', '=', 'email')])]:
            with without_check_access():
                found = Model.search([
                        domain, ['OR', *(
                                (name, 'ilike', escape_wildcard(address))
                                for address in addresses)]])
            with check_access():
                readable = Model.search([('id', 'in', [r.id for r in found])])
            with without_check_access():
                known.update(
                    getattr(r, name) for r in Model.browse(readable))
        return {address.lower() for address in known if address}

    @classmethod
    def complete(cls, text, limit):
        # Names and addresses of those only whom one may read
        with check_access():
            return super().complete(text, limit)
