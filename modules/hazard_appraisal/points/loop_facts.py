# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What becomes of hazards once they are to be rectified."

from sql import Literal, Null
from sql.aggregate import Min
from sql.conditionals import Case, Coalesce

from trytond.modules.safety_base.workflow import now
from trytond.pool import Pool
from trytond.transaction import Transaction

from .fact import Fact, to_time


def loop_facts(scope):
    "Yield the facts of rectifications and rechecks."
    yield from _overdue(scope)
    yield from _rechecks(scope)


def _overdue(scope):
    """Yield the rectifications that were not done at their first deadline.

    It is the one before the first extension that came too late, if any did.
    """
    pool = Pool()
    Extension = pool.get('hazard.extension')
    Hazard = pool.get('hazard.hazard')
    Rectification = pool.get('hazard.rectification')
    table, hazard = Rectification.__table__(), Hazard.__table__()
    extension = Extension.__table__()
    first = extension.select(
        Min(extension.current_deadline),
        where=(extension.rectification == table.id)
        & (extension.state == 'approved')
        & (extension.decided_at > extension.current_deadline))
    end = Case(
        (table.state == 'done', table.done_at),
        (table.state == 'cancelled', table.write_date),
        else_=now())
    due = Coalesce(first, Case((end > table.due_at, table.due_at)))
    cursor = Transaction().connection.cursor()
    cursor.execute(*table
        .join(hazard, condition=table.hazard == hazard.id)
        .select(
            table.id, table.responsible, due.as_('due'),
            where=scope.restrict(table, table.due_at, table.hazard)
            & (due != Null) & (table.responsible != Null)
            & (Coalesce(hazard.imported, Literal(False))
                == Literal(False))))
    for id_, employee, time in cursor:
        yield Fact(
            'rectification_overdue', f'hazard.rectification,{id_}',
            employee=employee, time=to_time(time))


def _rechecks(scope):
    """Yield what was checked late and what passed the first time.

    The one counts for who checked, the other for who rectified.
    """
    pool = Pool()
    Hazard = pool.get('hazard.hazard')
    Recheck = pool.get('hazard.recheck')
    table, hazard = Recheck.__table__(), Hazard.__table__()
    cursor = Transaction().connection.cursor()
    cursor.execute(*table
        .join(hazard, condition=table.hazard == hazard.id)
        .select(
            table.id, table.state, table.round, table.rectification,
            table.rectified_by, table.checked_by, table.checked_at,
            table.due_at,
            where=scope.restrict(table, table.checked_at, table.hazard)
            & table.state.in_(['passed', 'failed'])
            & (Coalesce(hazard.imported, Literal(False))
                == Literal(False))))
    for (id_, state, number, rectification, rectifier, checker, time,
            due) in cursor:
        fact = Fact(None, f'hazard.recheck,{id_}', time=time)
        if state == 'passed' and number == 1 and rectification and rectifier:
            yield fact._replace(event='recheck_first', employee=rectifier)
        if due and time > due and checker:
            yield fact._replace(event='recheck_late', employee=checker)
