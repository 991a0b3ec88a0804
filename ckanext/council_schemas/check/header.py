"""Which row is the header, and which field of a table each of its cells means (pure)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from . import wording
from .tables import Table
from .types import Column
from .wording import norm

Row = Sequence[str]
LOOK = 60  # rows from the top among which the header is
_DATA = re.compile(r"^[£(-]?\s*[\d,]+(?:\.\d+)?\)?$|^\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}")


@dataclass(frozen=True)
class Known:
    """What headers may say of a table's fields, by form of wording. ``rank``: where in its field's list a name stands."""

    forms: tuple[dict[str, tuple[str, str, int]], ...]

    def match(self, said: str) -> tuple[int, int, str, str] | None:
        """(how sure: 0 is surest, rank, field, by what), or None for a header that is not known."""
        for sure, (form, names) in enumerate(zip(_FORMS, self.forms, strict=True)):
            hit = names.get(form(said))
            if hit:
                field, how, rank = hit
                return sure * 3 + _HOWS.index(how), rank, field, how
        return self._side(said)

    def _side(self, said: str) -> tuple[int, int, str, str] | None:
        """Of a header in two languages or lines: what all sides that are known mean alike."""
        hits = [hit for hit in map(self.match, wording.sides(said)) if hit]
        if len({hit[2] for hit in hits}) != 1:
            return None
        sure, rank, field, _ = min(hits)
        return sure + 9, rank, field, "alias"


_HOWS = ("name", "title", "alias")
_FORMS = (wording.compact, wording.plain, wording.bare)


@lru_cache(maxsize=64)
def _known(code: str, fields: tuple[tuple[str, str, tuple[str, ...]], ...]) -> Known:
    forms: tuple[dict[str, tuple[str, str, int]], ...] = ({}, {}, {})
    for how in _HOWS:
        for name, title, aliases in fields:
            for rank, said in enumerate({"name": (name,), "title": (title,), "alias": aliases}[how]):
                for form, names in zip(_FORMS, forms, strict=True):
                    if form(said):
                        names.setdefault(form(said), (name, how, rank))
    return Known(forms)


def known(table: Table) -> Known:
    """What headers may say: names before titles before aliases, and an alias in full before one without its brackets."""
    return _known(table.code, tuple((each.name, each.title, tuple(each.aliases)) for each in table))


def find(rows: Sequence[Row], table: Table | None) -> int | None:
    """The place of the header among the first rows, or None when there is no row that could be one."""
    names = known(table) if table else None
    widths = Counter(_filled(row) for row in rows if _filled(row))
    usual = max(widths, key=lambda width: (widths[width], width)) if widths else 0
    best: tuple[float, int] | None = None
    for place, row in enumerate(rows[:LOOK]):
        points = _points(row, names, usual)
        if points is not None and (best is None or points > best[0]):
            best = (points, -place)
    return -best[1] if best else None


def _filled(row: Row) -> int:
    return sum(1 for cell in row if cell.strip())


def _points(row: Row, names: Known | None, usual: int) -> float | None:
    """How much a row looks like a header: known names most, then words in as many cells as rows have."""
    cells = [cell.strip() for cell in row if cell.strip()]
    if not cells:
        return None
    data = sum(1 for cell in cells if _DATA.match(cell))
    if data * 2 > len(cells):
        return None
    hits = len({hit[2] for hit in map(names.match, cells) if hit}) if names else 0
    long = sum(1 for cell in cells if len(cell) > 80)
    if not hits and len(cells) < min(usual, 2):
        return None
    if not hits and len(cells) * 5 < usual * 3:
        return None
    return hits * 10 + min(len(cells), usual) - 3 * data - 5 * long


@dataclass(frozen=True)
class Head:
    """Where the header begins, how many rows it takes, and its labels."""

    place: int
    rows: int
    labels: list[str]


def whole(rows: Sequence[Row], place: int, table: Table | None) -> Head:
    """The header of which one row was found: with the row above or below it, where both together tell of more columns."""
    alone = Head(place, 1, list(rows[place]))
    if table is None:
        return alone
    best, most = alone, _told(alone.labels, table)
    for upper in (place - 1, place):
        if upper < 0 or upper + 1 >= len(rows) or not _words(rows[upper]) or not _words(rows[upper + 1]):
            continue
        labels = _joined(rows[upper], rows[upper + 1], known(table))
        singly = {norm(cell) for row in (rows[upper], rows[upper + 1]) for cell in row}
        # A row of data may hold a word that is a header elsewhere: some name has to be of both rows.
        both = any(norm(label) not in singly and known(table).match(label) for label in labels if label)
        if both and _told(labels, table) > most:
            best, most = Head(upper, 2, labels), _told(labels, table)
    return best


def _words(row: Row) -> bool:
    """Words in two cells or more, and no data."""
    cells = [cell.strip() for cell in row if cell.strip()]
    return len(cells) > 1 and not any(_DATA.match(cell) for cell in cells)


def _told(labels: Row, table: Table) -> int:
    return sum(1 for column in columns(labels, table, {}) if column.field)


def _joined(upper: Row, lower: Row, names: Known) -> list[str]:
    """Labels of two rows; what stands above several columns, in merged cells, is written above the first of them."""
    made, over = [], ""
    for at in range(max(len(upper), len(lower))):
        top = upper[at].strip() if at < len(upper) else ""
        low = lower[at].strip() if at < len(lower) else ""
        over = top or over
        ways = [f"{top} {low}".strip(), f"{over} {low}".strip(), low, top]
        made.append(next((way for way in ways if way and names.match(way)), ways[0]))
    return made


def columns(header: Row, table: Table | None, mapping: Mapping[str, str]) -> tuple[Column, ...]:
    """The columns. ``mapping`` goes before all; a field is taken once, by the surest of its headers."""
    if table:
        missing = sorted({name for name in mapping.values() if name and table.field(name) is None})
        if missing:
            raise ValueError(f"{table.code} has no field called {', '.join(missing)}")
    names, told = known(table) if table else None, {norm(key): value for key, value in mapping.items()}
    matches: list[tuple[int, int, int, str | None, str | None]] = []
    for place, cell in enumerate(header):
        said = norm(cell)
        hit = names.match(cell) if names and said else None
        if said in told:
            matches.append((-1, 0, place, told[said] or None, "mapping" if told[said] else None))
        elif hit:
            sure, rank, field, how = hit
            matches.append((sure, rank, place, field, how))
        else:
            matches.append((99, 0, place, None, None))
    taken: set[str] = set()
    found: dict[int, Column] = {}
    for _, _, place, field, how in sorted(matches, key=lambda each: each[:3]):
        free = field is not None and field not in taken
        if free and field:
            taken.add(field)
        found[place] = Column(place + 1, header[place].strip(), field if free else None, how if free else None)
    return tuple(found[place] for place in range(len(header)))
