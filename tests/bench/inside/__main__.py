"""Calls a module's ``measure()`` in a Django process of its own: python -m tests.bench.inside MODULE ANSWER."""

import json
import sys
from importlib import import_module
from pathlib import Path

import django

if __name__ == "__main__":
    module, answer = sys.argv[1:]
    django.setup()
    Path(answer).write_text(json.dumps(import_module(f"tests.bench.{module}").measure()))
