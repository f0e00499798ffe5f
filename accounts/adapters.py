from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class StaffAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Local administrators sign in with a password; nobody makes such an account in a browser."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
