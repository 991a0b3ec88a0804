"""Search helps: marks in a text the words that were searched for, and notices when Solr did not answer."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from flask import g, has_app_context
from markupsafe import Markup, escape

WORD = re.compile(r"\w+", re.UNICODE)
SHORTEST = 2
STEM = 4  # letters from which a word also matches its longer forms: "park" marks "parking"


def words(query: str) -> list[str]:
    """The words of a query as typed, without Solr's field names, operators and exclusions."""
    plain = re.sub(r"(?:^|\s)[-!]\S+|\b\w+:|\b(?:AND|OR|NOT)\b", " ", query or "")
    return [word for word in WORD.findall(plain.lower()) if len(word) >= SHORTEST]


@lru_cache(maxsize=256)
def _pattern(query: str) -> re.Pattern[str] | None:
    found = sorted({_stem(word) for word in words(query)}, key=len, reverse=True)
    if not found:
        return None
    parts = (re.escape(word) + (r"\w*" if len(word) >= STEM else "") for word in found)
    return re.compile(r"\b(?:" + "|".join(parts) + r")\b", re.IGNORECASE | re.UNICODE)


def _stem(word: str) -> str:
    """Endings that the index ignores too; "libraries" and "library" both become "librar"."""
    for ending in ("ies", "ing", "es", "s", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= STEM:
            return word[: -len(ending)]
    return word


def highlight(text: str, query: str) -> Markup:
    """The text, escaped, with each word that the query has in <mark>."""
    pattern = _pattern(query)
    if pattern is None:
        return escape(text)
    parts, end = [], 0
    for match in pattern.finditer(text):
        parts += [escape(text[end : match.start()]), Markup("<mark>%s</mark>") % match.group()]
        end = match.end()
    return Markup("").join([*parts, escape(text[end:])])


def excerpt(text: str, query: str, length: int = 220) -> str:
    """A piece of the text of about so many characters that has the first word searched for in it."""
    text = " ".join((text or "").split())
    if len(text) <= length:
        return text
    pattern = _pattern(query)
    match = pattern.search(text) if pattern else None
    start = max(0, match.start() - length // 3) if match and match.end() > length else 0
    if start:
        start = text.find(" ", start) + 1
    end = text.rfind(" ", start, start + length)
    if end <= start:
        end = start + length
    return ("… " if start else "") + text[start:end].rstrip(" ,;:") + ("" if end >= len(text) else " …")


class SearchWatch:
    """IPackageController's part of the plugin: knows, while a page is made, if a search was begun and not answered."""

    def before_dataset_search(self, search_params: dict[str, Any]) -> dict[str, Any]:
        if has_app_context():
            g.portal_unanswered = True
        return search_params

    def after_dataset_search(self, search_results: dict[str, Any], search_params: dict[str, Any]) -> dict[str, Any]:
        if has_app_context():
            g.portal_unanswered = False
        return search_results

    def after_dataset_create(self, context: Any, pkg_dict: dict[str, Any]) -> None:
        """See logic.action: a dataset that cannot be indexed is saved all the same, and must be found again."""
        context["portal_created"] = pkg_dict["id"]


def unanswered() -> bool:
    """True if this request began a search that failed."""
    return bool(has_app_context() and g.get("portal_unanswered", False))
