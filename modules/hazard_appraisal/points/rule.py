# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt
from collections import defaultdict, namedtuple

from sql import Null

from trytond.i18n import gettext
from trytond.model import Check, Index, ModelSQL, ModelView, fields
from trytond.modules.safety_base.access import CopyAccessMixin
from trytond.modules.safety_base.turn import take_turn
from trytond.pool import Pool
from trytond.pyson import Bool, Eval, If
from trytond.transaction import Transaction

from ..appraisal import GROUPS, PERIODS, AppraisalMixin
from ..exceptions import RuleDateError, RuleUsedError

# The events that the grade of the hazard may tell apart
GRADED = ['hazard_verified', 'hazard_on_site', 'hazard_duplicate']
# The events of which the rule says how many there must be
COUNTED = ['quota_missed', 'daily_streak']
# The events that are computed at the end of a period
PERIODIC = ['no_report', 'quota_missed']

ValidRule = namedtuple('ValidRule', [
        'id', 'event', 'grade', 'quantity', 'frequency', 'points',
        'valid_from', 'valid_to', 'kinds'])


class Rule(AppraisalMixin, ModelSQL, ModelView):
    __name__ = 'appraisal.rule'

    _states = {
        'readonly': Eval('used', False),
        }

    name = fields.Char("Name", required=True, states=_states)
    event = fields.Selection(
        'get_events', "Event", required=True, sort=False, states=_states)
    grade = fields.Many2One(
        'hazard.grade', "Grade", ondelete='RESTRICT',
        states={
            'readonly': _states['readonly'],
            'invisible': ~Eval('event').in_(GRADED),
            },
        help="Leave empty for the hazards of all grades.")
    quantity = fields.Integer(
        "Number", domain=['OR', ('quantity', '=', None), ('quantity', '>', 0)],
        states={
            'readonly': _states['readonly'],
            'invisible': ~Eval('event').in_(COUNTED),
            'required': Eval('event').in_(COUNTED),
            },
        help="Of hazards that are to be found, or of days in a row.")
    frequency = fields.Selection(
        [(None, ""), *PERIODS], "Computed per", sort=False,
        states={
            'readonly': _states['readonly'],
            'invisible': ~Eval('event').in_(PERIODIC),
            'required': Eval('event').in_(PERIODIC),
            })
    group = fields.Selection(
        GROUPS, "Group", required=True, sort=False, states=_states,
        help="The column of the sheets.")
    points = fields.Numeric(
        "Points", digits=(16, 2), required=True, states=_states)
    cap = fields.Numeric(
        "Cap", digits=(16, 2), states=_states,
        domain=['OR', ('cap', '=', None), ('cap', '>=', 0)],
        help="What a member gains or loses at most by the rule in a period. "
        "Leave empty for any number of points.")
    cap_period = fields.Selection(
        [(None, ""), *PERIODS], "Cap per", sort=False,
        states={
            'readonly': _states['readonly'],
            'invisible': ~Eval('cap'),
            'required': Eval('cap', None) != None,  # noqa: E711
            })
    kinds = fields.Many2Many(
        'appraisal.rule-safety.member.kind', 'rule', 'kind',
        "Kinds of Member", states=_states,
        help="Leave empty for all kinds.")
    valid_from = fields.Date(
        "Valid from", required=True, states=_states,
        domain=[If(Eval('valid_from') & Eval('valid_to'),
                ('valid_from', '<=', Eval('valid_to')),
                ()),
            ])
    valid_to = fields.Date(
        "Valid to", readonly=True, help="The last day, empty for no end.")
    version = fields.Integer("Version", required=True, readonly=True)
    previous = fields.Many2One(
        'appraisal.rule', "Previous Version", readonly=True,
        ondelete='RESTRICT',
        states={
            'invisible': ~Eval('previous'),
            })
    used = fields.Function(
        fields.Boolean("Used", help="It has given points."), 'get_used')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls.company.readonly = False
        cls.company.states = cls._states
        cls._sql_constraints += [
            ('cap_period', Check(t,
                    (t.cap == None) | (t.cap_period != None)),  # noqa: E711
                'hazard_appraisal.msg_rule_cap_period'),
            ]
        cls._sql_indexes.add(
            Index(t, (t.company, Index.Equality()),
                (t.event, Index.Equality())))
        cls._order = [
            ('company', 'ASC'),
            ('group', 'ASC'),
            ('event', 'ASC'),
            ('valid_from', 'DESC'),
            ('id', 'ASC'),
            ]

        cls._buttons.update({
                'renew': {
                    'invisible': Bool(Eval('valid_to')),
                    'icon': 'tryton-copy',
                    'depends': ['valid_to'],
                    },
                'finish': {
                    'invisible': Bool(Eval('valid_to')),
                    'icon': 'tryton-archive',
                    'depends': ['valid_to'],
                    },
                })

    @classmethod
    def get_events(cls):
        "Return what may give points; modules add what they know of."
        get = cls._message
        return [
            ('hazard_verified', get('hazard_verified')),
            ('hazard_on_site', get('hazard_on_site')),
            ('hazard_returned', get('hazard_returned')),
            ('hazard_cancelled', get('hazard_cancelled')),
            ('hazard_duplicate', get('hazard_duplicate')),
            ('recheck_first', get('recheck_first')),
            ('rectification_overdue', get('rectification_overdue')),
            ('recheck_late', get('recheck_late')),
            ('no_report', get('no_report')),
            ('quota_missed', get('quota_missed')),
            ]

    @classmethod
    def get_models(cls):
        "Return by event the name of the model of what points are for."
        return {
            **dict.fromkeys([
                    'hazard_verified', 'hazard_on_site', 'hazard_returned',
                    'hazard_cancelled', 'hazard_duplicate'], 'hazard.hazard'),
            **dict.fromkeys(
                ['recheck_first', 'recheck_late'], 'hazard.recheck'),
            'rectification_overdue': 'hazard.rectification',
            **dict.fromkeys(PERIODIC, 'appraisal.period'),
            }

    @classmethod
    def _message(cls, event):
        return gettext(f'hazard_appraisal.msg_event_{event}')

    @classmethod
    def default_version(cls):
        return 1

    @classmethod
    def default_valid_from(cls):
        pool = Pool()
        Date = pool.get('ir.date')
        return Date.today().replace(day=1)

    @fields.depends('event', 'grade', 'quantity', 'frequency')
    def on_change_event(self):
        if self.event not in GRADED:
            self.grade = None
        if self.event not in COUNTED:
            self.quantity = None
        if self.event not in PERIODIC:
            self.frequency = None

    @fields.depends('cap', 'cap_period')
    def on_change_cap(self):
        if self.cap is None:
            self.cap_period = None
        elif not self.cap_period:
            self.cap_period = 'month'

    @classmethod
    def get_used(cls, rules, name):
        used = cls.read_used([r.id for r in rules])
        return {r.id: r.id in used for r in rules}

    @classmethod
    def read_used(cls, ids):
        "Return the last days that the rules among the ids have counted."
        pool = Pool()
        Entry = pool.get('appraisal.entry')
        return Entry.read_last_days(ids)

    @classmethod
    def read_rules(cls, company):
        "Return the rules of the company as tuples, the oldest first."
        pool = Pool()
        RuleKind = pool.get('appraisal.rule-safety.member.kind')
        table, kind = cls.__table__(), RuleKind.__table__()
        cursor = Transaction().connection.cursor()
        cursor.execute(*kind
            .join(table, condition=kind.rule == table.id)
            .select(kind.rule, kind.kind, where=table.company == company.id))
        kinds = defaultdict(set)
        for rule, kind in cursor:
            kinds[rule].add(kind)
        cursor.execute(*table.select(
                table.id, table.event, table.grade, table.quantity,
                table.frequency, table.points, table.valid_from,
                table.valid_to,
                where=table.company == company.id,
                order_by=[table.id.asc]))
        return [ValidRule(*row, kinds[row[0]]) for row in cursor]

    @classmethod
    def first_day(cls, company):
        "Return the first day on which a rule of the company is in force."
        table = cls.__table__()
        cursor = Transaction().connection.cursor()
        cursor.execute(*table.select(
                table.valid_from,
                where=table.company == company.id,
                order_by=[table.valid_from.asc], limit=1))
        row = cursor.fetchone()
        return row[0] if row else None

    @classmethod
    def read_frequencies(cls, company):
        "Return the kinds of period of which rules of the company compute."
        table = cls.__table__()
        cursor = Transaction().connection.cursor()
        cursor.execute(*table.select(
                table.frequency,
                where=(table.company == company.id)
                & (table.frequency != Null),
                group_by=[table.frequency]))
        return sorted(kind for kind, in cursor)

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual', If(Eval('valid_to'), 'muted', '')),
            ('/tree/field[@name="points"]', 'visual',
                If(Eval('points', 0) < 0, 'danger', '')),
            ]

    def get_rec_name(self, name):
        if self.version > 1:
            return f'{self.name} v{self.version}'
        return self.name

    @classmethod
    def validate_fields(cls, rules, field_names):
        super().validate_fields(rules, field_names)
        if field_names is None or field_names - {'valid_to'}:
            cls.check_dates(rules)

    @classmethod
    def check_dates(cls, rules):
        "Raise RuleDateError for one that begins before what is closed."
        pool = Pool()
        Period = pool.get('appraisal.period')
        for rule in rules:
            closed = Period.closed_until(rule.company)
            if closed and rule.valid_from <= closed:
                raise RuleDateError(gettext(
                        'hazard_appraisal.msg_rule_closed',
                        rule=rule.rec_name, day=closed))

    @classmethod
    def check_modification(cls, mode, rules, values=None, external=False):
        super().check_modification(
            mode, rules, values=values, external=external)
        if mode in {'write', 'delete'} and external:
            cls.check_unused(rules)

    @classmethod
    def check_unused(cls, rules):
        "Raise RuleUsedError for one that has counted."
        used = cls.read_used([r.id for r in rules])
        for rule in rules:
            if rule.id in used:
                raise RuleUsedError(gettext(
                        'hazard_appraisal.msg_rule_used',
                        rule=rule.rec_name))

    @classmethod
    def copy(cls, rules, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('version', 1)
        default.setdefault('previous')
        default.setdefault('valid_to')
        return super().copy(rules, default=default)

    @classmethod
    @ModelView.button_action('hazard_appraisal.wizard_rule_renew')
    def renew(cls, rules):
        pass

    @classmethod
    @ModelView.button_action('hazard_appraisal.wizard_rule_end')
    def finish(cls, rules):
        pass

    @classmethod
    def end(cls, rules, day):
        """Let the rules count for the last time on the day.

        Raises RuleDateError when one of them has counted later days.
        """
        # Nobody counts by it meanwhile.
        take_turn(rules)
        used = cls.read_used([r.id for r in rules])
        for rule in rules:
            last = used.get(rule.id)
            if day < rule.valid_from or (last and last > day):
                raise RuleDateError(gettext(
                        'hazard_appraisal.msg_rule_end',
                        rule=rule.rec_name, day=day,
                        last=last or rule.valid_from))
            if rule.valid_to and rule.valid_to < day:
                raise RuleDateError(gettext(
                        'hazard_appraisal.msg_rule_ended',
                        rule=rule.rec_name, day=rule.valid_to))
        cls.write(rules, {'valid_to': day})

    def new_version(self, day):
        "Return the saved version of the rule that counts from the day on."
        cls = self.__class__
        cls.end([self], day - dt.timedelta(days=1))
        version, = cls.copy([self], default={
                'version': self.version + 1,
                'previous': self.id,
                'valid_from': day,
                })
        return version


class RuleKind(CopyAccessMixin, ModelSQL):
    __name__ = 'appraisal.rule-safety.member.kind'

    rule = fields.Many2One(
        'appraisal.rule', "Rule", required=True, ondelete='CASCADE')
    kind = fields.Many2One(
        'safety.member.kind', "Kind", required=True, ondelete='RESTRICT')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('rule')

    @classmethod
    def check_modification(cls, mode, records, values=None, external=False):
        pool = Pool()
        Rule = pool.get('appraisal.rule')
        super().check_modification(
            mode, records, values=values, external=external)
        if external:
            Rule.check_unused([r.rule for r in records])

    @classmethod
    def validate_fields(cls, records, field_names):
        pool = Pool()
        Rule = pool.get('appraisal.rule')
        super().validate_fields(records, field_names)
        Rule.check_dates([r.rule for r in records])
