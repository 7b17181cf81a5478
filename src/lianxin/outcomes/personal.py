"""What the register of outcomes holds about persons: their number in it, never a name."""

from lianxin.engine.personal import Table, declare

declare(
    Table("outcomes.Outcome", "prove", "duty", "register", "figures.rows", of="person", household="family", keeps=True,
          plain="family organisation place case source reverses_id sealed recorded_at level area quantity unit",
          said="person kind happened_on ended_on", sensitive="service programme category amount"),
)  # fmt: skip
