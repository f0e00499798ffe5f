"""The store ``dovecot``: a Dovecot (and the Postfix before it) that reads its accounts from a database of its own."""
