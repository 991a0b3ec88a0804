"""Bytes to a parsed document, whatever encoding they are really in; pure."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from ..encoding import Utf8, encoding_of
from ..record import BrokenFeed, FeedError, Hints

__all__ = ["Document", "Hints", "describe", "document", "text_of"]


@dataclass(frozen=True, slots=True)
class Document:
    """``kind``: json, xml, html, text; ``value``: the JSON value, else None; ``text``: the text of the other kinds."""

    kind: str
    value: Any
    text: str
    hints: Hints


def text_of(body: bytes, charset: str = "") -> str:
    """The text of bytes in the encoding that they are really in."""
    file = BytesIO(body)
    return Utf8(file, encoding_of(file, charset)).read().decode("utf-8", "replace")


def document(body: bytes, hints: Hints) -> Document:
    """The document of a feed's bytes.

    :raises FeedError: nothing was sent, or a page for people.
    :raises BrokenFeed: JSON that is cut short or broken.
    """
    text = text_of(body, hints.charset).lstrip("\ufeff \t\r\n").rstrip("\0 \t\r\n")
    kind = kind_of(text, hints)
    return Document(kind, _json(text) if kind == "json" else None, text, hints)


def kind_of(text: str, hints: Hints) -> str:
    """``json``, ``xml``, ``html`` (a list of files with descriptions) or ``text``, by the first characters of a feed.

    :raises FeedError: nothing was sent, or a page for people.
    """
    if not text:
        raise FeedError("The node sent nothing at all.")
    if re.match(r"<(!doctype\s+html|html\b)", text[:200], re.I):
        # A web server's list of files is a feed where descriptions are among them.
        if re.search(r"""href=["'][^"'?#]+-metadata\.json["']""", text, re.I):
            return "html"
        title = re.search(r"<title[^>]*>(.*?)</title>", text[:20_000], re.I | re.S)
        heading = f" (“{' '.join(title[1].split())[:100]}”)" if title else ""
        raise FeedError(f"The node sent a web page{heading} instead of a feed.")
    # Turtle may begin with "[", so a document that claims to be RDF is not taken for JSON.
    rdf_text = re.search(r"turtle|n-triples|trig|n-quads|notation3", hints.content_type, re.I)
    if text[0] in "{[" and not rdf_text:
        return "json"
    xml = text.startswith("<?xml") or re.match(r"<(!|[a-zA-Z_][\w.-]*(:[\w.-]+)?[\s/>])", text)
    return "xml" if xml else "text"


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
        raise BrokenFeed(f"The feed is broken JSON ({error}).{whole}") from None
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
    return {"xml": "XML", "html": "a web page"}.get(found.kind, "plain text")
