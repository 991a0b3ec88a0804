"""Upstream text made safe and readable; pure.

Portals publish titles and descriptions as plain text, as HTML of any quality, as HTML escaped once
more, or as the template their software forgot to fill in. CKAN renders descriptions as Markdown and
strips HTML, so HTML becomes Markdown here: structure survives, scripts and styles do not.
"""

from __future__ import annotations

import html
import re
import unicodedata
from html.parser import HTMLParser
from typing import Any

import nh3

TEMPLATE = re.compile(r"\{\{[^{}]*\}\}")
TAG = re.compile(r"<[a-zA-Z/!][^>]*>")
_ESCAPED_TAG = re.compile(r"&lt;/?[a-zA-Z][^&]{0,200}?&gt;")
_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u200b\ufeff\u202a-\u202e\u2066-\u2069]"
)
_KEPT_TAGS = {
    *("p", "br", "div", "ul", "ol", "li", "a", "b", "strong", "i", "em", "h1", "h2", "h3", "h4", "h5", "h6"),
    *("table", "tr", "td", "th", "blockquote", "pre", "code", "hr"),
}


def clean(value: Any) -> str:
    """Any scalar of a feed as a tidy string; "" for null, objects and lists.

    Control characters and lone surrogates go (PostgreSQL and Solr refuse them), and so do marks that turn the direction of
    text (they reach over into the page); a JSON-LD value object
    gives its ``@value``; a one-element list gives its element.
    """
    if isinstance(value, dict):
        value = value.get("@value")
    if isinstance(value, list):
        value = value[0] if len(value) == 1 else None
    if value is None or isinstance(value, dict | list):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return unicodedata.normalize("NFC", _CONTROL.sub("", str(value))).strip()


def without_templates(text: str) -> tuple[str, bool]:
    """The text without unrendered ``{{...}}``, and whether there were any."""
    if "{{" not in text:
        return text, False
    return TEMPLATE.sub("", text).strip(), bool(TEMPLATE.search(text))


def plain(text: str) -> str:
    """One line of plain text out of HTML or text: for titles, names and keywords."""
    for _ in range(2):
        if TAG.search(text):
            text = nh3.clean(text, tags=set(), clean_content_tags={"script", "style"})
        text = html.unescape(text)
    return " ".join(_CONTROL.sub("", text).split())


def markdown(text: str) -> str:
    """Markdown out of HTML; text without tags stays as it is."""
    if not TAG.search(text) and _ESCAPED_TAG.search(text):
        text = html.unescape(text)
    if not TAG.search(text):
        return html.unescape(text) if "&" in text and "<" not in html.unescape(text) else text.strip()
    safe = nh3.clean(
        text,
        tags=_KEPT_TAGS,
        attributes={"a": {"href"}},
        link_rel=None,
        url_schemes={"http", "https", "mailto"},
        clean_content_tags={"script", "style"},
    )
    writer = _Markdown()
    writer.feed(safe)
    writer.close()
    return writer.text()


class _Markdown(HTMLParser):
    """Writes the Markdown of sanitised HTML."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._out: list[str] = []
        self._lists: list[int | None] = []
        self._links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"p", "div", "table", "blockquote", "pre", "hr"}:
            self._out.append("\n\n")
        elif tag in {"br", "tr"}:
            self._out.append("\n")
        elif tag in {"td", "th"}:
            self._out.append(" ")
        elif tag[0] == "h" and tag[1:].isdigit():
            # The page's own headings come first, so upstream headings start at level three.
            self._out.append("\n\n" + "#" * min(6, int(tag[1:]) + 2) + " ")
        elif tag in {"ul", "ol"}:
            self._lists.append(0 if tag == "ol" else None)
            self._out.append("\n\n" if len(self._lists) == 1 else "")
        elif tag == "li":
            self._out.append(self._bullet())
        elif tag == "a":
            self._links.append(dict(attrs).get("href") or "")
            self._out.append("[" if self._links[-1] else "")
        elif tag in {"b", "strong"}:
            self._out.append("**")
        elif tag in {"i", "em"}:
            self._out.append("*")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._links:
            href = self._links.pop()
            self._out.append(f"]({href.replace(' ', '%20').replace(')', '%29')})" if href else "")
        elif tag in {"b", "strong"}:
            self._out.append("**")
        elif tag in {"i", "em"}:
            self._out.append("*")
        elif tag in {"ul", "ol"} and self._lists:
            self._lists.pop()
            self._out.append("" if self._lists else "\n\n")
        elif tag in {"p", "div", "table"} or (tag[0] == "h" and tag[1:].isdigit()):
            self._out.append("\n\n")

    def handle_data(self, data: str) -> None:
        self._out.append(re.sub(r"\s+", " ", data))

    def _bullet(self) -> str:
        indent = "\n" + "  " * max(0, len(self._lists) - 1)
        number = self._lists[-1] if self._lists else None
        if number is None:
            return indent + "- "
        self._lists[-1] = number + 1
        return f"{indent}{number + 1}. "

    def text(self) -> str:
        text = _CONTROL.sub("", "".join(self._out)).replace("\xa0", " ")
        text = re.sub(r"\*\*\s*\*\*|\[\s*\]\([^)]*\)", "", text)
        text = re.sub(r"[ \t]+\n", "\n", re.sub(r"\n[ \t]+(?=[^\s\-\d])", "\n", text))
        text = re.sub(r"[ \t]{2,}(?=\S)(?<!\n  )", " ", text)
        text = re.sub(r"<(?=[a-zA-Z/!?])", "&lt;", text)
        return re.sub(r"\n{3,}", "\n\n", text).strip()


def slug(text: str, limit: int = 90) -> str:
    """ASCII name of a title: lower case, words joined by hyphens; may be ""."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "-", ascii_text.lower()).strip("-")
    return words[:limit].rstrip("-")
