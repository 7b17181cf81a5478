"""What campaigns hold about persons."""

from lianxin.engine.personal import Table, declare

declare(
    Table("campaigns.Giver", plain="paper office_id kind area hours"),
    Table("campaigns.Hours", "prove", "staff", "register", "case.dispatch", of="", plain="paper office_id case minutes",
          others="account"),
)  # fmt: skip
