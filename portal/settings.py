"""Every setting of the site; the only reader of the environment. docs/operate.md lists the variables."""

from pathlib import Path
from typing import Any

import django_stubs_ext
from celery.schedules import crontab
from django.utils.translation import gettext_lazy as _

from accounts.counties import registry
from accounts.relay import relay
from portal import env

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = env.folder("VAR_DIR", BASE_DIR / "var")

DEBUG = env.boolean("DEBUG")
# Off only for a trial on loopback without a certificate; portal/checks.py refuses it anywhere else.
HTTPS = env.boolean("HTTPS", default=not DEBUG)
SECRET_KEY = env.secret("SECRET_KEY", dev="dev-only-" + "x" * 50 if DEBUG else None)
# Former ones: what they signed is still taken, and what the events were sealed with can still be checked.
SECRET_KEY_FALLBACKS = env.secrets("SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = env.hosts("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = env.origins("CSRF_TRUSTED_ORIGINS")
# Addresses or networks of our own reverse proxies: only their X-Forwarded-For is believed.
TRUSTED_PROXIES = env.words("TRUSTED_PROXIES")
# Where people find the site, for the links in letters.
PORTAL_URL = env.web_address(
    "PORTAL_URL", f"https://{ALLOWED_HOSTS[0].lstrip('.')}/" if HTTPS else "http://127.0.0.1:8000/", https=HTTPS
)

# --- the campus and its hand-off -------------------------------------------------------------------------------
CAMPUS_URL = env.web_address("CAMPUS_URL", "http://127.0.0.1:8001/", https=HTTPS)
HANDOFF_KEYS_FILE = env.file("HANDOFF_KEYS_FILE", VAR_DIR / "handoff-keys.json")
HANDOFF_AUDIENCE = env.text("HANDOFF_AUDIENCE", "portal.test")
HANDOFF_SKEW = env.integer("HANDOFF_SKEW", 5, most=60)  # seconds

# --- the counties and cities whose people sign in by OpenID Connect; none where there is no file ---------------------
COUNTIES_FILE = env.optional_file("COUNTIES_FILE")
BIND = env.text("BIND", "127.0.0.1:8000")  # gunicorn's, which reads it itself
WEB_THREADS = env.integer("WEB_THREADS", 4, least=1, most=1000)  # gunicorn's: not all of them wait for counties
COUNTIES = registry.read(COUNTIES_FILE, https=HTTPS, secret=env.optional_secret)

# --- who answers for the service; shown in the footer and on the contact page ------------------------------------
OFFICE_NAME = {
    "zh-hant": env.text("OFFICE_NAME_ZH", "計算機與通訊中心 網路系統組"),
    "en": env.text("OFFICE_NAME_EN", "Computer and Communication Center, Network Systems Division"),
}
OFFICE_EMAIL = env.email("OFFICE_EMAIL", "helpdesk@campus.example")
OFFICE_PHONE = env.text("OFFICE_PHONE", "03-000-0000")

# --- letters to people: by an SMTP server, or without one into a folder ---------------------------------------------
SMTP_RELAY = relay(env.optional_secret("SMTP_URL"))
LETTERS_DIR = VAR_DIR / "letters"

# --- the mail store that needs no server ---------------------------------------------------------------------
MAILDIR_ROOT = env.folder("MAILDIR_ROOT", VAR_DIR / "mail")

# --- the mail server: Dovecot and Postfix, which read their accounts from a database of their own ---------------------
MAIL_DATABASE_URL = env.optional_secret("MAIL_DATABASE_URL")
DOVEADM_URL = env.text("DOVEADM_URL", "http://127.0.0.1:8080")
DOVEADM_API_KEY = env.optional_secret("DOVEADM_API_KEY")
LMTP_URL = env.text("LMTP_URL", "lmtp://127.0.0.1:24")
IMAP_URL = env.optional_secret("IMAP_URL")  # only for the doctor's trial sign-in

# --- cloud drives, which a service may name: with this key the portal asks them how full somebody's is ----------------
DRIVE_KEY = env.optional_key("DRIVE_KEY")

# --- what the mail server tells of sign-ins ------------------------------------------------------------------
MAIL_EVENTS_KEY = env.optional_key("MAIL_EVENTS_KEY")  # without it there is no such endpoint
LOGIN_RECORD_DAYS = env.integer("LOGIN_RECORD_DAYS", 30, least=1, most=366)
COUNTRY_DATABASE = env.optional_file("COUNTRY_DATABASE")

INSTALLED_APPS = [
    "accounts.staff.apps.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.mfa",
    "portal",
    "accounts",
    "sso_bridge",
    "mailboxes",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "portal.middleware.content_security_policy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "portal.middleware.staff_networks",
    "portal.middleware.utf_8_alone",
    "accounts.counties.ending.middleware",
    "mailboxes.entering.ending.middleware",
    "portal.middleware.LoginRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "portal.loaders.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context.site",
            ],
        },
    }
]

