"""Bytes to a parsed document, whatever encoding they are really in; pure."""

from __future__ import annotations

import codecs
import json
import re
from dataclasses import dataclass
from typing import Any

from ..record import FeedError, Hints

__all__ = ["Document", "Hints", "describe", "document", "text_of"]

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Document:
    """``kind``: json, xml, text; ``value``: the JSON value, else None; ``text``: the text of the other kinds."""

    kind: str
    value: Any
    text: str
    hints: Hints


def text_of(body: bytes, charset: str = "") -> str:
    """The text of bytes: a byte order mark first, then the pattern of NULs, then UTF-8, the stated charset, Windows-1252.

    UTF-8 goes before what the server states, because servers state "ISO-8859-1" of what is UTF-8, and text
    of another encoding is hardly ever valid UTF-8.
    """
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return _decoded(body, encoding) or body.decode(encoding, "replace")
    start = body[:4]
    if start[:1] == b"\0" or start[1:2] == b"\0":
        wide = "utf-32" if start.count(b"\0") == 3 else "utf-16"
        found = _decoded(body, f"{wide}-{'be' if start[:1] == bytes(1) else 'le'}")
        if found is not None:
            return found
    for encoding in ("utf-8", charset, "cp1252"):
        found = _decoded(body, encoding) if encoding else None
        if found is not None:
            return found
    return body.decode("latin-1")


def _decoded(body: bytes, encoding: str) -> str | None:
    try:
        return body.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def document(body: bytes, hints: Hints) -> Document:
    """The document of a feed's bytes.

    :raises FeedError: nothing was sent, or a page for people, or JSON that is cut short or broken.
    """
    text = text_of(body, hints.charset).lstrip("\ufeff \t\r\n").rstrip("\0 \t\r\n")
    if not text:
        raise FeedError("The node sent nothing at all.")
    if re.match(r"<(!doctype\s+html|html\b)", text[:200], re.I):
        title = re.search(r"<title[^>]*>(.*?)</title>", text[:20_000], re.I | re.S)
        heading = f" (“{' '.join(title[1].split())[:100]}”)" if title else ""
        raise FeedError(f"The node sent a web page{heading} instead of a feed.")
    # Turtle may begin with "[", so a document that claims to be RDF is not taken for JSON.
    rdf_text = re.search(r"turtle|n-triples|trig|n-quads|notation3", hints.content_type, re.I)
    if text[0] in "{[" and not rdf_text:
        return Document("json", _json(text), text, hints)
    return Document(
        "xml" if text.startswith("<?xml") or re.match(r"<(!|[a-zA-Z_][\w.-]*(:[\w.-]+)?[\s/>])", text) else "text",
        None,
        text,
        hints,
    )


def _json(text: str) -> Any:
    try:
        value = json.loads(text, parse_constant=lambda _name: None)
    except RecursionError:
        raise FeedError("The feed is nested too deeply to be read.") from None
    except ValueError as error:
        lines = _lines(text)
        if lines is not None:
            return lines
        whole = " It seems to be cut short." if getattr(error, "pos", 0) >= len(text) - 2 or _is_open(text) else ""
        raise FeedError(f"The feed is broken JSON ({error}).{whole}") from None
    return value


def _lines(text: str) -> list[Any] | None:
    """The values of a JSON Lines document, or None; one broken line refuses the whole."""
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) < 2 or not lines[0].rstrip().endswith("}"):
        return None
    try:
        return [json.loads(line) for line in lines]
    except (ValueError, RecursionError):
        return None


def _is_open(text: str) -> bool:
    return text[-1] not in "}]"


def describe(found: Document) -> str:
    """A few words on what a document is, for a message."""
    if found.kind == "json":
        if isinstance(found.value, dict):
            return f"a JSON object with {', '.join(list(map(str, found.value))[:6]) or 'nothing in it'}"
        return f"a JSON list of {len(found.value)} values" if isinstance(found.value, list) else "a JSON value"
    return "XML" if found.kind == "xml" else "plain text"
