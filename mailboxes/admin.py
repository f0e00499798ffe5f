"""Django finds the administration pages here; they live with the desk that uses them."""

from mailboxes.reviewing import admin

__all__ = ["admin"]
