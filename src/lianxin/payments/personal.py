"""What payments hold about persons."""

from lianxin.engine.personal import Table, declare

_PAY = ("pay", "duty", "money", "batch.view")

declare(
    Table("payments.Line", *_PAY, keeps=True, of="person_id",
          plain="case_id family version_id level area sealed batch_id attempts cleared correction_id against_id",
          said="person_id created_at period state settled_on fault",
          sensitive="service category programme amount"),
    Table("payments.Batch", "pay", "duty", "money", "batch.view",
          plain="number service area sealed state count total made_at checked_at approved_at sent_at settled_at "
                "file_digest note", others="maker maker_name checker checker_name approver approver_name"),
    Table("payments.Signing", "pay", "duty", "money", "batch.view",
          plain="batch_id number service area sealed state count total made_at checked_at approved_at sent_at settled_at "
                "file_digest note", others="maker maker_name checker checker_name approver approver_name"),
    Table("payments.Attempt", *_PAY, keeps=True, of="line__person_id", plain="batch_id line_id serial account_id",
          said="answered_at result fault", sensitive="amount"),
    Table("payments.Answer", plain="batch_id digest file_name at paid returned"),
    Table("payments.Replay", "pay", "duty", "money", "batch.view",
          plain="service area sealed version_id from_on to_on reason least state made_at approved_at note reached done total",
          others="maker maker_name approver approver_name"),
    Table("payments.Correction", *_PAY, keeps=True, of="person_id",
          plain="replay_id case_id line_id version_id area why", said="person_id period judged_on state moved_at",
          sensitive="kind cause was now missing"),
    Table("payments.Recovery", *_PAY, keeps=True, of="person_id",
          plain="correction_id line_id case_id area sealed why", said="person_id period created_at state moved_at",
          sensitive="service amount returned waived"),
    Table("payments.Settling", *_PAY, keeps=True, of="person_id", plain="area sealed", said="person_id at",
          sensitive="service how fen", words="words", others="maker maker_name"),
    Table("payments.Settled", *_PAY, keeps=True, of="settling__person_id", plain="settling_id", said="agreed at",
          words="words", others="decider decider_name"),
    Table("payments.Transaction", plain="on source batch_id how lines total"),
    Table("payments.Posting", "pay", "duty", "money", "ledger.view", plain="transaction_id account amount line_id"),
)  # fmt: skip
