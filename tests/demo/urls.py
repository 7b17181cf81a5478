"""The addresses of a demo home, for tests: the settings of the test run are a real home's."""

from django.urls import include, path

from lianxin.site.urls import urlpatterns as real

urlpatterns = [path("demo/", include("lianxin.demo.urls")), *real]
