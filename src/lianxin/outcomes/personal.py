"""What the register of outcomes holds about persons: their number in it, never a name; and who attested what."""

from lianxin.engine.personal import Table, declare

declare(
    Table("outcomes.Outcome", "prove", "duty", "register", "figures.rows", of="person", household="family", keeps=True,
          plain="family organisation place case source reverses_id sealed recorded_at level area quantity unit",
          said="person kind happened_on ended_on", sensitive="service programme category amount"),
    Table("outcomes.Attestation", "prove", "duty", "register", "attest.view", keeps=True, file="scan",
          plain="figure title kind service programme category level unit area happened_on ended_on quantity amount paper scan "
          "scan_type", others="account by_name"),
    Table("outcomes.Ruling", "prove", "duty", "register", "attest.view", keeps=True,
          plain="attestation_id verb words at", others="account by_name"),
)  # fmt: skip
