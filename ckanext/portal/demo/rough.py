"""What legacy exports look like: a clean table made rough again (pure).

The defects are those council exports are known for: UK dates, GBP signs and thousands separators, brackets
for negatives, padded cells, blank rows, rows exported twice.
"""

from collections.abc import Sequence

from .dice import Dice
from .table import Table


def roughen(
    table: Table,
    dice: Dice,
    dates: Sequence[str] = (),
    amounts: Sequence[str] = (),
    padded: Sequence[str] = (),
    duplicates: float = 0.0,
    blanks: float = 0.0,
) -> Table:
    """The same rows as a legacy system would hand them out; ``duplicates`` and ``blanks`` are shares of the rows."""
    day, sum_, pad = ({table.at(column) for column in names} for names in (dates, amounts, padded))
    rows: list[list[str]] = []
    for row in table.rows:
        cells = [
            _uk_date(cell)
            if i in day
            else _styled(cell, dice)
            if i in sum_
            else _padded(cell, dice)
            if i in pad
            else cell
            for i, cell in enumerate(row)
        ]
        rows.append(cells)
        if dice.chance(duplicates):
            rows.append(list(cells))
        if dice.chance(blanks):
            rows.append([""] * len(table.columns))
    return Table(table.columns, rows)


def _uk_date(value: str) -> str:
    return "/".join(reversed(value.split("-"))) if value else value


def _styled(value: str, dice: Dice) -> str:
    if not value:
        return value
    style, number = dice.whole(0, 3), float(value)
    if number < 0 and style > 0:
        return f"({-number:,.2f})"
    return (value, f"{number:,.2f}", f"£{number:,.2f}", f" {value} ")[style]


def _padded(value: str, dice: Dice) -> str:
    return f"{value}  " if dice.chance(0.08) else value
