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
# Visits to households.
declare(
    Table("campaigns.VisitList", "case", "duty", "register", "case.visit",
          plain="name occasion area office for_on made_at state ended_at", others="account by_account"),
    Table("campaigns.Stop", "case", "duty", "case", "case.visit", household="family_id", blanks="words",
          plain="list_id family_id place case state", said="why visited_on", words="words"),
    Table("campaigns.Taken", "protect", "duty", "register", "case.visit", plain="list_id key at until ended_at why",
          others="account"),
    Table("campaigns.Report", "case", "duty", "case", "case.visit", household="stop__family_id",
          blanks="words signer signature", plain="stop_id key received_at minutes source", said="outcome happened_at",
          words="words signer", sensitive="signature", others="by_account by_name", file="signature"),
    Table("campaigns.Part", "case", "duty", "case", "case.visit", household="report__stop__family_id", blanks="theirs",
          plain="report_id key case decided_at", said="what code state", words="theirs", others="decided_by"),
)  # fmt: skip
