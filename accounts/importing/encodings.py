"""Which encoding a file is in. Bytes that several fit are told apart by what most of the lines are."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from accounts.importing.problems import Refused

MEGABYTE = 1024 * 1024
MOST_MEGABYTES = 20
BOM = b"\xef\xbb\xbf"
# How the files begin that people take for CSV: ZIP (also of XLSX), gzip, and the workbooks of old Excel.
NOT_TEXT = (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"\xd0\xcf\x11\xe0")
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class Encoding:
    """``name`` for people; ``problem`` is the code for a line that is not in it."""

    name: str
    codec: str
    problem: str


UTF_8 = Encoding("UTF-8", "utf-8", "not-utf-8")
UTF_8_BOM = Encoding("UTF-8 with BOM", "utf-8", "not-utf-8")
# Both are read as Windows writes Big5: code page 950 has all of Big5 and 42 more, such as 碁, 裏 and 恒.
BIG5 = Encoding("Big5", "cp950", "not-big5")
CP950 = Encoding("CP950", "cp950", "not-big5")


def recognise(content: bytes) -> Encoding:
    """Raises Refused for what is no text, or is more than can be taken."""
    measure(len(content))
    if content.startswith(NOT_TEXT):
        raise Refused("workbook")
    if content.startswith(UTF_16):
        raise Refused("utf-16")
    if not content.removeprefix(BOM).strip():
        raise Refused("empty")
    if content.startswith(BOM):
        return UTF_8_BOM
    if content.isascii():
        return UTF_8
    as_utf_8 = sum(fits(line, "utf-8") for line in _telling(content))
    as_cp950 = sum(fits(line, "cp950") for line in _telling(content))
    if as_utf_8 >= as_cp950:
        return UTF_8
    return BIG5 if all(fits(line, "big5") or not fits(line, "cp950") for line in _telling(content)) else CP950


def measure(size: int) -> None:
    """Raises Refused for more bytes than can be taken."""
    if size > MOST_MEGABYTES * MEGABYTE:
        raise Refused("too-large", size=f"{size / MEGABYTE:.1f}", most=MOST_MEGABYTES)


def fits(line: bytes, codec: str) -> bool:
    try:
        line.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def decoded(line: bytes, encoding: Encoding) -> str | None:
    """The text of a line; None if it is in another encoding than the rest of the file."""
    try:
        text = line.decode(encoding.codec)
    except UnicodeDecodeError:
        return None
    return None if encoding.codec == "cp950" and _is_rather_utf_8(line) else text


def _is_rather_utf_8(line: bytes) -> bool:
    """An ideograph takes three bytes of UTF-8 (RFC 3629 section 3); by chance, Big5 hardly ever looks like whole ones."""
    try:
        return any(sign > "\u07ff" for sign in line.decode("utf-8"))
    except UnicodeDecodeError:
        return False


def _telling(content: bytes) -> Iterator[bytes]:
    """The lines that are not ASCII, and so differ by encoding."""
    return (line for line in BytesIO(content) if not line.isascii())
