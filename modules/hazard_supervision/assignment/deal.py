# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Enterprises are dealt to sections and officers, as seen before."

from collections import Counter, defaultdict

from trytond.i18n import gettext
from trytond.model import ModelView, fields
from trytond.modules.safety_base.access import check_writable
from trytond.pool import Pool
from trytond.pyson import Eval
from trytond.transaction import Transaction, check_access
from trytond.wizard import Button, StateTransition, StateView, Wizard

from ..day import get_today
from ..exceptions import AssignmentError
from . import dealing
from .assignment import WAYS


class DealStart(ModelView):
    __name__ = 'supervision.deal.start'

    company = fields.Many2One(
        'company.company', "Company", required=True, readonly=True)
    dealt = fields.Selection(
        [w for w in WAYS if w[0] != 'hand'], "Dealt", required=True,
        sort=False,
        help="Evenly without regard to the weights; by trade or township "
        "those of one are kept in one hand; in proportion to the weights.")
    scope = fields.Selection([
            ('new', "What Nobody Has"),
            ('all', "All Anew"),
            ], "Enterprises", required=True, sort=False)
    to = fields.Selection([
            ('officer', "Officers"),
            ('section', "Sections"),
            ], "To", required=True, sort=False)
    start = fields.Date("From", required=True)
    recipients = fields.One2Many(
        'supervision.deal.recipient', None, "Recipients")

    @fields.depends('company', 'to', 'recipients')
    def on_change_to(self):
        self.recipients = self._find_recipients()

    def _find_recipients(self):
        pool = Pool()
        Assignment = pool.get('supervision.assignment')
        Employee = pool.get('company.employee')
        Recipient = pool.get('supervision.deal.recipient')
        Unit = pool.get('safety.unit')
        if not self.company:
            return []
        sections = Unit.search([
                ('company', '=', self.company.id),
                ('kind', '=', 'section')])
        officers = defaultdict(list)
        for employee in Employee.search([
                    ('id', 'in', list(Assignment.get_officers(self.company))),
                    ('unit', 'in', [s.id for s in sections]),
                    ], order=[('id', 'ASC')]):
            officers[employee.unit].append(employee)
        if self.to == 'section':
            return [
                Recipient(
                    company=self.company, section=s, weight=len(officers[s]))
                for s in sections]
        return [
            Recipient(company=self.company, section=s, officer=o, weight=1)
            for s in sections for o in officers[s]]


class DealRecipient(ModelView):
    __name__ = 'supervision.deal.recipient'

    company = fields.Many2One('company.company', "Company", readonly=True)
    section = fields.Many2One(
        'safety.unit', "Section", required=True,
        domain=[
            ('company', '=', Eval('company', -1)),
            ('kind', 'in', ['bureau', 'section']),
            ])
    officer = fields.Many2One(
        'company.employee', "Officer",
        domain=[('company', '=', Eval('company', -1))])
    weight = fields.Integer(
        "Weight", required=True, domain=[('weight', '>=', 0)])

    @classmethod
    def default_company(cls):
        return Transaction().context.get('company')

    @classmethod
    def default_weight(cls):
        return 1


class DealPreview(ModelView):
    __name__ = 'supervision.deal.preview'

    totals = fields.One2Many(
        'supervision.deal.total', None, "In Sum", readonly=True)
    lines = fields.One2Many('supervision.deal.line', None, "Enterprises")


class DealTotal(ModelView):
    __name__ = 'supervision.deal.total'

    section = fields.Many2One('safety.unit', "Section", readonly=True)
    officer = fields.Many2One('company.employee', "Officer", readonly=True)
    former = fields.Integer("So Far", readonly=True)
    number = fields.Integer("Then", readonly=True)


class DealLine(ModelView):
    __name__ = 'supervision.deal.line'

    company = fields.Many2One('company.company', "Company", readonly=True)
    enterprise = fields.Many2One(
        'supervision.enterprise', "Enterprise", required=True, readonly=True)
    trade = fields.Many2One('supervision.trade', "Trade", readonly=True)
    township = fields.Many2One(
        'supervision.township', "Township", readonly=True)
    former = fields.Many2One(
        'supervision.assignment', "So Far", readonly=True)
    section = fields.Many2One(
        'safety.unit', "Section", required=True,
        domain=[
            ('company', '=', Eval('company', -1)),
            ('kind', 'in', ['bureau', 'section']),
            ])
    officer = fields.Many2One(
        'company.employee', "Officer",
        domain=[('company', '=', Eval('company', -1))])


