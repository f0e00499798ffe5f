"""Why the mail server did not do what a job asked, in words, by the code with which a worker begins the last error."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

WORDS: dict[str, str | Promise] = {
    "store-unavailable": gettext_lazy("the mail server did not answer"),
    "store-mismatch": gettext_lazy("the mail server holds something else than it was told"),
    "no-such-mailbox": gettext_lazy("the mail server has no such mailbox"),
    "store-cannot-tell": gettext_lazy("the mail server has no way to do it"),
    "store-error": gettext_lazy("the mail server refused"),
    "fault": gettext_lazy("the portal itself had a fault"),
}
