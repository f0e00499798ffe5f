from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import refusals as known
        from accounts.counties import refusals

        known.learn("C", refusals.told)
