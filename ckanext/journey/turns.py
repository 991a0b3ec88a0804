"""In which turns the rows of many events are written: few statements that leave what one row after the other leaves (pure)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from .rows import Row

Keys = Mapping[str, Sequence[str]]  # the names of each table's primary key


def turns(rows: Iterable[Row], keys: Keys) -> Iterator[list[Row]]:
    """Rows of one table, mode and columns at a time; no key stands twice in a turn, unless its rows are cleared."""
    for table, run in groupby(sorted(rows, key=lambda row: row.table), key=lambda row: row.table):
        for is_clear, part in groupby(_cleared_first(list(run)), key=lambda row: row.mode == "clear"):
            if is_clear:
                yield from (list(same) for _columns, same in groupby(part, key=lambda row: tuple(row.values)))
            else:
                yield from _waves(part, keys[table])


def _cleared_first(rows: list[Row]) -> list[Row]:
    """What is cleared comes first where that leaves the same."""
    begun: set[Any] = set()
    for row in rows:
        package = row.values.get("package_id")
        if row.mode == "clear" and package in begun:
            return rows
        begun.add(package)
    return sorted(rows, key=lambda row: row.mode != "clear")


def _waves(rows: Iterable[Row], names: Sequence[str]) -> Iterator[list[Row]]:
    """The first row of each key, then the second of each that has one, and so on: rows of other keys do not meet."""
    last: dict[tuple[Any, ...], Row] = {}
    depth: Counter[tuple[Any, ...]] = Counter()
    found: list[tuple[tuple[int, str, tuple[str, ...]], tuple[Any, ...], Row]] = []
    for row in rows:
        key = tuple(row.values[name] for name in names)
        before = last.get(key)
        if row.mode == "keep" and before is not None and before.mode != "update":
            continue  # it is there by then
        if before is not None and before.mode == row.mode == "fill" and before.values.keys() == row.values.keys():
            before.values.update({name: value for name, value in row.values.items() if before.values[name] is None})
            continue
        depth[key] += 1
        last[key] = Row(row.table, dict(row.values), row.mode)
        found.append(((depth[key], row.mode, tuple(row.values)), key, last[key]))
    # By their keys within a turn, so that two writers of the same rows wait for each other and never both.
    found.sort(key=lambda each: each[:2])
    for _turn, same in groupby(found, key=lambda each: each[0]):
        yield [row for _wave, _key, row in same]
