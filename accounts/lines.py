from typing import Any

from django import forms


class Lines(forms.CharField):
    """Text of several lines; ``max_length`` counts the end of a line as one character.

    So does ``maxlength`` in a browser, which then sends each as CR LF (HTML, "constructing the entry list").
    """

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return text.replace("\r\n", "\n").replace("\r", "\n") if isinstance(text, str) else text
