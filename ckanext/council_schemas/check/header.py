"""Which row is the header, and which field of a table each of its cells means (pure)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from .tables import Table
from .types import Column

Row = Sequence[str]
LOOK = 60  # rows from the top among which the header is
_DATA = re.compile(r"^[£(-]?\s*[\d,]+(?:\.\d+)?\)?$|^\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}")


def norm(header: str) -> str:
    """A header without case, signs and spaces: two that differ only in those are one."""
    text = header.replace("\ufeff", "").lower().replace("&", " and ").replace("£", " gbp ")
    return re.sub(r"[^a-z0-9]+", " ", text).strip()


def known(table: Table) -> dict[str, tuple[str, str]]:
    """What a header may say: to the field and by what it is known (name, title or alias)."""
    found: dict[str, tuple[str, str]] = {}
    for how, names in (
        ("name", lambda field: (field.name,)),
        ("title", lambda field: (field.title,)),
        ("alias", lambda field: field.aliases),
    ):
        for field in table:
            for name in names(field):
                if name:
                    found.setdefault(norm(name), (field.name, how))
    return found


def find(rows: Sequence[Row], table: Table | None) -> int | None:
    """The place of the header among the first rows, or None when there is no row that could be one."""
    names = known(table) if table else {}
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


def _points(row: Row, names: Mapping[str, object], usual: int) -> float | None:
    """How much a row looks like a header: known names most, then words in as many cells as rows have."""
    cells = [cell.strip() for cell in row if cell.strip()]
    if not cells:
        return None
    data = sum(1 for cell in cells if _DATA.match(cell))
    if data * 2 > len(cells):
        return None
    hits = len({norm(cell) for cell in cells} & names.keys())
    long = sum(1 for cell in cells if len(cell) > 80)
    if not hits and len(cells) < min(usual, 2):
        return None
    if not hits and len(cells) * 5 < usual * 3:
        return None
    return hits * 10 + min(len(cells), usual) - 3 * data - 5 * long


def columns(header: Row, table: Table | None, mapping: Mapping[str, str]) -> tuple[Column, ...]:
    """The columns. ``mapping`` goes before all; a field is taken once, by the surest of its headers."""
    if table:
        missing = sorted({name for name in mapping.values() if name and table.field(name) is None})
        if missing:
            raise ValueError(f"{table.code} has no field called {', '.join(missing)}")
    names, told = known(table) if table else {}, {norm(key): value for key, value in mapping.items()}
    matches: list[tuple[int, int, str | None, str | None]] = []
    for place, cell in enumerate(header):
        said = norm(cell)
        if said in told:
            matches.append((0, place, told[said] or None, "mapping" if told[said] else None))
        elif said in names:
            field, how = names[said]
            matches.append((("name", "title", "alias").index(how) + 1, place, field, how))
        else:
            matches.append((9, place, None, None))
    taken: set[str] = set()
    found: dict[int, Column] = {}
    for _, place, field, how in sorted(matches):
        free = field is not None and field not in taken
        if free and field:
            taken.add(field)
        found[place] = Column(place + 1, header[place].strip(), field if free else None, how if free else None)
    return tuple(found[place] for place in range(len(header)))
