"""Sentences of a timeline, in the reader's language: what changed, and several files or steps in a few words."""

from __future__ import annotations

from typing import Any

from babel.numbers import format_decimal
from ckan.plugins import toolkit as tk

from . import vocab


def number(value: int | None) -> str:
    return "" if value is None else format_decimal(value, locale=str(tk.h.lang() or "en"))


def what_changed(detail: dict[str, Any]) -> list[str]:
    """Of a change to a dataset: the names of its fields, and how many files came, went or were described anew."""
    ngettext = tk.ungettext
    told = []
    if detail.get("fields"):
        told.append(tk._("Details changed: {names}").format(names=", ".join(_field(f) for f in detail["fields"])))
    if count := detail.get("added"):
        told.append(ngettext("{n} file added", "{n} files added", count).format(n=number(count)))
    if count := detail.get("removed"):
        told.append(ngettext("{n} file removed", "{n} files removed", count).format(n=number(count)))
    if count := detail.get("altered"):
        told.append(ngettext("{n} file described anew", "{n} files described anew", count).format(n=number(count)))
    return told


def _field(name: str) -> str:
    known = {
        "title": tk._("title"),
        "notes": tk._("description"),
        "license_id": tk._("licence"),
        "tags": tk._("tags"),
        "url": tk._("web address"),
        "version": tk._("version"),
        "legacy_source": tk._("legacy source"),
    }
    return known.get(name, name.replace("_", " "))


def title(entry: dict[str, Any]) -> str:
    """The heading of an entry of the timeline; a group also says of how many files or times."""
    kind, times, files = entry["type"], len(entry["steps"]), entry["files"]["count"]
    one = vocab.TYPES[kind].label if kind in vocab.TYPES else kind
    if times == 1:
        return tk._(one)
    if files > 1:
        counted = tk.ungettext("{n} file", "{n} files", files).format(n=number(files))
        return f"{tk._(vocab.GROUPS[kind].label)}: {counted}"
    counted = tk.ungettext("{n} time", "{n} times", times).format(n=number(times))
    return f"{tk._(one)}: {counted}"


def tally(files: dict[str, Any]) -> str:
    """Several files in one line: how many, their rows or else their size as far as known, their checksums."""
    count = files["count"]
    told = [tk.ungettext("{n} file", "{n} files", count).format(n=number(count))]
    if files["rows"] is not None:
        told.append(tk.ungettext("{n} row", "{n} rows", files["rows"]).format(n=number(files["rows"])))
    elif files["bytes"] is not None:
        told.append(str(tk.h.localised_filesize(files["bytes"])))
    return ", ".join([*told, _checksums(files)])


def _checksums(files: dict[str, Any]) -> str:
    count, known, meets = files["count"], files["sha256"], files["meets"]
    if meets == count:
        return tk._("checksums meet")
    if meets:
        return tk._("{n} of {count} checksums meet").format(n=number(meets), count=number(count))
    if known == count:
        return tk._("each with a checksum")
    if known:
        return tk._("{n} of {count} with a checksum").format(n=number(known), count=number(count))
    return tk._("no checksums recorded")
