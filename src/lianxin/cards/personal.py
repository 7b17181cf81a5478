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
)  # fmt: skip