class Deal(Wizard):
    __name__ = 'supervision.deal'

    start = StateView(
        'supervision.deal.start',
        'hazard_supervision.supervision_deal_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Preview", 'preview', 'tryton-forward', default=True),
            ])
    preview = StateView(
        'supervision.deal.preview',
        'hazard_supervision.supervision_deal_preview_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Back", 'start', 'tryton-back'),
            Button("Deal", 'deal', 'tryton-ok', default=True),
            ])
    deal = StateTransition()

    def default_start(self, names):
        if recipients := getattr(self.start, 'recipients', None):
            return {
                'company': self.start.company.id,
                'dealt': self.start.dealt,
                'scope': self.start.scope,
                'to': self.start.to,
                'start': self.start.start,
                'recipients': [_get_values(r) for r in recipients],
                }
        pool = Pool()
        Company = pool.get('company.company')
        Start = pool.get('supervision.deal.start')
        company = Transaction().context.get('company')
        start = Start(
            company=Company(company) if company else None, to='officer')
        return {
            'company': company,
            'dealt': 'evenly',
            'scope': 'new',
            'to': 'officer',
            'start': get_today(company) if company else None,
            'recipients': [
                _get_values(r) for r in start._find_recipients()],
            }

    def default_preview(self, names):
        recipients = [_who(r) for r in self.start.recipients]
        if not recipients or not all(s for s, _ in recipients):
            raise AssignmentError(gettext(
                    'hazard_supervision.msg_deal_recipients'))
        with check_access():
            former = {a.enterprise: a for a in self._get_lasting()}
            kept, enterprises = self._get_enterprises(former)
        held = [
            _find(recipients, former.get(e)) for e in enterprises]
        loads = Counter(_find(recipients, former[e]) for e in kept)
        numbers = self._divide(
            enterprises, held, [loads[n] for n in range(len(recipients))],
            kept, [_find(recipients, former[e]) for e in kept])
        lines = [
            self._get_line(e, former.get(e), *recipients[n])
            for e, n in zip(enterprises, numbers)]
        before = Counter(held) + loads
        after = Counter(numbers) + loads
        return {
            'lines': lines,
            'totals': [{
                    'section': section.id,
                    'section.': {'rec_name': section.rec_name},
                    'officer': _id(officer),
                    'officer.': officer and {'rec_name': officer.rec_name},
                    'former': before[number],
                    'number': after[number],
                    } for number, (section, officer) in enumerate(
                        recipients)],
            }

    def _get_lasting(self):
        "Return the assignments that last, the later first."
        Assignment = Pool().get('supervision.assignment')
        return Assignment.search([
                ('company', '=', self.start.company.id),
                *Assignment.get_lasting(self.start.start)])

    def _get_enterprises(self, former):
        "Return the lists of enterprises that are kept and that are dealt."
        Enterprise = Pool().get('supervision.enterprise')
        enterprises = Enterprise.search([
                ('company', '=', self.start.company.id),
                ['OR',
                    ('closed_on', '=', None),
                    ('closed_on', '>', self.start.start)],
                ], order=[
                    ('trade.sequence', 'ASC'), ('trade', 'ASC'),
                    ('name', 'ASC'), ('id', 'ASC')])
        if self.start.scope == 'all':
            return [], enterprises
        return (
            [e for e in enterprises if e in former],
            [e for e in enterprises if e not in former])

    def _divide(self, enterprises, held, loads, kept, kept_by):
        way = self.start.dealt
        weights = [
            max(r.weight or 0, 0) if way == 'proportion' else 1
            for r in self.start.recipients]
        if way in {'trade', 'township'}:
            hands = defaultdict(Counter)
            for enterprise, number in zip(kept, kept_by):
                if number is not None:
                    hands[getattr(enterprise, way)][number] += 1
            return dealing.deal_groups(
                enterprises, [getattr(e, way) for e in enterprises], loads,
                weights, {g: min(c, key=lambda n: (-c[n], n))
                    for g, c in hands.items()})
        if self.start.scope == 'all':
            return dealing.deal(enterprises, held, weights)
        return dealing.deal_more(enterprises, loads, weights)

    def _get_line(self, enterprise, former, section, officer):
        values = {
            'company': self.start.company,
            'enterprise': enterprise,
            'trade': enterprise.trade,
            'township': enterprise.township,
            'former': former,
            'section': section,
            'officer': officer,
            }
        return {
            **{n: _id(v) for n, v in values.items()},
            **{f'{n}.': v and {'rec_name': v.rec_name}
                for n, v in values.items()},
            }

    def transition_deal(self):
        Assignment = Pool().get('supervision.assignment')
        reason = gettext('hazard_supervision.msg_deal_reason')
        with check_access():
            lasting = self._get_lasting()
            former = {a.enterprise: a for a in lasting}
            changed = {
                line.enterprise: line for line in self.preview.lines
                if _who(former.get(line.enterprise)) != _who(line)}
            ended = [a for a in lasting if a.enterprise in changed]
            check_writable(ended)
            Assignment.close(ended, reason, start=self.start.start)
            Assignment.create([{
                        'company': self.start.company.id,
                        'enterprise': line.enterprise.id,
                        'section': _id(section),
                        'officer': _id(officer),
                        'start': self.start.start,
                        'dealt': self.start.dealt,
                        } for line in changed.values()
                    for section, officer in [_who(line)]])
        return 'end'

    def end(self):
        return 'reload'


def _get_values(recipient):
    section, officer = _who(recipient)
    return {
        'company': _id(getattr(recipient, 'company', None)),
        'section': _id(section),
        'section.': section and {'rec_name': section.rec_name},
        'officer': _id(officer),
        'officer.': officer and {'rec_name': officer.rec_name},
        'weight': recipient.weight,
        }


def _id(record):
    return record.id if record else None


def _who(line):
    "Return section and officer, which a client may have left out, or None."
    if line:
        return getattr(line, 'section', None), getattr(line, 'officer', None)


def _find(recipients, assignment):
    "Return the number of the recipient who has the assignment, or None."
    who = _who(assignment)
    return recipients.index(who) if who in recipients else None
