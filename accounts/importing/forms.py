from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from accounts.importing import encodings
from accounts.importing.problems import Refused


class UploadForm(forms.Form):
    """One file; ``cleaned_data["file"]`` is its content, ``file_name`` what its owner calls it."""

    file = forms.FileField(
        label=_("CSV file"), allow_empty_file=True, error_messages={"required": _("Choose the file to import.")}
    )
    file_name = ""

    def clean_file(self) -> bytes:
        """What can be said at once: that it is no text, empty, or too much."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        self.file_name = file.name or ""
        try:
            encodings.measure(file.size or 0)
            content: bytes = file.read()
            encodings.recognise(content)
        except Refused as refused:
            raise forms.ValidationError(refused.problem.sentence, code=refused.problem.code) from refused
        return content
