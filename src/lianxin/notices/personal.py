"""What messages hold about persons."""

from lianxin.engine.personal import Table, declare

declare(
    Table("notices.Notice", "tell", "duty", "notice", "calls.view", of="person",
          plain="account office area channel case service sealed created_at state sent_at done_at tries",
          said="person template given", words="said", others="done_by"),
)  # fmt: skip
