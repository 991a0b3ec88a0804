"""The benchmarks, one file of `suites/` each; a file with a Benchmark called `BENCHMARK` is one."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import suites
from .measure import Row

if TYPE_CHECKING:
    from .session import Session


@dataclass(frozen=True)
class Benchmark:
    """`size`: datasets, unless --size says otherwise; `runs`: measurements of each side; `rows` measures and yields."""

    name: str
    what: str
    size: int
    runs: int
    rows: Callable[["Session", int, int], Iterator[Row]]


def known() -> dict[str, Benchmark]:
    """All benchmarks by name, in the order of their names."""
    modules = sorted(module.name for module in pkgutil.iter_modules(suites.__path__))
    found = [importlib.import_module(f"{suites.__name__}.{name}").BENCHMARK for name in modules]
    return {each.name: each for each in found}
