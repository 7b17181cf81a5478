"""What this room holds about persons."""

from lianxin.engine.personal import Sealed, Table, declare

_CARD = ("entitle", "duty", "file", "card.view")

declare(
    Table("cards.Filing", "prove", "staff", "register", "card.view",
          plain="number area filed_on due_on count at", others="by_account"),
    Table("cards.Box", "prove", "staff", "register", "card.view",
          plain="number parent_id sender_id office_id area listed packed_at digest state counted extra received_at seen_at "
          "words explained_at", others="packed_by received_by explained_by"),
    Table("cards.Card", *_CARD, of="holder_id", blanks="number_sealed ground activated_on lost_on",
          plain="person_id case replaces_id area to_home due_on filing_id box_id moved_at lock",
          said="holder_id since activated_on lost_on", sensitive="kind ground state number_mark",
          sealed=(Sealed("number_sealed", "card", "person__salt", ("number_mark",)),)),
    Table("cards.Step", *_CARD, of="card__holder_id", blanks="words", plain="card_id box into mandate office",
          said="at on verb signer", sensitive="from_state to_state reason", words="words", others="by_account by_name"),
    Table("cards.SceneTable", "prove", "staff", "register", "card.view",
          plain="number made_at state from_on published_at", others="maker maker_name publisher"),
    Table("cards.SceneRow", plain="paper table_id scene code name name_en area place office classes right percent companions "
          "weekdays from_on until_on hours needs_id words words_en law article standing"),
    Table("cards.Finding", "case", "duty", "case", "case.view", plain="paper case scene office_id place area upheld",
          words="words", others="by_account", apart=True, why="it is about a place; the case tells the person what was found"),
    Table("cards.Count", plain="kind year last"),
    Table("cards.SigningKey", plain="number algorithm public made_at signs_from withdrawn_at reason"),
    Table("cards.Credential", *_CARD, of="card__holder_id", plain="card_id number phone withdrawn_at reason",
          said="form made_at until", others="by_account"),
    Table("cards.Device", "protect", "staff", "register", "gate.keep",
          plain="office_id area form scene lines algorithm public code_mark code_until made_at enrolled_at until revoked_at",
          words="name reason", apart=True, why="it is about a machine of an operator"),
    Table("cards.DeviceStep", "prove", "staff", "register", "gate.keep", plain="machine_id at verb", words="words",
          others="by_account by_name"),
    Table("cards.UseBatch", plain="machine_id number office area scene line counts signature public algorithm first_on last_on "
          "uses received_at"),
    Table("cards.Tally", plain="office area scene line day hour kind uses named proof"),
    # Under a pseudonym of one day and one line, which nobody leads back to a card once the day is over (decision 34).
    Table("cards.Use", "prove", "duty", "run", "batch.view", plain="office scene uses", sensitive="day line hour kind pseudonym",
          apart=True, why="the secrets of the day are destroyed: nobody can tell whose a row is, so it is in nobody's copy"),
    Table("cards.CardRate", "protect", "duty", "run", "gate.keep", plain="uses machine operator", sensitive="day pseudonym",
          apart=True, why="a pseudonym of one day without place and hour, gone with the day"),
    Table("cards.CardLook", "protect", "duty", "run", "gate.keep", plain="hour", sensitive="day cards",
          apart=True, why="pseudonyms of one day without place and hour, gone with the day"),
    Table("cards.DayClosed", plain="what day rows uses digest most often at"),
    Table("cards.Tariff", "prove", "staff", "register", "catalogue.view", plain="paper scene office line kind fen agreed_at",
          others="maker maker_name agreed agreed_name"),
    Table("cards.Statement", "prove", "staff", "money", "batch.view",
          plain="number office_id area month state uses total made_at paid_on",
          words="note", others="maker maker_name checker checker_name approver approver_name",
          apart=True, why="it is about an operator"),
    Table("cards.StatementStep", "prove", "staff", "money", "batch.view", plain="statement_id at verb to_state uses total paid_on",
          words="words", others="checker approver by_account by_name", apart=True, why="it is about an operator"),
    Table("cards.StatementLine", plain="statement_id scene line kind uses fen amount correction words paper"),
    Table("cards.Claim", "prove", "staff", "money", "batch.view",
          plain="statement_id digest file_name at uses ours same differing found", others="by_account by_name"),
)  # fmt: skip
