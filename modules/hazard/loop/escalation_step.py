# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Steps of reminders, in the order in which they climb.

A step is here, its messages are msg_reminder_<step> and
msg_reminder_<step>_several, and a setting that it waits for is a field of
hazard.configuration. What events record of it follows from being here.
"""

from collections import namedtuple

# label names it in the reminder, event in the timeline. hours returns from the
# settings how many hours after the deadline it is taken, audience from the
# people and the stage whom it tells.
Step = namedtuple('Step', ['label', 'event', 'hours', 'audience'])


def _owner(people, stage):
    return people.get_actors(stage)


def _leader(people, stage):
    """Return the leader of the unit who is not the owner himself.

    It is the nearest parent's if the unit's own leaders are, but not yet the
    mine's.
    """
    leaders = people.get_leaders(stage.unit, people.get_actors(stage))
    return leaders - people.mine[stage.company.id]


STEPS = {
    'remind': Step(
        "Reminder to Owner", "Owner Reminded",
        lambda settings: -settings['reminder_hours'], _owner),
    'overdue': Step(
        "Overdue to Owner", "Owner Told of Overdue",
        lambda settings: 0, _owner),
    'escalate_leader': Step(
        "To Unit Leader", "Unit Leader Told",
        lambda settings: settings['escalate_leader_hours'], _leader),
    'escalate_safety': Step(
        "To Safety Department", "Safety Department Told",
        lambda settings: settings['escalate_safety_hours'],
        lambda people, stage: people.safety[stage.company.id]),
    'escalate_mine': Step(
        "To Mine Leader", "Mine Leader Told",
        lambda settings: settings['escalate_mine_hours'],
        lambda people, stage: people.mine[stage.company.id]),
    }
