"""From a dataset's seed to its files and the journey they took (pure).

Every extract is generated, made rough as a legacy system would hand it out, and led through the steps of the
seed's journey. Row counts and checksums are taken from the bytes on the way: nothing in a journey is made up but
the people's roles and the reasons.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .checks import report
from .dice import Dice
from .geojson import feature_collection
from .makers import MAKERS
from .operations import REDACTED, apply
from .rough import roughen
from .table import Artefact, Table, stacked

MERGING = {"drop_duplicates", "total"}


@dataclass(frozen=True)
class Step:
    """One step of a journey as it happened; ``do`` and ``derive`` are gone, their effects remain."""

    type: str
    day: int
    minutes: int
    seed: Mapping[str, Any]
    inputs: list[Artefact]
    outputs: list[Artefact]
    rows_rejected: int = 0
    rows_merged: int = 0
    evidence: list[dict[str, str]] = field(default_factory=list)

    @property
    def rows_in(self) -> int:
        return sum(one.rows for one in self.inputs)

    @property
    def rows_out(self) -> int:
        return sum(one.rows for one in self.outputs)


@dataclass(frozen=True)
class File:
    """A file to publish."""

    artefact: Artefact
    body: bytes
    seed: Mapping[str, Any]

    @property
    def name(self) -> str:
        return self.artefact.name


@dataclass(frozen=True)
class Built:
    name: str
    files: list[File]
    steps: list[Step]
    tables: dict[str, Table]


def build(dataset: Mapping[str, Any], words: dict, seed: str, published: Mapping[str, "Built"]) -> Built:
    """``published`` holds the datasets built before, for those made from others. ValueError on a seed that cannot be."""
    tables = {
        name: _extract(dataset["name"], name, how, words, seed, published) for name, how in dataset["extracts"].items()
    }
    journey = _Journey(dataset, tables, Dice(seed, dataset["name"], "hours"))
    for step in dataset["journey"]:
        journey.take(step)
    if not journey.files:
        raise ValueError(f"{dataset['name']}: the journey has no validate step, so no file was made")
    return Built(dataset["name"], journey.files, journey.steps, journey.tables)


def _extract(
    dataset: str, name: str, how: Mapping[str, Any], words: dict, seed: str, published: Mapping[str, Built]
) -> Table:
    if "published" in how:
        source = published[how["published"]]
        return stacked([source.tables[one.seed["of"]] for one in source.files if one.seed.get("as") != "geojson"])
    table = MAKERS[how["maker"]](Dice(seed, dataset, name), words, **how.get("args", {}))
    return roughen(table, Dice(seed, dataset, name, "rough"), **how.get("rough", {}))


def _file(one: Mapping[str, Any], tables: Mapping[str, Table]) -> File:
    table = tables[one["of"]]
    if one.get("as") == "geojson":
        body = feature_collection(table, one.get("longitude", "Longitude"), one.get("latitude", "Latitude"))
    else:
        body = table.csv()
    return File(Artefact.of(one["file"], body, len(table.rows)), body, one)


def _seen(name: str, table: Table) -> Artefact:
    return Artefact.of(name, table.csv(), len(table.rows))


class _Journey:
    """The tables of one dataset on their way, with what each step did to them."""

    def __init__(self, dataset: Mapping[str, Any], tables: dict[str, Table], dice: Dice) -> None:
        self.dataset, self.dice = dataset, dice
        self.tables = tables
        self.now = {name: _seen(f"{name}.extract.csv", table) for name, table in tables.items()}
        self.steps: list[Step] = []
        self.files: list[File] = []

    def take(self, step: Mapping[str, Any]) -> None:
        if step["type"] == "validate":
            self.files = [_file(one, self.tables) for one in self.dataset["files"]]
        if step.get("do"):
            made = self._transform(step)
        else:
            made = Step(step["type"], step["day"], self._minutes(), step, *self._still(step["type"]))
        made.evidence.extend(self._evidence(step, made))
        self.steps.append(made)

    def _minutes(self) -> int:
        return self.dice.whole(4, 45)

    def _still(self, type_: str) -> tuple[list[Artefact], list[Artefact]]:
        """What goes in and comes out of a step that changes no table: the check writes the files, approval names them."""
        now, files = list(self.now.values()), [file.artefact for file in self.files]
        ways = {"identify": ([], []), "extract": ([], now), "validate": (now, files), "approve": (files, files)}
        return ways.get(type_, (now, now))

    def _transform(self, step: Mapping[str, Any]) -> Step:
        inputs: dict[str, Artefact] = {}
        outputs, rejected, merged = [], 0, 0
        for name, sources in step.get("derive", {}).items():
            self.tables[name] = stacked([self.tables[source] for source in sources])
            inputs.update({source: self.now[source] for source in sources})
        for name in [name for name in self.tables if name in step["do"] or "*" in step["do"]]:
            table = self.tables[name]
            inputs.update({name: self.now[name]} if name in self.now else {})
            for operation in [*step["do"].get("*", []), *step["do"].get(name, [])]:
                before, table = len(table.rows), apply(table, operation)
                lost = before - len(table.rows)
                merged, rejected = (
                    (merged + lost, rejected) if operation["op"] in MERGING else (merged, rejected + lost)
                )
            self.tables[name] = table
            self.now[name] = _seen(f"{name}.{len(self.steps) + 1}-{step['type']}.csv", table)
            outputs.append(self.now[name])
        made = Step(step["type"], step["day"], self._minutes(), step, list(inputs.values()), outputs, rejected, merged)
        if not step.get("derive"):
            made.evidence.append({
                "kind": "row-reconciliation",
                "value": f"{made.rows_in} in = {made.rows_out} out + {rejected} rejected + {merged} merged",
            })  # fmt: skip
        return made

    def _evidence(self, step: Mapping[str, Any], made: Step) -> list[dict[str, str]]:
        cells = (
            [cell for name in self.tables for row in self.tables[name].rows for cell in row]
            if step.get("evidence")
            else []
        )
        counts = {"redacted": cells.count(REDACTED), "suppressed": cells.count("c")}
        found = [{**one, "value": one["value"].format(**counts)} for one in step.get("evidence", [])]
        if step["type"] == "validate":
            found += [
                {"kind": "validation-report", "value": report(name, self.tables[name], step.get("checks", {}))}
                for name in self.tables
            ]
        if step["type"] == "approve":
            found.append({"kind": "licence", "value": self.dataset.get("license_id", "uk-ogl")})
            found += [{"kind": "checksum", "value": f"sha256:{one.sha256} {one.name}"} for one in made.outputs]
        return found


def build_all(seeds: Any) -> dict[str, Built]:
    """Every dataset of the seeds, in their order."""
    built: dict[str, Built] = {}
    for dataset in seeds.datasets:
        built[dataset["name"]] = build(dataset, seeds.words, seeds.council["seed"], built)
    return built


def sums(built: Mapping[str, Built]) -> str:
    """``SHA256SUMS`` of every file, in the format of ``sha256sum``."""
    lines = [f"{file.artefact.sha256}  {one.name}/{file.name}" for one in built.values() for file in one.files]
    return "\n".join(sorted(lines, key=lambda line: line[66:])) + "\n"
