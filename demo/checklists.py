# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""The checklists of the mine, who makes their rounds and when."""

import datetime as dt
from typing import NamedTuple

from trytond.pool import Pool

from .tools import get_ref, working

__all__ = ['CHECKLISTS', 'OUTCOMES', 'create_checklists', 'rounds']


class Checklist(NamedTuple):
    code: str
    name: str
    unit: str
    post: str
    inspectors: list
    frequency: str
    place: str
    days: int
    hour: float
    items: list


CHECKLISTS = [
    Checklist(
        'ZC-01', "通风设施每日巡查", "通风队", "瓦斯检查工", ["李群"],
        'daily', "1103回风巷", 14, 9.5,
        ['ventilation_02', 'ventilation_04', 'ventilation_06',
            'ventilation_08', 'management_04']),
    Checklist(
        'ZC-02', "综采工作面每周排查", "综采一队", "验收员", ["贺满仓"],
        'weekly', "1103综采工作面", 60, 11,
        ['mining_01', 'mining_02', 'mining_03', 'mining_05', 'mining_06',
            'management_03']),
    Checklist(
        'ZC-03', "供电设备半月检查", "机电队", "电气维修工", ["胡维保"],
        'half_month', "中央变电所", 60, 14,
        ['electromechanical_01', 'electromechanical_02',
            'electromechanical_06', 'management_06']),
    Checklist(
        'ZC-04', "掘进工作面旬检查", "安全监察部", "安全检查工",
        ["丁巡", "梁察微"], 'ten_days', "3101掘进工作面", 60, 10,
        ['tunnelling_01', 'tunnelling_02', 'tunnelling_03', 'tunnelling_04',
            'management_01', 'management_05']),
    ]
OUTCOMES = [
    'zero', 'hazards', 'zero', 'zero', 'missed', 'zero', 'hazards', 'zero']


def create_checklists(mine, clock, database):
    office = mine.people["卢明鉴"]
    places = {p.name: p.id for p in mine.places}
    today = clock.local(clock.now).date()
    with working(database, office.user):
        Checklist = Pool().get('hazard.checklist')
        Checklist.create([{
                    'name': c.name,
                    'code': c.code,
                    'company': mine.company,
                    'unit': mine.units[c.unit].id,
                    'post': c.post,
                    'inspectors': [('add', [
                                mine.people[n].employee
                                for n in c.inspectors])],
                    'frequency': c.frequency,
                    'start_on': today - dt.timedelta(days=c.days),
                    'place': places[c.place],
                    'lines': [('create', [{
                                    'item': get_ref(f'hazard.check_item_{i}'),
                                    } for i in c.items])],
                    } for c in CHECKLISTS])


def rounds(clock):
    "Yield the checklist, the days ago and the outcome of the past rounds"
    today = clock.local(clock.now).date()
    for shift, checklist in enumerate(CHECKLISTS):
        number = shift
        for days in range(checklist.days, 0, -1):
            if is_chosen(checklist, today - dt.timedelta(days=days)):
                yield checklist, days, OUTCOMES[number % len(OUTCOMES)]
                number += 1


def is_chosen(checklist, day):
    "Is it the day of its period on which the round is made?"
    return {
        'daily': True,
        'weekly': day.weekday() == 2,
        'half_month': day.day in {4, 19},
        'ten_days': day.day in {5, 15, 25},
        }[checklist.frequency]
