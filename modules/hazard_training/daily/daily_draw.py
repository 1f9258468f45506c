# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Who is asked which question on a day.

A question that was answered wrong and is due comes first.  Else one is drawn
of those not asked in the last 30 days, the more likely the more hazards of its
discipline and category the person's unit had in these days.  The number of
queries does not depend on the number of people.
"""

import datetime as dt
import random
from bisect import bisect
from collections import defaultdict
from itertools import accumulate

from sql import Null
from sql.aggregate import Count, Min
from sql.operators import Exists

from trytond.modules.safety_base.clock import company_zone, day_start
from trytond.pool import Pool
from trytond.transaction import Transaction

REST_DAYS = 30
HAZARD_DAYS = 30
# How much likelier a question is if all hazards of the unit are of its
# discipline, or of its category
DISCIPLINE_WEIGHT = 8
CATEGORY_WEIGHT = 12
TRIES = 30
NOT_HAZARDS = ('draft', 'returned', 'cancelled')


def weights(questions, hazards):
    """Return how likely each question is, summed up from the first on.

    questions are tuples of (…, discipline, category) and hazards the numbers
    of hazards by (discipline, category).
    """
    disciplines, categories = defaultdict(int), defaultdict(int)
    for (discipline, category), number in hazards.items():
        disciplines[discipline] += number
        categories[category] += number
    total = sum(hazards.values()) or 1
    return list(accumulate(
            1 + DISCIPLINE_WEIGHT * disciplines[discipline] / total
            + (CATEGORY_WEIGHT * categories[category] / total
                if category else 0)
            for _, discipline, category in questions))


class Draw:

    def __init__(self, company, day, choice=None):
        pool = Pool()
        Question = pool.get('training.question')
        self.company = company
        self.day = day
        self.choice = choice or random.SystemRandom()
        self.questions = [
            (id_, discipline, category)
            for id_, _, discipline, category, _ in Question.askable(company)]

    def values(self):
        "Return the values of the daily questions to create and their keys."
        if not self.questions or not (people := self._people()):
            return []
        recent, due = self._recent(), self._due()
        hazards = self._hazards()
        sums = {}
        drawn = []
        for employee, unit in people:
            if question := self._pick_due(due[employee]):
                drawn.append((employee, unit, question, True))
                continue
            if unit not in sums:
                sums[unit] = weights(self.questions, hazards[unit])
            if question := self._pick(sums[unit], recent[employee]):
                drawn.append((employee, unit, question, False))
        return self._to_values(drawn)

    def _pick_due(self, due):
        return next((q for q in due if q in self._askable), None)

    @property
    def _askable(self):
        if not hasattr(self, '_ids'):
            self._ids = {id_ for id_, *_ in self.questions}
        return self._ids

    def _pick(self, sums, recent):
        for _ in range(TRIES):
            index = bisect(sums, self.choice.random() * sums[-1])
            id_, *_ = self.questions[min(index, len(sums) - 1)]
            if id_ not in recent:
                return id_
        # Most are resting, so the few that are left are looked for
        left = [
            (id_, end - start) for (id_, *_), start, end
            in zip(self.questions, [0, *sums], sums) if id_ not in recent]
        if left:
            ids, shares = zip(*left)
            return self.choice.choices(ids, shares)[0]

    def _to_values(self, drawn):
        pool = Pool()
        Option = pool.get('training.question.option')
        Question = pool.get('training.question')
        questions = {question for _, _, question, _ in drawn}
        options = Option.of_questions(questions)
        types = {q.id: q.type for q in Question.browse(questions)}
        values = []
        for employee, unit, question, repeated in drawn:
            order = [str(id_) for id_, _, _ in options[question]]
            if types[question] != 'true_false':
                self.choice.shuffle(order)
            values.append(({
                        'company': self.company.id,
                        'employee': employee,
                        'unit': unit,
                        'day': self.day,
                        'repeated': repeated,
                        }, {
                        'question': question,
                        'order': ','.join(order),
                        }))
        return values

    def _people(self):
        "Return the active members without a question, with their units."
        pool = Pool()
        Daily = pool.get('training.daily')
        Member = pool.get('safety.member')
        daily, member = Daily.__table__(), Member.__table__()
        return self._execute(member.select(
                member.employee, Min(member.unit),
                where=(member.company == self.company.id)
                & (member.state == 'active')
                & ~Exists(daily.select(daily.id, where=(
                            (daily.employee == member.employee)
                            & (daily.day == self.day)))),
                group_by=member.employee, order_by=member.employee))

    def _recent(self):
        pool = Pool()
        Daily = pool.get('training.daily')
        Key = pool.get('training.daily.key')
        table, key = Daily.__table__(), Key.__table__()
        recent = defaultdict(set)
        for employee, question in self._execute(table.join(
                    key, condition=key.daily == table.id).select(
                    table.employee, key.question,
                    where=(table.company == self.company.id)
                    & (table.day > self.day - dt.timedelta(days=REST_DAYS))
                    & (table.day <= self.day))):
            recent[employee].add(question)
        return recent

    def _due(self):
        pool = Pool()
        Mistake = pool.get('training.mistake')
        table = Mistake.__table__()
        due = defaultdict(list)
        for employee, question in self._execute(table.select(
                    table.employee, table.question,
                    where=(table.company == self.company.id)
                    & (table.state == 'open') & (table.due_on <= self.day),
                    order_by=[table.due_on.asc, table.id.asc])):
            due[employee].append(question)
        return due

    def _hazards(self):
        "Return the numbers of hazards by unit, discipline and category."
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        table = Hazard.__table__()
        start = day_start(
            self.day - dt.timedelta(days=HAZARD_DAYS),
            company_zone(self.company))
        hazards = defaultdict(dict)
        for unit, discipline, category, number in self._execute(
                table.select(
                    table.unit, table.discipline, table.category,
                    Count(table.id),
                    where=(table.company == self.company.id)
                    & (table.found_at >= start) & (table.unit != Null)
                    & ~table.state.in_(NOT_HAZARDS),
                    group_by=[
                        table.unit, table.discipline, table.category])):
            hazards[unit][discipline, category] = number
        return hazards

    @staticmethod
    def _execute(query):
        cursor = Transaction().connection.cursor()
        cursor.execute(*query)
        return cursor.fetchall()
