"""Texts that administrators write in both languages: a pair of fields, ``title_zh`` and ``title_en``, read as one."""

from typing import Self, overload

from django.db import models
from django.utils.translation import get_language


class Bilingual:
    """Reads ``<name>_zh`` or ``<name>_en`` by the language of the request; the other one where that is empty."""

    def __init__(self, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, instance: None, owner: type[models.Model]) -> Self: ...
    @overload
    def __get__(self, instance: models.Model, owner: type[models.Model]) -> str: ...
    def __get__(self, instance: models.Model | None, owner: type[models.Model]) -> Self | str:
        if instance is None:
            return self
        chinese: str = getattr(instance, f"{self.name}_zh")
        english: str = getattr(instance, f"{self.name}_en")
        return (english or chinese) if get_language() == "en" else (chinese or english)
