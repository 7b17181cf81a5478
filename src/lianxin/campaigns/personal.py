"""What campaigns hold about persons."""

from lianxin.engine.personal import Table, declare

_EVENT = ("case", "consent", "case", "event.keep")

declare(
    Table("campaigns.Giver", plain="paper office_id kind area hours weekdays per_week paused_until thing"),
    Table("campaigns.Hours", "prove", "staff", "register", "case.dispatch", of="",
          plain="paper office_id case minutes event", others="account"),
    Table("campaigns.Certificate", "prove", "staff", "register", "case.dispatch",
          plain="number office_id from_on to_on times minutes made_at replaced_by", others="account name made_by"),
    Table("campaigns.CertificateCount", plain="year last"),
    Table("campaigns.Programme", plain="code kind name name_en words area office_id ended_on"),
    Table("campaigns.Event", plain="programme_id office_id"),
    Table("campaigns.Terms", plain="paper event_id area title title_en venue place starts_at ends_at until_at places "
          "age_from age_to words state reason unnamed"),
    Table("campaigns.Signup", *_EVENT, of="person", plain="event_id channel reminded_at moved_at source",
          said="person at state reason came", others="guardian by_account moved_by"),
    Table("campaigns.Picture", *_EVENT, plain="event_id content_type size at state decided_at reason",
          words="caption", others="by_account decided_by", sensitive="digest", apart=True, file="digest",
          why="it shows several people; each takes their own consent back, and with it the picture"),
    Table("campaigns.Pictured", *_EVENT, of="person", plain="picture_id", said="person agreed_at withdrawn_at"),
)  # fmt: skip
