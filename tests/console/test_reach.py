"""The page of 应享尽享: leaders see the trend, whoever may open names gets to them."""

import pytest

from lianxin.access.models import Grant
from lianxin.insight.models import Reach
from tests.factories.casework import AT
from tests.house.test_deny_by_default import signed_in

pytestmark = pytest.mark.django_db


def test_a_leader_sees_no_small_cell_and_a_clerk_opens_names(kept_world, settings):
    settings.DEMO = True
    world = kept_world()
    Reach.objects.create(day=AT.date(), service="nursing", area="419902001", missed=3, entitled=33, receiving=30)
    Grant.objects.filter(account__in=[world.staff["leader"], world.staff["clerk"]]).update(area="419902")
    leader = signed_in(world.staff["leader"]).get("/console/reach/").content.decode()
    assert ">3<" not in leader
    assert "30" in leader
    assert "entitled/?" not in leader
    clerk = signed_in(world.staff["clerk"]).get("/console/reach/?service=nursing").content.decode()
    assert "/console/entitled/?service=nursing" in clerk
    book = signed_in(world.staff["clerk"]).get("/console/reach/?as=xlsx")
    assert book.content[:2] == b"PK"
