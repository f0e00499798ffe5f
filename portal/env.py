"""The environment, read strictly: a value that cannot be meant stops the start, names its variable and says the cure.

No message quotes a value that may hold a password.
"""

import os
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import SplitResult, urlsplit, urlunsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email
from psycopg2 import ProgrammingError
from psycopg2.extensions import make_dsn
from redis import Redis
from redis.exceptions import RedisError

DATABASES = ("postgres", "postgresql", "sqlite")
SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
SHORTEST_SECRET = 50  # characters, as Django's own check security.W009 asks
FEWEST_DIFFERENT = 5
SHORTEST_KEY = 20  # characters


def text(name: str, default: str) -> str:
    """One line that is not empty: these stand in pages, in headers of letters and in tokens."""
    value = os.environ.get(name, default)
    if not value.strip() or not value.isprintable():
        raise ImproperlyConfigured(f"{name} is {value!r}. Set it to one line of text, or leave it out for {default!r}.")
    return value


def boolean(name: str, *, default: bool = False) -> bool:
    """0 or 1; anything else raises, so that DEBUG=false never means "on"."""
    value = os.environ.get(name, "1" if default else "0")
    if value not in ("0", "1"):
        raise ImproperlyConfigured(f"{name} is {value!r}. Set it to 0 or 1.")
    return value == "1"


def integer(name: str, default: int, *, least: int = 0, most: int) -> int:
    value = os.environ.get(name, str(default))
    if not (value.isascii() and value.isdigit() and least <= int(value) <= most):
        raise ImproperlyConfigured(f"{name} is {value!r}. Set it to a whole number from {least} to {most}.")
    return int(value)


def words(name: str, default: str = "") -> list[str]:
    """A list written with commas: ``a, b`` is ``["a", "b"]``."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def networks(name: str) -> list[IPv4Network | IPv6Network]:
    """Addresses and networks, written with commas."""
    found = []
    for word in words(name):
        try:
            found.append(ip_network(word))
        except ValueError:
            form = "Write addresses or networks, with commas: 192.0.2.7, 10.1.0.0/16, 2001:db8::/32."
            raise ImproperlyConfigured(f"{name} holds {word!r}. {form}") from None
    return found


def hosts(name: str, default: str) -> list[str]:
    """Host names without scheme, port or path; ``.campus.example`` stands for every host below that domain."""
    found = words(name, default)
    for word in found:
        bare = word[1:-1] if word.startswith("[") and word.endswith("]") else word.replace(":", "/")
        if "*" in word or urlsplit(f"//{word}").path or "/" in bare or any(sign in word for sign in " @?#"):
            raise ImproperlyConfigured(f"{name} holds {word!r}. Write host names alone, with commas: mail.campus.example.")
    if not found:
        raise ImproperlyConfigured(f"{name} is empty. Write the site's host names, with commas: mail.campus.example.")
    return found


def origins(name: str) -> list[str]:
    found = words(name)
    for word in found:
        if urlunsplit(_split(name, word)._replace(path="", query="", fragment="")) != word or "://" not in word:
            raise ImproperlyConfigured(
                f"{name} holds {word!r}. Write a scheme and a host and no path: https://mail.campus.example."
            )
    return found


def web_address(name: str, default: str, *, https: bool) -> str:
    value = os.environ.get(name, default)
    parts = _split(name, value)
    if parts.scheme not in ("http", "https") or not parts.hostname or any(sign in value for sign in " ;,'\""):
        raise ImproperlyConfigured(f"{name} is {value!r}. Set it to an address such as https://ais.campus.example/.")
    if https and parts.scheme != "https":
        raise ImproperlyConfigured(f"{name} is {value!r}, which is not HTTPS. Set it to an https:// address.")
    return value


def email(name: str, default: str) -> str:
    value = os.environ.get(name, default)
    try:
        validate_email(value)
    except ValidationError:
        raise ImproperlyConfigured(f"{name} is {value!r}. Set it to a mail address such as {default}.") from None
    return value


def log_level(name: str, default: str) -> str:
    value = os.environ.get(name, default)
    if value not in LOG_LEVELS:
        raise ImproperlyConfigured(f"{name} is {value!r}. Set it to one of {', '.join(LOG_LEVELS)}.")
    return value


def folder(name: str, default: Path) -> Path:
    """An absolute path that is a folder, or where one can be made; whoever writes there says so if it cannot."""
    path = Path(os.environ.get(name, str(default)))
    if not path.is_absolute() or (path.exists() and not path.is_dir()):
        raise ImproperlyConfigured(f"{name} is {str(path)!r}, which is no folder. Set it to the absolute path of one.")
    return path


def file(name: str, default: Path) -> Path:
    """An absolute path; that it can be read is a check's to say, for a file may come and go while the site runs."""
    path = Path(os.environ.get(name, str(default)))
    if not path.is_absolute() or path.is_dir():
        raise ImproperlyConfigured(f"{name} is {str(path)!r}, which is no file. Set it to the absolute path of one.")
    return path


def optional_file(name: str) -> Path | None:
    """As ``file``; None where nothing is set."""
    return file(name, Path()) if os.environ.get(name) else None


