"""django-allauth's OpenID Connect provider for a county, with the checks that it leaves out.

allauth 65 keeps state, PKCE and the order of the calls. It does not send or check a nonce, believes an ID token unsigned
where it came over TLS, takes the issuer from the document instead of the settings, follows redirects and reads answers of
any size.
"""

import base64
from functools import partial
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Client
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import salted_hmac

from accounts.counties import documents, tokens
from accounts.counties.asking import Conversation, members
from accounts.counties.entering import enter, link
from accounts.counties.refusals import Kind, Refused
from accounts.counties.registry import County
from accounts.models import Person


def nonce_for(state: str) -> str:
    """The nonce that belongs to a state: as random and as short-lived as that, and not to be had from it by anybody else."""
    return salted_hmac("accounts.counties.nonce", state, algorithm="sha256").hexdigest()


class CountyClient(OAuth2Client):  # type: ignore[misc]  # allauth has no types
    """The two requests of the code flow; ``county`` and ``conversation`` are set by the adapter that makes it."""

    county: County
    conversation: Conversation

    def get_redirect_url(self, authorization_url: str, scope: list[str], extra_params: dict[str, str]) -> str:
        query = {
            "client_id": self.consumer_key,
            "redirect_uri": self.callback_url,
            "scope": " ".join(scope),
            "response_type": "code",
            "state": self.state,
            "nonce": nonce_for(self.state),
            **extra_params,
        }
        return f"{authorization_url}{'&' if urlsplit(authorization_url).query else '?'}{urlencode(query)}"

    def get_access_token(self, code: str, pkce_code_verifier: str | None = None, extra_data: None = None) -> dict[str, Any]:
        """The provider's answer with a token in it; Refused where there is none."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.callback_url}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if pkce_code_verifier:
            form["code_verifier"] = pkce_code_verifier
        if self.county.posts_secret:
            form |= {"client_id": self.consumer_key, "client_secret": self.consumer_secret}
        else:
            # Each half is form-encoded first (RFC 6749 section 2.3.1), which requests and allauth leave out.
            pair = f"{quote(self.consumer_key, safe='')}:{quote(self.consumer_secret, safe='')}"
            headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
        answer = self.conversation.ask(self.access_token_url, body=urlencode(form).encode(), headers=headers)
        found = members(answer)
        access_token = found.get("access_token")
        if answer.status in (200, 201) and isinstance(access_token, str):
            if not (access_token.isascii() and access_token.isprintable()):  # it goes into a header
                raise Refused(Kind.UNTRUSTED, "bad-token")
            return {"access_token": access_token, "id_token": found.get("id_token")}
        raise (
            Refused(Kind.LOST, "invalid-grant")
            if found.get("error") == "invalid_grant"
            else Refused(Kind.MISCONFIGURED, "token-refused")
        )


class CountyOAuth2Adapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # allauth has no types
    client_class = CountyClient

    def __init__(self, request: HttpRequest, county: County) -> None:
        super().__init__(request, county.code)
        self.county = county
        self.conversation = Conversation(county.issuer)
        self.state: dict[str, Any] = {}  # what the callback finds under the state that came back

    def get_provider(self) -> "CountyProvider":
        provider: CountyProvider = get_adapter(self.request).get_provider(self.request, self.county.code)
        return provider

    @property
    def openid_config(self) -> dict[str, Any]:
        return documents.discovery(self.county, self.conversation)

    @property
    def basic_auth(self) -> bool:
        return not self.county.posts_secret

    def get_client(self, request: HttpRequest, app: Any) -> CountyClient:
        client: CountyClient = super().get_client(request, app)
        client.county, client.conversation = self.county, self.conversation
        return client

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        return request.build_absolute_uri(reverse("county-callback", args=[self.county.code]))

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> None:
        """Signs in, or links, and leaves allauth's way here: what would follow makes users out of e-mail addresses."""
        id_claims = self._id_claims(kwargs["response"]["id_token"], nonce_for(request.GET["state"]))
        claims = id_claims | self._user_info(token.token, id_claims["sub"]) | self._resource(token.token)
        person = self._linking()
        arrive = partial(link, request, person) if person else partial(enter, request)
        raise ImmediateHttpResponse(arrive(self.county, id_claims["sub"], claims))

    def _linking(self) -> Person | None:
        """Who wanted a second way in, and still is who is signed in here; None where somebody comes to sign in."""
        if self.state["process"] != AuthProcess.CONNECT:
            return None
        user = self.request.user
        if not isinstance(user, Person) or user.pk != self.state["data"]:
            raise Refused(Kind.LOST, "signed-out-meanwhile")
        return user

    def _id_claims(self, token: Any, nonce: str) -> dict[str, Any]:
        for anew in (False, True):
            try:
                return tokens.verify(
                    token,
                    keys=documents.keys(self.openid_config["jwks_uri"], self.conversation, anew=anew),
                    issuer=self.county.issuer,
                    client_id=self.county.client_id,
                    nonce=nonce,
                )
            except tokens.UnknownKey:
                if anew:
                    raise
        raise AssertionError("both turns end above")

    def _user_info(self, access_token: str, subject: str) -> dict[str, Any]:
        """OpenID Connect Core 1.0 section 5.3.2: what is about another subject must not be used."""
        address = self.openid_config.get("userinfo_endpoint")
        found = self._read(address, access_token) if address else {"sub": subject}
        if found.get("sub") != subject:
            raise Refused(Kind.UNTRUSTED, "wrong-subject")
        return found

    def _resource(self, access_token: str) -> dict[str, Any]:
        address = urlsplit(self.county.issuer)._replace(path=self.county.resource).geturl()
        return self._read(address, access_token) if self.county.resource else {}

    def _read(self, address: str, access_token: str) -> dict[str, Any]:
        answer = self.conversation.ask(address, headers={"Authorization": f"Bearer {access_token}"})
        if answer.status in (401, 403):
            raise Refused(Kind.DECLINED, "data-refused")
        if answer.status != 200:
            raise Refused(Kind.UNREACHABLE, "answer-unreadable")
        return members(answer)


class CountyProvider(OpenIDConnectProvider):  # type: ignore[misc]  # allauth has no types
    def __init__(self, request: HttpRequest, app: Any, county: County) -> None:
        super().__init__(request, app=app)
        self.county = county

    def get_oauth2_adapter(self, request: HttpRequest) -> CountyOAuth2Adapter:
        return CountyOAuth2Adapter(request, self.county)


class CountyCallbackView(OAuth2CallbackView):  # type: ignore[misc]  # allauth has no types
    def _get_state(self, request: HttpRequest, provider: CountyProvider) -> tuple[dict[str, Any] | None, Any]:
        state, response = super()._get_state(request, provider)
        self.adapter.state = state
        return state, response
