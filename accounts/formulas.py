"""Text that a spreadsheet would run (OWASP, "CSV Injection"): refused where it comes in, made harmless where it goes out."""

# The full-width ones too: Excel in Chinese and Japanese takes them for the same.
SIGNS = frozenset("=+-@＝＋－＠\t\r\n")


def is_formula(text: str) -> bool:
    """Whether a spreadsheet that opens a cell with this text might reckon instead of showing it."""
    return text[:1] in SIGNS and text != ""
