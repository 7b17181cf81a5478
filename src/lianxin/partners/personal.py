"""What partners' agreements and gifts hold about persons: who took them in; never a beneficiary's name."""

from lianxin.engine.personal import Table, declare

declare(
    Table("partners.Agreement", plain="paper office_id plaque offer"),
    Table("partners.Place", plain="number made_at"),
    Table("partners.PlaceSaid", plain="paper place_id kind name name_en area latitude longitude course address phone hours "
                                      "words office_id source pinyin initials"),
    Table("partners.ReceiptCount", plain="year last"),
    Table("partners.Gift", "prove", "duty", "money", "gift.keep",
          plain="number office_id keeper_id area thing unit quantity purpose received_on recorded_at used reversed_at reason",
          others="received_by reversed_by"),
    Table("partners.Use", "prove", "duty", "money", "gift.keep",
          plain="gift_id quantity used_on words case event service recorded_at reversed_at reason",
          others="by_account reversed_by"),
)  # fmt: skip
