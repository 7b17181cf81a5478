"""Sign-in: allauth's own pages in our clothes; language and size of letters."""

from django.urls import include, path

from lianxin.access import phones, views

urlpatterns = [
    path("language/", views.language, name="language"),
    path("size/", views.size, name="size"),
    path("phone/", phones.phone, name="phone"),
    path("phone/code/", phones.code, name="phone-code"),
    path("phone/who/", phones.who, name="phone-who"),
    path("phone/slip/", phones.bind, name="phone-bind"),
    path("province/cancelled/", phones.cancelled, name="socialaccount_login_cancelled"),
    path("province/", include("allauth.socialaccount.providers.openid_connect.urls")),
    path("sessions/", views.sessions, name="sessions"),
    path("", include("allauth.account.urls")),
    path("2fa/totp/activate/", views.activate),
    path("2fa/webauthn/add/", views.passkey),
    path("2fa/", include("allauth.mfa.urls")),
]
