# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What reports up and publications share."

from collections import defaultdict

from trytond.i18n import gettext
from trytond.modules.safety_base.access import is_external
from trytond.modules.safety_base.scheduler import get_companies
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval, If
from trytond.transaction import Transaction, without_check_access

from ..exceptions import DisclosureAccessError, DisclosureError
from ..loop.stage import StageMixin
from ..loop.steps import OPEN_STATES

UNREPORTED = ['draft', 'returned', 'cancelled']


class DisclosureMixin(StageMixin):
    """What discloses a hazard.

    The loop opens what the grade asks for, which then has a due time. People
    enter all else by hand.
    """
    __slots__ = ()
    # The field of the grade that asks for it
    _asked = None
    # The field by which hazards are disclosed more than once
    _kind = None

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.hazard.readonly = False
        cls.hazard.states = {'readonly': Eval('id', -1) >= 0}
        cls.hazard.domain = [
            If(Eval('id', -1) < 0, ('state', 'not in', UNREPORTED), ())]

    @classmethod
    def default_company(cls):
        return Transaction().context.get('company')

    @classmethod
    def _before_create(cls, vlist):
        vlist = super()._before_create(vlist)
        if is_external():
            with without_check_access():
                cls._set_due(vlist)
        return vlist

    @classmethod
    def _set_due(cls, vlist):
        "Let what a client creates be due where the grade still asks for it."
        Hazard = Pool().get('hazard.hazard')
        hazards = Hazard.browse({v['hazard'] for v in vlist if 'hazard' in v})
        missing = cls._get_missing(hazards, cls._get_known(hazards))
        for values in vlist:
            key = values.get('hazard'), values.get(cls._kind)
            # Only the first one of each is.
            values['due_at'] = missing.pop(key, None)

    @classmethod
    def _get_asked(cls, hazard):
        "Return the due times of what the grade asks for, by kind."
        raise NotImplementedError

    @classmethod
    def _get_known(cls, hazards):
        "Return what there is by id of the hazard and kind."
        known = defaultdict(list)
        for record in cls.search([
                    ('hazard', 'in', [h.id for h in hazards]),
                    ('state', '!=', 'cancelled'),
                    ]):
            kind = getattr(record, cls._kind) if cls._kind else None
            known[record.hazard.id, kind].append(record)
        return known

    @classmethod
    def _get_missing(cls, hazards, known):
        "Return the due times of what is asked for and not known to be due."
        return {
            (hazard.id, kind): due_at for hazard in hazards
            for kind, due_at in cls._get_asked(hazard).items()
            if not any(
                r.due_at or r.state != 'draft'
                for r in known[hazard.id, kind])}

    @classmethod
    def open(cls, hazards):
        "Put what the grades ask for and is not there into the inbox."
        known = cls._get_known(hazards)
        missing = cls._get_missing(hazards, known)
        hazards = {h.id: h for h in hazards}
        opened = []
        for (hazard, kind), due_at in missing.items():
            # What somebody began by hand is what is asked for.
            record, = known[hazard, kind][:1] or [cls._draft(
                    hazards[hazard], kind)]
            record.due_at = due_at
            opened.append(record)
        if opened:
            cls.save(opened)
            cls.__queue__.tell_waiting(opened)

    @classmethod
    def _draft(cls, hazard, kind):
        return cls.new(hazard, **({cls._kind: kind} if cls._kind else {}))

    @classmethod
    @without_check_access
    def open_missing(cls):
        "Open what was not, as the grade did not ask for it at the time."
        Hazard = Pool().get('hazard.hazard')
        for company in get_companies():
            with Transaction().set_context(company=company.id):
                cls.open(Hazard.search([
                            ('company', '=', company.id),
                            (f'grade.{cls._asked}', '=', True),
                            ('state', 'in', OPEN_STATES),
                            ('imported', '!=', True),
                            ]))

    @classmethod
    def check_modification(cls, mode, records, values=None, external=False):
        super().check_modification(
            mode, records, values=values, external=external)
        if mode == 'delete' and external:
            for record in records:
                if record.due_at:
                    raise DisclosureAccessError(gettext(
                            'hazard.msg_disclosure_delete',
                            hazard=record.rec_name))

    def check_hazard(self):
        "Raise DisclosureError for a hazard that is not reported."
        if self.hazard.state in UNREPORTED:
            raise DisclosureError(gettext(
                    'hazard.msg_disclosure_hazard',
                    hazard=self.hazard.rec_name))

    def check_complete(self):
        "Raise an error unless it tells all that it must."
        self.check_hazard()


class Reminder(metaclass=PoolMeta):
    __name__ = 'hazard.reminder'

    @classmethod
    def remind(cls):
        pool = Pool()
        for name in ['hazard.filing', 'hazard.publication']:
            pool.get(name).open_missing()
        super().remind()
