# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.i18n import gettext
from trytond.model import Index, ModelView, fields
from trytond.modules.currency.fields import Monetary
from trytond.modules.safety_base.workflow import now, step
from trytond.pool import Pool
from trytond.pyson import Eval

from ..exceptions import RectificationError
from .four_fix import warn_finder_rectifies
from .hand_over import HandOverMixin
from .inbox import with_login
from .stage import StageMixin, stamped_by


class Rectification(HandOverMixin, StageMixin):
    __name__ = 'hazard.rectification'

    _states = {
        'readonly': Eval('state') != 'draft',
        }
    _handed = 'responsible'
    _editable = frozenset({'actions', 'rectified_at', 'cost', 'photos'})

    four_fix = fields.Many2One(
        'hazard.four_fix', "Four-fix", readonly=True, ondelete='RESTRICT')
    measures = fields.Function(fields.Text("Measures"), 'get_four_fix')
    # An old ledger may not tell whose it was and until when
    responsible = fields.Many2One(
        'company.employee', "Responsible", readonly=True,
        states={
            'required': Eval('state') == 'draft',
            })
    deadline = fields.DateTime(
        "Deadline", readonly=True,
        states={
            'required': Eval('state') == 'draft',
            })
    actions = fields.Text(
        "Actions Taken", states={
            'readonly': _states['readonly'],
            'required': Eval('state') == 'done',
            })
    rectified_at = fields.DateTime(
        "Rectified At", states={
            'readonly': _states['readonly'],
            'required': Eval('state') == 'done',
            })
    cost = Monetary(
        "Cost", currency='currency', digits='currency', states=_states,
        domain=['OR', ('cost', '=', None), ('cost', '>=', 0)])
    photos = fields.One2Many(
        'hazard.photo', 'rectification', "Photos of the Result",
        states=_states,
        context={
            'photo_hazard': Eval('hazard', -1),
            'photo_stage': 'rectified',
            },
        depends={'hazard'})
    extensions = fields.One2Many(
        'hazard.extension', 'rectification', "Extensions", readonly=True)
    done_by = stamped_by("Done By", 'done_by')
    done_at = fields.DateTime(
        "Done At", readonly=True,
        states={
            'invisible': ~Eval('done_at'),
            })
    state = fields.Selection([
            ('draft', "Waiting"),
            ('done', "Done"),
            ('cancelled', "Cancelled"),
            ], "State", required=True, readonly=True, sort=False)
    state_string = state.translated('state')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.add(Index(t, (t.responsible, Index.Equality())))
        cls._transitions |= {
            ('draft', 'done'),
            ('draft', 'cancelled'),
            }
        cls._buttons.update({
                'request_extension': {
                    'invisible': Eval('state') != 'draft',
                    'icon': 'tryton-date',
                    'depends': ['state'],
                    },
                'finish': {
                    'invisible': Eval('state') != 'draft',
                    'icon': 'tryton-ok',
                    'depends': ['state'],
                    },
                })

    @classmethod
    def get_four_fix(cls, rectifications, names):
        return {
            n: {
                r.id: getattr(r.four_fix, n) if r.four_fix else None
                for r in rectifications}
            for n in names}

    @classmethod
    def get_turn(cls, turn):
        "A leader is asked where who is responsible has no login."
        return ['OR',
            ('responsible', 'in', list(turn.acting)),
            [turn.get_units(), ('responsible', 'not in', with_login())]]

    @property
    def ended_at(self):
        if self.state == 'done':
            return self.done_at
        if self.state == 'cancelled':
            return self.write_date

    @classmethod
    def open(cls, four_fixes):
        "Put the four-fixed hazards into the inbox of who is responsible."
        rectifications = [
            cls.new(
                f.hazard, four_fix=f, responsible=f.responsible,
                deadline=f.deadline, due_at=f.deadline)
            for f in four_fixes]
        cls.save_new(rectifications)
        cls.__queue__.tell_waiting(rectifications)

    @classmethod
    def check_successor(cls, rectifications, employee):
        super().check_successor(rectifications, employee)
        warn_finder_rectifies([
                r for r in rectifications if r.hazard.found_by == employee])

    @classmethod
    def take_over(cls, rectifications, employee):
        Hazard = Pool().get('hazard.hazard')
        super().take_over(rectifications, employee)
        hazards = [r.hazard for r in rectifications]
        for hazard in hazards:
            hazard.responsible = employee
        Hazard.save_alike(hazards)

    def check_done(self):
        "Raise RectificationError unless it says what was done and when."
        if not self.actions:
            raise RectificationError(gettext(
                    'hazard.msg_rectification_actions',
                    hazard=self.rec_name))
        if not self.rectified_at:
            self.rectified_at = now()
        if not self.hazard.found_at <= self.rectified_at <= now():
            raise RectificationError(gettext(
                    'hazard.msg_rectification_time',
                    hazard=self.rec_name))

    @classmethod
    @ModelView.button_action('hazard.wizard_extension_request')
    def request_extension(cls, rectifications):
        pass

    @classmethod
    @step('done')
    def finish(cls, rectifications):
        pool = Pool()
        Extension = pool.get('hazard.extension')
        Hazard = pool.get('hazard.hazard')
        Photo = pool.get('hazard.photo')
        Recheck = pool.get('hazard.recheck')
        for rectification in rectifications:
            rectification.check_done()
        Photo.check_required(rectifications)
        cls.move(rectifications, 'done', 'done')
        hazards = [r.hazard for r in rectifications]
        actions = {r.hazard: r.actions for r in rectifications}
        Hazard.advance(
            hazards, 'recheck', 'finish',
            note=actions.get, stages=rectifications)
        Extension.close_open(hazards)
        Recheck.open(hazards, rectifications)
