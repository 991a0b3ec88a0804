"""`python -m tests.benchmarks [NAME ...] [--json] [--size N] [--runs N]`: measures this portal against stock CKAN.

The servers come from BENCH_ variables (services.py); `./portal bench` starts throw-away ones and sets them.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence

import psycopg2
import requests

from .measure import Row
from .process import SideError
from .registry import Benchmark, known
from .services import ServiceError, from_environment
from .session import Session


def parser() -> argparse.ArgumentParser:
    found = argparse.ArgumentParser(
        "portal bench", description="Measures this portal against stock CKAN and its extensions."
    )
    found.add_argument("names", nargs="*", metavar="NAME", help="which to run (all without one)")
    found.add_argument("--json", action="store_true", help="print the rows as JSON")
    found.add_argument("--list", action="store_true", help="print the names and stop")
    found.add_argument("--size", type=int, help="datasets (each benchmark has a default of its own)")
    found.add_argument("--runs", type=int, help="measurements of each side")
    return found


def listing(benchmarks: dict[str, Benchmark]) -> str:
    return "\n".join(
        f"  {each.name:<20} {each.what} ({each.size} datasets, {each.runs} runs)" for each in benchmarks.values()
    )


def table(rows: Sequence[Row]) -> str:
    """The rows for a person; `ratio` is how many times ours is ahead."""
    head = f"{'':<18} {'what':<44} {'ours':>10} {'stock':>10} {'unit':<11} {'ratio':>8} {'runs':>5} {'spread':>7}"
    lines = [head]
    for row in rows:
        values = (
            f"{row.ours:>10.4g} {row.theirs:>10.4g} {row.unit:<11} {row.ratio:>7.2f}x {row.runs:>5} {row.spread:>7.0%}"
        )
        lines.append(f"{row.name:<18} {row.what:<44} {values}")
    return "\n".join(lines)


def measure(chosen: Sequence[Benchmark], size: int | None, runs: int | None) -> list[Row]:
    session = Session(from_environment(os.environ))
    try:
        rows: list[Row] = []
        for each in chosen:
            for row in each.rows(session, size or each.size, runs or each.runs):
                session.log(f"{row.name}: {row.what}: {row.ours} against {row.theirs} {row.unit} = {row.ratio}x")
                rows.append(row)
        return rows
    finally:
        session.close()


def main(words: Sequence[str] | None = None) -> int:
    """0 when measured, 1 when a side failed, 2 when asked for what is not known."""
    given, benchmarks = parser().parse_args(words), known()
    unknown = [name for name in given.names if name not in benchmarks]
    if unknown or given.list:
        for name in unknown:
            print(f"There is no benchmark {name!r}. These are known:", file=sys.stderr)
        print(listing(benchmarks), file=sys.stderr if unknown else sys.stdout)
        return 2 if unknown else 0
    if any(number is not None and number < 1 for number in (given.size, given.runs)):
        print("--size and --runs must be at least 1", file=sys.stderr)
        return 2
    if os.getloadavg()[0] > (os.cpu_count() or 1) / 2:
        print(f"  note: the machine is busy (load {os.getloadavg()[0]:.1f}); expect a wide spread", file=sys.stderr)
    try:
        rows = measure([benchmarks[name] for name in given.names] or list(benchmarks.values()), given.size, given.runs)
    except (ServiceError, SideError, psycopg2.Error, requests.RequestException, subprocess.CalledProcessError) as error:
        print(f"The benchmark stopped: {error}", file=sys.stderr)
        return 1
    print(json.dumps({"rows": [row.as_dict() for row in rows]}, indent=1) if given.json else table(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