def secret(name: str, *, dev: str | None) -> str:
    """What ``optional_secret`` finds; ``dev`` where nothing is set, unless it is None."""
    value = optional_secret(name) or dev
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. Put it into {name}, or its path into {name}_FILE.")
    if _is_easy(value):
        cure = "Make one with \"python3 -c 'import secrets; print(secrets.token_urlsafe(50))'\"."
        raise ImproperlyConfigured(f"{name} is easy to guess: it needs {SHORTEST_SECRET} random characters. {cure}")
    return value


def secrets(name: str) -> list[str]:
    """What ``optional_secret`` finds, as secrets with spaces or line breaks between them."""
    found = optional_secret(name).split()
    if any(map(_is_easy, found)):
        cure = "Write whole former secrets, with spaces or line breaks between them."
        raise ImproperlyConfigured(f"{name} holds one of less than {SHORTEST_SECRET} random characters. {cure}")
    return found


def optional_secret(name: str) -> str:
    """``NAME``, or the content of the file that ``NAME_FILE`` names; empty where neither is set."""
    if path := os.environ.get(f"{name}_FILE"):
        return _content(f"{name}_FILE", path)
    return os.environ.get(name, "")


def optional_key(name: str) -> str:
    """What ``optional_secret`` finds, as the header of a request takes it; empty where nothing is set."""
    value = optional_secret(name)
    if value and not (value.isascii() and value.isprintable() and " " not in value and len(value) >= SHORTEST_KEY):
        raise ImproperlyConfigured(f"{name} is no key. Set it to {SHORTEST_KEY} random letters and digits or more.")
    return value


def database(name: str, default: str) -> dj_database_url.DBConfig:
    """What DATABASES wants, from ``postgres://user:password@host:port/name?sslmode=verify-full`` or ``sqlite:///path``."""
    value = os.environ.get(name, default)
    form = (
        "Write it as postgres://user:password@host:5432/name, with %40 and the like for special characters in the password."
    )
    if value != "sqlite://:memory:" and _split(name, value, form).scheme not in DATABASES:
        raise ImproperlyConfigured(f"{name} does not begin with postgres:// or sqlite://. {form}")
    try:
        found = dj_database_url.parse(value, conn_max_age=60, conn_health_checks=True)
    except ValueError:
        raise ImproperlyConfigured(f"{name} cannot be read. {form}") from None
    if not found["NAME"]:
        raise ImproperlyConfigured(f"{name} names no database after the host. {form}")
    _check_options(name, found.get("OPTIONS", {}) if "postgres" in found["ENGINE"] else {})
    if (mode := found.get("OPTIONS", {}).get("sslmode", "prefer")) not in SSL_MODES:
        raise ImproperlyConfigured(f"{name} has the sslmode {mode!r}. Set it to one of {', '.join(SSL_MODES)}.")
    return found


def _check_options(name: str, options: Mapping[str, object]) -> None:
    """That libpq knows every one of them: it would say so only when somebody connects."""
    for option in options:
        try:
            make_dsn(**{option: "1"})
        except ProgrammingError:
            cure = "Write only those of libpq behind the question mark, such as sslmode=verify-full."
            raise ImproperlyConfigured(f"{name} has the option {option!r}, which there is not. {cure}") from None


def redis(name: str, default: str) -> tuple[str, str]:
    """The addresses of database 0 for the queue, as Celery writes it, and of database 1 for the cache."""
    value = os.environ.get(name, default)
    form = "Write it as redis://:password@host:6379, rediss://… for TLS, or unix:///run/redis/redis-server.sock."
    parts = _split(name, value, form)
    if parts.scheme == "unix" and parts.path:
        own = f"{parts.netloc}{parts.path}"
        return f"redis+socket://{own}?virtual_host=0", f"unix://{own}?db=1"
    if parts.scheme not in ("redis", "rediss") or not parts.hostname:
        raise ImproperlyConfigured(f"{name} is not the address of a Redis. {form}")
    if parts.path.strip("/"):
        raise ImproperlyConfigured(f"{name} names a database. Leave it out: 0 is the queue, 1 the cache. {form}")
    query = parts.query
    if parts.scheme == "rediss" and "ssl_cert_reqs" not in query:
        # Celery checks no certificate where nothing is said.
        query = "&".join(filter(None, [query, "ssl_cert_reqs=required"]))
    queue, cache = (urlunsplit(parts._replace(path=f"/{number}", query=query)) for number in (0, 1))
    try:
        Redis.from_url(cache).connection_pool.make_connection()  # which does not connect
    except (TypeError, ValueError, RedisError):
        cure = "Correct it, or leave it out: ssl_ca_certs=/path is one that there is."
        raise ImproperlyConfigured(f"{name} has a wrong option behind the question mark. {cure} {form}") from None
    return queue, cache


def _is_easy(value: str) -> bool:
    return len(value) < SHORTEST_SECRET or len(set(value)) < FEWEST_DIFFERENT


def _split(name: str, value: str, form: str = "") -> SplitResult:
    """The parts of an address; its port is in range."""
    try:
        parts = urlsplit(value)
        in_range = parts.port is None or parts.port > 0
    except ValueError:
        in_range = False
    if not in_range:
        form = form or "Write it as https://host/, with a port from 1 to 65535 after the host if it needs one."
        raise ImproperlyConfigured(f"{name} is no address, or its port is not between 1 and 65535. {form}")
    return parts


def _content(name: str, path: str) -> str:
    try:
        return Path(path).read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not text"
        raise ImproperlyConfigured(
            f"{name} names {path!r}, which cannot be read: {why}. Make the file, and let the portal's user read it."
        ) from None
