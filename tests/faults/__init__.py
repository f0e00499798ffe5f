"""Faults while people apply and reset their passwords. The product knows nothing of these: its processes are started with
modules of this package (``worker``, ``web``) that wrap what they watch."""
