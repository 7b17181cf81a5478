"""Everyone matched on Spark: the same differences as here."""

import pytest

from lianxin.casework.models import Case
from lianxin.catalogue.models import Verdict
from lianxin.engine import distributed
from lianxin.journal import actions as journal
from lianxin.people import models
from tests.catalogue.test_match import AT, SYSTEM, city, run  # noqa: F401  the town of matching
from tests.engine.test_spark_agrees import ABSENT

pytestmark = pytest.mark.skipif(ABSENT, reason="needs Spark (requirements-spark.txt) and Java 17 or newer")


def stored():
    columns = ("service", "subject", "area", "verdict", "amount", "missing", "version", "event_on")
    return sorted(Verdict.objects.values_list(*columns), key=str)


def test_a_change_makes_the_same_differences_and_leaves_no_file(city, tmp_path):  # noqa: F811
    run()
    wanted = stored()
    Verdict.objects.filter(service="living-subsidy-rural60").update(amount=1)
    Verdict.objects.filter(service="accomp-subsidy").delete()
    cases = Case.objects.count()
    with distributed.judging(tmp_path) as judge:
        found = run(judge=judge)
        assert stored() == wanted and Case.objects.count() == cases
        assert found["accomp-subsidy"].new == 1
        with journal.entry(action="test", by=SYSTEM, at=AT) as writing:
            rows = models.Standing.objects.filter(person=city["wife"])
            writing.supersede(models.Standing, list(rows.values_list("pk", flat=True)), AT)
        assert run(judge=judge)["accomp-subsidy"].lost == 1
    after = stored()
    assert after != wanted
    assert all((row.new, row.lost, row.cases_opened) == (0, 0, 0) for row in run().values())  # nothing left for here
    assert stored() == after
    assert list(tmp_path.iterdir()) == []
