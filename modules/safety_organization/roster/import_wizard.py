# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.pool import Pool
from trytond.transaction import Transaction
from trytond.wizard import Button, StateTransition, StateView


class WorkbookImportMixin:
    """Add to a wizard what imports of a workbook share.

    Its state start has a template and a file.  The rows are written as a
    whole, or their errors are shown.
    """
    __slots__ = ()

    import_ = StateTransition()
    errors = StateView(
        'safety.roster.import.errors',
        'safety_organization.roster_import_errors_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Choose Another File", 'start', 'tryton-back',
                default=True),
            ])

    def take_file(self):
        "Return the content of the file, which does not stay in the session."
        data = bytes(self.start.file or b'')
        self.start.file = self.start.template = None
        return data

    def own_company(self):
        "Return the company of the context, None unless it is the user's."
        pool = Pool()
        Company = pool.get('company.company')
        User = pool.get('res.user')
        company = Transaction().context.get('company')
        if company in User.get_companies():
            return Company(company)

    def refuse(self, errors):
        "Return the state that shows the errors of the rows."
        self._errors = errors
        return 'errors'

    def default_errors(self, fields):
        return {
            'number': len(self._errors),
            'errors': [vars(e) for e in self._errors],
            }
