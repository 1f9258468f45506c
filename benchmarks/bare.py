# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""The least that a database has to do for the same work, a commit each."""

CREATE = """
INSERT INTO hazard_hazard (
    create_uid, create_date, company, found_by, found_at, place, unit, grade,
    discipline, description, handling, round, recurrence, state)
VALUES (1, now(), %(company)s, %(employee)s, now(), %(place)s, %(unit)s,
    %(grade)s, %(discipline)s, 'The air door does not close.', 'four_fix', 1,
    0, 'draft')
RETURNING id
"""
# Confirms: the stage, the card, the next stage, the event
CONFIRM = [
    """UPDATE hazard_four_fix SET state = 'confirmed', confirmed_by = 1,
    confirmed_at = now(), write_date = now(), write_uid = 1
    WHERE hazard = ANY(%(ids)s) AND state = 'draft'""",
    """UPDATE hazard_hazard SET state = 'rectification',
    responsible = %(employee)s, write_date = now(), write_uid = 1
    WHERE id = ANY(%(ids)s)""",
    """INSERT INTO hazard_rectification (
        create_uid, create_date, hazard, four_fix, company, unit, round,
        opened_at, due_at, deadline, responsible, state)
    SELECT 1, now(), hazard, id, company, unit, round, now(), deadline,
        deadline, %(employee)s, 'draft'
    FROM hazard_four_fix WHERE hazard = ANY(%(ids)s)""",
    """INSERT INTO hazard_event (
        create_uid, create_date, hazard, company, sequence, at, "user",
        action, digest)
    SELECT 1, now(), hazard, company, max(sequence) + 1, now(), 1,
        'confirm', md5(random()::text)
    FROM hazard_event WHERE hazard = ANY(%(ids)s) GROUP BY 3, 4""",
    ]
LIST = """
SELECT h.*, p.name, u.name FROM hazard_hazard h
JOIN hazard_place p ON p.id = h.place JOIN safety_unit u ON u.id = h.unit
WHERE h.company = %(company)s AND h.state != 'draft'
ORDER BY h.id DESC LIMIT 80
"""
COUNT = """
SELECT count(*) FROM (
    SELECT FROM hazard_hazard
    WHERE company = %(company)s AND state = 'four_fix' LIMIT 1000
    ) AS first
"""
BY_STATE = "SELECT state, count(*) FROM hazard_hazard GROUP BY 1"


class Bare:
    "The statements on the tables of the models, in the same database"

    def __init__(self, connection, mine):
        self.connection = connection
        self.values = {
            'company': mine.company, 'employee': mine.employees[0],
            'place': mine.places[0], 'unit': mine.teams[0],
            'grade': mine.grade, 'discipline': mine.disciplines[0]}

    def create(self, _=None):
        self._execute(CREATE)

    def create_many(self, count):
        with self.connection.cursor() as cursor:
            cursor.executemany(
                CREATE.replace('RETURNING id', ''), [self.values] * count)
        self.connection.commit()

    def confirm(self, ids):
        self._execute(*CONFIRM, ids=ids)

    def list(self, _=None):
        self._execute(LIST)

    def count(self, _=None):
        self._execute(COUNT)

    def by_state(self, _=None):
        self._execute(BY_STATE)

    def _execute(self, *statements, **values):
        with self.connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement, {**self.values, **values})
            if cursor.description:
                cursor.fetchall()
        self.connection.commit()
