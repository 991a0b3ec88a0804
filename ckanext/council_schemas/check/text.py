"""A text file as blocks of whole lines in UTF-8, whatever it was written in (pure)."""

import codecs
from collections.abc import Callable, Iterator

from .blocks import count_lines
from .sniff import Source

BLOCK = 1 << 20
LONGEST_LINE = 16 << 20
# A byte order mark that was read as Windows-1252 and written as UTF-8.
TWICE = "\ufeff".encode().decode("cp1252").encode()

# Told (what, line): "mixed", "lost", "nul" or "bom".
OnDefect = Callable[[str, int], None]


def blocks(source: Source, tick: Callable[[int], None], defect: OnDefect) -> Iterator[bytes]:
    """The text in pieces of about 1 MB that end with a line's end (the last: perhaps not), without byte order mark."""
    line, done = 1, source.mark
    for piece in _pieces(source):
        done += len(piece)
        block = _decoded(source, piece, line, defect)
        if line == 1 and block.startswith(TWICE):
            defect("bom", 1)
            block = block[len(TWICE) :]
        if b"\0" in block:
            _each(block, line, lambda text: b"\0" in text, "nul", defect)
            block = block.replace(b"\0", b"")
        line += count_lines(block)
        tick(done)
        if block:
            yield block


def _pieces(source: Source) -> Iterator[bytes]:
    """Raw bytes, cut after a line's end."""
    wide = source.encoding or ""
    end = source.newline.encode(wide if wide.startswith("utf-16") else "ascii")
    rest = b""
    with source.path.open("rb") as handle:
        handle.seek(source.mark)
        while True:
            read = handle.read(BLOCK)
            if not read:
                break
            rest += read
            cut = _cut(rest, end)
            if cut or len(rest) > LONGEST_LINE:
                cut = cut or len(rest) - len(rest) % 2
                yield rest[:cut]
                rest = rest[cut:]
    if rest:
        yield rest


def _cut(data: bytes, end: bytes) -> int:
    """Where the last line ends; for two-byte signs only at a sign's edge."""
    at = data.rfind(end)
    while at > 0 and at % len(end):
        at = data.rfind(end, 0, at + len(end) - 1)
    return at + len(end) if at >= 0 else 0


def _decoded(source: Source, piece: bytes, line: int, defect: OnDefect) -> bytes:
    if source.newline == "\r":
        piece = piece.replace(b"\r", b"\n")
    if source.encoding == "utf-8" or (source.encoding != "cp1252" and piece.isascii() and source.encoding == "mixed"):
        return piece
    if source.encoding == "mixed":
        return b"".join(_either(text, line + at, defect) for at, text in enumerate(piece.splitlines(keepends=True)))
    if source.encoding == "cp1252" and source.lost:
        _each(piece, line, lambda text: any(byte in text for byte in b"\x81\x8d\x8f\x90\x9d"), "lost", defect)
    text = codecs.decode(piece, source.encoding or "utf-8", "replace")
    if (source.encoding or "").startswith("utf-16") and "\ufffd" in text:
        _each(text.encode(), line, lambda each: b"\xef\xbf\xbd" in each, "lost", defect)
    return text.encode("utf-8", "replace")


def _either(text: bytes, line: int, defect: OnDefect) -> bytes:
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        defect("mixed", line)
        return text.decode("cp1252", "replace").encode("utf-8")
    return text


def _each(block: bytes, line: int, bad: Callable[[bytes], bool], what: str, defect: OnDefect) -> None:
    for at, text in enumerate(block.split(b"\n")):
        if bad(text):
            defect(what, line + at)
