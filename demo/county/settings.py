"""Every setting of the demo county; with demo.common the only reader of its environment."""

from demo.common import CONTENT_SECURITY_POLICY, HERE, LOGGING, PORTAL_URL, path_from
from demo.county.keys import signing_key

__all__ = ["CONTENT_SECURITY_POLICY", "LOGGING", "PORTAL_URL"]

FOLDER = path_from("DEMO_COUNTY_FOLDER")  # the database, the keys, and the secret that the portal has with each county

# --- Django -----------------------------------------------------------------------------------------------------------
SECRET_KEY = (FOLDER / "secret-key").read_text().strip()
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]  # a county each: see people.COUNTIES
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.idp.oidc",
    "csp",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "demo.county.urls"
WSGI_APPLICATION = "demo.county.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "county" / "templates", HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request", "demo.county.people.of_page"]},
    }
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": FOLDER / "county.sqlite3",
        "OPTIONS": {"timeout": 20, "transaction_mode": "IMMEDIATE"},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PASSWORD_HASHERS = ["demo.county.keys.SecretHasher"]
USE_I18N = False  # both languages stand on every page
USE_TZ = True
TIME_ZONE = "Asia/Taipei"

# --- OpenID Connect ---------------------------------------------------------------------------------------------------
LOGIN_URL = "account_login"
IDP_OIDC_ADAPTER = "demo.county.provider.CountyAdapter"
IDP_OIDC_PRIVATE_KEY = signing_key(FOLDER / "signing-key.pem")

# --- cookies: a browser keeps one jar for all ports of a host, so the names must be nobody else's -----------------------
SESSION_COOKIE_NAME = "demo_county_session"
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_NAME = "demo_county_csrf"
CSRF_COOKIE_HTTPONLY = True

# --- safety -----------------------------------------------------------------------------------------------------------
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

# --- files: served as they are, so that nothing has to be collected -----------------------------------------------------
STATIC_URL = "static/"
STATICFILES_DIRS = [HERE / "static"]
WHITENOISE_USE_FINDERS = True
