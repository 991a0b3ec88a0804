"""Cleans the values of one record, and notes what it had to leave out; pure."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

from . import dates, text

LONGEST_TEXT = 20_000
LONGEST_FIELD = 4_000
LONGEST_ADDRESS = 2_000
_NO_ADDRESS = {"n/a", "na", "none", "null", "nil", "tbc", "tba", "unknown", "-", "#", "."}


class Cleaner:
    """Cleans values of one record, and notes what it had to leave out. ``everyone``: names of persons stay."""

    def __init__(self, base: str, notes: list[str], everyone: bool = False):
        self.base = base
        self.notes = notes
        self.everyone = everyone

    def note(self, message: str) -> None:
        """Note it, once."""
        if message not in self.notes:
            self.notes.append(message)

    def raw(self, value: Any, label: str) -> str:
        """One string without templates."""
        cleaned, had = text.without_templates(text.clean(value))
        if had:
            self.note(f"{label}: an unrendered template was left out")
        return cleaned

    def line(self, value: Any, label: str, limit: int = LONGEST_FIELD) -> str:
        """One line of plain text."""
        line = text.plain(self.raw(value, label))
        if len(line) > limit:
            self.note(f"{label}: cut to {limit:,} characters")
        return line[:limit]

    def prose(self, value: Any, label: str, limit: int = LONGEST_TEXT) -> str:
        """Markdown without scripts."""
        prose = text.markdown(self.raw(value, label))
        if len(prose) > limit:
            self.note(f"{label}: cut to {limit:,} characters")
        return prose[:limit]

    def date(self, value: Any, label: str) -> str:
        """ISO 8601, or ""."""
        found = dates.iso(value)
        stated = text.clean(value)
        if stated and not found:
            self.note(f"{label}: “{stated[:60]}” is no date and was left out")
        return found

    def address(self, value: Any, label: str) -> str:
        """An absolute http(s) or ftp address, or ""."""
        stated = text.clean(value.get("@id") if isinstance(value, dict) else value)
        if not stated:
            return ""
        if stated.casefold() in _NO_ADDRESS:
            self.note(f"{label}: “{stated}” stands for no address and was left out")
            return ""
        if text.TEMPLATE.search(stated):
            self.note(f"{label}: an unrendered template was left out")
            return ""
        schemeless = not re.match(r"(//|[a-zA-Z][a-zA-Z0-9+.-]*:)", stated)
        if schemeless and not re.match(r"[./?]|[^\s<>]*[./][^\s<>]*$", stated):
            self.note(f"{label}: “{stated[:80]}” is no web address and was left out")
            return ""
        # What RDF and browsers refuse in an address, percent-encoded.
        stated = re.sub(r'[\s<>"{}|\\^`]', lambda found: quote(found[0]), stated)
        if stated.startswith("//"):
            stated = "https:" + stated
        elif schemeless:
            stated = f"https://{stated}" if re.match(r"www\.", stated) else urljoin(self.base, stated)
        if not is_web(stated) or len(stated) > LONGEST_ADDRESS:
            self.note(f"{label}: “{stated[:80]}” is no web address and was left out")
            return ""
        return stated

    def addresses(self, values: list[Any], label: str) -> list[str]:
        """The distinct addresses of a list."""
        return list(dict.fromkeys(found for value in values if (found := self.address(statement(value), label))))

    def each(self, values: list[Any], of: str, label: str) -> list[str]:
        """The distinct lines of a list; a single string with commas counts as a list of its parts."""
        lines: list[str] = []
        for value in values:
            for part in re.split(r"[,;]", value) if isinstance(value, str) and of == "keywords" else [value]:
                line = self.line(part, label, 500)
                if line and line not in lines:
                    lines.append(line)
        return lines


def is_web(address: str) -> bool:
    """Is this an absolute http(s) or ftp address?"""
    try:
        parts = urlsplit(address)
        return parts.scheme in {"http", "https", "ftp"} and bool(parts.hostname) and (parts.port is None or True)
    except ValueError:
        return False


def statement(value: Any) -> Any:
    """What an object states: its address, else its title."""
    if not isinstance(value, dict):
        return value
    return value.get("@id") or value.get("url") or value.get("uri") or value.get("title") or value.get("name")
