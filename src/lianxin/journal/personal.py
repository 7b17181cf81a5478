"""What the journal holds about persons."""

from lianxin.engine.personal import Table, declare

declare(
    Table("journal.Head", plain="hash length"),
    Table("journal.Entry", "prove", "records", "journal", "journal.view", of="person",
          plain="link at office action area case service run detail rows previous hash", said="person",
          words="purpose", others="by_account by_name", apart=True, keeps=True,
          why="the copy has a page of its own for who looked and what was done"),
    Table("journal.Contained", "prove", "records", "journal", "journal.view", plain="entry bucket", said="places",
          apart=True, keeps=True, why="the page of who looked says it in words"),
    Table("journal.Held", "protect", "records", "journal", "journal.view", plain="entry until held_in released_at",
          others="by_account released_by"),
    Table("journal.Marks", plain="entry table marks"),
    Table("journal.Checkpoint", plain="day link line"),
    Table("journal.Rewritten", plain="entry table former"),
)  # fmt: skip
