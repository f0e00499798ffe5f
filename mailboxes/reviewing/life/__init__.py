"""The life of mailboxes in the administration: one on its page, many by a list of what would happen."""
