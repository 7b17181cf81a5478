"""Cases as figures see them: what was asked, granted, refused and thought of, in the columns of the register.

A decision is the first move of a case that grants or refuses; its quantity is the days from asking to deciding, its category
whether that was in time. Moves and ratings are only added to, so a number of a past instant can be counted again. What came in
with a ledger was not decided here and is left out, and sealed cases are in no such number at all. The ids of these rows are
below nought: no row of the register has one.
"""

from __future__ import annotations

from django.db import connection

from lianxin.casework import states

GRANTED = (states.PUBLICISED, states.UNDERWAY, states.STANDING, states.DELIVERED)
_SAME = (
    "'' AS programme, '' AS level, '' AS unit, NULL AS ended_on, NULL AS amount, NULL AS organisation, NULL AS place, "
    'NULL AS reverses_id, c.service AS service, c.area AS area, c.person_id AS person, c.family_id AS family, c.id AS "case", '
    "c.sealed AS sealed"
)
_OURS = "c.channel <> 'ledger' AND NOT c.sealed"


def relation() -> str:
    """The three tables as one, with the register's columns."""
    decided = ", ".join(f"'{state}'" for state in (*GRANTED, states.REFUSED))
    before = (  # the day that the case had when it was decided
        "(SELECT p.due_at FROM casework_move p WHERE p.case_id = c.id AND p.id < m.id AND p.due_at IS NOT NULL "
        "ORDER BY p.id DESC LIMIT 1)"
    )
    first = f"(SELECT MIN(d.id) FROM casework_move d WHERE d.case_id = c.id AND d.to_state IN ({decided}))"
    parts = (
        f"SELECT -3 * c.id AS id, 'asked' AS kind, '' AS category, 1 AS quantity, {_day('c.opened_at')} AS happened_on, "
        f"c.opened_at AS recorded_at, c.number AS source, {_SAME} FROM casework_case c WHERE {_OURS}",
        f"SELECT -3 * m.id - 1 AS id, CASE WHEN m.to_state = '{states.REFUSED}' THEN 'refused' ELSE 'granted' END AS kind, "
        f"CASE WHEN {before} < m.at THEN 'late' ELSE 'in-time' END AS category, {_days('c.opened_at', 'm.at')} AS quantity, "
        f"{_day('m.at')} AS happened_on, m.at AS recorded_at, c.number AS source, {_SAME} "
        f"FROM casework_case c JOIN casework_move m ON m.id = {first} WHERE {_OURS}",
        "SELECT -3 * t.id - 2 AS id, 'rated' AS kind, CASE WHEN t.score >= 4 THEN 'good' WHEN t.score = 3 THEN 'fair' ELSE 'bad' "
        f"END AS category, t.score AS quantity, {_day('t.at')} AS happened_on, t.at AS recorded_at, c.number AS source, {_SAME} "
        f"FROM casework_rating t JOIN casework_case c ON c.id = t.case_id WHERE t.score > 0 AND {_OURS}",
    )
    return " UNION ALL ".join(parts)


def _day(column: str) -> str:
    """The Shanghai day of an instant."""
    if connection.vendor == "sqlite":
        return f"date({column}, '+8 hours')"
    return f"CAST({column} AT TIME ZONE 'Asia/Shanghai' AS date)"


def _days(first: str, last: str) -> str:
    if connection.vendor == "sqlite":
        return f"CAST(julianday({_day(last)}) - julianday({_day(first)}) AS INTEGER)"
    return f"({_day(last)} - {_day(first)})"


def stamp() -> tuple[int, int, int]:
    """Changes with every case, move and rating."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT MAX(id) FROM casework_case), (SELECT MAX(id) FROM casework_move), (SELECT MAX(id) FROM casework_rating)"
        )
        found = cursor.fetchone() or (0, 0, 0)
        return (found[0] or 0, found[1] or 0, found[2] or 0)
