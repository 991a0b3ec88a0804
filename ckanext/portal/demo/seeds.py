"""Read ``seeds/``: the council, its words, its datasets."""

import os
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import yaml

Seed = dict[str, Any]


class SeedError(ValueError):
    """A seed file says something that cannot be; the message names the file."""


@dataclass(frozen=True)
class Seeds:
    """The parsed folder. ``datasets`` are in the order of their names, those made from others last; ``records``: series, projects."""

    council: Seed
    words: Seed
    datasets: list[Seed]
    records: Seed = field(default_factory=dict)

    def series(self) -> list[Seed]:
        """Those that a dataset names."""
        named = {dataset.get("series") for dataset in self.datasets}
        return [each for each in self.records.get("series", ()) if each["name"] in named]

    def projects(self) -> list[Seed]:
        """Those whose datasets are all there."""
        there = {dataset["name"] for dataset in self.datasets}
        return [each for each in self.records.get("projects", ()) if there >= set(each["datasets"])]

    @property
    def as_of(self) -> date:
        return self.council["as_of"]

    def moment(self, day: int, hour: int = 9, minute: int = 0) -> datetime:
        """A time ``day`` days from the seeds' own date (negative: before it), UTC."""
        return datetime.combine(self.as_of + timedelta(days=day), time(hour, minute))

    def system(self, name: str) -> Seed:
        for system in self.council["systems"]:
            if system["name"] == name:
                return system
        raise SeedError(f"no system {name!r} in council.yaml")


def folder() -> Path:
    """Where the seeds are: ``TOWPATH_SEEDS``, or ``seeds`` at the top of the project."""
    named = os.environ.get("TOWPATH_SEEDS")
    return Path(named) if named else Path(__file__).resolve().parents[3] / "seeds"


def read(where: Path | None = None) -> Seeds:
    where = where or folder()
    if not (where / "council.yaml").is_file():
        raise SeedError(f"no council.yaml in {where}: set TOWPATH_SEEDS to the project's seeds folder")
    files = sorted((where / "datasets").glob("*.yaml"))
    datasets = [_checked(path) for path in files]
    records = _load(where / "records.yaml") if (where / "records.yaml").is_file() else {}
    council, words = _load(where / "council.yaml"), _load(where / "words.yaml")
    return Seeds(council, words, sorted(datasets, key=_made_from_others), records)


def _load(path: Path) -> Seed:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise SeedError(f"{path}: {error}") from error


def _checked(path: Path) -> Seed:
    dataset = _load(path)
    missing = {"name", "title", "notes", "organisation", "system", "extracts", "journey", "files"} - set(dataset)
    if missing:
        raise SeedError(f"{path}: no {', '.join(sorted(missing))}")
    return dataset


def _made_from_others(dataset: Seed) -> bool:
    return any("published" in extract for extract in dataset["extracts"].values())
