from django.apps import AppConfig


class SsoBridgeConfig(AppConfig):
    name = "sso_bridge"
