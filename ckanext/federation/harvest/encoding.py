"""The encoding that a feed is really in, and its text as a stream of UTF-8; pure.

A byte order mark counts first, then the pattern of NULs, then UTF-8, then the stated charset, then what an XML declaration says. UTF-8 goes before what
the server states, because servers state "ISO-8859-1" of what is UTF-8, and text of another encoding is hardly ever
valid UTF-8. Single bytes that are no UTF-8 in what is UTF-8 otherwise are read as Windows-1252.
"""

from __future__ import annotations

import codecs
import re
from typing import IO

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*encoding=["']([\w.:-]+)""")
PIECE = 256 * 1024
# Names under which servers state what they have not looked at.
_UNCERTAIN = {"utf-8", "ascii", "iso8859-1", "cp1252"}
STRAY = "federation-cp1252"


def _stray(error: UnicodeError) -> tuple[str, int]:
    """Bytes that are no UTF-8, as Windows-1252."""
    assert isinstance(error, UnicodeDecodeError)
    stray = error.object[error.start : error.end]
    return "".join(bytes([one]).decode("cp1252", "ignore") or chr(one) for one in stray), error.end


codecs.register_error(STRAY, _stray)


def encoding_of(file: IO[bytes], charset: str = "") -> str:
    """The name of the encoding of a file, which is left at its start."""
    file.seek(0)
    head = file.read(200)
    start = head[:4]
    file.seek(0)
    for mark, encoding in _BOMS:
        if start.startswith(mark):
            return encoding
    if start[:1] == b"\0" or start[1:2] == b"\0":
        wide = "utf-32" if start.count(b"\0") == 3 else "utf-16"
        return f"{wide}-{'be' if start[:1] == bytes(1) else 'le'}"
    declared = _DECLARED.search(head)
    for stated in (_known(charset), _known(declared[1].decode("ascii", "ignore") if declared else "")):
        if stated and stated not in _UNCERTAIN and not _decodes(file, "utf-8") and _decodes(file, stated):
            return stated
    return "utf-8"


def _known(charset: str) -> str:
    try:
        return codecs.lookup(charset).name if charset else ""
    except LookupError:
        return ""


def _decodes(file: IO[bytes], encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    file.seek(0)
    try:
        while piece := file.read(PIECE):
            decoder.decode(piece)
        decoder.decode(b"", True)
    except (UnicodeDecodeError, UnicodeError):
        return False
    finally:
        file.seek(0)
    return True


class Utf8:
    """Reads a file as UTF-8 bytes, whatever it is in; ``read`` gives whole characters, about as many bytes as asked for."""

    def __init__(self, file: IO[bytes], encoding: str):
        file.seek(0)
        self._file = file
        errors = STRAY if encoding in ("utf-8", "utf-8-sig") else "replace"
        self._decoder = codecs.getincrementaldecoder(encoding)(errors)
        self._left, self._first = b"", True

    def read(self, size: int = -1) -> bytes:
        """At most ``size`` bytes of UTF-8; b"" at the end."""
        while size < 0 or len(self._left) < max(size, 1):
            piece = self._file.read(PIECE)
            text = self._decoder.decode(piece, not piece)
            if self._first and text:
                text, self._first = text.lstrip("\ufeff \t\r\n"), False
            self._left += text.replace("\0", "").encode("utf-8", "replace")
            if not piece:
                break
        if size < 0:
            answer, self._left = self._left, b""
        else:
            answer, self._left = self._left[:size], self._left[size:]
        return answer
