"""What matching holds about persons."""

from lianxin.engine.personal import Table, declare

declare(
    Table("catalogue.Version", plain="service number digest declaration examples sealed in_force_from published_at "
                                     "approved_by activated_at withdrawn_at withdrawn_by withdrawn_why in_force_to reason"),
    Table("catalogue.Waiting", "entitle", "duty", "run", "gap.view", plain="at service", said="person", apart=True,
          why="a note of a minute: who is to be judged again"),
    Table("catalogue.Draft", "prove", "staff", "register", "catalogue.drafts",
          plain="service base_id state declaration examples papers name_zh name_en sealed number begun_at saved_at looked "
                "words from_on submitted_at decided_at reason version_id",
          others="begun_by begun_by_name saved_by saved_by_name writers here submitted_by submitted_by_name decided_by "
                 "decided_by_name"),
    Table("catalogue.Run", plain="at as_of services state progress results persons"),
    # ``subject`` is a person or a household, as the service has it: no way leads to one of them alone. Whoever is not on
    # file any more has no verdict after the next night.
    Table("catalogue.Verdict", "entitle", "duty", "run", "gap.view",
          plain="area version_id since run_id", said="subject event_on", sensitive="service verdict amount missing",
          apart=True, why="it is judged anew every night; the app shows each verdict with its reasons and its law"),
)  # fmt: skip
