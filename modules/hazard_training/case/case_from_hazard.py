# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Makes cases of closed hazards, without the names of people."

from trytond.i18n import gettext
from trytond.model import fields
from trytond.model.exceptions import AccessError
from trytond.modules.safety_base.access import check_readable
from trytond.pool import Pool, PoolMeta
from trytond.transaction import check_access
from trytond.wizard import StateAction, StateTransition, Wizard

from ..exceptions import CaseError

PROMOTED = ['closed', 'archived']
_TITLE = 40


class Case(metaclass=PoolMeta):
    __name__ = 'training.case'

    @classmethod
    def promote(cls, hazards):
        """Create and return a draft case of each hazard.

        Raise CaseError for one that is not closed or is a case already.
        """
        known = {c.hazard: c for c in cls.search([
                    ('hazard', 'in', [h.id for h in hazards])])}
        for hazard in hazards:
            if hazard.state not in PROMOTED:
                raise CaseError(gettext(
                        'hazard_training.msg_case_hazard_open',
                        hazard=hazard.rec_name))
            if hazard in known:
                raise CaseError(gettext(
                        'hazard_training.msg_case_hazard_known',
                        hazard=hazard.rec_name,
                        case=known[hazard].rec_name))
        return cls.create([cls._get_promoted(h) for h in hazards])

    @classmethod
    def _get_promoted(cls, hazard):
        people = _get_people(hazard)
        somebody = gettext('hazard_training.msg_case_somebody')

        def anonymous(text):
            for name in people:
                text = text.replace(name, somebody)
            return text
        measures = [f.measures for f in hazard.four_fixes]
        measures += [hazard.on_site_measures]
        measures += [r.actions for r in hazard.rectifications]
        found = anonymous(hazard.description)
        cause = hazard.fields_get(['cause'])['cause']['selection']
        return {
            'company': hazard.company.id,
            'hazard': hazard.id,
            'title': found.splitlines()[0][:_TITLE],
            'discipline': hazard.discipline.id,
            'category': hazard.category.id if hazard.category else None,
            'grade': hazard.grade.id,
            'found': found,
            'cause': dict(cause).get(hazard.cause) or None,
            'measures': anonymous('\n'.join(filter(None, measures))) or None,
            'photos': [('create', [{
                            'stage':
                            'before' if p.stage == 'found' else 'after',
                            # The preview has no data of the camera.
                            'image': p.preview,
                            } for p in hazard.photos])],
            }


def _get_people(hazard):
    "Return the names of who took part in the loop, longest first."
    employees = {hazard.found_by}
    employees |= {e.employee for e in hazard.events}
    employees |= {f.responsible for f in hazard.four_fixes}
    return sorted(
        {e.party.name for e in employees if e and e.party.name},
        key=len, reverse=True)


class Hazard(metaclass=PoolMeta):
    __name__ = 'hazard.hazard'

    cases = fields.One2Many(
        'training.case', 'hazard', "Cases", readonly=True)

    @classmethod
    def copy(cls, hazards, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('cases')
        return super().copy(hazards, default=default)


class Promote(Wizard):
    __name__ = 'training.case.promote'

    start_state = 'promote'
    promote = StateTransition()
    open_ = StateAction('hazard_training.act_training_case_form')

    def transition_promote(self):
        pool = Pool()
        Case = pool.get('training.case')
        ModelAccess = pool.get('ir.model.access')
        hazards = self.model.browse([r.id for r in self.records])
        with check_access():
            # A forged action would pass by the model of the wizard.
            if self.model.__name__ != 'hazard.hazard':
                raise AccessError(gettext(
                        'ir.msg_access_wizard_model_error',
                        wizard=self.__name__, model=self.model.__name__))
            ModelAccess.check(Case.__name__, 'create')
            check_readable(hazards)
        Case.promote(hazards)
        return 'open_'

    def do_open_(self, action):
        pool = Pool()
        Case = pool.get('training.case')
        cases = Case.search([
                ('hazard', 'in', [h.id for h in self.records])])
        data = {'res_ids': [c.id for c in cases]}
        if len(cases) == 1:
            action['views'].reverse()
        return action, data
