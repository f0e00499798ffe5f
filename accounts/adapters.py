from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.addresses import visitor_address
from accounts.counties.provider import CountyProvider
from accounts.counties.refusals import Kind, Refused, by_error
from accounts.counties.registry import by_code
from accounts.models import Person
from accounts.staff import events, factors, gate


class StaffAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """The staff sign in with a password and a second factor; nobody makes such an account from outside."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """For the rate limits. allauth would take the proxy's, and one guesser would lock everybody out."""
        return visitor_address(request) or "unknown"

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # allauth puts the Host header before the name, and every other port in that header would be a new count.
        return str(credentials.get("username", "")).lower()

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        name = str(credentials.get("username", ""))
        events.failed(Person.objects.filter(username=name, is_staff=True).first(), step="password")

    def respond_user_inactive(self, request: HttpRequest, user: Person) -> HttpResponse:
        return render(request, "account/closed.html", status=403)

    def post_login(self, request: HttpRequest, user: Person, **more: Any) -> HttpResponse:
        shown = [record["type"] for record in get_authentication_records(request, user) if record["method"] == "mfa"]
        if shown:
            gate.mark(request)
        events.entered(request, user, factor=shown[-1] if shown else "")
        response: HttpResponse = super().post_login(request, user, **more)
        return response

    def is_reauthentication_required(self, *, app: str, **more: Any) -> bool:
        """Not for the first factor: the password was given a moment ago, and there is nothing else to ask for."""
        return gate.has_factor(self.request.user.pk) and not gate.was_shown_lately(self.request)

    def get_reauthentication_methods(self, user: Person) -> list[dict[str, Any]]:
        """A factor, never the password: that alone must not change factors."""
        kinds = factors.kinds(user)
        codes = {"id": "mfa_reauthenticate", "description": "", "url": reverse("mfa_reauthenticate")}
        key = {"id": "mfa_reauthenticate:webauthn", "description": "", "url": reverse("mfa_reauthenticate_webauthn")}
        return [codes] * bool(kinds & {"totp", "recovery_codes"}) + [key] * ("webauthn" in kinds)

    def add_message(self, *args: Any, **more: Any) -> None:
        """None of allauth's: the pages say themselves what has come of it."""


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
