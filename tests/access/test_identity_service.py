"""A province's identity service (OIDC) over real sockets: discovery, code with PKCE, a signed id_token, userinfo."""

from __future__ import annotations

import base64
import hashlib
import http.server
import json
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client
from tests.people.files import person

from lianxin.access import seal
from lianxin.access.models import Account, Visit
from lianxin.people.models import Person

pytestmark = pytest.mark.django_db
NUMBER = "41990119950303002X"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Service(http.server.BaseHTTPRequestHandler):
    """A tiny identity service. ``claims`` is whom it knows; ``strict`` refuses a code without its PKCE verifier."""

    claims: dict = {}
    codes: dict = {}

    def log_message(self, *_):
        return None

    def answer(self, body, status=200, **headers):
        self.send_response(status)
        for name, value in {"content-type": "application/json", **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    @property
    def home(self):
        return f"http://127.0.0.1:{self.server.server_port}"

    def do_GET(self):
        url = urllib.parse.urlparse(self.path)
        if "well-known" in url.path:
            self.answer({"issuer": self.home, **{f"{name}_endpoint": f"{self.home}/{name}" for name in
                         ("authorization", "token", "userinfo")}, "jwks_uri": f"{self.home}/keys",
                         "token_endpoint_auth_methods_supported": ["client_secret_post"]})  # fmt: skip
        elif url.path == "/authorization":
            asked = dict(urllib.parse.parse_qsl(url.query))
            code = f"code-{len(self.codes)}"
            self.codes[code] = asked
            back = urllib.parse.urlencode({"code": code, "state": asked["state"]})
            self.answer({}, 302, location=f"{asked['redirect_uri']}?{back}")
        elif url.path == "/keys":
            public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
            self.answer({"keys": [{**public, "kid": "1", "alg": "RS256", "use": "sig"}]})
        elif self.headers.get("authorization") == "Bearer opaque":
            self.answer({"sub": "s", **self.claims})
        else:
            self.answer({}, 401)

    def do_POST(self):
        sent = dict(urllib.parse.parse_qsl(self.rfile.read(int(self.headers["content-length"])).decode()))
        asked = self.codes.pop(sent.get("code", ""), None)
        proof = base64.urlsafe_b64encode(hashlib.sha256(sent.get("code_verifier", "").encode()).digest()).rstrip(b"=")
        if asked is None or asked.get("code_challenge") != proof.decode() or sent.get("client_secret") != "s":
            self.answer({"error": "invalid_grant"}, 400)
            return
        now = int(time.time())
        token = jwt.encode({"iss": self.home, "aud": "c", "sub": "s", "iat": now, "exp": now + 60}, KEY, "RS256",
                           headers={"kid": "1"})  # fmt: skip
        self.answer({"access_token": "opaque", "token_type": "bearer", "id_token": token})


@pytest.fixture
def service(settings):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    app = {"provider_id": "province", "name": "统一身份认证", "client_id": "c", "secret": "s",
           "settings": {"server_url": f"http://127.0.0.1:{server.server_port}", "scope": ["openid"]}}  # fmt: skip
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app], "OAUTH_PKCE_ENABLED": True}}
    Service.claims, Service.codes = {"id_number": NUMBER.lower(), "id_number_verified": True}, {}
    yield server
    server.shutdown()
    server.server_close()


class Straight(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_given, **_named):
        return None


def walk(client):
    """From our button to the service and back to our address, as a browser goes."""
    sent = client.post("/sign-in/province/province/login/")
    assert sent.status_code == 302
    with pytest.raises(urllib.error.HTTPError) as gone:
        urllib.request.build_opener(Straight).open(sent.url)
    back = urllib.parse.urlparse(gone.value.headers["location"])
    return f"{back.path}?{back.query}"


def known():
    one = person(1, "王芳")
    Person.objects.filter(pk=one.pk).update(id_mark=seal.mark(NUMBER, "id"))
    return one


def test_whom_the_service_has_verified_is_signed_in_to_their_own_file(service):
    one, client = known(), Client()
    assert client.get(walk(client)).url == "/"
    account = Account.objects.get(pk=client.session["_auth_user_id"])
    assert (account.person, Visit.objects.get().how) == (one.pk, "oidc")


@pytest.mark.parametrize("claims", [{"id_number": NUMBER, "id_number_verified": False}, {"id_number": "41990119950303003X",
                                    "id_number_verified": True}, {}])  # fmt: skip
def test_nobody_else_is_and_it_is_said_in_the_same_words(service, claims):
    known()
    Service.claims = claims
    client = Client()
    answer = client.get(walk(client), follow=True)
    assert "_auth_user_id" not in client.session
    assert answer.status_code == 403
    assert "/sign-in/phone/" in answer.content.decode(), "the way in by phone or counter is named"
    assert not Visit.objects.exists()


def test_somebody_elses_answer_or_a_second_use_opens_nothing(service):
    known()
    client, thief = Client(), Client()
    address = walk(client)
    thief.get(address)
    assert "_auth_user_id" not in thief.session
    client.get(address)
    assert "_auth_user_id" in client.session
    again = Client()
    again.get(address)
    assert "_auth_user_id" not in again.session
