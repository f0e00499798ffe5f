from django.apps import AppConfig
from django.core.checks import register
from django.utils.translation import gettext_lazy as _


class SsoBridgeConfig(AppConfig):
    name = "sso_bridge"
    verbose_name = _("Entering from the campus system")

    def ready(self) -> None:
        from accounts import refusals as known
        from sso_bridge import checks, refusals

        known.learn("H", refusals.told)
        register(checks.key_file)
        register(checks.trusted_proxies, "settings")
