import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def no_language_yet() -> None:
    """A request leaves its language behind in the thread, and the next test would begin in that of the one before."""
    translation.deactivate()
