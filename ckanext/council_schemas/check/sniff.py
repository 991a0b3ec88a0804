"""What a file is, from its bytes: a text, a workbook, or neither; its hash and its encoding (pure)."""

import hashlib
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

PIECE = 1 << 20
# First bytes of what is sent in by mistake.
MAGIC = (
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3", "an SQLite database"),
)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MARKUP = re.compile(rb"\s*(<!doctype\s+html|<html|<table|<\?xml|<rdf|<\w+\s+xmlns)", re.I)
# Two bytes or more that are UTF-8 and mean a letter: a proof that some of the file is UTF-8.
MULTIBYTE = re.compile(rb"[\xc3-\xdf][\x80-\xbf]|[\xe1-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
CONTROLS = tuple(bytes([byte]) for byte in range(32) if byte not in b"\t\n\r\x0b\x0c\x1a")
UNDEFINED = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")  # no letter in Windows-1252


@dataclass(frozen=True)
class Source:
    """``format``: csv, xlsx, ods, xls, or None with ``reason``. ``encoding``: a codec's name, "mixed", or None for workbooks.

    ``mark``: the byte order mark's length; ``guessed``: no mark and no proof, so Windows-1252 was assumed.
    ``newline``: "\\r" for files of old Macs. ``lost``: bytes that mean nothing in the encoding.
    """

    path: Path
    bytes: int
    sha256: str
    format: str | None
    reason: str | None = None
    encoding: str | None = None
    mark: int = 0
    guessed: bool = False
    newline: str = "\n"
    lost: int = 0


@dataclass
class _Seen:
    """What one pass over the bytes finds."""

    bytes: int = 0
    utf8: bool = True
    feeds: bool = False
    returns: bool = False
    multibyte: int = 0
    high: int = 0
    undefined: int = 0


def look(path: Path, limit: int, tick: Callable[[int], None]) -> Source:
    """Read a file once. Raises OSError. ``tick`` is told how many bytes were read."""
    with path.open("rb") as handle:
        head = handle.read(65536)
    seen, digest = _scan(path, limit, tick)
    size = path.stat().st_size
    made = {"path": path, "bytes": size, "sha256": digest}
    if not head:
        return Source(**made, format=None, reason="The file is empty: it has no bytes at all.")
    kind, reason = _kind(path, head)
    if kind != "csv":
        return Source(**made, format=kind, reason=reason)
    encoding, mark, guessed = _encoding(head, seen)
    newline = "\r" if not seen.feeds and seen.returns and not encoding.startswith("utf-16") else "\n"
    lost = seen.undefined if encoding == "cp1252" else 0
    return Source(**made, format="csv", encoding=encoding, mark=mark, guessed=guessed, newline=newline, lost=lost)


def _scan(path: Path, limit: int, tick: Callable[[int], None]) -> tuple[_Seen, str]:
    seen, digest, rest = _Seen(), hashlib.sha256(), b""
    with path.open("rb") as handle:
        while piece := handle.read(PIECE):
            digest.update(piece)
            seen.bytes += len(piece)
            if seen.bytes <= limit:
                rest = _letters(seen, rest + piece)
            tick(seen.bytes)
    if rest:
        seen.utf8 = False
    return seen, digest.hexdigest()


def _letters(seen: _Seen, piece: bytes) -> bytes:
    """Count what tells encodings apart; returns the first bytes of a sign that goes on in the next piece."""
    seen.feeds = seen.feeds or b"\n" in piece
    seen.returns = seen.returns or b"\r" in piece
    if piece.isascii():
        return b""
    cut = len(piece)
    for back in range(1, 4):
        if piece[-back] >= 0xC0:  # a lead byte near the end: what follows it may be in the next piece
            cut = len(piece) - back
            break
        if piece[-back] < 0x80:
            break
    whole, rest = piece[:cut], piece[cut:]
    seen.multibyte += len(MULTIBYTE.findall(whole))
    if seen.utf8:
        try:
            whole.decode("utf-8")
        except UnicodeDecodeError:
            seen.utf8 = False
    if not seen.utf8:
        seen.high += sum(whole.count(byte) for byte in (b"\x91", b"\x92", b"\x93", b"\x94", b"\x96", b"\xa3"))
        seen.undefined += len(UNDEFINED.findall(whole))
    return rest


def _kind(path: Path, head: bytes) -> tuple[str | None, str | None]:
    if head.startswith(b"PK"):
        return _zipped(path)
    if head.startswith(OLE):
        return "xls", None  # or an encrypted workbook: the reader says so
    for magic, what in MAGIC:
        if head.startswith(magic):
            return None, f"This is {what}, not a table."
    if MARKUP.match(head.removeprefix(b"\xef\xbb\xbf")):
        return None, "This is a web page or XML, not a table. A download that asks for a log-in often ends so."
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"{", b"["} and head.rstrip()[-1:] in {b"}", b"]", b","}:
        return None, "This is JSON, not a table."
    if _utf16(head) is None and sum(map(head.count, CONTROLS)) > len(head) // 20:
        return None, "These are not letters: the file is binary, not a table."
    return "csv", None


def _zipped(path: Path) -> tuple[str | None, str | None]:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if "xl/workbook.xml" in names:
                return "xlsx", None
            if "xl/workbook.bin" in names:
                return None, "This is a binary workbook (XLSB): save it as XLSX."
            if "content.xml" in names and "mimetype" in names:
                kind = archive.read("mimetype")[:80] if archive.getinfo("mimetype").file_size < 200 else b""
                return ("ods", None) if b"spreadsheet" in kind else (None, "This is an office document, not a table.")
            if "word/document.xml" in names:
                return None, "This is a Word document, not a table."
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError):
        return None, "This is a damaged archive or workbook: it cannot be opened."
    return None, "This is a ZIP archive, not a table. Upload the file that is inside."


def _utf16(head: bytes) -> str | None:
    """UTF-16 without a mark shows as a zero in every second byte of plain letters."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    half = max(1, len(head) // 2)
    even, odd = head[::2].count(0) / half, head[1::2].count(0) / half
    if odd > 0.6 and even < 0.1:
        return "utf-16-le"
    return "utf-16-be" if even > 0.6 and odd < 0.1 else None


def _encoding(head: bytes, seen: _Seen) -> tuple[str, int, bool]:
    wide = _utf16(head)
    if wide == "utf-16":
        return ("utf-16-le" if head[0] == 0xFF else "utf-16-be"), 2, False
    if wide:
        return wide, 0, True
    mark = 3 if head.startswith(b"\xef\xbb\xbf") else 0
    if seen.utf8:
        return "utf-8", mark, False
    # The mark, or letters that only UTF-8 explains: most of it is UTF-8, some lines are not.
    if mark or seen.multibyte > seen.undefined + seen.high:
        return "mixed", mark, True
    return "cp1252", 0, True
