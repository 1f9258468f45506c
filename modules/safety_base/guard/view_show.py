# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"A view is shown from its record."

from trytond.i18n import gettext
from trytond.pool import Pool, PoolMeta

from ..exceptions import ViewShowError
from .value import from_context


class ShowView(metaclass=PoolMeta):
    __name__ = 'ir.ui.view.show'

    @classmethod
    def execute(cls, session_id, data, state_name):
        if state_name != cls.end_state:
            cls._check_view()
        return super().execute(session_id, data, state_name)

    @classmethod
    def _check_view(cls):
        "Raise ViewShowError unless a view of a model is open."
        pool = Pool()
        View = pool.get('ir.ui.view')
        views = View.search([('id', '=', from_context('active_id', int))])
        if not views or not views[0].model:
            raise ViewShowError(gettext('safety_base.msg_view_show'))
