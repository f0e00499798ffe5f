"""Sign-in with a county or city: an OpenID Connect provider each, with all that differs in one file of the installation."""