# --- data ----------------------------------------------------------------------------------------------------
DATABASES: dict[str, Any] = {
    "default": env.database("DATABASE_URL", f"sqlite:///{VAR_DIR / 'portal.sqlite3'}"),
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE: two writers wait for each other instead of failing with "locked". FULL: the outbox survives a power cut.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
else:
    # libpq's own names, in seconds: a server that is gone is noticed, instead of being waited for without end. What the
    # address says itself wins.
    DATABASES["default"]["OPTIONS"] = {
        "connect_timeout": 5,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "application_name": "portal",
    } | DATABASES["default"].get("OPTIONS", {})
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CELERY_BROKER_URL, CACHE_URL = env.redis("REDIS_URL", "redis://127.0.0.1:6379")
CACHES: dict[str, Any] = {
    "default": {
        "BACKEND": "portal.cache.SharedCache",
        "LOCATION": CACHE_URL,
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},  # seconds
    },
}

# --- the queue: a bell only; the outbox table is the truth -------------------------------------------------------
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 30  # seconds: two calls of a store at their slowest, and shorter than a lease of the outbox
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # A message is gone as soon as a worker has it: what a worker that dies leaves undone, the sweep finds by its row. A late
    # acknowledgement, sent by a connection that Redis has lost meanwhile, would end the worker.
    "ack_emulation": False,
    "socket_timeout": 5,  # seconds
    "socket_connect_timeout": 5,
}
CELERY_TIMEZONE = "Asia/Taipei"
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "mailboxes.provisioning.tasks.sweep", "schedule": 10.0, "options": {"expires": 10}},
    "letters": {"task": "accounts.letters.tasks.sweep", "schedule": 10.0, "options": {"expires": 10}},
    "fullness": {
        "task": "mailboxes.provisioning.tasks.look_for_full_mailboxes",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "lives": {
        "task": "mailboxes.provisioning.tasks.follow_lives",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "imports": {"task": "accounts.importing.tasks.run", "schedule": 5.0, "options": {"expires": 5}},
    "seal": {"task": "accounts.auditing.tasks.seal", "schedule": 5.0, "options": {"expires": 5}},
    "audit": {"task": "accounts.auditing.tasks.nightly", "schedule": crontab(hour="3", minute="30")},
    "reconcile": {"task": "mailboxes.provisioning.tasks.reconcile", "schedule": crontab(hour="3", minute="17")},
    "keys": {"task": "sso_bridge.tasks.notice_keys", "schedule": 60.0, "options": {"expires": 60}},
    "housekeeping": {"task": "portal.tasks.housekeeping", "schedule": 3600.0},
}

# --- people --------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["accounts.backends.PersonBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
LOGIN_URL = "signed-out"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "accounts.adapters.StaffAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
# The second factor of the staff: codes of an app (RFC 6238), passkeys (W3C WebAuthn), recovery codes. A code of the half
# minute before or after is taken too, for clocks differ.
MFA_ADAPTER = "accounts.staff.factors.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_FORMS = {
    "authenticate": "accounts.staff.steps.CodeForm",
    "reauthenticate": "accounts.staff.steps.CodeAgainForm",
    "authenticate_webauthn": "accounts.staff.steps.KeyForm",
    "reauthenticate_webauthn": "accounts.staff.steps.KeyAgainForm",
}
SOCIALACCOUNT_ADAPTER = "accounts.adapters.CountyAdapter"
# In the database, not in Redis: a hand-off spends its token and begins its session in one transaction, a Redis that is
# flushed signs nobody out, and one that hangs holds up no page. It costs one read by primary key.
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_AGE = 8 * 3600  # seconds; a working day
SESSION_COOKIE_SAMESITE = "Lax"
# Without a page of the administration for so long, a session of the staff ends; after SESSION_COOKIE_AGE in any case.
ADMIN_SESSION_MINUTES = env.integer("ADMIN_SESSION_MINUTES", 60, least=5, most=480)
ADMIN_NETWORKS = env.networks("ADMIN_NETWORKS")  # none: from everywhere
CSRF_FAILURE_VIEW = "portal.errors.csrf_failure"

# --- safety --------------------------------------------------------------------------------------------------
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$"]  # whoever watches a process asks it on its own port
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_REFERRER_POLICY = "same-origin"
CSRF_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024  # bytes; the largest honest form is a policy: two texts of 100 KB
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000  # Django admin's bulk actions send one field a row
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "worker-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        f"form-action 'self' {CAMPUS_URL}",  # Chromium holds the redirect after a form to it too: "log out and switch"
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)

# --- languages and time --------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hant"
LANGUAGES = [("zh-hant", _("Traditional Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = "Asia/Taipei"

# --- files ---------------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- logs: one line a record on standard error, no request bodies, no query strings ---------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.log_level("LOG_LEVEL", "INFO")},
    "loggers": {"django": {"handlers": [], "level": "INFO"}},
}
