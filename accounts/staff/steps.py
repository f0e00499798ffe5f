"""The second step of a sign-in, and the same once more before a factor is changed."""

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm, ReauthenticateWebAuthnForm
from django.core.cache import cache
from django.core.exceptions import ValidationError

from accounts.staff import events

LIVES = 120  # seconds; longer than any code is taken, which is its own half minute and the ones before and after it


class _Code:
    """A code of an app is good once (RFC 6238, section 5.2); allauth remembers it for half a minute only."""

    user: Any
    authenticator: Authenticator

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]
        if self.authenticator.type == Authenticator.Type.TOTP:
            digits = "".join(filter(str.isalnum, code))
            if not cache.add(f"staff-code:{self.user.pk}:{digits}", 1, LIVES):
                self._emit_authentication_failed(self.authenticator)
                raise get_adapter().validation_error("incorrect_code")
        return code

    def _emit_authentication_failed(self, authenticator: Authenticator) -> None:
        events.failed(self.user, step="code")


class _Key:
    user: Any

    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except ValidationError:
            events.failed(self.user, step="key")
            raise


class CodeForm(_Code, AuthenticateForm):  # type: ignore[misc]
    pass


class CodeAgainForm(_Code, ReauthenticateForm):  # type: ignore[misc]
    pass


class KeyForm(_Key, AuthenticateWebAuthnForm):  # type: ignore[misc]
    pass


class KeyAgainForm(_Key, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    pass
