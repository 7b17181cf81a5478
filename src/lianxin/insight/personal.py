"""What reviews hold about persons: only who wrote one."""

from lianxin.engine.personal import Table, declare

declare(
    Table("insight.Draft", "prove", "staff", "register", "review.draft",
          plain="review title area from_on to_on text figures saved_at number", others="account"),
    Table("insight.Reach", plain="day service area entitled missed receiving progress unknown refused"),
    Table("insight.Publication", plain="review title area from_on to_on text figures known_at"),
)  # fmt: skip
