"""How strong a password is, and whether a service takes it.

The page judges by the same rules while somebody types: static/js/strength-worker.js is this package in JavaScript, and
gets every limit from here (``worker_settings``).
"""

from accounts.strength.inputs import inputs_for
from accounts.strength.judging import Judgement, judge
from accounts.strength.rule import PasswordRule, Verdict, between_sentences, verdict, worker_settings

__all__ = [
    "Judgement",
    "PasswordRule",
    "Verdict",
    "between_sentences",
    "inputs_for",
    "judge",
    "verdict",
    "worker_settings",
]
