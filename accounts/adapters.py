from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from django.http import HttpRequest

from accounts.addresses import visitor_address
from accounts.counties.provider import CountyProvider
from accounts.counties.refusals import Kind, Refused, by_error
from accounts.counties.registry import by_code


class StaffAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Local administrators sign in with a password; nobody makes such an account in a browser."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """For the rate limits. allauth would take the proxy's, and one guesser would lock everybody out."""
        return visitor_address(request) or "unknown"

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # allauth puts the Host header before the name, and every other port in that header would be a new count.
        return str(credentials.get("username", "")).lower()


class CountyAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """The counties of the installation's file are all the providers that there are; none is in the database."""

    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None) -> CountyProvider:
        county = by_code(provider)
        if county is None:
            raise Refused(Kind.OFF, "county-off")
        app = SocialApp(
            provider=CountyProvider.id,
            provider_id=county.code,
            name=county.name,
            client_id=county.client_id,
            secret=county.secret,
            settings={"oauth_pkce_enabled": county.pkce, "scope": list(county.scopes)},
        )
        return CountyProvider(request, app, county)

    def on_authentication_error(self, request: HttpRequest, provider: CountyProvider, **details: Any) -> None:
        """allauth calls this with what it found wrong by itself: ``state_id`` is there if it was the state."""
        if "state_id" in (details.get("extra_context") or {}):
            raise Refused(Kind.LOST, "state-unknown")
        raise by_error(request.GET.get("error", "no-code"))

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False
