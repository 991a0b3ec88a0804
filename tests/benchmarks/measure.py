"""What a measurement says, and how two sides are compared; pure but for the callables it is given."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

T = TypeVar("T")
LOWER_IS_BETTER = frozenset({"ms", "s", "MB"})


@dataclass(frozen=True)
class Row:
    """One line of the table. `ours`, `theirs`: medians in `unit`; `ratio` above 1: ours is ahead.

    `spread`: the distance from the first decile to the last as a share of the median, of the side where it is larger.
    """

    name: str
    what: str
    ours: float
    theirs: float
    unit: str
    ratio: float
    runs: int
    spread: float

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of `values` lie, between neighbours by proportion."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def spread(values: Sequence[float]) -> float:
    middle = statistics.median(values)
    return (quantile(values, 0.9) - quantile(values, 0.1)) / middle if middle else 0.0


def compare(name: str, what: str, unit: str, ours: Sequence[float], theirs: Sequence[float]) -> Row:
    """A row from the single measurements of both sides. Raises ValueError without an equal, non-zero number of each."""
    if not ours or len(ours) != len(theirs):
        raise ValueError(f"{what}: {len(ours)} runs of ours against {len(theirs)} of theirs")
    a, b = statistics.median(ours), statistics.median(theirs)
    ahead, behind = (b, a) if unit in LOWER_IS_BETTER else (a, b)
    if min(a, b) <= 0:
        raise ValueError(f"{what}: medians of {a} and {b} {unit} cannot be compared")
    wider = max(spread(ours), spread(theirs))
    return Row(name, what, _short(a), _short(b), unit, round(ahead / behind, 3), len(ours), round(wider, 3))


def _short(value: float) -> float:
    """Four significant digits: more would be noise."""
    return float(f"{value:.4g}")


def alternate(runs: int, ours: Callable[[int], T], theirs: Callable[[int], T]) -> tuple[list[T], list[T]]:
    """Ours, theirs, ours, theirs ...: what disturbs the machine disturbs both. Each is given the number of its run."""
    a: list[T] = []
    b: list[T] = []
    for run in range(runs):
        a.append(ours(run))
        b.append(theirs(run))
    return a, b
