from django.apps import AppConfig
from django.core.checks import register


class SsoBridgeConfig(AppConfig):
    name = "sso_bridge"

    def ready(self) -> None:
        from sso_bridge import checks

        register(checks.key_file)
        register(checks.trusted_proxies, "settings")
