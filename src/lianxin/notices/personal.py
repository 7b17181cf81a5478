"""What messages hold about persons."""

from lianxin.engine.personal import Sealed, Table, declare

declare(
    Table("notices.Notice", "tell", "duty", "notice", "calls.view", of="person",
          plain="account office area channel case service sealed created_at state sent_at done_at tries",
          said="person template given", words="said", others="done_by"),
    Table("notices.Text", "tell", "duty", "run", "texts.view",
          plain="template phone_mark salt reference state tries why made_at next_at keep_until done_at",
          sealed=(Sealed("sealed", "text", "salt"),), apart=True,
          why="it is forgotten as soon as it was handed over"),
)  # fmt: skip
