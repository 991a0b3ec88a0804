"""What a row of a sheet would change of a record (pure)."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from .fields import FILE, FILE_OF, SAVED, TAGS, Field
from .notation import KEEP, Bad, Names, cell, filled, near, tidy, value

_SAVED = re.compile(r"(?P<time>\S+)\s+(?P<mark>[0-9a-f]{16})")


def stored(column: Field, record: Mapping[str, Any]) -> Any:
    """The value of a record (dataset or file, as ``package_show`` gives it) that a column is about."""
    if column.kind == TAGS:
        # Their order is not kept.
        return sorted(each["name"] for each in record.get("tags") or () if not each.get("vocabulary_id"))
    if column.name == FILE:
        return record.get("id")
    return record.get(column.name)


def cells(columns: Iterable[Field], record: Mapping[str, Any], names: Names) -> dict[str, str]:
    columns = list(columns)
    made = {each.name: cell(each, stored(each, record), names) for each in columns}
    return made | {SAVED: f"{made[SAVED]} {print_of(columns, record)}"} if SAVED in made else made


def print_of(columns: Iterable[Field], record: Mapping[str, Any]) -> str:
    """A fingerprint of what a sheet can change of a record: what else is saved with it (loads, checks) is no conflict."""
    values = {each.name: filled(stored(each, record)) for each in columns if not each.fixed}
    text = json.dumps(values, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def touched(columns: Iterable[Field], row: Mapping[str, str], before: Mapping[str, str]) -> list[Field]:
    """The columns whose cell is not what the export would write. Columns that the sheet does not have are not."""
    return [
        each
        for each in columns
        if each.name in row
        and each.name != FILE_OF
        and tidy(row[each.name]).strip() not in (KEEP, tidy(before.get(each.name, "")).strip())
    ]


def patch(
    columns: Iterable[Field], row: Mapping[str, str], record: Mapping[str, Any]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What the cells of these columns say, as CKAN takes it; and the problems of those that cannot be read."""
    made: dict[str, Any] = {}
    problems: list[dict[str, Any]] = []
    for each in columns:
        try:
            read = value(each, row[each.name])
        except Bad as bad:
            problems.append({"code": bad.code, "field": each.name, **bad.values})
            continue
        if each.kind == TAGS:
            kept = [tag for tag in record.get("tags") or () if tag.get("vocabulary_id")]
            made["tags"] = kept + [{"name": name} for name in read]
        else:
            made[each.name] = read
    return made, problems


def changes(columns: Iterable[Field], before: Mapping[str, str], after: Mapping[str, str]) -> list[dict[str, str]]:
    """Field by field, as cells: ``{"field", "old", "new"}``."""
    return [
        {"field": each.name, "old": before[each.name], "new": after[each.name]}
        for each in columns
        if not each.fixed and tidy(before[each.name]) != tidy(after[each.name])
    ]


def moved(row: Mapping[str, str], saved: str) -> str:
    """Whether the record was changed after the sheet was made.

    ``""``, ``"moved"``, or ``"unclear"`` for a cell that is no time. ``saved``: the cell as the export would write it now.
    """
    said = tidy(row.get(SAVED, "")).strip()
    if not said or said in (KEEP, saved):
        return ""
    time, _, mark = saved.rpartition(" ")
    if match := _SAVED.fullmatch(said):
        return "" if match["mark"] == mark or match["time"] == time else "moved"
    try:
        apart = datetime.fromisoformat(said) - datetime.fromisoformat(time)
    except (ValueError, TypeError):
        return "unclear"
    # A spreadsheet that takes the cell for a time keeps thousandths of a second.
    return "moved" if abs(apart.total_seconds()) > 0.001 else ""


def hints(columns: Iterable[Field], row: Mapping[str, str], lang: str) -> dict[str, list[str]]:
    """Labels near to what was written, for the columns with a list."""
    return {each.name: near(each, row[each.name], lang) for each in columns if each.vocabulary and row.get(each.name)}
