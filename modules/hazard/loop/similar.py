# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Open hazards at the same place which a new card resembles.

They are shown before it is sent and never hold it up. How alike two texts are
was measured on texts of mines: at 45 of 100 nine of ten are found that tell
of the same in other words, with one false one in a hundred; from 60 on there
are nearly no false ones.
"""
import re

from trytond.i18n import gettext
from trytond.model import fields
from trytond.modules.safety_base.clock import company_zone, local_day
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval
from trytond.transaction import Transaction, check_access

from .steps import OPEN_STATES, REPORTABLE_STATES

SHOWN = 45
PROBABLE = 60
# How many are looked at, the latest first, and how many are shown
LOOKED_AT = 200
_MOST = 5
_SIGNS = re.compile(r'[\W_]+')
_NUMBER = re.compile(r'[0-9]+')


class Words:
    """What is left out of texts before they are compared.

    These are the words of the place and what is advised instead of found.
    faces are words that mean the same as their last.
    """

    def __init__(self, place='', faces=(), advice=()):
        *self._faces, self._face = faces or ['']
        self._faces.sort(key=len, reverse=True)
        place = self._call_faces(place.lower())
        words = [w for w in re.split(r'\W+', place) if len(w) > 1]
        self._useless = sorted([*words, *advice], key=len, reverse=True)

    @classmethod
    def read(cls, place):
        "Return the words of the user's language."
        return cls(
            place, gettext('hazard.msg_similar_faces').split('|'),
            gettext('hazard.msg_similar_advice').split('|'))

    def _call_faces(self, text):
        for word in self._faces:
            text = text.replace(word, self._face)
        return text

    def simplify(self, text):
        "Return what the text says."
        text = self._call_faces(text.lower())
        for word in self._useless:
            text = text.replace(word, '')
        return _SIGNS.sub('', text)


def ratio(one, other):
    """Return how alike the texts are, from 0 to 100.

    It is twice the length of their longest common subsequence in the length
    of both. The bits of left are the characters of one that are not in it.
    """
    if not one or not other:
        return 0
    where = {}
    for i, character in enumerate(one):
        where[character] = where.get(character, 0) | 1 << i
    every = left = (1 << len(one)) - 1
    for character in other:
        common = left & where.get(character, 0)
        left = (left + common | left - common) & every
    length = len(one) - left.bit_count()
    return 200 * length / (len(one) + len(other))


def is_of_others(one, other):
    "Do the texts tell of things with different numbers?"
    numbers, others = set(_NUMBER.findall(one)), set(_NUMBER.findall(other))
    return bool(numbers and others and not numbers & others)


def find_alike(words, description, others):
    """Return how alike and the ids of the most similar of the others.

    others are ids and what their texts say.
    """
    essence = words.simplify(description)
    found = [
        (alike, id_) for id_, other in others
        if (alike := ratio(essence, other)) >= SHOWN
        and not is_of_others(essence, other)]
    return sorted(found, reverse=True)[:_MOST]


class ComputedText(fields.Text):
    "A text that nobody types in."

    @property
    def forbidden_chars(self):
        # Validation reads each text that has them, and searches by each card.
        raise AttributeError


class Hazard(metaclass=PoolMeta):
    __name__ = 'hazard.hazard'

    similar = fields.Function(
        ComputedText(
            "Similar",
            help="Open hazards at the same place of which the text is "
            "similar. If it is another one, report it all the same."),
        'on_change_with_similar')

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/form//group[@id="similar"]', 'states', {
                    'invisible': ~Eval('similar'),
                    }),
            ]

    @fields.depends('place', 'description', 'state', 'company')
    def on_change_with_similar(self, name=None):
        if (self.state not in REPORTABLE_STATES or not self.place
                or not (self.description or '').strip()):
            return None
        found = self._find_similar()
        with check_access():
            readable = {
                h.id for h in self.__class__.search([
                        ('id', 'in', [h.id for _, h in found])])}
        return '\n'.join(
            describe(hazard, alike, hazard.id in readable)
            for alike, hazard in found) or None

    def _find_similar(self):
        "Return how alike and the hazard of the most similar ones."
        words = Words.read(self.place.name)
        found = find_alike(words, self.description, [
                (id_, words.simplify(description or ''))
                for id_, description in self._select_open()])
        hazards = self.__class__.browse([id_ for _, id_ in found])
        return [(alike, h) for (alike, _), h in zip(found, hazards)]

    def _select_open(self):
        cursor = Transaction().connection.cursor()
        table = self.__table__()
        cursor.execute(*table.select(
                table.id, table.description,
                where=(table.place == self.place.id)
                & table.state.in_(OPEN_STATES)
                & (table.id != (self.id or -1)),
                order_by=[table.id.desc], limit=LOOKED_AT))
        return cursor.fetchall()


def describe(hazard, alike, readable):
    "Who may not read the hazard learns that there is one, but not what."
    Lang = Pool().get('ir.lang')
    day = local_day(hazard.found_at, company_zone(hazard.company))
    case = 'probable' if alike >= PROBABLE else 'similar'
    text = hazard.description if readable else ''
    return gettext(
        f'hazard.msg_hazard_{case}', hazard=hazard.number or '',
        day=Lang.get().strftime(day), state=hazard.state_string,
        text=' '.join((text or '').split()) or '…')
