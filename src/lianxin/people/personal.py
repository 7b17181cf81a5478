"""What the file holds about persons."""

from lianxin.engine.personal import Sealed, Table, declare

_NUMBER = (Sealed("number_sealed", "paper", marks=("number_mark",)),)
_FILE = ("file", "duty", "file", "people.view")

declare(
    Table("people.Person", "identify", "duty", "file", "people.search", of="id",
          plain="salt pinyin initials id_mark phone_mark family_id survivor_id merged_at entry run visible verified",
          said="file_number name sex born_on died_on home address"),
    Table("people.Particulars", "identify", "duty", "file", "people.view", of="person_id",
          plain="person_id verified photo", said="paper name former_name sex born_on died_on home address hukou",
          sealed=(Sealed("id_sealed", "id", marks=("person__id_mark",)),
                  Sealed("phone_sealed", "phone", marks=("person__phone_mark",)))),
    Table("people.Service", *_FILE, of="person_id", plain="person_id", said="paper",
          sensitive="kind enlisted_on discharged_on settlement rural_at_enlistment expelled rank_class"),
    Table("people.Standing", *_FILE, of="person_id", plain="person_id number_mark", said="paper",
          sensitive="code grade cause role graded_on", others="of_id", sealed=_NUMBER),
    Table("people.Award", "honour", "duty", "file", "people.view", of="person_id", plain="person_id number_mark",
          said="paper merit wartime detail", sealed=_NUMBER),
    Table("people.Livelihood", *_FILE, of="person_id", plain="person_id",
          said="paper employment unemployment_registered employer_insured education_stage in_education employer_kind "
               "prior_employer school graduates_on", sensitive="monthly_income able_to_work"),
    Table("people.Suspension", *_FILE, of="person_id", plain="person_id", said="paper", sensitive="state political_rights"),
    Table("people.Attested", *_FILE, of="person_id", plain="person_id", said="paper", sensitive="code holds"),
    Table("people.Attribute", *_FILE, of="person_id", plain="person_id", said="paper", sensitive="code value"),
    Table("people.Kin", *_FILE, of="person_id", plain="person_id", said="paper kind basis ended_by maintained",
          others="relative_id"),
    Table("people.Family", *_FILE, plain="", said="code home address", keeps=True),
    Table("people.Membership", *_FILE, of="person_id", plain="person_id family_id", said="paper"),
    Table("people.BankAccount", "pay", "duty", "file", "people.view", of="person_id",
          plain="person_id number_mark verified usable_from", said="paper bank holder",
          sealed=(Sealed("number_sealed", "account", marks=("number_mark",)),)),
    Table("people.Mandate", "case", "consent", "file", "people.view", of="person_id", plain="person_id",
          said="paper kind services", others="proxy_person_id proxy_account"),
    Table("people.Capacity", *_FILE, of="person_id", plain="person_id", said="paper", sensitive="capacity"),
    Table("people.Document", *_FILE, of="person_id", plain="person_id number_mark", said="paper kind expires_on",
          sealed=_NUMBER),
    Table("people.Scan", *_FILE, of="person_id", plain="person_id content_type size", said="paper kind",
          sensitive="digest", file="digest"),
    Table("people.Verification", "prove", "records", "file", "people.view", of="person_id",
          plain="person_id group row at"),
    Table("people.Flag", "identify", "duty", "run", "people.view", of="person_id", plain="person_id since", said="code"),
    Table("people.Import", "prove", "records", "register", "people.import", others="account",
          plain="run ledger file_name file_digest area at state read added changed unchanged refused done_chunks chunks "
                "report"),
    Table("people.Refused", plain="run sheet row column reason given"),
    Table("people.SavedList", "case", "duty", "account", "people.view", plain="office shared fixed frozen_on made_at",
          words="name asks", others="account by_name", apart=True, why="it is an office's own way of looking"),
    Table("people.ListMember", "case", "duty", "account", "people.view", of="person_id", plain="list_id at",
          said="person_id", others="by_account", apart=True, why="lists are offices' work; who took one away is told"),
    Table("people.TakenColumns", plain="codes", others="account", see="people.export"),
    Table("people.Template", "prove", "records", "register", "people.import", plain="area name ledger signature mapping at",
          others="account"),
    Table("people.Export", "prove", "records", "register", "people.export", others="account",
          plain="exchange area reason at day since state rows digest expires_at"),
)  # fmt: skip
