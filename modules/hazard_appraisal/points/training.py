# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What members learn, from the module hazard_training."

from sql import Literal, Null

from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction

from .fact import Fact
from .origin import OriginMixin


class Rule(metaclass=PoolMeta):
    __name__ = 'appraisal.rule'

    @classmethod
    def get_events(cls):
        get = cls._message
        return super().get_events() + [
            (e, get(e)) for e in [
                'daily_right', 'daily_streak', 'exam_passed', 'exam_failed',
                'case_read', 'training_absent']]

    @classmethod
    def get_models(cls):
        return {
            **super().get_models(),
            'daily_right': 'training.daily',
            'daily_streak': 'training.daily',
            'exam_passed': 'training.paper',
            'exam_failed': 'training.paper',
            'case_read': 'training.case.reading',
            'training_absent': 'training.attendance',
            }


class Entry(metaclass=PoolMeta):
    __name__ = 'appraisal.entry'

    @classmethod
    def _get_sources(cls):
        return super()._get_sources() + [
            'training.attendance', 'training.case.reading', 'training.daily',
            'training.paper']

    @classmethod
    def get_collectors(cls):
        return {
            **super().get_collectors(),
            'training.case.reading': [reading_facts],
            'training.daily': [daily_facts],
            'training.paper': [paper_facts],
            'training.session': [session_facts],
            }


class Reading(OriginMixin, metaclass=PoolMeta):
    __name__ = 'training.case.reading'
    _counted = frozenset({'read_at'})


class Daily(OriginMixin, metaclass=PoolMeta):
    __name__ = 'training.daily'
    _counted = frozenset({'answered_at'})


class Paper(OriginMixin, metaclass=PoolMeta):
    __name__ = 'training.paper'
    _counted = frozenset({'state'})


class Session(OriginMixin, metaclass=PoolMeta):
    __name__ = 'training.session'
    _counted = frozenset({'state'})


def reading_facts(scope):
    "Yield who has read cases."
    Reading = Pool().get('training.case.reading')
    table = Reading.__table__()
    for id_, employee, time in _read(table.select(
                table.id, table.employee, table.read_at,
                where=scope.restrict(table, table.read_at, table.id)
                & (table.read_at != Null))):
        yield Fact(
            'case_read', f'training.case.reading,{id_}', employee=employee,
            time=time)


def daily_facts(scope):
    "Yield the questions of the day that were answered."
    Daily = Pool().get('training.daily')
    table = Daily.__table__()
    where = scope.restrict(table, id_=table.id)
    if scope.since:
        where &= table.day >= scope.since
    for id_, employee, day, right, streak in _read(table.select(
                table.id, table.employee, table.day, table.right,
                table.streak,
                where=where & (table.answered_at != Null))):
        fact = Fact(
            'daily_streak', f'training.daily,{id_}', employee=employee,
            time=day, number=streak or 1)
        yield fact
        if right:
            yield fact._replace(event='daily_right', number=None)


def paper_facts(scope):
    "Yield the exams that were passed or failed."
    Paper = Pool().get('training.paper')
    table = Paper.__table__()
    for id_, employee, time, state in _read(table.select(
                table.id, table.employee, table.closed_at, table.state,
                where=scope.restrict(table, table.closed_at, table.id)
                & table.state.in_(['passed', 'failed']))):
        yield Fact(
            f'exam_{state}', f'training.paper,{id_}', employee=employee,
            time=time)


def session_facts(scope):
    "Yield who was absent from sessions without excuse."
    pool = Pool()
    Attendance = pool.get('training.attendance')
    Session = pool.get('training.session')
    table, session = Attendance.__table__(), Session.__table__()
    where = scope.restrict(session, session.starts_at, session.id)
    for id_, employee, time in _read(table
            .join(session, condition=table.session == session.id)
            .select(
                table.id, table.employee, session.starts_at,
                where=where & (session.state == 'done')
                & (table.status == 'absent')
                & (table.absence == Literal('unexcused')))):
        yield Fact(
            'training_absent', f'training.attendance,{id_}',
            employee=employee, time=time)


def _read(query):
    cursor = Transaction().connection.cursor()
    cursor.execute(*query)
    return cursor.fetchall()
