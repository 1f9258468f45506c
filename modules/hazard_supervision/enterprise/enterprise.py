# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import stdnum.exceptions
from stdnum.cn import uscc

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Unique, fields
from trytond.modules.safety_base.access import CopyAccessMixin, writable
from trytond.modules.safety_base.guard.identity import is_admin
from trytond.modules.safety_base.named import NamedMixin, search_any
from trytond.modules.safety_base.text_search import text_index
from trytond.pool import Pool
from trytond.pyson import Bool, Eval, If

from ..exceptions import (
    CreditCodeError, EnterpriseAccessError, EnterpriseError)

REGISTRATIONS = ['invited', 'registered', 'trained', 'running']
_WRITTEN = {
    'registration', 'registered_on', 'trained_on', 'running_on'}


class Enterprise(NamedMixin, ModelSQL, ModelView):
    __name__ = 'supervision.enterprise'
    _rule_context_organization = True

    own_company = fields.Many2One(
        'company.company', "Its Company", ondelete='RESTRICT',
        domain=[('regulator', '!=', True)],
        help="The company of this database that keeps the records of the "
        "enterprise. Only the administrators of the database choose it.")
    uscc = fields.Char(
        "Credit Code", required=True, size=18,
        help="The unified social credit code.")
    trade = fields.Many2One(
        'supervision.trade', "Trade", required=True, ondelete='RESTRICT')
    township = fields.Many2One(
        'supervision.township', "Township", ondelete='RESTRICT',
        domain=[('company', '=', Eval('company', -1))])
    address = fields.Char("Address")
    authority = fields.Char(
        "Competent Department",
        help="The department that governs the trade.")
    employees = fields.Integer(
        "Number of Employees", domain=[
            ['OR', ('employees', '=', None), ('employees', '>=', 0)]])
    standardisation = fields.Selection([
            (None, ""),
            ('1', "Grade 1"),
            ('2', "Grade 2"),
            ('3', "Grade 3"),
            ], "Standardisation", sort=False)
    standardisation_until = fields.Date(
        "Standardisation Valid until",
        states={
            'invisible': ~Eval('standardisation'),
            })
    risk = fields.Selection([
            (None, ""),
            ('major', "Major"),
            ('greater', "Greater"),
            ('general', "General"),
            ('low', "Low"),
            ], "Risk Level", sort=False)
    risk_evidence = fields.Text(
        "Evidence of the Risk Level",
        states={
            'required': Bool(Eval('risk')),
            'invisible': ~Eval('risk'),
            },
        help="Who has found it, by which method and in which paper.")
    risk_until = fields.Date(
        "Risk Level Valid until",
        states={
            'invisible': ~Eval('risk'),
            })
    programme = fields.Many2One(
        'supervision.programme', "Programme", ondelete='RESTRICT',
        domain=[('company', '=', Eval('company', -1))])
    contacts = fields.One2Many(
        'supervision.contact', 'enterprise', "Contacts")
    exemptions = fields.One2Many(
        'supervision.exemption', 'enterprise', "Exemptions", readonly=True)
    enrolled_on = fields.Date(
        "Enrolled on", required=True,
        help="From when on it is expected to act.")
    grace_days = fields.Integer(
        "Grace (days)", domain=[
            ['OR', ('grace_days', '=', None), ('grace_days', '>=', 0)]],
        help="So long no display opens after the enrolment. Leave empty for "
        "the days of the configuration.")
    closed_on = fields.Date(
        "Closed on",
        domain=[
            If(Bool(Eval('closed_on')) & Bool(Eval('enrolled_on')),
                ('closed_on', '>=', Eval('enrolled_on', None)),
                ()),
            ],
        help="From when on it is supervised no more.")
    registered_on = fields.Date("Registered on", readonly=True)
    trained_on = fields.Date("Trained on", readonly=True)
    running_on = fields.Date("Running since", readonly=True)
    registration = fields.Selection([
            ('invited', "Invited"),
            ('registered', "Registered"),
            ('trained', "Trained"),
            ('running', "Running"),
            ], "Registration", required=True, readonly=True, sort=False)
    registration_string = registration.translated('registration')
    state = fields.Function(fields.Selection([
                ('running', "Running"),
                ('exempt', "Exempt"),
                ('closed', "Closed"),
                ], "State", sort=False),
        'get_state', searcher='search_state')

    @classmethod
    def __setup__(cls):
        cls.uscc.search_unaccented = False
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('uscc_unique', Unique(t, t.company, t.uscc),
                'hazard_supervision.msg_enterprise_uscc_unique'),
            ('own_company_unique', Unique(t, t.company, t.own_company),
                'hazard_supervision.msg_enterprise_company_unique'),
            ]
        cls._sql_indexes.update({
                text_index(cls, 'uscc'),
                Index(t, (t.own_company, Index.Equality())),
                Index(t, (t.township, Index.Equality())),
                })
        cls._buttons.update({
                'register_': cls._get_button('invited'),
                'train': cls._get_button('registered'),
                'start': cls._get_button('trained'),
                })

    @staticmethod
    def _get_button(registration):
        return {
            'invisible': Eval('registration') != registration,
            'depends': ['registration'],
            }

    @classmethod
    def default_enrolled_on(cls):
        return Pool().get('ir.date').today()

    @classmethod
    def default_registration(cls):
        return 'invited'

    @classmethod
    def get_state(cls, enterprises, name):
        pool = Pool()
        Exemption = pool.get('supervision.exemption')
        today = pool.get('ir.date').today()
        exempt = Exemption.get_exempt(enterprises, today)
        return {
            e.id: (
                'closed' if e.closed_on and e.closed_on <= today
                else 'exempt' if e.id in exempt else 'running')
            for e in enterprises}

    @classmethod
    def search_state(cls, name, clause):
        _, operator, value = clause
        values = value if isinstance(value, (list, tuple, set)) else [value]
        states = {'running', 'exempt', 'closed'}
        wanted = (
            states - set(values) if operator in {'!=', 'not in'}
            else states & set(values))
        return ['OR', ('id', '=', -1), *map(cls._get_domain, sorted(wanted))]

    @classmethod
    def _get_domain(cls, state):
        pool = Pool()
        Exemption = pool.get('supervision.exemption')
        today = pool.get('ir.date').today()
        if state == 'closed':
            return [('closed_on', '<=', today)]
        return [
            ['OR', ('closed_on', '=', None), ('closed_on', '>', today)],
            ('exemptions', 'where' if state == 'exempt' else 'not where',
                Exemption.get_covering(today)),
            ]

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual', If(Eval('state') != 'running', 'muted', '')),
            ]

    def get_rec_name(self, name):
        return self.name

    @classmethod
    def search_rec_name(cls, name, clause):
        return search_any(clause, 'name', 'code', 'uscc')

    @classmethod
    def preprocess_values(cls, mode, values):
        values = super().preprocess_values(mode, values)
        if values.get('uscc'):
            values['uscc'] = uscc.compact(values['uscc'])
        return values

    @classmethod
    def validate_fields(cls, enterprises, field_names):
        super().validate_fields(enterprises, field_names)
        if field_names is None or 'uscc' in field_names:
            for enterprise in enterprises:
                enterprise._check_uscc()

    def _check_uscc(self):
        try:
            uscc.validate(self.uscc)
        except stdnum.exceptions.ValidationError as exception:
            raise CreditCodeError(gettext(
                    'hazard_supervision.msg_enterprise_uscc',
                    enterprise=self.rec_name,
                    uscc=self.uscc)) from exception

    @classmethod
    def check_modification(
            cls, mode, enterprises, values=None, external=False):
        super().check_modification(
            mode, enterprises, values=values, external=external)
        if mode == 'delete':
            cls._check_deletion(enterprises)
        elif external:
            for enterprise in enterprises:
                enterprise._check_written(
                    values if mode == 'write' else None)

    @classmethod
    def _check_deletion(cls, enterprises):
        for enterprise in enterprises:
            if enterprise.registration != 'invited':
                raise EnterpriseAccessError(gettext(
                        'hazard_supervision.msg_enterprise_delete',
                        enterprise=enterprise.rec_name))

    def _check_written(self, values):
        """Raise EnterpriseAccessError for what buttons write, and for the
        company whose records are opened unless an administrator chooses it.
        """
        names = _WRITTEN if is_admin() else {*_WRITTEN, 'own_company'}
        initial = {'registration': 'invited'}
        for name in sorted(names):
            old = getattr(self, name) if values else initial.get(name)
            new = values.get(name, old) if values else getattr(self, name)
            if _id(new) != _id(old):
                raise EnterpriseAccessError(gettext(
                        'hazard_supervision.msg_enterprise_field',
                        enterprise=self.rec_name,
                        **self.__names__(name)))

    @classmethod
    def copy(cls, enterprises, default=None):
        default = default.copy() if default is not None else {}
        for name in ['own_company', 'exemptions', *_WRITTEN]:
            default.setdefault(
                name, 'invited' if name == 'registration' else None)
        return super().copy(enterprises, default=default)

    @classmethod
    @writable
    @ModelView.button
    def register_(cls, enterprises):
        cls._advance(enterprises, 'registered')

    @classmethod
    @writable
    @ModelView.button
    def train(cls, enterprises):
        cls._advance(enterprises, 'trained')

    @classmethod
    @writable
    @ModelView.button
    def start(cls, enterprises):
        cls._advance(enterprises, 'running')

    @classmethod
    def _advance(cls, enterprises, registration):
        today = Pool().get('ir.date').today()
        former = REGISTRATIONS[REGISTRATIONS.index(registration) - 1]
        for enterprise in enterprises:
            if enterprise.registration != former:
                raise EnterpriseError(gettext(
                        'hazard_supervision.msg_enterprise_registration',
                        enterprise=enterprise.rec_name,
                        registration=enterprise.registration_string))
            enterprise.registration = registration
            setattr(enterprise, f'{registration}_on', today)
        cls.save(enterprises)


def _id(value):
    return getattr(value, 'id', value)


class Contact(CopyAccessMixin, ModelSQL, ModelView):
    __name__ = 'supervision.contact'

    enterprise = fields.Many2One(
        'supervision.enterprise', "Enterprise", required=True,
        ondelete='CASCADE')
    name = fields.Char("Name", required=True)
    function = fields.Selection([
            ('principal', "Principal"),
            ('safety_head', "Head of Safety"),
            ('other', "Other"),
            ], "Function", required=True, sort=False)
    post = fields.Char("Post")
    mobile = fields.Char("Mobile")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('enterprise')
        cls._order = [('function', 'DESC'), ('name', 'ASC'), ('id', 'ASC')]

    @classmethod
    def default_function(cls):
        return 'other'
