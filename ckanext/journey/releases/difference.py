"""What changed between two releases of a table, row by row (pure).

A table is a polars frame of texts with its line numbers in ``LINE``. Rows are the same row when they have the same key; without
a key a row is the same only if all of it is, so that a changed row is one removed and one added.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

LINE = "__line"
_OLD = "__old"
ADDED, REMOVED, CHANGED = "added", "removed", "changed"
# Names by which tables call what tells their rows apart, the better first.
_KEY_NAMES = re.compile(r"\b(uprn|usrn|reference|ref|id|identifier|number|no|code|transaction)\b", re.IGNORECASE)
# A column of the same texts in both releases for fewer rows than this is no key: it may count lines.
_OVERLAP = 0.5


@dataclass(frozen=True)
class Difference:
    """``key``: the columns that tell rows apart, empty if none do. Counts are of rows; ``frames`` hold them, by kind."""

    key: tuple[str, ...]
    columns_added: tuple[str, ...]
    columns_removed: tuple[str, ...]
    rows_before: int
    rows_after: int
    added: int
    removed: int
    changed: int
    frames: dict[str, pl.DataFrame] = field(repr=False, compare=False)

    @property
    def same(self) -> int:
        """Rows of the later release that were in the earlier one as they are."""
        return self.rows_after - self.added - self.changed

    def summary(self) -> dict[str, Any]:
        names = ("rows_before", "rows_after", "added", "removed", "changed", "same")
        told: dict[str, Any] = {name: getattr(self, name) for name in names}
        lists = ("key", "columns_added", "columns_removed")
        return told | {name: list(getattr(self, name)) for name in lists}

    def changes(self) -> Iterator[dict[str, Any]]:
        """Each change: ``op``, ``line`` (of the later file; of the earlier for removed rows), ``key`` (dict), and ``values``
        (a dict of the row's texts; of a changed row only what differs, as ``[before, after]``).
        """
        for op in (REMOVED, ADDED):
            for row in self.frames[op].iter_rows(named=True):
                values = {name: value for name, value in row.items() if name != LINE}
                yield {"op": op, "line": row[LINE], "key": {name: row[name] for name in self.key}, "values": values}
        compared = [name for name in self.frames[ADDED].columns if f"{name}{_OLD}" in self.frames[CHANGED].columns]
        for row in self.frames[CHANGED].iter_rows(named=True):
            pairs = {name: [row[f"{name}{_OLD}"], row[name]] for name in compared}
            values = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
            yield {"op": CHANGED, "line": row[LINE], "key": {name: row[name] for name in self.key}, "values": values}


def compare(before: pl.DataFrame, after: pl.DataFrame, key: Sequence[str] = ()) -> Difference:
    """What changed from one release to the next.

    :param key: columns that tell rows apart; if they do not (missing, empty or repeated), or none are given, one is looked for

    Columns are the same column when they have the same header; others are named, and are not compared.
    """
    common = [name for name in after.columns if name in before.columns and name != LINE]
    chosen = tuple(key) if key and _is_key(before, after, key, common) else _find_key(before, after, common)
    if chosen:
        frames = _by_key(before, after, chosen, [name for name in common if name not in chosen])
    else:
        frames = _by_row(before, after, common)
    return Difference(
        key=chosen,
        columns_added=tuple(name for name in after.columns if name not in before.columns),
        columns_removed=tuple(name for name in before.columns if name not in after.columns),
        rows_before=before.height,
        rows_after=after.height,
        added=frames[ADDED].height,
        removed=frames[REMOVED].height,
        changed=frames[CHANGED].height,
        frames=frames,
    )


def _is_key(before: pl.DataFrame, after: pl.DataFrame, key: Sequence[str], common: list[str]) -> bool:
    if not set(key) <= set(common):
        return False
    for frame in (before, after):
        part = frame.select(key)
        if part.select(pl.any_horizontal(pl.all().is_null()).any()).item() or part.is_duplicated().any():
            return False
    return True


def _find_key(before: pl.DataFrame, after: pl.DataFrame, common: list[str]) -> tuple[str, ...]:
    """The column that tells rows apart in both and is shared most; one that is called a reference wins."""
    best: tuple[bool, float, str] | None = None
    for name in common:
        if not before.height or not after.height or not _is_key(before, after, [name], common):
            continue
        shared = after.select(pl.col(name).is_in(before[name].implode()).mean()).item()
        found = (bool(_KEY_NAMES.search(name.replace("_", " "))), shared, name)
        if shared >= _OVERLAP and (best is None or found[:2] > best[:2]):
            best = found
    return (best[2],) if best else ()


def _by_key(
    before: pl.DataFrame, after: pl.DataFrame, key: tuple[str, ...], rest: list[str]
) -> dict[str, pl.DataFrame]:
    old = before.select(*key, *(pl.col(name).alias(f"{name}{_OLD}") for name in rest))
    both = after.join(old, on=list(key), how="inner", maintain_order="left")
    differs = [pl.col(name).ne_missing(pl.col(f"{name}{_OLD}")) for name in rest]
    return {
        ADDED: after.join(before, on=list(key), how="anti", maintain_order="left"),
        REMOVED: before.join(after, on=list(key), how="anti", maintain_order="left"),
        CHANGED: both.filter(pl.any_horizontal(differs)) if differs else both.clear(),
    }


def _by_row(before: pl.DataFrame, after: pl.DataFrame, common: list[str]) -> dict[str, pl.DataFrame]:
    """A row that stands twice in one and once in the other counts once."""
    if not common:
        return {ADDED: after, REMOVED: before, CHANGED: after.clear()}
    copy = pl.int_range(pl.len()).over(common).alias("__copy")
    old, new = before.with_columns(copy), after.with_columns(copy)
    on = [*common, "__copy"]
    added = new.join(old, on=on, how="anti", nulls_equal=True, maintain_order="left").drop("__copy")
    removed = old.join(new, on=on, how="anti", nulls_equal=True, maintain_order="left").drop("__copy")
    return {ADDED: added, REMOVED: removed, CHANGED: after.clear()}
