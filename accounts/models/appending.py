"""Rows that are added and never changed. The database's own triggers (migration 0007) say the same to whoever comes past."""

from typing import Any, NoReturn, TypeVar

from django.db import models

Row = TypeVar("Row", bound=models.Model)


class AppendOnly(Exception):
    """A program tried to change or delete a row that stays as it was written."""


def refuse(*args: Any, **kwargs: Any) -> NoReturn:
    raise AppendOnly("These rows are added and read, and never changed or deleted.")


class AppendOnlyQuerySet(models.QuerySet[Row]):
    update = bulk_update = delete = _update = _raw_delete = refuse


class AppendOnlyModel(models.Model):
    """Without a pruning of its own, a row is there for good."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            refuse()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        refuse()
