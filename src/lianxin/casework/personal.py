"""What asks and cases hold about persons."""

# ruff: noqa: E501  (a table is read by its lines)

from lianxin.engine.personal import Sealed, Table, declare

_CASE = ("case", "duty", "case", "case.view")

declare(
    Table("casework.Case", *_CASE, blanks="cause words form", of="person_id", household="family_id",
          plain="version_id mode sealed family_id area channel step step_name level office_id desk moved_at due_at "
                "paused_at promised_at mandate version_lock reference became_id",
          said="number person_id opened_at closed_at state stands_from stands_to event_on",
          sensitive="service kind cause amount", words="words form", others="opened_by assignee"),
    Table("casework.Move", *_CASE, blanks="words", of="case__person_id", household="case__family_id",
          plain="case_id office from_state to_state from_step to_step due_at mandate person family",
          said="at verb reason stands_from stands_to", sensitive="amount", words="words", others="by_account by_name"),
    Table("casework.Counter", plain="day sealed last"),
    Table("casework.Period", *_CASE, of="case__person_id", household="case__family_id", plain="case_id step attempt source ordered_at moved_at",
          said="period state on", sensitive="amount", keeps=True),
    Table("casework.Gap", *_CASE, blanks="words name", of="case__person_id", household="case__family_id", plain="case_id met_move", said="kind code asked_at name met_at",
          words="words"),
    Table("casework.Paper", *_CASE, blanks="name digest", of="person", plain="case_id content_type size sheet_id", said="person name at",
          sensitive="code digest", others="by_account", file="digest"),
    Table("casework.Publicity", *_CASE, blanks="shown", of="case__person_id", household="case__family_id", plain="case_id area closed_at",
          said="from_on until_on state", sensitive="service shown"),
    Table("casework.Objection", *_CASE, plain="publicity_id at salt upheld answered_at",
          words="words finding", others="answered_by", sealed=(Sealed("contact_sealed", "contact", "salt"),), apart=True,
          why="somebody else said it, and may stay unknown to whom it is about"),
    Table("casework.Dispatch", *_CASE, blanks="words reason done_words", of="case__person_id", household="case__family_id",
          plain="case_id office_id answer_by answered_at minutes", said="offered_at answer done_at",
          words="words reason done_words", others="answered_by"),
    Table("casework.Rating", *_CASE, blanks="words", of="case__person_id", household="case__family_id", plain="case_id", said="score at", words="words",
          others="by_account"),
    Table("casework.CircleShare", "case", "consent", "case", "own.view", of="person_id", plain="person_id office_id case_id",
          said="shown at", others="relative_id", apart=True, why="what is shown to whom stands on the page of the circle"),
    Table("casework.CircleWord", "case", "consent", "case", "case.view", of="person_id", blanks="words",
          plain="person_id case_id", said="at", words="words"),
    Table("casework.CircleSheet", "case", "consent", "case", "circle.hand", of="person_id", plain="person_id office_id",
          said="at handed_at ended_at", others="soldier_id handed_by"),
    Table("casework.Listed", "protect", "duty", "case", "case.sealed", plain="case_id until", others="account"),
)  # fmt: skip
# Printed papers that carry a code.
declare(
    Table("casework.Sheet", *_CASE, of="case__person_id", household="case__family_id",
          plain="code case_id notice opens step office back_at", said="kind state printed_at answer",
          others="by_account back_by"),
)  # fmt: skip
