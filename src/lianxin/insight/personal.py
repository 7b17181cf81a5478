"""What reviews hold about persons: only who wrote one."""

from lianxin.engine.personal import Table, declare

declare(
    Table("insight.Draft", "prove", "staff", "register", "review.draft",
          plain="review title area from_on to_on text figures saved_at number", others="account"),
    Table("insight.Reach", plain="day service area entitled missed receiving progress unknown refused afterwards"),
    Table("insight.Draw", "prove", "duty", "register", "figures.view", keeps=True,
          plain="publication_id code size source announced_at", others="by_name account"),
    Table("insight.Drawn", "prove", "duty", "register", "figures.view", keeps=True, plain="draw_id seed at",
          others="by_name account"),
    Table("insight.Asked", "prove", "duty", "register", "figures.rows", keeps=True,
          plain="draw_id outcome way said at", others="by_name account"),
    Table("insight.Publication", plain="review title area from_on to_on text figures known_at"),
)  # fmt: skip
