"""The one settings file. Every value from the environment is read loudly: a bad value stops the start."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from typing import Any

import dj_database_url

ROOT = Path(__file__).resolve().parents[3]
HOME = Path(os.environ.get("LIANXIN_HOME") or ROOT / "var").resolve()


def _flag(name: str, default: bool) -> bool:
    value = os.environ.get(name, "").strip().lower()
    if value in {"", "1", "0", "true", "false"}:
        return default if not value else value in {"1", "true"}
    raise SystemExit(f"{name}={value!r} is not true or false")


def _keys(path: Path) -> dict[str, Any]:
    """Keys live in a file of their own beside the data, readable by the owner only, and never in a backup.

    ``seal`` and ``search`` become the first key of the ring (:mod:`lianxin.access.keyring`).
    """
    if not path.exists():
        if (HOME / "lianxin.sqlite3").exists():
            raise SystemExit(
                f"{path} is gone: put back the copy you keep of it; no sealed value can be read without it"
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        made = {name: secrets.token_hex(32) for name in ("django", "seal", "search", "pseudonym")}
        draft = path.with_suffix(f".{os.getpid()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(made, file)
        try:
            os.link(draft, path)  # the first process wins; a second start reads its keys
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    try:
        keys: dict[str, Any] = json.loads(path.read_text())
    except ValueError:
        raise SystemExit(f"{path} is damaged: put back the copy you keep of it; nothing was changed") from None
    return keys


KEYS_FILE = Path(os.environ.get("LIANXIN_KEYS") or HOME / "keys.json")
KEYS = _keys(KEYS_FILE)
DAYS_FILE = HOME / "day-secrets.json"  # gone with their day: nobody copies it, no backup takes it
SECRET_KEY = KEYS["django"]
DEBUG = _flag("LIANXIN_DEBUG", False)
DEMO = (HOME / "demo.json").exists()  # a demo home says so itself; no setting turns a real home into one
APP_NAME = os.environ.get("LIANXIN_APP_NAME", "连心")
CITY = os.environ.get("LIANXIN_CITY", "4199")
CIPHER = os.environ.get("LIANXIN_CIPHER", "AES-256-GCM")  # of the next key that is put on the ring; or SM4-GCM
CATALOGUE = Path(os.environ.get("LIANXIN_CATALOGUE") or ROOT / "catalogue")
COOLING_OFF_DAYS = int(os.environ.get("LIANXIN_COOLING_OFF_DAYS") or (0 if DEMO else 3))  # of a changed bank account
CARD_ALGORITHM = os.environ.get("LIANXIN_CARD_ALGORITHM", "Ed25519")  # of the next key that signs credentials; or SM2
CARD_ADDRESS = os.environ.get("LIANXIN_CARD_ADDRESS", "")  # where the city answers, for codes on paper: https://host
COPY_HOURS = int(os.environ.get("LIANXIN_COPY_HOURS", "72"))  # a copy of one's data is there to be taken
INQUIRY_DAYS = int(os.environ.get("LIANXIN_INQUIRY_DAYS", "180"))  # after which a person is told of any inquiry
RESTRICTED_DAYS = int(os.environ.get("LIANXIN_RESTRICTED_DAYS", "120"))  # after which a restricted line is gone
SMALL_CELL = int(os.environ.get("LIANXIN_SMALL_CELL", "5"))  # no count below this is shown to who may not open its rows
CARD_USES = int(os.environ.get("LIANXIN_CARD_USES", "20"))  # a card used more often on one day is looked at by eye
CARD_HOUR = int(os.environ.get("LIANXIN_CARD_HOUR", "400"))  # uses that one device counts in one hour at most
CARD_FORCES = int(os.environ.get("LIANXIN_CARD_FORCES", "2000"))  # military identity cards that one hands in on one day

# A map service beneath the city's own outlines: https://host/{z}/{x}/{y}.png, the coordinates its tiles are drawn in, and
# whose map it is with its review number (审图号), which the law wants said. Blank: own outlines only, no internet.
TILES = os.environ.get("LIANXIN_TILES", "")
TILES_DATUM = os.environ.get("LIANXIN_TILES_DATUM", "" if TILES else "wgs84")
TILES_SAID = os.environ.get("LIANXIN_TILES_SAID", "")
if TILES and not (TILES.startswith(("https://", "http://")) and all(one in TILES for one in ("{z}", "{x}", "{y}"))):
    raise SystemExit(f"LIANXIN_TILES={TILES!r} is no address of tiles like https://host/{{z}}/{{x}}/{{y}}.png")
if TILES_DATUM not in {"wgs84", "gcj02"}:
    raise SystemExit(f"LIANXIN_TILES_DATUM={TILES_DATUM!r}: say whether the tiles are drawn in wgs84 or gcj02")

ALLOWED_HOSTS = os.environ.get("LIANXIN_HOSTS", "localhost,127.0.0.1,[::1],testserver").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("LIANXIN_ORIGINS", "").split(",") if origin]
HTTPS = _flag("LIANXIN_HTTPS", False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31536000

ROOMS = [
    "journal", "access", "people", "notices", "outcomes", "catalogue", "casework",
    "cards", "payments", "campaigns", "partners", "insight", "console", "companion", "verifier", "api", "ops", "demo",
]  # fmt: skip
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django_q",
    *(f"lianxin.{room}" for room in ROOMS),
]
MIDDLEWARE = [
    "lianxin.access.middleware.Compressed",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "lianxin.access.middleware.plain_text",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "lianxin.access.middleware.live_sessions",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "lianxin.access.middleware.content_security",
    "lianxin.access.middleware.deny_by_default",
    "lianxin.access.middleware.set_doubts_aside",
]
ROOT_URLCONF = "lianxin.site.urls"
WSGI_APPLICATION = "lianxin.site.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "lianxin.access.context.shell",
            ],
            "builtins": ["lianxin.access.templatetags.ui"],
        },
    }
]

_SQLITE = {
    "ENGINE": "lianxin.site.sqlite",
    "NAME": HOME / "lianxin.sqlite3",
    "OPTIONS": {
        "transaction_mode": "IMMEDIATE",
        "timeout": 60,  # seconds to wait for one's turn to write: longer than 500 at once take on a busy machine
        "init_command": (
            "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA cache_size=-65536;"
            "PRAGMA temp_store=MEMORY;PRAGMA mmap_size=268435456;"
        ),
    },
    "CONN_MAX_AGE": 600,  # opened anew for each page it reads its whole schema and compiles every query again: 4 ms
}
_URL = os.environ.get("DATABASE_URL", "")
DATABASES: dict[str, Any] = {
    "default": dict(dj_database_url.parse(_URL, conn_max_age=600)) if _URL else _SQLITE,
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Each process keeps what it counted. A page of all figures, beside the same days a year before, takes nearly 200 places
# for each pair of eyes; with the 300 that are usual two readers drive out each other's, and the city's is 15 s to count.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},  # some megabytes
    }
}

AUTH_USER_MODEL = "access.Account"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_ADAPTER = "lianxin.access.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = False  # ours count over all processes and keep no address: access.tries
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS  # a passkey binds to localhost or HTTPS; browsers refuse others
MFA_TOTP_ISSUER = APP_NAME
FRESH_MINUTES = int(os.environ.get("LIANXIN_FRESH_MINUTES", "15"))  # how old a second factor may be for a sensitive act
ACCOUNT_REAUTHENTICATION_TIMEOUT = FRESH_MINUTES * 60
LOCK_TRIES = int(os.environ.get("LIANXIN_LOCK_TRIES", "5"))  # failed sign-ins of one account before it is locked
LOCK_MINUTES = int(os.environ.get("LIANXIN_LOCK_MINUTES", "15"))
MFA_FORMS = {
    "authenticate": "lianxin.access.secondstep.SecondStep",
    "reauthenticate": "lianxin.access.secondstep.SecondStepAgain",
}
MFA_ADAPTER = "lianxin.access.adapter.MfaAdapter"
# Residents: a slip from the counter binds a phone; a province's identity service names whom it verified.
SLIP_DAYS = int(os.environ.get("LIANXIN_SLIP_DAYS", "14"))
VISIT_DAYS = int(os.environ.get("LIANXIN_VISIT_DAYS", "7"))  # for which a list of visits opens on a worker's device
SILENCE_DAYS = int(os.environ.get("LIANXIN_SILENCE_DAYS", "180"))  # a phone unused for so long opens nothing any more
CODE_ASKS_PHONE = int(os.environ.get("LIANXIN_CODE_ASKS_PHONE", "5"))  # codes an hour to one phone
CODE_ASKS_ADDRESS = int(os.environ.get("LIANXIN_CODE_ASKS_ADDRESS", "60"))  # an hour from one address: a hall shares it
SMS = os.environ.get("LIANXIN_SMS", "file")  # a module of lianxin.notices.channels
SMS_URL = os.environ.get("LIANXIN_SMS_URL", "")
SMS_KEY = os.environ.get("LIANXIN_SMS_KEY", "")
SMS_SECRET = os.environ.get("LIANXIN_SMS_SECRET", "")
if SMS not in {"file", "http"}:
    raise SystemExit(f"LIANXIN_SMS={SMS!r} is no channel; there are file and http")
OIDC_ID_CLAIM = os.environ.get("LIANXIN_OIDC_ID_CLAIM", "id_number")
OIDC_VERIFIED_CLAIM = os.environ.get("LIANXIN_OIDC_VERIFIED_CLAIM", "id_number_verified")
OIDC_APPS = (
    [{
        "provider_id": "province", "name": os.environ.get("LIANXIN_OIDC_NAME", "统一身份认证"),
        "client_id": os.environ.get("LIANXIN_OIDC_CLIENT", ""), "secret": os.environ.get("LIANXIN_OIDC_SECRET", ""),
        "settings": {"server_url": os.environ["LIANXIN_OIDC_URL"], "scope": ["openid"]},
    }]
    if os.environ.get("LIANXIN_OIDC_URL") else []
)  # fmt: skip
SOCIALACCOUNT_ADAPTER = "lianxin.access.social.IdentityService"
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": OIDC_APPS, "OAUTH_PKCE_ENABLED": True}}
SOCIALACCOUNT_OPENID_CONNECT_URL_PREFIX = ""
SOCIALACCOUNT_STORE_TOKENS = False
LOGIN_URL = "/sign-in/login/"
LOGIN_REDIRECT_URL = "/"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30  # visits end earlier, by role: access.roles
SESSION_SAVE_EVERY_REQUEST = False

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [ROOT / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STATICFILES_DIRS = [ROOT / "static"]
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 365 * 24 * 3600  # each address carries its content's digest: access.statics
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "lianxin.access.statics.Versioned"},
}
MEDIA_ROOT = HOME / "papers"
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024

Q_CLUSTER = {
    "name": "lianxin",
    "orm": "default",
    "workers": int(os.environ.get("LIANXIN_WORKERS", "1")),
    "timeout": 900,
    "retry": 960,  # a task of a killed worker is taken again after this many seconds
    "ack_failures": False,
    "max_attempts": 5,
    "poll": 0.5,
    "catch_up": False,
    "bulk": 1,
    "save_limit": 500,
    "label": "queue",
}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"scrubbed": {"()": "lianxin.access.logs.Scrubbed"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "scrubbed"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LIANXIN_LOG", "WARNING")},
    "loggers": {  # Django's own handlers would write unscrubbed; SQL carries values
        "django": {"handlers": [], "propagate": True},
        "django.db.backends": {"level": "INFO"},
        "django.request": {"level": "ERROR"},  # what somebody typed wrongly is no news of the machine
    },
}
SILENCED_SYSTEM_CHECKS: list[str] = []
