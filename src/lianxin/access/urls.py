"""Sign-in: allauth's own pages in our clothes; language and size of letters."""

from django.urls import include, path

from lianxin.access import views

urlpatterns = [
    path("language/", views.language, name="language"),
    path("size/", views.size, name="size"),
    path("sessions/", views.sessions, name="sessions"),
    path("", include("allauth.account.urls")),
    path("2fa/", include("allauth.mfa.urls")),
]
