"""The metadata in a folder's README: an HTML or Markdown table of name and value, a heading, a first paragraph; pure."""

from __future__ import annotations

import re

from ..text import plain

_ROW = re.compile(r"<tr[^>]*>\s*<t[dh][^>]*>(.*?)</t[dh]>\s*<t[dh][^>]*>(.*?)</t[dh]>\s*</tr>", re.I | re.S)
_PIPES = re.compile(r"^\s*\|(.+?)\|(.+?)\|\s*$", re.M)
_LINK = re.compile(r"""href=["']([^"']+)["']|\]\((https?://[^)\s]+)\)""", re.I)


def table(text: str) -> dict[str, str]:
    """Values by name in lower case, as they stand (HTML or Markdown)."""
    rows = _ROW.findall(text) or [row for row in _PIPES.findall(text) if not re.fullmatch(r"[\s:|-]+", "".join(row))]
    return {
        plain(name).rstrip(":").casefold(): value.strip() for name, value in rows if plain(value) or "href" in value
    }


def heading(text: str) -> str:
    """The first heading, or ""."""
    found = re.search(r"^#{1,3}\s+(.+?)\s*#*$", text, re.M) or re.search(
        r"<h[1-3][^>]*>(.*?)</h[1-3]>", text, re.S | re.I
    )
    return plain(found[1]) if found else ""


def paragraph(text: str) -> str:
    """The first paragraph that is prose, or ""."""
    for block in re.split(r"\n\s*\n", text):
        if re.match(r"\s*[A-Za-z\[*_]", block) and not re.match(r"\s*\[?!?\[", block):
            return block.strip()
    return ""


def link(value: str) -> str:
    """The address that a value links to, or ""."""
    found = _LINK.search(value)
    return (found[1] or found[2]) if found else ""
