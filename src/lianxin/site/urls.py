"""Where every address begins. Faces own their urls."""

from django.conf import settings
from django.urls import include, path

from lianxin.console.scanning import capitals
from lianxin.verifier.views import short

urlpatterns = [
    path("sign-in/", include("lianxin.access.urls")),
    path("console/", include("lianxin.console.urls")),
    path("CONSOLE/", include(capitals)),
    path("V/", include("lianxin.verifier.urls")),
    path("api/v1/", include("lianxin.api.urls")),
    path("verify/", short, name="verify"),
    path("", include("lianxin.ops.urls")),
    path("", include("lianxin.companion.urls")),
]
if settings.DEMO:
    urlpatterns.insert(0, path("demo/", include("lianxin.demo.urls")))
