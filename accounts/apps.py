from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People and letters")

    def ready(self) -> None:
        from accounts import refusals as known
        from accounts import roles
        from accounts.counties import refusals

        known.learn("C", refusals.told)
        post_migrate.connect(roles.keep_in_step, dispatch_uid="accounts.roles")
