from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from accounts.addresses import visitor_address


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
