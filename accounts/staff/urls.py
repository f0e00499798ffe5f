from allauth.account.views import login, logout, signup
from allauth.mfa.base.views import authenticate, index, reauthenticate
from allauth.mfa.recovery_codes.views import generate_recovery_codes, view_recovery_codes
from allauth.mfa.totp.views import activate_totp, deactivate_totp
from allauth.mfa.webauthn.views import add_webauthn, reauthenticate_webauthn, remove_webauthn
from django.urls import path

from accounts.staff.views import guarded

# The names are allauth's: it goes from one of these pages to the other.
urlpatterns = [
    path("sign-in/", login, name="account_login"),
    path("sign-in/second-step/", authenticate, name="mfa_authenticate"),
    path("sign-out/", logout, name="account_logout"),
    path("sign-up/", signup, name="account_signup"),
    path("factors/", guarded(index), name="mfa_index"),
    path("factors/again/", guarded(reauthenticate), name="mfa_reauthenticate"),
    path("factors/again/key/", guarded(reauthenticate_webauthn), name="mfa_reauthenticate_webauthn"),
    path("factors/app/", guarded(activate_totp), name="mfa_activate_totp"),
    path("factors/app/remove/", guarded(deactivate_totp), name="mfa_deactivate_totp"),
    path("factors/codes/", guarded(view_recovery_codes), name="mfa_view_recovery_codes"),
    path("factors/codes/new/", guarded(generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path("factors/keys/", guarded(index), name="mfa_list_webauthn"),
    path("factors/keys/add/", guarded(add_webauthn), name="mfa_add_webauthn"),
    path("factors/keys/<int:pk>/remove/", guarded(remove_webauthn), name="mfa_remove_webauthn"),
]
