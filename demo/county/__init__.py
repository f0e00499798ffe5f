"""A county's OpenID Connect provider for trials, by django-allauth: a third country, neither the portal nor the campus."""
