"""What django-allauth's provider asks of us: who somebody is, and what the county says of them."""

from collections.abc import Iterable
from typing import Any

from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from django.contrib.auth.models import User

from demo.county.people import EVERYBODY

SCOPES = ["openid", "email", "profile", "openid2", "eduinfo", "educloudroles"]


class CountyAdapter(DefaultOIDCAdapter):  # type: ignore[misc]  # allauth has no types
    """The issuer stays allauth's own: the root of the host that was asked."""

    def populate_server_metadata(self, data: dict[str, Any]) -> None:
        data["scopes_supported"] = SCOPES

    def get_user_sub(self, client: Any, user: User) -> str:
        return EVERYBODY[user.get_username()].account

    def get_user_by_sub(self, client: Any, sub: str) -> User | None:
        """``client`` is the portal at one county: it never gets to the people of another."""
        return User.objects.filter(username=f"{client.pk.removeprefix('portal-')}:{sub}").first()

    def get_claims(
        self, purpose: str, user: User, client: Any, scopes: Iterable[str], email: str | None = None, **kwargs: Any
    ) -> dict[str, Any]:
        """The ID token says who it is, and the rest is asked for with the access token."""
        return EVERYBODY[user.get_username()].claims([] if purpose == "id_token" else list(scopes))
