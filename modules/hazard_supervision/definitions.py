# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""The page of definitions: what the figures of supervision mean.

Screens, papers and appraisals count by it, so a figure is the same wherever
it stands. Days are complete local days of the enterprise; a rate always comes
with what it was made of, and of nothing there is no rate.
"""

import datetime as dt
from collections import namedtuple
from fractions import Fraction

DAY = dt.timedelta(days=1)
# After how many silent days a display opens, and when it is announced
SILENCE = 15
WARNING = 3
# Of how few findings nothing is said
LEAST_FINDINGS = 3
# Of how few due hazards no subject is ranked
LEAST_DUE = 5
# Within how many days an officer shall act on a display
HANDLED = 3
# After how many zero reports in a row it is said
ZERO_REPORTS = 3
# What others have found, of which an enterprise does not report itself
OUTSIDE_SOURCES = frozenset({'government', 'public'})
NO_RATE = '—'

Exemption = namedtuple('Exemption', ['start', 'end', 'kinds'])
Counted = namedtuple('Counted', ['enrolled', 'exempt', 'expected'])
# The times of a hazard of the loop: when it was due at first, when with the
# extensions, and when the rectification was finished that later passed
Due = namedtuple('Due', ['first', 'deadline', 'finished'])
Finding = namedtuple('Finding', [
        'matched', 'late', 'inaccurate', 'not_reported', 'closed_but_open'])
Row = namedtuple('Row', ['subject', 'rate'])


class Rate(namedtuple('Rate', ['numerator', 'denominator'])):
    "A part of a whole. There is none of nothing."
    __slots__ = ()

    @property
    def value(self):
        if self.denominator:
            return Fraction(self.numerator, self.denominator)

    @property
    def tenths(self):
        """Tenths of a per cent, rounded half up.

        All and nothing are told only of all and of nothing.
        """
        if not self.denominator:
            return None
        rounded = (2000 * self.numerator + self.denominator) // (
            2 * self.denominator)
        if self.numerator < self.denominator:
            rounded = min(rounded, 999)
        if self.numerator:
            rounded = max(rounded, 1)
        return rounded

    def __str__(self):
        tenths = self.tenths
        if tenths is None:
            return NO_RATE
        whole, rest = divmod(tenths, 10)
        return f'{whole}.{rest} %' if rest else f'{whole} %'

    def __add__(self, other):
        return Rate(
            self.numerator + other.numerator,
            self.denominator + other.denominator)


def rate(parts, whole):
    "Return the rate of the parts within the whole."
    return Rate(len(set(parts) & set(whole)), len(set(whole)))


# Who counts

def is_enrolled(enrolled_on, closed_on, day):
    return bool(enrolled_on) and enrolled_on <= day and not (
        closed_on and closed_on <= day)


def is_exempt(exemptions, kind, day):
    """Does an approved exemption lift the displays of the kind on the day?

    Whoever is exempt still rectifies.
    """
    return kind != 'overdue' and any(
        kind in e.kinds and e.start <= day <= e.end for e in exemptions)


def count(enterprises, kind, day):
    """Return who is enrolled on the day, exempt and expected to act.

    enterprises are tuples of id, enrolled_on, closed_on and exemptions.
    """
    enrolled = {
        id_: exemptions
        for id_, enrolled_on, closed_on, exemptions in enterprises
        if is_enrolled(enrolled_on, closed_on, day)}
    exempt = {
        id_ for id_, exemptions in enrolled.items()
        if is_exempt(exemptions, kind, day)}
    return Counted(set(enrolled), exempt, enrolled.keys() - exempt)


def earliest_start(asked_on, back_dated):
    "Return the first day from which what is asked for today may be exempt."
    return asked_on - back_dated * DAY


# Silence

def reckoned_from(enrolled_on, grace):
    "Return the day that stands for the last act of who never acted."
    return enrolled_on - DAY + grace * DAY


def counted_from(acted_on, enrolled_on, grace, limit=SILENCE):
    """Return the day of the last act from which silence counts.

    No display opens before the grace after the enrolment is over, and what
    was done before the enrolment is as if it had not been.
    """
    if acted_on is None or acted_on < enrolled_on:
        return reckoned_from(enrolled_on, grace)
    return max(acted_on, enrolled_on + (grace - limit - 1) * DAY)


def silent_days(last, day):
    "Return the number of complete days after the last act until yesterday."
    return max((day - last).days - 1, 0)


def opens_on(last, limit=SILENCE):
    "Return the day in whose run the display opens if nobody acts."
    return last + (limit + 1) * DAY


def is_silent(last, day, limit=SILENCE):
    return silent_days(last, day) >= limit


def days_left(last, day, limit=SILENCE):
    "Return in how many days the display opens, none if it is open."
    return max((opens_on(last, limit) - day).days, 0)


def is_near(last, day, limit=SILENCE, warning=WARNING):
    "Does a display open in the coming days that are announced?"
    return 0 < days_left(last, day, limit) <= warning


def displays(acts, first, last, limit=SILENCE):
    """Return the displays, as pairs of opening and clearing, of the period.

    acts are the days of acts, ordered, of which one may stand for the last
    before the period. A display is cleared by the act, on its day; None if
    nobody has acted until the last day of the period.
    """
    result = []
    for act, following in zip(acts, [*acts[1:], None]):
        opening = opens_on(act, limit)
        clearing = following if following and following <= last else None
        if opening <= min(last, (clearing or last)) and (
                not clearing or clearing >= max(first, opening)):
            result.append((opening, clearing))
    return result


# In time

def is_in_time(deadline, finished):
    "Was the rectification that later passed finished by the deadline?"
    return finished is not None and finished <= deadline


def is_overdue(deadline, finished, now):
    """Is the hazard to be displayed, the rectification being late?

    What is rectified and waits for its recheck is not. deadline is the end of
    its day, see end_of_day, or the very hour where hours count.
    """
    return finished is None and now > deadline


def end_of_day(deadline, day_start, local_day):
    "Return 24:00 of the local day of the deadline."
    return day_start(local_day(deadline) + DAY)


def in_time(dues, start, end):
    """Return the rate of what was finished in time of what was due.

    dues are those of the hazards of the loop; the period is start <= time <
    end. Failed and then finished late is late.
    """
    due = [d for d in dues if start <= d.deadline < end]
    return Rate(
        sum(is_in_time(d.deadline, d.finished) for d in due), len(due))


def in_first_time(dues, start, end):
    "Return the rate beside it, by the deadlines before any extension."
    due = [d for d in dues if start <= d.first < end]
    return Rate(sum(is_in_time(d.first, d.finished) for d in due), len(due))


# Found and closed

def closed_rate(closed, found):
    "Return the rate of closed hazards of the same that were found."
    return Rate(closed, found)


def closed_rate_with_on_site(closed, found, on_site):
    "Return it with what was corrected on the spot, which is closed."
    return Rate(closed + on_site, found + on_site)


# Comparison and displays

def unreported_rate(finding):
    "Return the rate of findings on site that had not been reported."
    total = sum(finding)
    if total < LEAST_FINDINGS:
        return Rate(0, 0)
    return Rate(finding.not_reported, total)


def handled_rate(displays, days=HANDLED):
    """Return the rate of displays on which an officer has acted soon.

    displays are pairs of the day of opening and that of the act or None.
    """
    return Rate(
        sum(1 for opened, acted in displays
            if acted and acted - opened <= days * DAY),
        len(displays))


# Ranking and dealing

def rank(rows, least=LEAST_DUE):
    """Return the rows with their ranks, the best first.

    Subjects of which too little was due are left out, equals share a rank.
    """
    listed = sorted(
        (r for r in rows if r.rate.denominator >= least),
        key=lambda r: (-r.rate.value, -r.rate.denominator, r.subject))
    ranked, former, place = [], None, 0
    for number, row in enumerate(listed, 1):
        key = row.rate.value, row.rate.denominator
        if key != former:
            former, place = key, number
        ranked.append((place, row))
    return ranked


def share(total, weights):
    """Divide a number in proportion to the weights, by largest remainders.

    Of equal remainders the first gets more. Without any weight all are equal.
    """
    if not weights:
        return []
    if not sum(weights):
        weights = [1] * len(weights)
    whole = sum(weights)
    shares = [total * w // whole for w in weights]
    left = total - sum(shares)
    order = sorted(
        range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for index in order[:left]:
        shares[index] += 1
    return shares
