"""What is held about those who sign in."""

from lianxin.engine.personal import Sealed, Table, declare

declare(
    Table("access.Area", plain="code name name_en level parent_id successor ended_on"),
    Table("access.Office", plain="name name_en kind level area_id phone address open"),
    Table("access.Account", "account", "staff", "account", "accounts.manage", of="person",
          plain="password office_id language elder is_active created_at", said="username name name_en person last_login"),
    Table("access.Grant", "account", "staff", "account", "accounts.manage", of="account__person",
          plain="paper role area desk service", said="account_id"),
    Table("access.PublicName", "protect", plain="paper name why"),
    Table("access.SetAside", "protect", "duty", "run", "secrecy.decide",
          plain="at area where kind mark salt state decided_at", others="account by_name decided_by",
          sealed=(Sealed("sealed", "set-aside", "salt"),), apart=True,
          why="what must never be stored is not handed out either"),
    Table("access.KeyMark", plain="key fingerprint seen_at retired_at"),
    Table("access.Rotation", plain="key before cipher state started_at ended_at part after values broken"),
)  # fmt: skip
