"""What a check found, in the reader's language. A report is kept as it was made, in English, with what each sentence was made from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ckan.plugins import toolkit as tk

from ..check import Table
from ..check.phrases import places


def rule(about: Mapping[str, Any]) -> dict[str, Any]:
    """A rule of a report with its title and reason in the reader's language."""
    return {**about, **{part: translated(about.get(part)) for part in ("title", "why")}}


def problem(found: Mapping[str, Any]) -> dict[str, Any]:
    """A problem of a report with its sentences in the reader's language; one of an old report may stay in English."""
    return {**found, **{part: _sentence(found, part) for part in ("message", "fix")}}


def report(kept: Mapping[str, Any]) -> dict[str, Any]:
    """All of a report in the reader's language."""
    rules = {name: rule(about) for name, about in kept["rules"].items()}
    return {**kept, "rules": rules, "problems": [problem(each) for each in kept["problems"]]}


def table_title(table: Table) -> str:
    """A table's title in the reader's language."""
    return (tk.h.lang() == "cy" and table.descriptor.get("title_cy")) or table.title


def translated(text: str | None) -> str:
    """A text that was marked; of nothing it is nothing, where gettext would answer with its own header."""
    return tk._(str(text)) if text else ""


def _sentence(found: Mapping[str, Any], part: str) -> str:
    said = (found.get("said") or {}).get(part)
    if not said:
        return translated(found[part])
    text = translated(said["text"])
    if text == said["text"]:
        return found[part]
    try:
        return text.format(**places(said["values"], found["value"], found["column"]))
    except (KeyError, IndexError, ValueError):
        return found[part]  # a translation with places that the sentence does not have
