"""The demo campus inside the portal's test run: its own environment, and its own settings over the portal's."""

import json
import os
import tempfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import global_settings, settings
from django.test import Client, override_settings
from jwt.algorithms import OKPAlgorithm

FOLDER = Path(tempfile.mkdtemp(prefix="campus-test-"))
PRIVATE_JWK = OKPAlgorithm.to_jwk(Ed25519PrivateKey.generate(), as_dict=True) | {"kid": "campus-1", "alg": "EdDSA"}
(FOLDER / "key.json").write_text(json.dumps(PRIVATE_JWK))
(FOLDER / "secret").write_text("for-tests-only-" + "c" * 50)
os.environ["DEMO_CAMPUS_KEY"] = str(FOLDER / "key.json")
os.environ["DEMO_SECRET_KEY_FILE"] = str(FOLDER / "secret")

from demo import settings as campus_settings  # noqa: E402 - it reads the environment above

# What the portal sets and the campus leaves to Django goes back to Django, but for what Django does not let change.
PORTALS = {name for name in dir(global_settings) if name.isupper() and settings.is_overridden(name)}
OWN = {name: getattr(global_settings, name) for name in PORTALS - {"DATABASES", "AUTH_USER_MODEL"}}
OWN |= {name: getattr(campus_settings, name) for name in dir(campus_settings) if name.isupper()}
OWN |= {"ALLOWED_HOSTS": ["testserver"]}


@pytest.fixture(autouse=True)
def campus_settings_in_force():
    with override_settings(**OWN):
        yield


@pytest.fixture
def stranger():
    return Client()


@pytest.fixture
def as_wang(stranger):
    stranger.post("/sign-in/", {"number": "z99999"})
    return stranger


@pytest.fixture
def public_jwks():
    """The campus's key as the portal's HANDOFF_KEYS_FILE holds it."""
    public = {name: PRIVATE_JWK[name] for name in ("kty", "crv", "x", "kid", "alg")}
    return json.dumps({"keys": [public | {"portal_iss": campus_settings.ISSUER}]}).encode()
